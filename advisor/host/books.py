"""Everything one transaction of the ledger may touch of a run, locked in one order.

The order is run, budgets (run, day, account), buckets; samples and attempts of a run are only changed by
who holds the run. Two transactions that keep it never wait for each other in a circle.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, Row, func, literal, select

from advisor.errors import NotFound
from advisor.host.buckets import Buckets
from advisor.host.budgets import Purse, scopes_of
from advisor.host.tables import RUN
from advisor.probe.plan import RunPlan


@dataclass(frozen=True, slots=True)
class Books:
    """A run, its plan, its money and its rates, held until the transaction ends."""

    connection: Connection
    run: Row[tuple[object, ...]]
    plan: RunPlan
    purse: Purse
    buckets: Buckets
    now: float
    """The database's clock, seconds since the epoch."""

    def scopes(self, account: str, at: float) -> tuple[str, ...]:
        """Budgets a call of this run burdens."""
        return scopes_of(self.run.id, account, at)

    def close(self) -> None:
        """Put back what changed in money and rates."""
        self.purse.write()
        self.buckets.write()


def open_books(connection: Connection, run_id: str) -> Books:
    """Lock a run and all that belongs to it.

    Args:
        connection: A transaction that writes.
        run_id: Which run.

    Raises:
        NotFound: There is no such run.
    """
    clock = (
        func.extract("epoch", func.clock_timestamp())
        if connection.dialect.name == "postgresql"
        else literal(time.time())
    )
    query = select(RUN, clock.label("now")).where(RUN.c.id == run_id).with_for_update(of=RUN)
    run = connection.execute(query).one_or_none()
    if run is None:
        raise NotFound(f"There is no run {run_id}.", "Start a new one.")
    plan, now = read_plan(run.plan), float(run.now)
    accounts = {target.account for target in plan.targets}
    scopes = {scope for account in accounts for scope in scopes_of(run_id, account, now)}
    return Books(
        connection=connection,
        run=run,
        plan=plan,
        purse=Purse(connection, scopes),
        buckets=Buckets(connection, accounts, plan, now),
        now=now,
    )


@lru_cache(maxsize=64)
def read_plan(document: str) -> RunPlan:
    """A plan as the ledger keeps it; read once, for every tick of a run needs it."""
    return RunPlan.model_validate_json(document)
