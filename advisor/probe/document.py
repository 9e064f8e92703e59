"""One probe run as one JSON document: what `advisor probe --json` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import Field

from advisor.frozen import Frozen
from advisor.probe.adaptive import STOPPED_CAVEAT, saved, stopped
from advisor.probe.instrument import InstrumentError
from advisor.probe.ladder import Climb, climbs
from advisor.probe.metrics import METRICS, Estimate, Metric, basis, span
from advisor.probe.paired import Ratio, ratios
from advisor.probe.pass_marks import Mark, pass_marks
from advisor.probe.plan import RunPlan
from advisor.probe.price_check import OfferCost, PriceCheck, costs_by_part, price_checks
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary, summaries
from advisor.probe.timing import paces


class FigureOut(Frozen):
    """One metric of one offer; bounds are 95 % intervals, null where none can be given."""

    metric: str
    label: str
    unit: str
    value: float
    n: int
    rests_on: str
    """What `n` counts, in the singular: answer, prompt, call or judged call."""
    answers: int | None = None
    """Of a share over prompts: answers behind it."""
    prompts: int | None = None
    """Of a share over prompts: prompts they answer; with several, the interval is over prompts."""
    basis: str = ""
    """The same in words."""
    low: float | None
    high: float | None
    smallest: float | None
    largest: float | None
    p95: float | None
    """95th percentile; null below 20 values."""
    span: str = ""
    """What single calls or prompts showed, in words."""
    note: str


class OfferOut(Frozen):
    """What the run showed about one offer."""

    offer: str
    label: str
    simulated: bool
    """True when the figures come from the practice endpoint."""
    wanted: int
    answered: int
    figures: tuple[FigureOut, ...]
    """Only what was measured: an absent metric is unknown."""
    categories: dict[str, int]
    errors: dict[str, int]
    usage_sources: dict[str, int]
    warnings: tuple[str, ...]


class MarkOut(Frozen):
    """A pass mark of the case and what one offer reached."""

    offer: str
    metric: str
    wanted: float
    reached: float | None
    """Null when nothing could be measured: the run then does not pass."""
    low: float | None = None
    high: float | None = None
    met: bool = False
    """Whether the figure itself reaches the mark: what `passed` and the exit code go by."""
    settled: bool = False
    """Whether the run has ended and the whole 95 % interval of five values or more lies on one side of the
    mark; false is not settled by this sample."""
    words: str = ""


class EarlyOut(Frozen):
    """What stopping early kept from being asked and spent."""

    calls: int
    """Planned calls that were not made."""
    usd: float | None
    """About what they would have cost, by the mean of those made; null when that is unknown."""
    stopped: tuple[str, ...]
    """Why each offer was asked no further, a sentence each."""
    caveat: str
    """What that does to the other figures."""


class RatioOut(Frozen):
    """How many times as much one offer takes as another, on the same prompts."""

    metric: str
    first: str
    second: str
    value: float
    low: float | None
    high: float | None
    pairs: int
    over_prompts: bool
    settled: bool
    """Whether the 95 % interval leaves out one."""
    more_needed: int | None


class CostOut(Frozen):
    """Dollars of one offer's calls, warm-ups and repeats included, by what was paid for."""

    offer: str
    calls: int
    unknown: int
    """Calls whose cost is unknown; in no part."""
    fresh_usd: float
    cached_usd: float
    written_usd: float
    reasoning_usd: float
    visible_usd: float
    audio_usd: float = 0.0
    """Sound in prompts and answers; calls with sound and no audio price are among the unknown."""
    audio_words: str = ""
    """What is not priced for want of an audio price, and the least it costs; empty when everything is."""
    litellm_usd: float | None
    """LiteLLM's price table over the calls it can price too; null where there is none."""
    ours_of_those_usd: float | None
    """Ours over the same calls."""
    words: str
    """The comparison in one sentence; empty without one."""


class PaceOut(Frozen):
    """How one offer's answers came."""

    offer: str
    tokens_per_chunk: float | None
    connect_s: tuple[float, ...]
    queue_s: float | None
    plainly_read: int


class StepOut(Frozen):
    """One offer at one number of calls at once."""

    at_once: int
    """Calls at once that were wanted."""
    reached: int
    """Most calls that really were in flight together."""
    calls: int
    answered: int
    failed: int
    total_tps: float | None
    """Output tokens of all answers per second; null when it cannot be told."""
    call_tps: float | None
    """Median output tokens per second of a call."""
    ttft_s: float | None
    """Median seconds to the first token of a call."""


class ClimbOut(Frozen):
    """One offer on a load ladder."""

    offer: str
    label: str
    simulated: bool
    enough: int | None
    """Fewest calls at once beyond which total throughput gained nothing; null when it still grew."""
    words: str
    """What the ladder showed, in one sentence."""
    steps: tuple[StepOut, ...]


class ProbeOut(Frozen):
    """What `advisor probe --json` prints."""

    run: str
    state: str
    reason: str
    """Why it stopped early; empty otherwise."""
    day: date
    case_name: str
    plan_digest: str
    simulated: bool
    calls: int
    spent_usd: float = Field(ge=0)
    """Charged so far by our price table; a provider's invoice may differ."""
    cap_usd: float
    passed: bool
    marks: tuple[MarkOut, ...] = ()
    """Every pass mark of the case for every offer."""
    missed_marks: tuple[MarkOut, ...]
    """Those that were not met."""
    early: EarlyOut | None = None
    """Null unless the run may stop an offer early."""
    instrument: InstrumentError | None = None
    """Our own error before this run; null when it was not measured."""
    offers: tuple[OfferOut, ...]
    differences: tuple[RatioOut, ...] = ()
    costs: tuple[CostOut, ...] = ()
    paces: tuple[PaceOut, ...] = ()
    ladder: tuple[ClimbOut, ...] = ()
    """Throughput over calls at once; empty unless the design is a load ladder."""
    samples: tuple[Sample, ...]
    """Every sample with its attempts, timestamps and reply."""


def probe_document(
    plan: RunPlan,
    samples: Sequence[Sample],
    *,
    run: str,
    state: str,
    reason: str,
    spent_usd: float,
    instrument: Mapping[str, Any] | None = None,
    over: bool = True,
) -> dict[str, Any]:
    """A run as one JSON document; it passed when every offer answered at least once and no mark is missed.

    A run that is not `over` has neither passed nor missed a mark yet.
    """
    offers = tuple(_offer(summary) for summary in summaries(plan, samples))
    marks = tuple(map(_mark, pass_marks(plan, samples, over=over)))
    missed = tuple(mark for mark in marks if over and not mark.met)
    return ProbeOut(
        run=run,
        state=state,
        reason=reason,
        day=plan.day,
        case_name=plan.case_name,
        plan_digest=plan.digest,
        simulated=plan.simulated,
        calls=plan.calls,
        spent_usd=spent_usd,
        cap_usd=plan.cap_microusd / 1_000_000,
        passed=over and not missed and all(offer.answered for offer in offers),
        marks=marks,
        missed_marks=missed,
        early=_early(plan, samples) if plan.adaptive else None,
        instrument=None if instrument is None else InstrumentError.model_validate(instrument),
        offers=offers,
        differences=tuple(_difference(ratio) for ratio in ratios(plan, samples)),
        costs=_costs(plan, samples),
        paces=tuple(
            PaceOut(
                offer=pace.offer,
                tokens_per_chunk=pace.tokens_per_chunk,
                connect_s=pace.connect_s,
                queue_s=pace.queue_s,
                plainly_read=pace.plainly_read,
            )
            for pace in paces(plan, samples)
        ),
        ladder=tuple(_climb(climb) for climb in climbs(plan, samples)) if plan.rungs else (),
        samples=tuple(samples),
    ).model_dump(mode="json")


def _early(plan: RunPlan, samples: Sequence[Sample]) -> EarlyOut:
    left = saved(plan, samples)
    return EarlyOut(calls=left.calls, usd=left.usd, stopped=stopped(plan, samples), caveat=STOPPED_CAVEAT)


def _mark(mark: Mark) -> MarkOut:
    return MarkOut(
        offer=mark.offer,
        metric=mark.metric,
        wanted=mark.wanted,
        reached=mark.reached,
        low=mark.low,
        high=mark.high,
        met=mark.met,
        settled=mark.settled,
        words=mark.words,
    )


def _climb(climb: Climb) -> ClimbOut:
    steps = tuple(
        StepOut(
            at_once=step.rung,
            reached=step.reached,
            calls=len(step.samples),
            answered=step.answered,
            failed=step.failed,
            total_tps=step.total_tps,
            call_tps=step.call_tps,
            ttft_s=step.ttft_s,
        )
        for step in climb.steps
    )
    return ClimbOut(
        offer=climb.offer,
        label=climb.label,
        simulated=climb.simulated,
        enough=climb.enough,
        words=climb.words,
        steps=steps,
    )


def _difference(ratio: Ratio) -> RatioOut:
    return RatioOut(
        metric=ratio.metric,
        first=ratio.first,
        second=ratio.second,
        value=ratio.value,
        low=ratio.low,
        high=ratio.high,
        pairs=ratio.pairs,
        over_prompts=ratio.over_prompts,
        settled=ratio.settled,
        more_needed=ratio.more_needed,
    )


def _costs(plan: RunPlan, samples: Sequence[Sample]) -> tuple[CostOut, ...]:
    checks = {check.offer: check for check in price_checks(plan, samples)}
    return tuple(_cost(cost, checks.get(cost.offer)) for cost in costs_by_part(plan, samples))


def _cost(cost: OfferCost, check: PriceCheck | None) -> CostOut:
    return CostOut(
        offer=cost.offer,
        calls=cost.calls,
        unknown=cost.unknown,
        fresh_usd=cost.parts.fresh,
        cached_usd=cost.parts.cached,
        written_usd=cost.parts.written,
        reasoning_usd=cost.parts.reasoning,
        visible_usd=cost.parts.visible,
        audio_usd=cost.parts.audio,
        audio_words=cost.audio_words,
        litellm_usd=check.litellm_usd if check else None,
        ours_of_those_usd=check.ours_usd if check else None,
        words=check.words if check else "",
    )


def probe_schema() -> dict[str, Any]:
    """JSON Schema of the document."""
    return ProbeOut.model_json_schema(mode="serialization")


def _offer(summary: OfferSummary) -> OfferOut:
    figures = tuple(
        _figure(metric, figure) for metric in METRICS if (figure := summary.figures[metric.key]) is not None
    )
    return OfferOut(
        offer=summary.offer,
        label=summary.label,
        simulated=summary.simulated,
        wanted=summary.wanted,
        answered=summary.answered,
        figures=figures,
        categories=summary.categories,
        errors=summary.errors,
        usage_sources=summary.usage_sources,
        warnings=summary.warnings,
    )


def _figure(metric: Metric, figure: Estimate) -> FigureOut:
    return FigureOut(
        metric=metric.key,
        label=metric.label,
        unit=metric.unit,
        value=figure.value,
        n=figure.n,
        rests_on=metric.rests_on,
        answers=figure.answers,
        prompts=figure.prompts,
        basis=basis(figure, metric),
        span=span(figure, metric),
        low=figure.low,
        high=figure.high,
        smallest=figure.smallest,
        largest=figure.largest,
        p95=figure.p95,
        note=figure.note,
    )
