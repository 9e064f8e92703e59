"""Ends lanes of an adaptive run early: what nobody needs to ask any more is taken out of the ledger.

Only samples that were never asked go. What was asked stays, and so does what is in flight, for it is paid.
"""

from __future__ import annotations

from sqlalchemy import Engine, delete, select

from advisor.host.ledger import plan_of
from advisor.host.runs import samples
from advisor.host.store import writing
from advisor.host.tables import RUN, SAMPLE, RunState
from advisor.probe.adaptive import Decided, decided
from advisor.probe.samples import SampleState


def end_decided_lanes(engine: Engine, run_id: str) -> tuple[Decided, ...]:
    """Ask decided lanes no further; returns those that were ended now.

    Does nothing for a run that is not adaptive or not running.
    """
    plan = plan_of(engine, run_id)
    if not plan.adaptive:
        return ()
    found = decided(plan, samples(engine, run_id))
    return tuple(one for one in found if _end(engine, run_id, one))


def _end(engine: Engine, run_id: str, one: Decided) -> bool:
    with writing(engine) as connection:
        run = connection.execute(select(RUN).where(RUN.c.id == run_id).with_for_update()).one()
        if run.state != RunState.RUNNING:
            return False
        gone = connection.execute(
            delete(SAMPLE).where(
                SAMPLE.c.run == run_id,
                SAMPLE.c.lane == one.lane,
                SAMPLE.c.state == SampleState.TODO,
                SAMPLE.c.attempts == 0,
            )
        )
        return gone.rowcount > 0
