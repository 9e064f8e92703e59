"""Keeps the ledger's disk off the loop, and its absences from ending anything."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Self, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

_Result = TypeVar("_Result")

PATIENCE_S = 300.0
"""Longest absence of the database a run survives."""
RETRY_S = 0.5
THREADS = 2
"""One may wait for the disk while the other answers."""


def away(error: Exception) -> bool:
    """Whether a statement failed for a reason that passes: no connection, deadlock, lost race."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


class Clerk:
    """Runs statements of the ledger on threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="ledger")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    async def do(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        """Do it once."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments))

    async def surely(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        """Do what does no harm when done twice, and again while the database is away."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await self.do(work, *arguments)
            except Exception as error:
                if not away(error) or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(RETRY_S)


async def within(event: asyncio.Event, seconds: float) -> bool:
    """Wait so long at most; says whether it happened."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
