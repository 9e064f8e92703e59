"""One run in figures: per offer every metric, what failed, what it may be used for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from advisor.case import Measurement
from advisor.probe.equality import Category, category
from advisor.probe.metrics import METRICS, Estimate, Prompts, by_offer, counted, errors_by_kind, judged
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample, UsageSource
from advisor.probe.targets import Target
from advisor.wording import count

EVIDENCE = ("cost", "cost_per_success", "ttft", "answer_time", "output_tps", "consistency", "pass_rate")
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
        warnings=(*_unsent(mine), *dict.fromkeys(doubts)),
    )


def _unsent(mine: Sequence[Sample]) -> tuple[str, ...]:
    number = sum(sample.not_asked is not None for sample in mine if not sample.attempts)
    return (f"{count(number, 'call')} not sent after the first refusal",) if number else ()


def measurements(
    plan: RunPlan, samples: Sequence[Sample], run: str, day: date, setting: str | None = None
) -> tuple[Measurement, ...]:
    """Evidence for the case: every figure of every offer that criteria or readers use.

    Args:
        plan: What was agreed to.
        samples: What came of it.
        run: The run's id.
        day: Its day.
        setting: Label of the setting to take where the run went through several; None is the first of
            each offer. Two settings of one offer would contradict each other.
    """
    lanes = _lanes_at(plan, setting)
    asked = prompts_of(plan)
    return tuple(
        _measurement(summary, key, _Basis.of(lanes[summary.offer], asked, samples, key), run, day)
        for summary in summaries(plan, samples)
        if summary.offer in lanes
        for key in EVIDENCE
        if summary.figures[key] is not None
    )


def settings_of(plan: RunPlan) -> tuple[str, ...]:
    """Labels of the settings a run went through, in order; empty without a sweep or ladder."""
    return tuple(dict.fromkeys(each.variant.label for each in plan.targets if each.variant is not None))


def _lanes_at(plan: RunPlan, setting: str | None) -> dict[str, Target]:
    """One lane for each offer: that of the setting, or its first; one without settings always counts."""
    chosen: dict[str, Target] = {}
    for target in plan.targets:
        label = target.variant.label if target.variant else ""
        if not label or setting in (None, label):
            chosen.setdefault(target.offer, target)
    return {target.ref: target for target in chosen.values()}


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the figures of one lane rest on."""

    offer: str
    setting: str
    prompts: int
    input_tokens: float | None
    output_tokens: float | None

    @classmethod
    def of(cls, target: Target, prompts: Prompts, samples: Sequence[Sample], key: str) -> _Basis:
        mine = [one for one in counted(samples) if one.offer == target.ref]
        if key == "cost_per_success":
            mine = [one for calls in judged(mine, prompts).values() for one, _ in calls]
        answered = [one for one in mine if one.reply is not None]
        usages = [one.usage for one in answered if one.usage is not None]
        sizes = [usage.prompt_tokens for usage in usages if usage.prompt_tokens is not None]
        seen = [
            usage.completion_tokens - (usage.reasoning_tokens or 0)
            for usage in usages
            if usage.completion_tokens is not None
        ]
        return cls(
            target.offer,
            target.variant.label if target.variant else "",
            len({one.prompt for one in answered if one.prompt in prompts}),
            fmean(sizes) if sizes else None,
            max(0.0, fmean(seen)) if seen else None,
        )


def _measurement(summary: OfferSummary, key: str, basis: _Basis, run: str, day: date) -> Measurement:
    metric = next(metric for metric in METRICS if metric.key == key)
    figure = summary.figures[key]
    assert figure is not None
    return Measurement(
        offer=basis.offer,
        metric=key,
        unit=metric.unit,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        n=figure.n,
        as_of=day,
        run=run,
        simulated=summary.simulated,
        prompts=basis.prompts or None,
        setting=basis.setting,
        input_tokens=basis.input_tokens,
        output_tokens=basis.output_tokens,
    )


def prompts_of(plan: RunPlan) -> Prompts:
    """The plan's prompts by id."""
    return {prompt.id: prompt for prompt in plan.prompts}
