"""Pass marks of a case against what a run measured: met or missed, and whether the sample settles it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from advisor.probe.metrics import FREE_TEXT, METRICS
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary, summaries
from advisor.wording import count, percent

LEAST_VALUES = 5
"""Values below which no sample settles a mark: 0 of 1 comes up in one of five runs at a true 80 %."""
_NAMES = {metric.key: metric.label for metric in METRICS}


@dataclass(frozen=True, slots=True)
class Mark:
    """One pass mark and what one offer reached."""

    offer: str
    label: str
    metric: str
    wanted: float
    reached: float | None
    """None when nothing could be measured."""
    low: float | None
    high: float | None
    """Bounds of the 95 % interval; None when they cannot be given."""
    n: int = LEAST_VALUES
    """Values the figure rests on."""
    over: bool = True
    """Whether the run has ended; before, nothing is met or missed for good."""
    approximate_only: bool = False
    """Whether there was nothing but free text, which no mark is held against."""

    @property
    def met(self) -> bool:
        """Whether the figure itself reaches the mark; this decides whether a run is passed."""
        return self.reached is not None and self.reached >= self.wanted

    @property
    def settled(self) -> bool:
        """Whether the whole interval lies on one side of the mark."""
        if self.low is None or self.high is None or not self.over or self.n < LEAST_VALUES:
            return False
        return self.low >= self.wanted if self.met else self.high < self.wanted

    @property
    def words(self) -> str:
        """The same in a sentence or two."""
        what, mark = _NAMES[self.metric], percent(self.wanted)
        if not self.over:
            figure = "" if self.reached is None else f", {percent(self.reached)} so far"
            return f"{self.label}: {what}{figure}. Whether it meets the mark of {mark} is not yet known."
        if self.reached is None:
            why = ", for only free text was compared, which is approximate" if self.approximate_only else ""
            return f"{self.label}: {what} was not measured{why}: nothing shows it meets the mark of {mark}."
        verb = "meets" if self.met else "misses"
        told = f"{self.label}: {what} of {percent(self.reached)} {verb} the mark of {mark}"
        if self.low is None or self.high is None:
            return f"{told} in this sample, which is too small for an interval."
        if self.n < LEAST_VALUES:
            return f"{told} in this sample, but {count(self.n, 'value')} cannot settle it."
        bounds = f"95 % interval {percent(self.low)} to {percent(self.high)}"
        if self.settled:
            return f"{told} ({bounds})."
        return f"{told} in this sample, but the sample does not settle it: the {bounds} holds the mark."


def pass_marks(plan: RunPlan, samples: Sequence[Sample], *, over: bool = True) -> tuple[Mark, ...]:
    """Every mark of the case for every offer, in the order of the plan; empty without marks.

    Args:
        plan: What was agreed to.
        samples: What came of it so far.
        over: Whether the run has ended.
    """
    return tuple(mark for summary in summaries(plan, samples) for mark in _marks(plan, summary, over))


def missed_marks(plan: RunPlan, samples: Sequence[Sample]) -> tuple[Mark, ...]:
    """Those of a run that has ended which were not reached or not measured; empty means passed."""
    return tuple(mark for mark in pass_marks(plan, samples) if not mark.met)


def _marks(plan: RunPlan, summary: OfferSummary, over: bool) -> Iterator[Mark]:
    for key, wanted in (("consistency", plan.minimum_agreement), ("pass_rate", plan.minimum_pass_rate)):
        if wanted is None:
            continue
        figure = summary.figures[key]
        yield Mark(
            offer=summary.offer,
            label=summary.label,
            metric=key,
            wanted=wanted,
            reached=figure.value if figure else None,
            low=figure.low if figure else None,
            high=figure.high if figure else None,
            n=figure.n if figure else 0,
            over=over,
            approximate_only=key == "consistency"
            and figure is None
            and summary.figures[FREE_TEXT] is not None,
        )
