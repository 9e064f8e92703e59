"""What a probe run has cost, written into the audit log when it ends."""

from __future__ import annotations

from sqlalchemy import Connection, select

from advisor.host.audit import Action, note
from advisor.host.tables import BUDGET, RUN
from advisor.probe.samples import MICROUSD_PER_USD


def note_run_end(connection: Connection, run_id: str) -> None:
    """Add the row of a run that has just ended or stopped, in the transaction that ends it."""
    spent = BUDGET.c.scope == "run:" + RUN.c.id
    query = select(RUN.c.owner, RUN.c.state, BUDGET.c.spent).join(BUDGET, spent).where(RUN.c.id == run_id)
    row = connection.execute(query).one_or_none()
    if row is not None:
        cost = row.spent / MICROUSD_PER_USD
        note(connection, row.owner or "nobody", Action.RUN_ENDED, run_id, state=row.state, spent_usd=cost)
