"""One run in figures: per offer every metric, what failed, what it may be used for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from advisor.case import Measurement
from advisor.probe.equality import Category, category
from advisor.probe.metrics import METRICS, Estimate, Prompts, by_offer, counted, errors_by_kind
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample, UsageSource

EVIDENCE = ("cost", "ttft", "answer_time", "output_tps", "consistency", "pass_rate")
"""Metrics that become measurements of the case."""


@dataclass(frozen=True, slots=True)
class OfferSummary:
    """What a run showed about one offer."""

    offer: str
    label: str
    simulated: bool
    wanted: int
    answered: int
    figures: dict[str, Estimate | None]
    """Metric key -> estimate, in the order of `METRICS`; None when nothing shows it."""
    categories: dict[str, int]
    """How many samples were valid, empty, truncated, refused, in error, pending."""
    errors: dict[str, int]
    """Failure kind -> count."""
    usage_sources: dict[str, int]
    """Where token counts came from -> attempts."""
    warnings: tuple[str, ...]
    """Doubts about single replies, each once."""


def summaries(plan: RunPlan, samples: Sequence[Sample]) -> tuple[OfferSummary, ...]:
    """Summaries in the order of the plan's offers; usable while the run goes on."""
    groups = by_offer(samples)
    return tuple(
        _summary(target.ref, target.label, groups.get(target.ref, []), prompts_of(plan))
        for target in plan.targets
    )


def _summary(offer: str, label: str, every: Sequence[Sample], prompts: Prompts) -> OfferSummary:
    mine = counted(every)
    kinds = [category(sample) for sample in mine]
    sources = [attempt.usage_source for sample in mine for attempt in sample.attempts]
    doubts = [words for sample in mine if sample.reply for words in sample.reply.warnings]
    return OfferSummary(
        offer=offer,
        label=label,
        simulated=any(sample.simulated for sample in mine),
        wanted=len(mine),
        answered=sum(sample.reply is not None for sample in mine),
        figures={metric.key: metric.compute(mine, prompts) for metric in METRICS},
        categories={each.value: kinds.count(each) for each in Category if each in kinds},
        errors=errors_by_kind(mine),
        usage_sources={each.value: sources.count(each) for each in UsageSource if each in sources},
        warnings=tuple(dict.fromkeys(doubts)),
    )


def measurements(plan: RunPlan, samples: Sequence[Sample], run: str, day: date) -> tuple[Measurement, ...]:
    """Evidence for the case: every figure of every offer that criteria or readers use."""
    return tuple(
        _measurement(summary, key, run, day)
        for summary in summaries(plan, samples)
        for key in EVIDENCE
        if summary.figures[key] is not None
    )


def _measurement(summary: OfferSummary, key: str, run: str, day: date) -> Measurement:
    metric = next(metric for metric in METRICS if metric.key == key)
    figure = summary.figures[key]
    assert figure is not None
    return Measurement(
        offer=summary.offer,
        metric=key,
        unit=metric.unit,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        n=figure.n,
        as_of=day,
        run=run,
        simulated=summary.simulated,
    )


@dataclass(frozen=True, slots=True)
class Missed:
    """A pass mark one offer did not reach."""

    offer: str
    metric: str
    wanted: float
    reached: float | None
    """None when nothing could be measured."""


def missed_marks(plan: RunPlan, samples: Sequence[Sample]) -> tuple[Missed, ...]:
    """Pass marks of the case that were not reached; empty means passed."""
    marks = (("consistency", plan.minimum_agreement), ("pass_rate", plan.minimum_pass_rate))
    missed: list[Missed] = []
    for summary in summaries(plan, samples):
        for key, level in marks:
            figure = summary.figures[key]
            if level is not None and (figure is None or figure.value < level):
                missed.append(Missed(summary.offer, key, level, figure.value if figure else None))
    return tuple(missed)


def prompts_of(plan: RunPlan) -> Prompts:
    """The plan's prompts by id."""
    return {prompt.id: prompt for prompt in plan.prompts}
