"""How wrong our own clock was: the stopwatch held against a server that knows the truth about itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Annotated

from pydantic import Field

from advisor.frozen import Frozen
from advisor.probe.statistics import percentile


class InstrumentError(Frozen):
    """What our times were off on loopback, in milliseconds; above zero is too late."""

    measured_at: datetime
    concurrency: Annotated[int, Field(ge=1)]
    """Calls at once while it was measured: as many as the run makes."""
    n: Annotated[int, Field(ge=1)]
    """Calls it rests on."""
    ttft_median_ms: float
    """Time to first token, ours minus the server's."""
    ttft_p95_ms: float | None
    """95th percentile; None below twenty calls."""
    ttft_max_ms: float
    gap_n: Annotated[int, Field(ge=0)]
    gap_median_ms: float | None
    """Time between two chunks, distance from the server's; None when no call had two."""
    gap_p95_ms: float | None

    @property
    def words(self) -> str:
        """One sentence to stand beside the figures."""
        worst = f"{self.ttft_max_ms:.1f} ms at most" if self.ttft_p95_ms is None else _p95(self.ttft_p95_ms)
        gaps = "" if self.gap_p95_ms is None else f"; between chunks {_p95(self.gap_p95_ms)}"
        day = f"{self.measured_at:%Y-%m-%d %H:%M} UTC"
        return (
            f"Our clock: {self.ttft_median_ms:+.1f} ms median, {worst}{gaps}. Measured on {day}, before this "
            f"run, on this machine with {self.concurrency} at once ({self.n} calls of known length)."
        )


def _p95(value_ms: float) -> str:
    told = "below 0.1" if 0 <= value_ms < 0.05 else f"{value_ms:.1f}"
    return f"{told} ms at the 95th percentile"


@dataclass(frozen=True, slots=True)
class Truth:
    """One call as the server and as we saw it, in nanoseconds from its start."""

    true_ns: tuple[int, ...]
    """When the server sent each token."""
    seen_ns: tuple[int, ...]
    """When we saw each."""


def instrument_error(calls: Sequence[Truth], concurrency: int, measured_at: datetime) -> InstrumentError:
    """Our error over calls of known length.

    Raises:
        ValueError: There is no call, or one was not seen whole.
    """
    if not calls or any(len(call.true_ns) != len(call.seen_ns) or not call.true_ns for call in calls):
        raise ValueError("every call must be seen whole")
    late_ms = [(call.seen_ns[0] - call.true_ns[0]) / 1e6 for call in calls]
    gaps_ms = [gap for call in calls for gap in _gap_errors_ms(call)]
    return InstrumentError(
        measured_at=measured_at,
        concurrency=concurrency,
        n=len(calls),
        ttft_median_ms=median(late_ms),
        ttft_p95_ms=percentile(late_ms, 0.95),
        ttft_max_ms=max(late_ms),
        gap_n=len(gaps_ms),
        gap_median_ms=median(gaps_ms) if gaps_ms else None,
        gap_p95_ms=percentile(gaps_ms, 0.95),
    )


def _gap_errors_ms(call: Truth) -> list[float]:
    late = [seen - true for seen, true in zip(call.seen_ns, call.true_ns, strict=True)]
    return [abs(after - before) / 1e6 for before, after in pairwise(late)]
