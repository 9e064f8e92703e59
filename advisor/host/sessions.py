"""Workers and their leases: a worker that stops renewing loses its calls to the others."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, delete, func, insert, select, update

from advisor.host.books import Books, open_books
from advisor.host.settlement import Finished, interrupt, put_back
from advisor.host.store import reading, writing
from advisor.host.tables import ATTEMPT, SAMPLE, SESSION
from advisor.probe.samples import SampleState

LEASE_S = 15.0
RENEW_EVERY_S = 5.0


def open_session(engine: Engine, worker: str, *, alone: bool) -> str:
    """Begin a worker's session; returns its id.

    Args:
        engine: The store.
        worker: Name for people, and of the place only one worker can hold.
        alone: Whether the caller holds that place's lock, so that earlier sessions of it are dead.
    """
    session = secrets.token_hex(8)
    with writing(engine) as connection:
        if alone:
            connection.execute(delete(SESSION).where(SESSION.c.worker == worker))
        lease = _now(connection) + LEASE_S
        connection.execute(insert(SESSION).values(id=session, worker=worker, lease_until=lease))
    return session


def renew(engine: Engine, session: str) -> bool:
    """Prolong the lease; False when the session was ended from outside."""
    with writing(engine) as connection:
        lease = _now(connection) + LEASE_S
        mine = update(SESSION).where(SESSION.c.id == session).values(lease_until=lease)
        return connection.execute(mine).rowcount == 1


def end_session(engine: Engine, session: str) -> None:
    """End a session; what it left in flight is interrupted."""
    with writing(engine) as connection:
        connection.execute(delete(SESSION).where(SESSION.c.id == session))
    take_over(engine)


def living_sessions(engine: Engine) -> frozenset[str]:
    """Sessions whose lease is valid now."""
    with reading(engine) as connection:
        return frozenset(row.id for row in connection.execute(_alive(connection)))


def take_over(engine: Engine) -> int:
    """Interrupt every call whose worker's lease has ended; returns how many there were."""
    with reading(engine) as connection:
        runs = (
            connection.execute(select(SAMPLE.c.run).where(_orphaned(connection)).distinct()).scalars().all()
        )
    # A transaction for each run: that is what the ledger's locks are ordered by.
    return sum(_close(engine, run, _orphaned, _interrupt) for run in runs)


def reconcile(
    engine: Engine, run_id: str, session: str, flying: Iterable[str], finished: Sequence[Finished]
) -> list[Finished]:
    """Make worker and ledger agree after a tick whose end nobody saw.

    What the tick claimed was never sent: it is put back, at no charge. What it settled is settled.

    Args:
        engine: The store.
        run_id: The tick's run.
        session: The tick's session.
        flying: Tokens of the calls in flight, and of those that ended since.
        finished: What the tick was to settle.

    Returns:
        What is still to be settled.
    """
    tokens = [one.claim.token for one in finished]
    known = [*flying, *tokens]

    def unseen(_connection: Connection) -> ColumnElement[bool]:
        calling = SAMPLE.c.state == SampleState.CALLING
        return calling & (SAMPLE.c.session == session) & SAMPLE.c.token.not_in(known)

    _close(engine, run_id, unseen, put_back)
    with reading(engine) as connection:
        mine = select(ATTEMPT.c.token, ATTEMPT.c.document).where(ATTEMPT.c.token.in_(tokens))
        kept = {row.token: row.document for row in connection.execute(mine)}
    return [one for one in finished if kept.get(one.claim.token) != one.attempt.model_dump_json()]


def _close(
    engine: Engine,
    run_id: str,
    which: Callable[[Connection], ColumnElement[bool]],
    how: Callable[[Books, Row[tuple[object, ...]]], None],
) -> int:
    """Close the calls of a run that nobody will report on; returns how many."""
    query = select(SAMPLE).where(SAMPLE.c.run == run_id)
    with writing(engine) as connection:
        books = open_books(connection, run_id)
        rows = connection.execute(query.where(which(connection))).all()
        for row in rows:
            how(books, row)
        books.close()
        return len(rows)


def _interrupt(books: Books, row: Row[tuple[object, ...]]) -> None:
    interrupt(books, row, "in flight when its worker ended")


def _orphaned(connection: Connection) -> ColumnElement[bool]:
    return (SAMPLE.c.state == SampleState.CALLING) & SAMPLE.c.session.not_in(_alive(connection))


def _alive(connection: Connection) -> Select[tuple[str]]:
    return select(SESSION.c.id).where(SESSION.c.lease_until > _now(connection))


def _now(connection: Connection) -> float:
    """Seconds since the epoch, by the one clock all workers share."""
    if connection.dialect.name != "postgresql":
        return time.time()
    return float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())
