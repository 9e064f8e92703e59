"""The worker as a process: one per data folder, ended by signal or with its parent."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from advisor.errors import AdvisorError, StoreError
from advisor.host.keys import KeyRing
from advisor.host.ledger import prepare
from advisor.host.lock import FolderLock
from advisor.host.logs import start_logging
from advisor.host.sessions import end_session, open_session, take_over
from advisor.host.store import open_store, place
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Stopwatch, give_way
from advisor.worker.clerk import RETRY_S, Clerk, away, leaving, within
from advisor.worker.work import POLL_S, Worker

LONGEST_END_S = 10.0
"""Time from being told to end until it ends as a crash would: more than calls and lanes are given."""
_LOG = logging.getLogger(__name__)


async def run(folder: Path, store: str | None, with_parent: bool) -> None:
    """Wait for the folder's lock, then work until told to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    ending = asyncio.create_task(_end_in_time(stop))
    watching = asyncio.create_task(_parent_gone(stop)) if with_parent else None
    with FolderLock(folder) as lock:
        while not (mine := lock.acquire()) and not stop.is_set():
            await within(stop, POLL_S)
        if mine:
            await _work(folder, store, stop, lock.place())
    if watching is not None:
        watching.cancel()
    if not stop.is_set():
        ending.cancel()


async def _parent_gone(stop: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.set()


async def _end_in_time(stop: asyncio.Event) -> None:
    """See to it that the process ends: a thread that waits for an absent database hears nothing."""
    await stop.wait()
    leash = threading.Timer(LONGEST_END_S, os._exit, (0,))
    leash.daemon = True
    leash.start()


async def _work(folder: Path, store: str | None, stop: asyncio.Event, place_name: str) -> None:
    engine = await _opened(store or place(folder), stop)
    if engine is None:
        return
    session = open_session(engine, f"embedded {folder} {place_name}", alone=True)
    take_over(engine)
    keys = KeyRing(engine, session, os.environ)
    keys.publish()
    async with Stopwatch() as stopwatch, PracticeProcess() as practice:
        give_way()
        with Clerk(stop) as clerk:
            await Worker(engine, session, clerk, stopwatch, practice, keys).work(stop)
    with leaving(stop):
        end_session(engine, session)
    engine.dispose()


async def _opened(where: str | Path, stop: asyncio.Event) -> Engine | None:
    """The prepared store, as soon as it answers; None when told to stop before that.

    Raises:
        StoreError: It cannot be opened, and waiting would not help.
    """
    said = False
    while not stop.is_set():
        try:
            return await asyncio.to_thread(_prepared, where)
        except (StoreError, SQLAlchemyError) as error:
            cause = error.__cause__ if isinstance(error, StoreError) else error
            if not (isinstance(cause, Exception) and away(cause)):
                raise
            if not said:
                _LOG.warning("The database does not answer (%s). Waiting for it.", type(cause).__name__)
                said = True
        await within(stop, RETRY_S)
    return None


def _prepared(where: str | Path) -> Engine:
    engine = open_store(where)
    prepare(engine)
    return engine


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the worker as a process."""
    parser = argparse.ArgumentParser(prog="advisor.worker", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--store")
    parser.add_argument("--with-parent", action="store_true")
    chosen = parser.parse_args(arguments)
    start_logging("worker", os.environ)
    chosen.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        asyncio.run(run(chosen.data_dir.resolve(), chosen.store, chosen.with_parent))
    except AdvisorError as error:
        raise SystemExit(f"The worker cannot work. {error}") from None
