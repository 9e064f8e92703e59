"""Rates of provider accounts: requests and tokens per minute, and slowing down after a refusal.

A bucket belongs to an account, not to a run: all runs and workers share it. What a provider refuses for
coming too fast halves the rate; it doubles again every twenty seconds in which nothing more is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from advisor.host.present import insert_missing, unmet
from advisor.host.tables import BUCKET
from advisor.probe.pace import Rate, per_minute
from advisor.probe.plan import RunPlan

REQUESTS, TOKENS = "requests", "tokens"
RECOVERY_S = 20.0
"""Time in which a slowed rate doubles."""
FORGOTTEN_S = 120.0
"""A refusal so long ago slows nothing down where no limit is set."""
SLOWEST_PER_S = 1 / 10
"""Offers of one account share its rate: one that is always refused must not stop the others."""


@dataclass(slots=True)
class _Bucket:
    arrival: float = 0.0
    rate: float | None = None
    burst: float = 1.0
    slowed_to: float | None = None
    slowed_at: float | None = None
    changed: bool = False


class Buckets:
    """Buckets locked for one transaction, in the order of their names; `write` puts changes back.

    Args:
        connection: The transaction; run and budgets are locked already.
        accounts: Accounts of the run.
        plan: Its limits.
        now: The database's clock, seconds since the epoch.
    """

    def __init__(self, connection: Connection, accounts: Collection[str], plan: RunPlan, now: float) -> None:
        self._connection = connection
        self._now = now
        self._limits = {REQUESTS: plan.requests_per_minute, TOKENS: plan.tokens_per_minute}
        wanted = {(account, kind) for account in accounts for kind in self._limits}
        self._have(unmet(connection, BUCKET, wanted))
        self._rows = self._locked(accounts)

    def _have(self, keys: Sequence[tuple[str, ...]]) -> None:
        if keys:
            rows = [
                {"account": account, "kind": kind, "arrival": 0.0, "burst": 1.0} for account, kind in keys
            ]
            insert_missing(self._connection, BUCKET, rows)

    def _locked(self, accounts: Collection[str]) -> dict[tuple[str, str], _Bucket]:
        rows = self._connection.execute(
            select(BUCKET)
            .where(BUCKET.c.account.in_(accounts))
            .order_by(BUCKET.c.account, BUCKET.c.kind)
            .with_for_update()
        )
        return {
            (row.account, row.kind): _Bucket(row.arrival, row.rate, row.burst, row.slowed_to, row.slowed_at)
            for row in rows
        }

    def _row(self, account: str, kind: str) -> _Bucket:
        # Samples written down before accounts were known have a bucket for this transaction only.
        return self._rows.setdefault((account, kind), _Bucket())

    def admits(self, account: str, tokens: int) -> bool:
        """Whether a call that uses at most so many tokens may start now."""
        return self._open(account, REQUESTS, 1) and self._open(account, TOKENS, tokens)

    def _open(self, account: str, kind: str, units: float) -> bool:
        row, rate = self._row(account, kind), self._rate(account, kind)
        return row.arrival <= self._now if rate is None else rate.admits(row.arrival, self._now, units)

    def take(self, account: str, tokens: int) -> None:
        """Count a call that starts."""
        for kind, units in ((REQUESTS, 1), (TOKENS, tokens)):
            row, rate = self._row(account, kind), self._rate(account, kind)
            if rate is not None:
                row.arrival = rate.after(row.arrival, self._now, units)
                row.rate, row.burst, row.changed = rate.per_s, rate.burst, True

    def give_back(self, account: str, tokens: int) -> None:
        """Return tokens a call had been counted with and did not use."""
        rate = self._rate(account, TOKENS)
        if rate is not None and tokens > 0:
            row = self._row(account, TOKENS)
            row.arrival -= tokens / rate.per_s
            row.changed = True

    def refused(self, account: str, started_at: float, wait_s: float, seen_per_s: float) -> None:
        """Learn from a rate limit the provider met us with.

        Args:
            account: Whose.
            started_at: When the refused call started; calls sent before the last slowing teach nothing new.
            wait_s: How long nothing is to start.
            seen_per_s: Calls per second of late, where no limit is set.
        """
        row, before = self._row(account, REQUESTS), self._rate(account, REQUESTS)
        if row.slowed_at is None or started_at > row.slowed_at:
            row.slowed_to = max(SLOWEST_PER_S, (before.per_s if before else seen_per_s) / 2)
            row.slowed_at = self._now
        rate = self._rate(account, REQUESTS)
        barred = self._now + wait_s if rate is None else rate.barred(self._now, wait_s)
        row.arrival, row.changed = max(row.arrival, barred), True

    def _rate(self, account: str, kind: str) -> Rate | None:
        """The limit that counts now: the plan's, or what is left of a refusal; None is none."""
        row, limit = self._row(account, kind), self._limits[kind]
        planned = None if limit is None else per_minute(limit)
        if row.slowed_to is None or row.slowed_at is None:
            return planned
        age_s = self._now - row.slowed_at
        learned = row.slowed_to * 2 ** (age_s / RECOVERY_S)
        if planned is None:
            return None if age_s > FORGOTTEN_S else Rate(learned, 1.0)
        return planned if learned >= planned.per_s else Rate(learned, 1.0)

    def write(self) -> None:
        """Put back what changed."""
        for (account, kind), row in self._rows.items():
            if row.changed:
                mine = update(BUCKET).where(BUCKET.c.account == account, BUCKET.c.kind == kind)
                self._connection.execute(
                    mine.values(
                        arrival=row.arrival,
                        rate=row.rate,
                        burst=row.burst,
                        slowed_to=row.slowed_to,
                        slowed_at=row.slowed_at,
                    )
                )
                row.changed = False
