"""Money of the ledger: what a call reserves before it starts, in the budgets of run, day and account.

Amounts are integer micro-dollars. A reservation that does not fit is refused; a settlement never is: what a
call cost beyond its reservation is written down as overrun. A day is one of UTC. Calls of the built-in
practice models burden the run alone, for nothing is really paid.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select, update

from advisor.host.present import insert_missing, unmet
from advisor.host.store import reading, writing
from advisor.host.tables import BUDGET
from advisor.probe.pace import PRACTICE_ACCOUNT

DAILY = {"installation": "daily:installation", "own": "daily:own"}
"""Standing caps of a day: the administrator's and the users' own; the lower one counts."""


def run_scope(run_id: str) -> str:
    """Budget of one run."""
    return f"run:{run_id}"


def day_scope(at: float) -> str:
    """Budget of the day a moment (seconds since the epoch) lies in."""
    return f"day:{datetime.fromtimestamp(at, UTC).date().isoformat()}"


def account_scope(account: str) -> str:
    """Budget of one provider account."""
    return f"account:{account}"


def scopes_of(run_id: str, account: str, at: float) -> tuple[str, ...]:
    """Budgets a call burdens that starts at a moment."""
    if account == PRACTICE_ACCOUNT:
        return (run_scope(run_id),)
    return (run_scope(run_id), day_scope(at), account_scope(account))


@dataclass(slots=True)
class _Money:
    cap: int | None
    held: int
    spent: int
    overrun: int
    changed: bool = False


class Purse:
    """Budgets locked for one transaction, in the order run, day, account; `write` puts changes back.

    Args:
        connection: The transaction; the run is locked already.
        scopes: Budgets of calls that start now. Accounts without a cap have none.
    """

    def __init__(self, connection: Connection, scopes: Collection[str]) -> None:
        self._connection = connection
        days = {(scope,) for scope in scopes if scope.startswith("day:")}
        self._have(unmet(connection, BUDGET, days))
        self._rows = self._locked(scopes)

    def _have(self, days: list[tuple[str, ...]]) -> None:
        if days:
            cap = _daily(self._connection)
            insert_missing(self._connection, BUDGET, [_empty(day, cap) for (day,) in days])

    def _locked(self, scopes: Collection[str]) -> dict[str, _Money]:
        mine = BUDGET.c.scope.in_(scopes)
        if any(scope.startswith("day:") for scope in scopes):
            # Calls that end now may have been reserved on an earlier day.
            mine |= BUDGET.c.scope.startswith("day:") & (BUDGET.c.held > 0)
        # Descending: run, day, account. Who locks in one order never waits in a circle.
        rows = self._connection.execute(
            select(BUDGET).where(mine).order_by(BUDGET.c.scope.desc()).with_for_update()
        )
        return {row.scope: _Money(row.cap, row.held, row.spent, row.overrun) for row in rows}

    def short(self, scopes: Iterable[str], amount: int) -> str | None:
        """The first budget in which so much more does not fit, None when it fits in all."""
        for scope in scopes:
            row = self._rows.get(scope)
            if row is not None and row.cap is not None and row.spent + row.held + amount > row.cap:
                return scope
        return None

    def hold(self, scopes: Iterable[str], amount: int) -> None:
        """Reserve for a call that starts."""
        self._book(scopes, amount, 0)

    def settle(self, scopes: Iterable[str], hold: int, charged: int) -> None:
        """Release a reservation and add what was really charged."""
        self._book(scopes, -hold, charged)

    def _book(self, scopes: Iterable[str], held: int, charged: int) -> None:
        for scope in scopes:
            row = self._rows.get(scope)
            if row is not None:
                # An account's cap may be younger than a call in flight.
                row.held = max(0, row.held + held)
                row.spent += charged
                row.overrun = max(row.overrun, 0 if row.cap is None else row.spent - row.cap)
                row.changed = True

    def write(self) -> None:
        """Put back what changed."""
        for scope, row in self._rows.items():
            if row.changed:
                mine = update(BUDGET).where(BUDGET.c.scope == scope)
                amounts = {"held": row.held, "spent": row.spent, "overrun": row.overrun}
                self._connection.execute(mine.values(**amounts))
                row.changed = False


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget as people read it, in micro-dollars."""

    scope: str
    cap: int | None
    held: int
    spent: int
    overrun: int

    @property
    def left(self) -> int | None:
        """What may still be reserved, None without a cap."""
        return None if self.cap is None else max(0, self.cap - self.spent - self.held)


def budget(engine: Engine, scope: str) -> Budget | None:
    """One budget, None when nothing was ever capped or spent there."""
    with reading(engine) as connection:
        row = connection.execute(select(BUDGET).where(BUDGET.c.scope == scope)).one_or_none()
    return None if row is None else Budget(row.scope, row.cap, row.held, row.spent, row.overrun)


def account_budgets(engine: Engine) -> tuple[Budget, ...]:
    """Every account with a cap, by name."""
    query = select(BUDGET).where(BUDGET.c.scope.startswith("account:")).order_by(BUDGET.c.scope)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return tuple(Budget(row.scope, row.cap, row.held, row.spent, row.overrun) for row in rows)


def set_day_cap(engine: Engine, whose: str, cap_microusd: int | None, now: float) -> None:
    """Set what all real probes of one day may cost; counts at once, and for every day to come.

    Args:
        engine: The store.
        whose: `installation` or `own`.
        cap_microusd: None lifts it.
        now: This moment, seconds since the epoch.
    """
    with writing(engine) as connection:
        _put_cap(connection, DAILY[whose], cap_microusd)
        today = update(BUDGET).where(BUDGET.c.scope == day_scope(now))
        connection.execute(today.values(cap=_daily(connection)))


def day_cap(engine: Engine, whose: str) -> int | None:
    """A standing cap of a day, in micro-dollars; None when there is none."""
    found = budget(engine, DAILY[whose])
    return None if found is None else found.cap


def set_account_cap(engine: Engine, account: str, cap_microusd: int | None) -> None:
    """Set what calls on one provider account may cost from now on, over all runs and days."""
    with writing(engine) as connection:
        _put_cap(connection, account_scope(account), cap_microusd)


def _put_cap(connection: Connection, scope: str, cap: int | None) -> None:
    insert_missing(connection, BUDGET, [_empty(scope, cap)])
    connection.execute(update(BUDGET).where(BUDGET.c.scope == scope).values(cap=cap))


def _daily(connection: Connection) -> int | None:
    caps = connection.execute(select(BUDGET.c.cap).where(BUDGET.c.scope.in_(DAILY.values()))).scalars()
    return min((cap for cap in caps if cap is not None), default=None)


def _empty(scope: str, cap: int | None) -> Mapping[str, object]:
    return {"scope": scope, "cap": cap, "held": 0, "spent": 0, "overrun": 0}
