"""Keeps the ledger's disk off the loop, and its absences from ending anything."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Self, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

_LOG = logging.getLogger(__name__)
_Result = TypeVar("_Result")

PATIENCE_S = 300.0
"""Longest absence of the database a run survives."""
LEAVING_S = 3.0
"""The same for a worker that was told to end: what it holds may still be written down, then it goes."""
RETRY_S = 0.5
THREADS = 2
"""One may wait for the disk while the other answers."""


def away(error: Exception) -> bool:
    """Whether a statement failed for a reason that passes: no connection, deadlock, lost race."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


class Clerk:
    """Runs statements of the ledger on threads of its own.

    Args:
        stop: Set when the worker is told to end.
    """

    def __init__(self, stop: asyncio.Event) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="ledger")
        self._stop = stop
        self._told_at: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    @property
    def ending(self) -> bool:
        """Whether the worker was told to end."""
        return self._stop.is_set()

    async def do(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        """Do it once."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments))

    async def surely(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        """Do what does no harm when done twice, and again while the database is away."""
        began = time.monotonic()
        while True:
            try:
                return await self.do(work, *arguments)
            except Exception as error:
                if not away(error) or self._gives_up(began):
                    raise
            await self.rest()

    async def rest(self) -> None:
        """Wait before the next try; being told to end cuts it short once."""
        if self.ending:
            await asyncio.sleep(RETRY_S)
        else:
            await within(self._stop, RETRY_S)

    def _gives_up(self, began: float) -> bool:
        now = time.monotonic()
        if not self.ending:
            return now - began > PATIENCE_S
        self._told_at = now if self._told_at is None else self._told_at
        return now - self._told_at > LEAVING_S


@contextlib.contextmanager
def leaving(stop: asyncio.Event) -> Generator[None]:
    """Let a worker that was told to end do so without the database.

    Its lease runs out, and what it left in flight is interrupted by whoever is alive.
    """
    try:
        yield
    except Exception as error:
        if not (stop.is_set() and away(error)):
            raise
        _LOG.warning("Ended without the database (%s): others take over.", type(error).__name__)


async def within(event: asyncio.Event, seconds: float) -> bool:
    """Wait so long at most; says whether it happened."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
