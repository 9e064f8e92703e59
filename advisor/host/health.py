"""What a machine that watches wants to know: is the store there, and how much the ledger holds."""

from __future__ import annotations

import time

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from advisor.host.store import reading
from advisor.host.tables import BUDGET, RUN, SAMPLE, SESSION
from advisor.probe.samples import MICROUSD_PER_USD


def store_answers(engine: Engine) -> bool:
    """Whether the store can be read now."""
    try:
        with reading(engine) as connection:
            connection.execute(select(1))
    except SQLAlchemyError:
        return False
    return True


def metrics_text(engine: Engine) -> str:
    """Figures of the ledger in Prometheus' text format (version 0.0.4)."""
    with reading(engine) as connection:
        runs = connection.execute(select(RUN.c.state, func.count()).group_by(RUN.c.state)).all()
        samples = connection.execute(select(SAMPLE.c.state, func.count()).group_by(SAMPLE.c.state)).all()
        alive = select(func.count()).select_from(SESSION).where(SESSION.c.lease_until > time.time())
        workers = connection.execute(alive).scalar_one()
        # Days: what a call costs stands in its run's and its account's budget too, and the practice models'
        # simulated dollars in their run's alone.
        spent, held = (func.coalesce(func.sum(column), 0) for column in (BUDGET.c.spent, BUDGET.c.held))
        days = BUDGET.c.scope.startswith("day:")
        money = connection.execute(select(spent, held).where(days)).one()
    lines = [
        *_family("advisor_runs", "Probe runs by state.", {row[0]: row[1] for row in runs}),
        *_family("advisor_samples", "Wanted answers by state.", {row[0]: row[1] for row in samples}),
        *_single("advisor_workers", "Probe workers with a valid lease.", workers),
        *_single(
            "advisor_spent_usd",
            "Paid for probes so far, by our price table; simulated dollars are not in it.",
            int(money[0]) / MICROUSD_PER_USD,
        ),
        *_single("advisor_held_usd", "Worst case of paid calls in flight.", int(money[1]) / MICROUSD_PER_USD),
    ]
    return "\n".join(lines) + "\n"


def _family(name: str, meaning: str, values: dict[str, int]) -> list[str]:
    head = [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
    return [*head, *(f'{name}{{state="{state}"}} {number}' for state, number in sorted(values.items()))]


def _single(name: str, meaning: str, value: float) -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", f"{name} {value}"]
