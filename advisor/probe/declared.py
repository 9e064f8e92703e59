"""What others publish about an offer's speed and price beside what a run measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from advisor.catalog.entries import Catalog, CatalogOffer, Speed
from advisor.probe.metrics import METRICS, Estimate
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary, summaries
from advisor.probe.targets import Target

_SPEEDS = (("ttft", "ttft_s"), ("first_answer", "ttfat_s"), ("output_tps", "output_tps"))


@dataclass(frozen=True, slots=True)
class Declared:
    """One published figure and the measured one."""

    offer: str
    label: str
    metric: str
    name: str
    """The metric as people call it."""
    unit: str
    declared: float
    source: str
    as_of: date
    effort: str | None
    """Reasoning effort the published figure holds for; None is not said."""
    measured: Estimate | None

    @property
    def outside(self) -> bool:
        """Whether the published figure lies outside the measured interval."""
        bounds = None if self.measured is None else self.measured.bounds
        return bounds is not None and not bounds.low <= self.declared <= bounds.high


def declared_against_measured(
    plan: RunPlan, samples: Sequence[Sample], catalog: Catalog
) -> tuple[Declared, ...]:
    """Every published speed of the offers asked, beside what came of it.

    Published speeds are a model's, mostly over its fastest host and from another place and time: a
    difference is a question, no accusation.
    """
    told = {one.offer: one for one in summaries(plan, samples)}
    sold = catalog.by_id
    return tuple(
        row
        for target in plan.targets
        if (offer := sold.get(target.offer)) is not None
        for row in _rows(target, offer, told[target.ref], plan.settings(target).effort)
    )


def _rows(target: Target, offer: CatalogOffer, mine: OfferSummary, effort: str | None) -> Iterator[Declared]:
    for speed in _fitting(offer.model.speeds, effort):
        for key, field in _SPEEDS:
            value = getattr(speed, field)
            if value is not None:
                metric = next(metric for metric in METRICS if metric.key == key)
                yield Declared(
                    target.ref,
                    target.label,
                    key,
                    metric.label,
                    metric.unit,
                    float(value),
                    speed.source,
                    speed.as_of,
                    speed.effort,
                    mine.figures[key],
                )


def _fitting(speeds: Sequence[Speed], effort: str | None) -> Sequence[Speed]:
    """Those of the effort asked for; all of them when the provider chose it or none fits."""
    same = [speed for speed in speeds if effort is not None and speed.effort == effort]
    return same or speeds
