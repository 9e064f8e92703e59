"""The worker process: takes probe runs from the ledger and carries them out.

    python -m advisor.worker --data-dir FOLDER [--store URL] [--with-parent]

It starts with the app, needs no browser, and is the only process that imports LiteLLM. Killed at any
moment, its successor goes on from the ledger. With `--with-parent` it ends when its standard input is
closed, that is, when whoever started it has died.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from advisor.host.ledger import Tick, fail_run, live_runs, plan_of, prepare, tick
from advisor.host.lock import FolderLock
from advisor.host.sessions import RENEW_EVERY_S, end_session, open_session, renew, take_over
from advisor.host.settlement import Claim, Finished
from advisor.host.store import open_store, place
from advisor.probe.plan import RunPlan
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.order import Order
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Stopwatch, give_way

_Result = TypeVar("_Result")

POLL_S = 0.25
"""Longest time a new run, a cancellation or a due repetition waits to be noticed."""
GRACE_S = 5.0
"""Time for calls in flight when the worker is asked to end."""


class Worker:
    """Carries out every live run of one store.

    Args:
        engine: The store.
        session: The session its calls belong to.
        stopwatch: Sends requests.
        practice: The practice server, started when a run needs it.
    """

    def __init__(self, engine: Engine, session: str, stopwatch: Stopwatch, practice: PracticeProcess) -> None:
        self._engine = engine
        self._session = session
        self._stopwatch = stopwatch
        self._practice = practice
        self._runs: dict[str, asyncio.Task[None]] = {}
        # One thread for the ledger: the loop never waits for the disk.
        self._ledger = ThreadPoolExecutor(1, thread_name_prefix="ledger")

    async def work(self, stop: asyncio.Event) -> None:
        """Look for runs and carry them out until told to stop, then let calls in flight end."""
        renewing = asyncio.create_task(self._keep_lease(stop))
        while not stop.is_set():
            for run_id in await self._do(live_runs, self._engine):
                if run_id not in self._runs:
                    self._runs[run_id] = asyncio.create_task(self._drive(run_id, stop))
                    self._runs[run_id].add_done_callback(lambda task, run=run_id: self._forget(run, task))
            await _either(stop, POLL_S)
        if self._runs:
            await asyncio.wait(self._runs.values(), timeout=GRACE_S)
        renewing.cancel()
        for task in list(self._runs.values()):
            task.cancel()
        self._ledger.shutdown()

    def _forget(self, run_id: str, task: asyncio.Task[None]) -> None:
        del self._runs[run_id]
        if not task.cancelled() and task.exception() is not None:
            fail_run(self._engine, run_id, f"A fault of this product: {task.exception()!r}")

    async def _keep_lease(self, stop: asyncio.Event) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            if not await self._do(renew, self._engine, self._session):
                stop.set()
            await self._do(take_over, self._engine)

    async def _drive(self, run_id: str, stop: asyncio.Event) -> None:
        """Carry out one run: settle what ended, claim what fits, until nothing is left."""
        plan = await self._ready(await self._do(plan_of, self._engine, run_id))
        calls: set[asyncio.Task[Finished]] = set()
        finished: list[Finished] = []
        while True:
            room = 0 if stop.is_set() else plan.concurrency - len(calls)
            now: Tick = await self._do(tick, self._engine, run_id, self._session, finished, room)
            calls |= {asyncio.create_task(self._call(plan, claim)) for claim in now.claims}
            if not calls and (now.over or stop.is_set()):
                return
            finished = await _ended(calls)

    async def _ready(self, plan: RunPlan) -> RunPlan:
        """Load what the run needs; returns its plan with the practice server's address filled in."""
        # Seconds of import, off the loop: leases must be renewed meanwhile.
        await asyncio.to_thread(load_litellm)
        if not any(target.practice for target in plan.targets):
            return plan
        base_url = await self._practice.start(plan.prompts)
        targets = [
            target.model_copy(update={"base_url": base_url}) if target.practice else target
            for target in plan.targets
        ]
        return plan.model_copy(update={"targets": tuple(targets)})

    async def _call(self, plan: RunPlan, claim: Claim) -> Finished:
        target = next(target for target in plan.targets if target.ref == claim.lane)
        prompt = next(prompt for prompt in plan.prompts if prompt.id == claim.prompt)
        order = Order(plan, target, prompt, claim.key, claim.number)
        return Finished(claim, await make_call(order, self._stopwatch, os.environ))

    async def _do(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._ledger, partial(work, *arguments))


async def _ended(calls: set[asyncio.Task[Finished]]) -> list[Finished]:
    """Wait a little for calls to end; take those that did out of the set."""
    if not calls:
        await asyncio.sleep(POLL_S)
        return []
    done, _ = await asyncio.wait(calls, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)
    calls -= done
    return [task.result() for task in done]


async def _either(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _parent_gone(stop: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.set()


async def run(folder: Path, store: str | None, with_parent: bool) -> None:
    """Wait for the folder's lock, then work until told to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    watching = asyncio.create_task(_parent_gone(stop)) if with_parent else None
    with FolderLock(folder) as lock:
        while not (mine := lock.acquire()) and not stop.is_set():
            await _either(stop, POLL_S)
        if mine:
            await _work(folder, store, stop)
    if watching is not None:
        watching.cancel()


async def _work(folder: Path, store: str | None, stop: asyncio.Event) -> None:
    engine = open_store(store or place(folder))
    prepare(engine)
    session = open_session(engine, f"embedded {folder}", alone=True)
    take_over(engine)
    async with Stopwatch() as stopwatch, PracticeProcess() as practice:
        give_way()
        await Worker(engine, session, stopwatch, practice).work(stop)
    end_session(engine, session)
    engine.dispose()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the worker as a process."""
    parser = argparse.ArgumentParser(prog="advisor.worker", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--store")
    parser.add_argument("--with-parent", action="store_true")
    chosen = parser.parse_args(arguments)
    chosen.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(run(chosen.data_dir.resolve(), chosen.store, chosen.with_parent))


if __name__ == "__main__":
    main()
