"""Pass marks of a case against what a run measured: met or missed, and whether the sample settles it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from advisor.probe.metrics import FREE_TEXT, METRICS
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary, summaries
from advisor.wording import percent

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
    approximate_only: bool = False
    """Whether there was nothing but free text, which no mark is held against."""

    @property
    def met(self) -> bool:
        """Whether the figure itself reaches the mark; this decides whether a run is passed."""
        return self.reached is not None and self.reached >= self.wanted

    @property
    def settled(self) -> bool:
        """Whether the whole interval lies on one side of the mark."""
        if self.low is None or self.high is None:
            return False
        return self.low >= self.wanted if self.met else self.high < self.wanted

    @property
    def words(self) -> str:
        """The same in a sentence or two."""
        what, mark = _NAMES[self.metric], percent(self.wanted)
        if self.reached is None:
            why = ": only free text was compared, which is approximate" if self.approximate_only else ""
            return f"{self.label}: {what} was not measured, so the mark of {mark} is missed{why}."
        verb = "meets" if self.met else "misses"
        told = f"{self.label}: {what} of {percent(self.reached)} {verb} the mark of {mark}"
        if self.low is None or self.high is None:
            return f"{told} in this sample, which is too small for an interval."
        bounds = f"95 % interval {percent(self.low)} to {percent(self.high)}"
        if self.settled:
            return f"{told} ({bounds})."
        return f"{told} in this sample, but the sample does not settle it: the {bounds} holds the mark."


def pass_marks(plan: RunPlan, samples: Sequence[Sample]) -> tuple[Mark, ...]:
    """Every mark of the case for every offer, in the order of the plan; empty without marks."""
    return tuple(mark for summary in summaries(plan, samples) for mark in _marks(plan, summary))


def missed_marks(plan: RunPlan, samples: Sequence[Sample]) -> tuple[Mark, ...]:
    """Those that were not reached; empty means passed."""
    return tuple(mark for mark in pass_marks(plan, samples) if not mark.met)


def _marks(plan: RunPlan, summary: OfferSummary) -> Iterator[Mark]:
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
            approximate_only=key == "consistency"
            and figure is None
            and summary.figures[FREE_TEXT] is not None,
        )
