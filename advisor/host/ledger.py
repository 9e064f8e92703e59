"""The ledger of probes: what is wanted, what is in flight, what came back, what it cost.

It is the truth; whoever carries the work is not. Promises it keeps, whatever dies when:

- a recorded answer is never asked for again;
- recorded cost plus open holds never exceeds the cap when a call starts;
- cancelling starts no new call;
- a call in flight when its worker died is marked interrupted and charged at its worst case.

All writes of one tick are one transaction. Locks are taken in the order run, budget, samples.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, and_, func, insert, select, update

from advisor.errors import FailureKind, NotFound
from advisor.host.settlement import Claim, Finished, settle
from advisor.host.store import create_missing, reading, writing
from advisor.host.tables import ATTEMPT, BUDGET, LIVE, RUN, SAMPLE, RunState
from advisor.probe.plan import RunPlan, Wanted, wanted
from advisor.probe.samples import SampleState


def prepare(engine: Engine) -> None:
    """Create the ledger's tables where they are missing."""
    create_missing(engine)


def start_run(engine: Engine, plan: RunPlan, owner: str | None = None) -> str:
    """Write down a run and let workers have it; returns its id, hard to guess."""
    run_id = secrets.token_hex(16)
    rows = [_sample_row(run_id, position, want) for position, want in enumerate(wanted(plan))]
    with writing(engine) as connection:
        connection.execute(
            insert(RUN).values(
                id=run_id,
                owner=owner,
                state=RunState.RUNNING,
                plan=plan.model_dump_json(),
                plan_digest=plan.digest,
                reason="",
                created_at=time.time(),
            )
        )
        connection.execute(insert(BUDGET).values(scope=scope_of(run_id), cap=plan.cap_microusd))
        connection.execute(insert(SAMPLE), rows)
    return run_id


def cancel(engine: Engine, run_id: str) -> None:
    """Start no further call; calls in flight are finished and kept, for they are paid."""
    with writing(engine) as connection:
        connection.execute(
            update(RUN)
            .where(RUN.c.id == run_id, RUN.c.state == RunState.RUNNING)
            .values(state=RunState.CANCELLING)
        )
        connection.execute(
            update(RUN)
            .where(RUN.c.id == run_id, RUN.c.state == RunState.STOPPED_BUDGET)
            .values(state=RunState.CANCELLED, ended_at=time.time())
        )
        _finish(connection, run_id)


def raise_cap(engine: Engine, run_id: str, cap_microusd: int) -> None:
    """Set a new cap; a run the old one stopped goes on."""
    with writing(engine) as connection:
        connection.execute(update(BUDGET).where(BUDGET.c.scope == scope_of(run_id)).values(cap=cap_microusd))
        connection.execute(
            update(RUN)
            .where(RUN.c.id == run_id, RUN.c.state == RunState.STOPPED_BUDGET)
            .values(state=RunState.RUNNING, reason="", ended_at=None)
        )


def fail_run(engine: Engine, run_id: str, reason: str) -> None:
    """Give a run up, with the reason in words."""
    with writing(engine) as connection:
        mine = update(RUN).where(RUN.c.id == run_id)
        connection.execute(mine.values(state=RunState.FAILED, reason=reason, ended_at=time.time()))


def live_runs(engine: Engine) -> tuple[str, ...]:
    """Runs a worker has to look after, oldest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(RUN.c.id).where(RUN.c.state.in_(LIVE)).order_by(RUN.c.created_at))
        return tuple(rows.scalars())


def plan_of(engine: Engine, run_id: str) -> RunPlan:
    """The plan a run was started with.

    Raises:
        NotFound: There is no such run.
    """
    with reading(engine) as connection:
        document = connection.execute(select(RUN.c.plan).where(RUN.c.id == run_id)).scalar()
    if document is None:
        raise NotFound(f"There is no run {run_id}.", "Start a new one.")
    return RunPlan.model_validate_json(document)


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick gave the worker."""

    claims: tuple[Claim, ...]
    over: bool
    """Whether nothing is left to do for this run."""


def tick(engine: Engine, run_id: str, session: str, finished: Sequence[Finished], room: int) -> Tick:
    """Settle what ended and claim up to `room` further calls, in one transaction.

    Args:
        engine: The store.
        run_id: Whose calls.
        session: The worker's session; its calls are taken over when its lease ends.
        finished: Attempts that ended since the last tick.
        room: Free places of the worker.
    """
    with writing(engine) as connection:
        run = connection.execute(select(RUN).where(RUN.c.id == run_id).with_for_update()).one()
        plan_attempts = RunPlan.model_validate_json(run.plan).max_attempts if finished else 1
        for one in finished:
            settle(connection, scope_of(run_id), one, plan_attempts)
        claims = _claim(connection, run, session, room) if run.state == RunState.RUNNING else ()
        return Tick(claims, over=_finish(connection, run_id))


def _claim(
    connection: Connection, run: Row[tuple[object, ...]], session: str, room: int
) -> tuple[Claim, ...]:
    scope = BUDGET.c.scope == scope_of(run.id)
    budget = connection.execute(select(BUDGET).where(scope).with_for_update()).one()
    left = budget.cap - budget.spent - budget.held
    taken: list[Claim] = []
    held = 0
    for row in _ready(connection, run.id, room):
        if held + row.hold > left:
            _stop_if_idle(connection, run.id, bool(taken))
            break
        taken.append(_take(connection, row, session))
        held += row.hold
    if held:
        connection.execute(update(BUDGET).where(scope).values(held=BUDGET.c.held + held))
    return tuple(taken)


def _ready(connection: Connection, run_id: str, room: int) -> Sequence[Row[tuple[object, ...]]]:
    return connection.execute(
        select(SAMPLE)
        .where(SAMPLE.c.run == run_id, SAMPLE.c.state == SampleState.TODO, SAMPLE.c.not_before <= time.time())
        .order_by(SAMPLE.c.position)
        .limit(room)
        .with_for_update(skip_locked=True)
    ).all()


def _take(connection: Connection, row: Row[tuple[object, ...]], session: str) -> Claim:
    claim = Claim(
        sample=row.id,
        run=row.run,
        token=secrets.token_hex(8),
        lane=row.lane,
        prompt=row.prompt,
        key=row.key,
        number=row.attempts + 1,
        hold=row.hold,
    )
    connection.execute(
        update(SAMPLE)
        .where(SAMPLE.c.id == row.id)
        .values(state=SampleState.CALLING, token=claim.token, session=session, attempts=claim.number)
    )
    connection.execute(
        insert(ATTEMPT).values(
            sample=row.id,
            number=claim.number,
            token=claim.token,
            session=session,
            started_at=time.time(),
            outcome="open",
            hold=row.hold,
        )
    )
    return claim


def _stop_if_idle(connection: Connection, run_id: str, taken: bool) -> None:
    # While calls are in flight their holds may turn out too high and make room again.
    if taken or _count(connection, run_id, [SampleState.CALLING]):
        return
    connection.execute(
        update(RUN)
        .where(RUN.c.id == run_id)
        .values(state=RunState.STOPPED_BUDGET, reason=FailureKind.BUDGET.hint, ended_at=time.time())
    )


def _finish(connection: Connection, run_id: str) -> bool:
    """Close a run that has nothing left to do; says whether it is over."""
    state = connection.execute(select(RUN.c.state).where(RUN.c.id == run_id)).scalar()
    if state not in LIVE:
        return True
    open_states = [SampleState.CALLING] if state == RunState.CANCELLING else _OPEN
    if _count(connection, run_id, open_states):
        return False
    end = RunState.CANCELLED if state == RunState.CANCELLING else RunState.DONE
    connection.execute(update(RUN).where(RUN.c.id == run_id).values(state=end, ended_at=time.time()))
    return True


_OPEN = [SampleState.TODO, SampleState.CALLING]


def _count(connection: Connection, run_id: str, states: Iterable[SampleState]) -> int:
    matching = and_(SAMPLE.c.run == run_id, SAMPLE.c.state.in_(list(states)))
    return connection.execute(select(func.count()).select_from(SAMPLE).where(matching)).scalar_one()


def scope_of(run_id: str) -> str:
    """Budget row of one run."""
    return f"run:{run_id}"


def _sample_row(run_id: str, position: int, want: Wanted) -> dict[str, object]:
    return {
        "run": run_id,
        "position": position,
        "lane": want.target.ref,
        "key": f"{run_id[:8]}-{want.key}",
        "prompt": want.prompt.id,
        "repeat": want.repeat,
        "simulated": want.target.simulated,
        "state": SampleState.TODO,
        # Without a hold the call is refused before it is sent, so it holds nothing.
        "hold": want.hold_microusd or 0,
    }
