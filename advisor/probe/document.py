"""One probe run as one JSON document: what `advisor probe --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import Field

from advisor.frozen import Frozen
from advisor.probe.metrics import METRICS, Estimate
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary, missed_marks, summaries


class FigureOut(Frozen):
    """One metric of one offer; bounds are 95 % intervals, null where none can be given."""

    metric: str
    label: str
    unit: str
    value: float
    n: int
    low: float | None
    high: float | None
    smallest: float | None
    largest: float | None
    p95: float | None
    """95th percentile; null below 20 values."""
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


class MissedOut(Frozen):
    """A pass mark of the case that was not reached."""

    offer: str
    metric: str
    wanted: float
    reached: float | None


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
    missed_marks: tuple[MissedOut, ...]
    offers: tuple[OfferOut, ...]
    samples: tuple[Sample, ...]
    """Every sample with its attempts, timestamps and reply."""


def probe_document(
    plan: RunPlan, samples: Sequence[Sample], *, run: str, state: str, reason: str, spent_usd: float
) -> dict[str, Any]:
    """A run as one JSON document; it passed when every offer answered at least once and no mark is missed."""
    offers = tuple(_offer(summary) for summary in summaries(plan, samples))
    missed = tuple(
        MissedOut(offer=miss.offer, metric=miss.metric, wanted=miss.wanted, reached=miss.reached)
        for miss in missed_marks(plan, samples)
    )
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
        passed=not missed and all(offer.answered for offer in offers),
        missed_marks=missed,
        offers=offers,
        samples=tuple(samples),
    ).model_dump(mode="json")


def probe_schema() -> dict[str, Any]:
    """JSON Schema of the document."""
    return ProbeOut.model_json_schema(mode="serialization")


def _offer(summary: OfferSummary) -> OfferOut:
    figures = tuple(
        _figure(metric.key, metric.label, metric.unit, figure)
        for metric in METRICS
        if (figure := summary.figures[metric.key]) is not None
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


def _figure(metric: str, label: str, unit: str, figure: Estimate) -> FigureOut:
    return FigureOut(
        metric=metric,
        label=label,
        unit=unit,
        value=figure.value,
        n=figure.n,
        low=figure.low,
        high=figure.high,
        smallest=figure.smallest,
        largest=figure.largest,
        p95=figure.p95,
        note=figure.note,
    )
