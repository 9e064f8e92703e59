"""Workers and their leases: a worker that stops renewing loses its calls to the others."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from advisor.errors import FailureKind
from advisor.host.settlement import Finished, book, close
from advisor.host.store import reading, writing
from advisor.host.tables import ATTEMPT, RUN, SAMPLE, SESSION
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Attempt, Failure, SampleState, Timeline

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
        connection.execute(
            insert(SESSION).values(id=session, worker=worker, lease_until=time.time() + LEASE_S)
        )
    return session


def renew(engine: Engine, session: str) -> bool:
    """Prolong the lease; False when the session was ended from outside."""
    with writing(engine) as connection:
        mine = update(SESSION).where(SESSION.c.id == session).values(lease_until=time.time() + LEASE_S)
        return connection.execute(mine).rowcount == 1


def end_session(engine: Engine, session: str) -> None:
    """End a session; what it left in flight is interrupted."""
    with writing(engine) as connection:
        connection.execute(delete(SESSION).where(SESSION.c.id == session))
    take_over(engine)


def take_over(engine: Engine) -> int:
    """Interrupt every call whose worker's lease has ended; returns how many there were."""
    with writing(engine) as connection:
        alive = select(SESSION.c.id).where(SESSION.c.lease_until > time.time())
        orphans = connection.execute(
            select(SAMPLE).where(SAMPLE.c.state == SampleState.CALLING, SAMPLE.c.session.not_in(alive))
        ).all()
        for row in orphans:
            _interrupt(connection, row)
        return len(orphans)


def living_sessions(engine: Engine) -> frozenset[str]:
    """Sessions whose lease is valid now."""
    with reading(engine) as connection:
        alive = select(SESSION.c.id).where(SESSION.c.lease_until > time.time())
        return frozenset(connection.execute(alive).scalars())


def reconcile(
    engine: Engine, run_id: str, session: str, flying: Iterable[str], finished: Sequence[Finished]
) -> list[Finished]:
    """Make worker and ledger agree after a tick whose end nobody saw.

    What the tick claimed was never sent: it is put back, at no charge. What it settled is settled.

    Args:
        engine: The store.
        run_id: The tick's run.
        session: The tick's session.
        flying: Tokens of the calls in flight.
        finished: What the tick was to settle.

    Returns:
        What is still to be settled.
    """
    known = [*flying, *(one.claim.token for one in finished)]
    with writing(engine) as connection:
        unseen = connection.execute(
            select(SAMPLE).where(
                SAMPLE.c.run == run_id,
                SAMPLE.c.session == session,
                SAMPLE.c.state == SampleState.CALLING,
                SAMPLE.c.token.not_in(known),
            )
        ).all()
        for row in unseen:
            _put_back(connection, row)
        tokens = [one.claim.token for one in finished]
        mine = select(ATTEMPT.c.token, ATTEMPT.c.document).where(ATTEMPT.c.token.in_(tokens))
        kept = {row.token: row.document for row in connection.execute(mine)}
    return [one for one in finished if kept.get(one.claim.token) != one.attempt.model_dump_json()]


def _put_back(connection: Connection, row: Row[tuple[object, ...]]) -> None:
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.token == row.token))
    connection.execute(
        update(SAMPLE)
        .where(SAMPLE.c.id == row.id)
        .values(state=SampleState.TODO, attempts=row.attempts - 1, token=None, session=None)
    )
    book(connection, f"run:{row.run}", row.hold, 0)


def _interrupt(connection: Connection, row: Row[tuple[object, ...]]) -> None:
    plan = connection.execute(select(RUN.c.plan).where(RUN.c.id == row.run)).scalar_one()
    again = RunPlan.model_validate_json(plan).after_crash == "repeat_once" and row.interruptions == 0
    outcome = Failure(kind=FailureKind.INTERRUPTED, detail="in flight when its worker ended")
    attempt = Attempt(number=row.attempts, started_at="", timeline=Timeline(started_ns=0), outcome=outcome)
    close(connection, row.token, attempt, row.hold)
    connection.execute(
        update(SAMPLE)
        .where(SAMPLE.c.id == row.id)
        .values(
            state=SampleState.TODO if again else SampleState.UNKNOWN,
            interruptions=row.interruptions + 1,
            token=None,
            session=None,
        )
    )
    book(connection, f"run:{row.run}", row.hold, row.hold)
