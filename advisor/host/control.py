"""What people do to a run: pause, resume, cancel, abort, raise its cap, ask failures again."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, Row, select, update

from advisor.errors import BadInput
from advisor.host.books import Books, open_books
from advisor.host.budgets import run_scope
from advisor.host.ledger import close_if_over, end_run
from advisor.host.settlement import interrupt
from advisor.host.store import writing
from advisor.host.tables import BUDGET, RUN, SAMPLE, SESSION, RunState
from advisor.probe.samples import SampleState

RESUMABLE = (
    RunState.PAUSED,
    RunState.STOPPED_BUDGET,
    RunState.CANCELLED,
    RunState.ABORTED,
    RunState.FAILED,
)
"""States from which a run can go on with what was not asked yet."""
STOPPABLE = (RunState.RUNNING, RunState.PAUSED)
RETRIABLE = (RunState.RUNNING, RunState.PAUSED, RunState.STOPPED_BUDGET, RunState.DONE, RunState.FAILED)
"""States in which failures can be asked again; a cancelled run is resumed first."""


def pause(engine: Engine, run_id: str) -> None:
    """Start no further call until the run is resumed; calls in flight are finished and kept.

    Raises:
        BadInput: It is not running.
    """
    with _held(engine, run_id) as books:
        _require(books, (RunState.RUNNING,), "there is nothing to pause.")
        _set(books, RunState.PAUSED)


def resume(engine: Engine, run_id: str) -> None:
    """Let a run go on with what was not asked yet: a paused, stopped, cancelled, aborted or failed one.

    Raises:
        BadInput: It is running, or has ended with nothing left.
    """
    with _held(engine, run_id) as books:
        _require(books, RESUMABLE, "there is nothing to resume.")
        _set(books, RunState.RUNNING)
        close_if_over(books)


def cancel(engine: Engine, run_id: str) -> None:
    """Start no further call; calls in flight are finished and kept, for they are paid.

    Cancelling a run that has ended changes nothing.
    """
    with _held(engine, run_id) as books:
        if books.run.state in STOPPABLE:
            _set(books, RunState.CANCELLING)
            close_if_over(books)
        elif books.run.state == RunState.STOPPED_BUDGET:
            end_run(books.connection, books.run, RunState.CANCELLED, books.now)


def abort(engine: Engine, run_id: str) -> None:
    """Drop calls in flight at once; each is charged at its worst case, for the provider may bill it.

    Workers close their sockets and report what they dropped. Calls of workers that have died are closed
    here. Aborting a run that has ended changes nothing.
    """
    with _held(engine, run_id) as books:
        if books.run.state in (*STOPPABLE, RunState.CANCELLING):
            _set(books, RunState.ABORTING)
            for row in _orphans(books):
                interrupt(books, row, "dropped when the run was aborted", repeat=False)
            books.close()
            close_if_over(books)
        elif books.run.state == RunState.STOPPED_BUDGET:
            end_run(books.connection, books.run, RunState.CANCELLED, books.now)


def raise_cap(engine: Engine, run_id: str, cap_microusd: int) -> None:
    """Set a higher cap; a run the old one stopped goes on.

    Raises:
        BadInput: The cap is lower than the one in force.
    """
    with _held(engine, run_id) as books:
        now = select(BUDGET.c.cap).where(BUDGET.c.scope == run_scope(run_id))
        before = books.connection.execute(now).scalar_one()
        if cap_microusd < before:
            refused = f"has a cap of {before / 1e6:g} US dollars, and a cap can only be raised."
            raise BadInput(f"run {run_id}", "", refused, "Name a higher cap, or cancel the run.")
        mine = update(BUDGET).where(BUDGET.c.scope == run_scope(run_id))
        books.connection.execute(mine.values(cap=cap_microusd))
        if books.run.state == RunState.STOPPED_BUDGET:
            _set(books, RunState.RUNNING)


def ask_failures_again(engine: Engine, run_id: str) -> int:
    """Ask failed and interrupted samples again, by new attempts in the same run; returns how many.

    Recorded answers are never asked again, earlier attempts stay. A run that had ended goes on. Offers
    whose key was missing from the start are left alone (`advisor.host.rekeying.bring_keys` brings it).

    Raises:
        BadInput: The run was cancelled or aborted: resume it first.
    """
    with _held(engine, run_id) as books:
        _require(books, RETRIABLE, "its failures cannot be asked again yet.")
        missing = (SampleState.FAILED, SampleState.UNKNOWN)
        askable = [target.ref for target in books.plan.targets if not target.key_missing]
        again = books.connection.execute(
            update(SAMPLE)
            .where(SAMPLE.c.run == run_id, SAMPLE.c.state.in_(missing), SAMPLE.c.lane.in_(askable))
            .values(
                state=SampleState.TODO,
                forgiven=SAMPLE.c.attempts,
                interruptions=0,
                not_before=0.0,
                not_asked=None,
            )
        ).rowcount
        if again and books.run.state in (RunState.DONE, RunState.FAILED, RunState.STOPPED_BUDGET):
            _set(books, RunState.RUNNING)
        return again


@contextmanager
def _held(engine: Engine, run_id: str) -> Generator[Books]:
    with writing(engine) as connection:
        yield open_books(connection, run_id)


def _set(books: Books, state: RunState) -> None:
    mine = update(RUN).where(RUN.c.id == books.run.id)
    books.connection.execute(mine.values(state=state, reason="", ended_at=None))


def _require(books: Books, states: tuple[RunState, ...], refused: str) -> None:
    if books.run.state not in states:
        state = str(books.run.state).replace("_", " ")
        raise BadInput(f"run {books.run.id}", "", f"is {state}, so {refused}", _way_on(books.run))


def _way_on(run: Row[tuple[object, ...]]) -> str:
    """What can be done with a run instead, on the page and on the command line."""
    short = str(run.id)[:8]
    resume_it, retry_it = f"`advisor runs resume {short}`", f"`advisor runs retry {short}`"
    if run.state in (RunState.CANCELLED, RunState.ABORTED):
        return (
            f"Let it go on first ({resume_it}, on the probe page “Go on”); then {retry_it} asks "
            "failed and interrupted calls again."
        )
    if run.state in (RunState.CANCELLING, RunState.ABORTING):
        return f"Wait a moment until it has ended (`advisor runs show {short}`), then {resume_it}."
    if run.state == RunState.RUNNING:
        return f"It is at work: `advisor runs watch {short}` shows how far it is."
    if run.state == RunState.DONE:
        return f"Nothing is left to ask; {retry_it} asks failed and interrupted calls again."
    if run.state == RunState.STOPPED_BUDGET:
        return f"Raise its cap: `advisor runs raise-cap {short} USD`."
    return f"{resume_it} lets it go on."


def _orphans(books: Books) -> Sequence[Row[tuple[object, ...]]]:
    alive = select(SESSION.c.id).where(SESSION.c.lease_until > time.time())
    query = select(SAMPLE).where(
        SAMPLE.c.run == books.run.id, SAMPLE.c.state == SampleState.CALLING, SAMPLE.c.session.not_in(alive)
    )
    return books.connection.execute(query).all()
