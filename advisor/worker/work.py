"""The worker's standing duties: keep its lease, take over from the dead, have every lane carried."""

from __future__ import annotations

import asyncio
import time

from sqlalchemy import Engine

from advisor.host.carrier import Carrier
from advisor.host.keys import KeyRing
from advisor.host.lanes import aborting_runs, wanted_lanes
from advisor.host.ledger import fail_run, live_runs
from advisor.host.sessions import RENEW_EVERY_S, living_sessions, renew, take_over
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Stopwatch
from advisor.worker.clerk import Clerk, away, leaving, within
from advisor.worker.drive import POLL_S, Desk, Drive

ABORT_POLL_S = 0.05
"""How often a worker with runs looks whether one is to be aborted."""
SWEEP_S = 2.0
"""How often the lanes of live runs are looked after; those of new runs are at once."""
GRACE_S = 5.0
"""Time for calls in flight when the worker is asked to end."""


class Worker:
    """Carries out the live runs of one store, with whoever else works on it.

    Args:
        engine: The store.
        session: The session its calls belong to.
        clerk: Works on the ledger off the loop.
        stopwatch: Sends requests.
        practice: The practice server, started when a run needs it.
        keys: What providers are called with.
    """

    def __init__(
        self,
        engine: Engine,
        session: str,
        clerk: Clerk,
        stopwatch: Stopwatch,
        practice: PracticeProcess,
        keys: KeyRing,
    ) -> None:
        self._stop = asyncio.Event()
        self._desk = Desk(engine, session, clerk, stopwatch, practice, self._stop, keys)
        self._carrier = Carrier(engine, session, self._drain)
        self._drives: dict[str, tuple[Drive, asyncio.Task[None]]] = {}
        self._seen: frozenset[str] = frozenset()
        self._swept_at = -SWEEP_S

    async def work(self, stop: asyncio.Event) -> None:
        """Look for runs and have them carried out until told to stop, then let calls in flight end."""
        self._carrier.launch()
        await self._desk.clerk.do(self._carrier.prepare)
        duties = [asyncio.create_task(duty(stop)) for duty in (self._keep_lease, self._watch_aborts)]
        while not stop.is_set():
            with leaving(stop):
                await self._look_after()
            await within(stop, POLL_S)
        self._stop.set()
        await self._put_down()
        for duty in duties:
            duty.cancel()
        await asyncio.gather(*duties, return_exceptions=True)
        with leaving(stop):
            # Last: it takes the loop's own threads with it.
            await self._desk.clerk.do(self._carrier.close)

    async def _look_after(self) -> None:
        """Have every lane of every live run carried: at once when a run is new, now and then anyway."""
        desk = self._desk
        live = frozenset(await desk.clerk.surely(live_runs, desk.engine))
        if live <= self._seen and time.monotonic() - self._swept_at < SWEEP_S:
            self._seen = live
            return
        await desk.clerk.surely(self._arrange)
        self._seen, self._swept_at = live, time.monotonic()

    def _arrange(self) -> None:
        engine = self._desk.engine
        # In this order: a run that begins in between has no lanes yet, and none is taken for ended.
        carried = self._carrier.carried()
        living = living_sessions(engine)
        self._carrier.arrange(carried, wanted_lanes(engine), living)
        self._desk.keys.forget_ended()
        sharers = self._carrier.sharers(carried, living)
        for run_id, (drive, _) in list(self._drives.items()):
            drive.share(sharers.get(run_id, 1))

    async def _drain(self, run_id: str) -> None:
        """Work on a run until nothing is left of it; lanes of one run share one drive."""
        desk = self._desk
        if run_id not in await desk.clerk.surely(live_runs, desk.engine):
            # A lane that waited in the queue until its run was over.
            return
        if run_id not in self._drives and not self._stop.is_set():
            drive = Drive(self._desk, run_id)
            self._drives[run_id] = (drive, asyncio.create_task(self._carry_out(drive, run_id)))
        if run_id in self._drives:
            # A lane that is cancelled leaves; the drive goes on.
            await asyncio.wait([self._drives[run_id][1]])

    async def _carry_out(self, drive: Drive, run_id: str) -> None:
        desk = self._desk
        try:
            await drive.to_the_end()
        except Exception as error:
            if desk.clerk.ending and away(error):
                # Whoever is alive takes the run over, as after a crash.
                return
            reason = f"A fault of this product: {error!r}"
            await desk.clerk.surely(fail_run, desk.engine, run_id, reason)
        finally:
            drive.abort()
            del self._drives[run_id]

    async def _keep_lease(self, stop: asyncio.Event) -> None:
        desk = self._desk
        while await asyncio.sleep(RENEW_EVERY_S, result=True):
            if not await desk.clerk.surely(renew, desk.engine, desk.session):
                stop.set()
            await desk.clerk.surely(take_over, desk.engine)

    async def _watch_aborts(self, _stop: asyncio.Event) -> None:
        while await asyncio.sleep(ABORT_POLL_S, result=True):
            if not self._drives:
                continue
            for run_id in await self._desk.clerk.surely(aborting_runs, self._desk.engine):
                if run_id in self._drives:
                    self._drives[run_id][0].abort()

    async def _put_down(self) -> None:
        """Let calls in flight end, for a while."""
        tasks = [task for _, task in self._drives.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
