"""Spend limits per run, person, day and installation, held before a run may start.

A run never starts a call that would pass its own cap. So it is enough that caps fit: what ended runs have
spent, plus the caps of those still going on, plus the new cap stay within every limit. Runs of the practice
models alone cost nothing and are under no limit but their own cap.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import ColumnElement, Engine, case, exists, func, select, text, true

from advisor.errors import BadInput
from advisor.host.audit import Action, note_alone
from advisor.host.budgets import day_cap, run_scope, set_day_cap
from advisor.host.control import raise_cap
from advisor.host.ledger import start_run
from advisor.host.settings import Limits
from advisor.host.store import reading
from advisor.host.tables import BUDGET, LIVE, RUN, SAMPLE, RunState
from advisor.probe.pace import PRACTICE_ACCOUNT
from advisor.probe.plan import RunPlan
from advisor.probe.samples import MICROUSD_PER_USD

DAY_S = 86_400.0
_LOCK = 0x41445650
_one_starter = threading.Lock()
_GOING_ON = (*LIVE, RunState.STOPPED_BUDGET)
OWNER_LENGTH = 80


def start_within(engine: Engine, plan: RunPlan, owner: str, limits: Limits) -> str:
    """Start a run if every limit allows its cap; returns its id. Both answers are written to the audit log.

    Raises:
        BadInput: A limit does not allow it; says which and how much is left.
    """
    name = owner[:OWNER_LENGTH]
    with _alone(engine):
        _keep_day_limit(engine, limits)
        paid = any(target.account != PRACTICE_ACCOUNT for target in plan.targets)
        refusal = refusal_of(engine, plan.cap_microusd, name, limits) if paid else None
        if refusal is not None:
            note_alone(engine, owner, Action.RUN_REFUSED, plan.case_name, reason=refusal.rule)
            raise refusal
        run_id = start_run(engine, plan, name)
    cap_usd = plan.cap_microusd / MICROUSD_PER_USD
    offers = ", ".join(target.ref for target in plan.targets)
    note_alone(engine, owner, Action.RUN_STARTED, run_id, cap_usd=cap_usd, offers=offers)
    return run_id


def _keep_day_limit(engine: Engine, limits: Limits) -> None:
    """Have the ledger hold the installation's limit of a day at every call, as the settings say now."""
    wanted = None if limits.day_usd is None else round(limits.day_usd * MICROUSD_PER_USD)
    if day_cap(engine, "installation") != wanted:
        set_day_cap(engine, "installation", wanted, time.time())


def raise_within(engine: Engine, run_id: str, cap_microusd: int, owner: str, limits: Limits) -> None:
    """Raise a run's cap if every limit allows the difference.

    Raises:
        BadInput: A limit does not allow it.
    """
    with _alone(engine):
        with reading(engine) as connection:
            now = select(BUDGET.c.cap).where(BUDGET.c.scope == run_scope(run_id))
            before = connection.execute(now).scalar_one()
            paid = connection.execute(select(RUN.c.id).where(RUN.c.id == run_id, _pays())).scalar()
        if paid is not None:
            _refuse_raise(engine, before, cap_microusd, owner, limits)
        raise_cap(engine, run_id, cap_microusd)
    note_alone(engine, owner, Action.CAP_RAISED, run_id, cap_usd=cap_microusd / MICROUSD_PER_USD)


def _refuse_raise(engine: Engine, before: int, cap_microusd: int, owner: str, limits: Limits) -> None:
    if limits.run_usd is not None and cap_microusd > limits.run_usd * MICROUSD_PER_USD:
        raise _over("run", limits.run_usd, 0)
    refusal = refusal_of(engine, cap_microusd - before, owner[:OWNER_LENGTH], limits)
    if refusal is not None:
        raise refusal


def _pays() -> ColumnElement[bool]:
    """Runs that ask anybody but the practice models."""
    return exists().where(SAMPLE.c.run == RUN.c.id, SAMPLE.c.account != PRACTICE_ACCOUNT)


def refusal_of(engine: Engine, wanted_microusd: int, owner: str, limits: Limits) -> BadInput | None:
    """Why so much more may not be spent, None when it may."""
    today = RUN.c.created_at >= time.time() - DAY_S
    rows = (
        ("run", limits.run_usd, None),
        ("person and day", limits.user_day_usd, today & (RUN.c.owner == owner)),
        ("day", limits.day_usd, today),
        ("installation", limits.instance_usd, true()),
    )
    for name, cap_usd, which in rows:
        if cap_usd is None:
            continue
        taken = 0 if which is None else committed(engine, which)
        if taken + wanted_microusd > cap_usd * MICROUSD_PER_USD:
            return _over(name, cap_usd, taken)
    return None


def committed(engine: Engine, which: ColumnElement[bool]) -> int:
    """Micro-dollars some runs have spent or may still spend."""
    still = case((BUDGET.c.cap > BUDGET.c.spent, BUDGET.c.cap), else_=BUDGET.c.spent)
    each = case((RUN.c.state.in_(_GOING_ON), still), else_=BUDGET.c.spent)
    query = (
        select(func.coalesce(func.sum(each), 0))
        .select_from(RUN.join(BUDGET, BUDGET.c.scope == "run:" + RUN.c.id))
        .where(which, _pays())
    )
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def _over(name: str, cap_usd: float, taken: int) -> BadInput:
    left = max(0.0, cap_usd - taken / MICROUSD_PER_USD)
    rule = f"the limit per {name} is {cap_usd:.2f} US dollars, {left:.2f} of it are left."
    return BadInput("Over a spend limit", "", rule, "Lower the cap of the run, or ask an administrator.")


@contextmanager
def _alone(engine: Engine) -> Generator[None]:
    """Let one start at a time look and act: in this process, and over all replicas of one database."""
    with _one_starter:
        if engine.dialect.name != "postgresql":
            yield
            return
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()
