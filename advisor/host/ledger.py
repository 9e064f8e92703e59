"""The ledger of probes: what is wanted, what is in flight, what came back, what it cost.

It is the truth; whoever carries the work is not. Promises it keeps, whatever dies when:

- a recorded answer is never asked for again;
- recorded cost plus open holds never exceeds a cap when a call starts;
- cancelling starts no new call;
- a call in flight when its worker died is marked interrupted and charged at its worst case.

All writes of one tick are one transaction, see `advisor.host.books` for its locks. What people do to a run
is in `advisor.host.control`.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from advisor.errors import NotFound
from advisor.host.audit import Action, note
from advisor.host.books import Books, open_books, read_plan
from advisor.host.budgets import run_scope
from advisor.host.claiming import claim
from advisor.host.settlement import Claim, Finished, settle
from advisor.host.store import create_missing, reading, writing
from advisor.host.tables import ATTEMPT, BUDGET, LIVE, RUN, SAMPLE, RunState
from advisor.probe.plan import RunPlan, Wanted, wanted
from advisor.probe.samples import MICROUSD_PER_USD, SampleState

NOBODY = "nobody signed in"
"""Who stands in the audit log for a run without an owner."""


def prepare(engine: Engine) -> None:
    """Create the ledger's tables where they are missing."""
    create_missing(engine)


def start_run(engine: Engine, plan: RunPlan, owner: str | None = None) -> str:
    """Write down a run and let workers have it; returns its id, hard to guess."""
    run_id = secrets.token_hex(16)
    rows = [_sample_row(run_id, position, want, plan) for position, want in enumerate(wanted(plan))]
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
        connection.execute(insert(BUDGET).values(scope=run_scope(run_id), cap=plan.cap_microusd))
        connection.execute(insert(SAMPLE), rows)
    return run_id


def fail_run(engine: Engine, run_id: str, reason: str) -> None:
    """Give a run up, with the reason in words."""
    with writing(engine) as connection:
        run = connection.execute(select(RUN).where(RUN.c.id == run_id).with_for_update()).one()
        end_run(connection, run, RunState.FAILED, time.time(), reason)


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
    return read_plan(_row(engine, run_id).plan)


def record_instrument(engine: Engine, run_id: str, found: Mapping[str, object]) -> None:
    """Keep what the practice server showed about our own clock before the run (`InstrumentError`)."""
    with writing(engine) as connection:
        mine = update(RUN).where(RUN.c.id == run_id)
        connection.execute(mine.values(instrument=json.dumps(dict(found), allow_nan=False)))


def instrument_of(engine: Engine, run_id: str) -> dict[str, Any] | None:
    """What `record_instrument` kept, None when nothing was measured.

    Raises:
        NotFound: There is no such run.
    """
    document = _row(engine, run_id).instrument
    return None if document is None else json.loads(document)


def _row(engine: Engine, run_id: str) -> Row[tuple[Any, ...]]:
    with reading(engine) as connection:
        row = connection.execute(select(RUN).where(RUN.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id}.", "Start a new one.")
    return row


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick gave the worker."""

    claims: tuple[Claim, ...]
    over: bool
    """Whether the worker has nothing left to do for this run."""
    drop: bool = False
    """Whether calls in flight are to be dropped at once: somebody aborts the run."""


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
        books = open_books(connection, run_id)
        for one in finished:
            settle(books, one)
        claims = claim(books, session, room) if books.run.state == RunState.RUNNING else ()
        books.close()
        over = close_if_over(books)
        return Tick(claims, over, drop=books.run.state in (RunState.ABORTING, RunState.ABORTED))


_ENDS = {
    RunState.RUNNING: RunState.DONE,
    RunState.CANCELLING: RunState.CANCELLED,
    RunState.ABORTING: RunState.ABORTED,
}


def close_if_over(books: Books) -> bool:
    """Close a run that has nothing left to do; says whether workers may leave it."""
    connection, run_id = books.connection, books.run.id
    run = connection.execute(select(RUN).where(RUN.c.id == run_id)).one()
    if run.state not in LIVE:
        if run.state == RunState.STOPPED_BUDGET != books.run.state:
            _note_end(connection, run, run.state)
        return True
    open_states = [SampleState.TODO] if run.state == RunState.RUNNING else []
    if _any(connection, run_id, [SampleState.CALLING, *open_states]):
        return False
    end_run(connection, run, _ENDS[RunState(run.state)], books.now)
    return True


def end_run(
    connection: Connection, run: Row[tuple[object, ...]], state: RunState, now: float, reason: str = ""
) -> None:
    """Write the end of a run down, in the audit log too."""
    mine = update(RUN).where(RUN.c.id == run.id)
    connection.execute(mine.values(state=state, reason=reason, ended_at=now))
    _note_end(connection, run, state)


def _note_end(connection: Connection, run: Row[tuple[object, ...]], state: str) -> None:
    spent = connection.execute(select(BUDGET.c.spent).where(BUDGET.c.scope == run_scope(run.id))).scalar_one()
    unpaid = simulated_microusd(connection, run.id, spent)
    note(
        connection,
        run.owner or NOBODY,
        Action.RUN_ENDED,
        run.id,
        state=str(state),
        spent_usd=(spent - unpaid) / MICROUSD_PER_USD,
        **({"simulated_usd": unpaid / MICROUSD_PER_USD} if unpaid else {}),
    )


def simulated_microusd(connection: Connection, run_id: str, spent: int) -> int:
    """How much of what a run was charged is simulated, which nobody pays; micro-dollars."""
    mine = SAMPLE.c.run == run_id
    paid = connection.execute(select(SAMPLE.c.id).where(mine, ~SAMPLE.c.simulated).limit(1)).scalar()
    if paid is None:
        return spent
    charged = (
        select(func.sum(ATTEMPT.c.charged))
        .join(SAMPLE, SAMPLE.c.id == ATTEMPT.c.sample)
        .where(mine, SAMPLE.c.simulated)
    )
    return connection.execute(charged).scalar() or 0


def _any(connection: Connection, run_id: str, states: Sequence[SampleState]) -> bool:
    query = select(SAMPLE.c.id).where(SAMPLE.c.run == run_id, SAMPLE.c.state.in_(states)).limit(1)
    return connection.execute(query).first() is not None


def _sample_row(run_id: str, position: int, want: Wanted, plan: RunPlan) -> dict[str, object]:
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
        "purpose": want.purpose,
        "rung": want.rung,
        "account": want.target.account,
        "tokens": plan.most_tokens(want.prompt),
    }
