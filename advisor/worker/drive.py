"""Drives one run in one worker: settles what ended, claims what fits, makes the calls."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from advisor.errors import FailureKind
from advisor.host.early import end_decided_lanes
from advisor.host.keys import KeyRing, holders
from advisor.host.ledger import Tick, instrument_of, plan_of, record_instrument, tick
from advisor.host.rekeying import keys_lacking, pause_without_keys
from advisor.host.sessions import reconcile
from advisor.host.settlement import Claim, Finished
from advisor.probe.plan import RunPlan
from advisor.probe.run.calibration import measure_instrument
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.order import Order, not_sent
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.samples import Purpose
from advisor.worker.clerk import Clerk, away, within

POLL_S = 0.25
"""Longest time a cancellation or a due repetition waits to be noticed."""
LOOK_EVERY = 20
"""Calls that end between two looks at whether lanes of an adaptive run are decided."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every drive of a worker shares."""

    engine: Engine
    session: str
    clerk: Clerk
    stopwatch: Stopwatch
    practice: PracticeProcess
    stop: asyncio.Event
    """Set when the worker is to start no further call."""
    keys: KeyRing
    """What providers are called with."""


class Drive:
    """One run, as far as this worker carries it.

    Args:
        desk: The worker's.
        run_id: The run.
    """

    def __init__(self, desk: Desk, run_id: str) -> None:
        self._desk = desk
        self._run = run_id
        self._calls: dict[asyncio.Task[Finished], Claim] = {}
        self._finished: list[Finished] = []
        self._keys: Mapping[str, str] = {}
        self._ended = asyncio.Event()
        self._sharers = 1
        self._unseen = 0

    async def to_the_end(self) -> None:
        """Work until nothing is left of the run, or the worker stops and its calls have ended."""
        desk = self._desk
        plan = await self._ready(await desk.clerk.surely(plan_of, desk.engine, self._run))
        self._keys = await desk.clerk.surely(desk.keys.environment, plan.own_keys, plan.key_ticket)
        if keys_lacking(plan, self._keys):
            await self._leave(plan)
            return
        await self._calibrate(plan)
        while True:
            places = 0 if desk.stop.is_set() else -(-plan.concurrency // self._sharers)
            room = max(0, places - len(self._calls))
            self._ended.clear()
            finished, self._finished = self._finished, []
            now = await self._tick(finished, room)
            for claim in now.claims:
                self._begin(plan, claim)
            if plan.adaptive:
                await self._look(len(finished))
            if now.drop:
                self.abort()
            if not self._calls and not self._finished and (now.over or desk.stop.is_set()):
                await desk.clerk.surely(desk.keys.forget, self._run, plan.key_ticket)
                return
            await within(self._ended, POLL_S)

    async def _leave(self, plan: RunPlan) -> None:
        """Make no call without the keys the run was started with: others may hold them, else it pauses."""
        desk, lacking, ticket = self._desk, keys_lacking(plan, self._keys), plan.key_ticket
        if ticket and lacking <= set(plan.own_keys):
            held = await desk.clerk.surely(holders, desk.engine, ticket)
            if held - {desk.session}:
                return
        await desk.clerk.surely(pause_without_keys, desk.engine, self._run, lacking)
        # Whoever cancelled it meanwhile waits for its end.
        await self._tick([], 0)

    async def _look(self, finished: int) -> None:
        """See from time to time which lanes need no further call."""
        self._unseen += finished
        if self._unseen >= LOOK_EVERY:
            self._unseen = 0
            await self._desk.clerk.surely(end_decided_lanes, self._desk.engine, self._run)

    def share(self, workers: int) -> None:
        """Leave places to others: so many workers carry the run, this one included."""
        self._sharers = max(1, workers)

    def abort(self) -> None:
        """Drop the calls in flight: their sockets are closed at once, what they cost stays unknown."""
        for task in self._calls:
            task.cancel()

    def _begin(self, plan: RunPlan, claim: Claim) -> None:
        target = next(target for target in plan.targets if target.ref == claim.lane)
        prompt = next(prompt for prompt in plan.prompts if prompt.id == claim.prompt)
        order = Order(plan, target, prompt, claim.key, claim.number, Purpose(claim.purpose))
        task = asyncio.create_task(self._call(order, claim))
        self._calls[task] = claim
        task.add_done_callback(self._end)

    async def _call(self, order: Order, claim: Claim) -> Finished:
        try:
            return Finished(claim, await make_call(order, self._desk.stopwatch, self._keys))
        except asyncio.CancelledError:
            dropped = not_sent(order, FailureKind.INTERRUPTED, "dropped when the run was aborted")
            # It may have been answered and billed: unknown, not nothing.
            return Finished(claim, dropped.model_copy(update={"cost_usd": None}))

    def _end(self, task: asyncio.Task[Finished]) -> None:
        del self._calls[task]
        if not task.cancelled():
            self._finished.append(task.result())
        self._ended.set()

    async def _tick(self, finished: Sequence[Finished], room: int) -> Tick:
        desk = self._desk
        while True:
            try:
                return await desk.clerk.do(tick, desk.engine, self._run, desk.session, finished, room)
            except Exception as error:
                if not away(error):
                    raise
            # Whether it was committed nobody told us: what is in the ledger by now counts.
            await desk.clerk.rest()
            ours = [*self._calls.values(), *(one.claim for one in self._finished)]
            flying = [claim.token for claim in ours]
            finished = await desk.clerk.surely(
                reconcile, desk.engine, self._run, desk.session, flying, finished
            )

    async def _calibrate(self, plan: RunPlan) -> None:
        """Measure the instrument's own error before the run's first call, once."""
        desk = self._desk
        if desk.stop.is_set() or await desk.clerk.surely(instrument_of, desk.engine, self._run):
            return
        found = await measure_instrument(desk.stopwatch, desk.practice, plan.concurrency)
        if found is not None:
            kept = found.model_dump(mode="json")
            await desk.clerk.surely(record_instrument, desk.engine, self._run, kept)

    async def _ready(self, plan: RunPlan) -> RunPlan:
        """Load what the run needs; returns its plan with the practice server's address filled in."""
        # Seconds of import, off the loop: leases must be renewed meanwhile.
        await asyncio.to_thread(load_litellm)
        if not any(target.practice for target in plan.targets):
            return plan
        base_url = await self._desk.practice.start(plan.prompts)
        targets = [
            target.model_copy(update={"base_url": base_url}) if target.practice else target
            for target in plan.targets
        ]
        return plan.model_copy(update={"targets": tuple(targets)})
