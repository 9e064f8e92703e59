"""What one task costs, line by line, each with its figures filled in."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog.facts import Provenance
from advisor.interval import Interval


@dataclass(frozen=True, slots=True)
class CostLine:
    """One part of the bill."""

    key: str
    """`input`, `cached`, `cache_write`, `output`, `reasoning`, `search`, `embedding` or `rerank`."""
    label: str
    tokens: Interval | None
    """Tokens per task; None when the line is not about tokens."""
    usd_per_mtok: Interval | None
    """US dollars per million tokens, batch share, tier and regional factor included."""
    usd: Interval
    """US dollars per task."""
    formula: str
    """The middle figures, written out: "4,000 tokens x $3 per million = $0.012"."""
    provenance: Provenance
    note: str = ""


@dataclass(frozen=True, slots=True)
class CostBreakdown:
    """The bill of one task.

    The middle figures of the lines add up to the middle of the total. The bounds of the total are
    often closer than the sum of the lines' bounds: a token is either cached or fresh, not both.
    """

    lines: tuple[CostLine, ...]
    total: Interval
    """US dollars per attempted task."""
    success_rate: Interval
    """Share of tasks that end well."""

    @property
    def per_success(self) -> Interval | None:
        """US dollars per finished task; None when a task may never end well."""
        return None if self.success_rate.low <= 0 else self.total.per(self.success_rate)

    def line(self, key: str) -> CostLine | None:
        """One line by key."""
        return next((line for line in self.lines if line.key == key), None)
