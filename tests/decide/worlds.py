"""Small made-up worlds: offers without names, whose figures are all stated by the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from advisor.case import Case, Measurement, Preferences, Workload
from advisor.catalog.entries import (
    Catalog,
    CatalogOffer,
    Features,
    Identity,
    Limits,
    Modalities,
    Model,
    Offer,
    Provider,
    Reasoning,
    Weights,
)
from advisor.catalog.facts import Origin, Provenance, SourceEntry
from advisor.cost.profile import TokenProfile
from advisor.decide.decide import decide
from advisor.decide.decision import Contribution, Ranked, Reading
from advisor.decide.plan import Plan
from advisor.decide.value import Row, row_of
from advisor.interval import Interval

DAY = date(2026, 11, 24)
STATED = {"source": "test", "as_of": DAY}
WHERE = Provenance("test", DAY, Origin.MEASURED)

Bounds = float | tuple[float, float, float]


def model(name: str, *, context: int | None = None, open_weights: bool | None = None) -> Model:
    """A model with one offer and nothing published about it."""
    return Model(
        id=name,
        name=name.upper(),
        vendor="maker",
        identity=Identity.model_validate({"released": DAY, **STATED}),
        weights=Weights.model_validate({"open": open_weights, **STATED}),
        modalities=Modalities.model_validate({"input": ("text",), **STATED}),
        features=Features.model_validate(STATED),
        reasoning=Reasoning.model_validate({"mode": "never", **STATED}),
        offers=(
            Offer(
                provider="shop",
                litellm_id=f"shop/{name}",
                limits=Limits.model_validate({"context_in": context, **STATED}),
            ),
        ),
    )


def catalog(models: Sequence[Model]) -> Catalog:
    """A catalog of some models, all sold by one provider."""
    shop = Provider(id="shop", name="Shop", url="https://shop.example", key_env=None)
    source = SourceEntry(name="Test source", url="https://source.example", licence="none")
    return Catalog(
        version="2026.11.24",
        digest="0" * 16,
        models=tuple(models),
        providers=(shop,),
        benchmarks=(),
        sources={"test": source},
    )


def named(names: Sequence[str]) -> Catalog:
    """A catalog of models of which nothing but the name is known."""
    return catalog([model(name) for name in names])


def plan() -> Plan:
    """A plan in which no step says anything."""
    profile = TokenProfile(None, None)
    return Plan((), profile, profile, ())


Table = Mapping[str, Mapping[str, Bounds]]
"""Model -> metric -> the figure, or its bounds."""


def interval(bounds: Bounds) -> Interval:
    """Bounds of a figure."""
    return Interval(*bounds) if isinstance(bounds, tuple) else Interval.exact(bounds)


def case(table: Table, *, simulated: bool = False, **preferences: Any) -> Case:
    """A case whose every figure was measured as the table says."""
    measurements = [
        _measurement(f"{name}@shop", metric, interval(bounds), simulated)
        for name, figures in table.items()
        for metric, bounds in figures.items()
    ]
    return Case(
        name="test",
        workload=Workload(requests_per_month=1000),
        preferences=Preferences.model_validate(preferences),
        measurements=tuple(measurements),
    )


def _measurement(offer: str, metric: str, value: Interval, simulated: bool) -> Measurement:
    return Measurement(
        offer=offer,
        metric=metric,
        unit="",
        value=value.mid,
        low=value.low,
        high=value.high,
        n=30,
        as_of=DAY,
        run="run",
        simulated=simulated,
    )


def offer(name: str) -> CatalogOffer:
    """One offer."""
    return named([name]).offers[0]


def worths(name: str, values: Sequence[Bounds], weights: Sequence[float], keys: Sequence[str]) -> Row:
    """An offer's row from its worths, taken as measured."""
    parts = tuple(
        Contribution(key, weight, Reading(interval(value), WHERE), interval(value), clipped=False)
        for key, weight, value in zip(keys, weights, values, strict=True)
    )
    return row_of(offer(name), parts)


def ranked(*names: str, firsts: Sequence[float] = (), groups: Sequence[int] = ()) -> list[Ranked]:
    """Offers on the same footing, in the order given; `a2` is another host of the model `a`.

    Args:
        names: A letter each, followed by the name of another host.
        firsts: Shares of the draws in which each comes first; 0 without.
        groups: Tie group of each; all in one without.
    """
    table = {name: {"cost": 0.01, "pass_rate": 0.8} for name in "abcde"}
    made = decide(case(table), named(tuple(table)), DAY, draws=20, plan=plan())
    by_id = {one.id[0]: one for one in made.ranking}
    chances, ties = firsts or [0.0] * len(names), groups or [1] * len(names)
    return [
        _placed(by_id[name[0]], name[1:], chance, group)
        for name, chance, group in zip(names, chances, ties, strict=True)
    ]


def _placed(one: Ranked, host: str, chance: float, group: int) -> Ranked:
    provider = one.offer.provider.model_copy(update={"name": f"Host {host}"})
    moved = replace(one.offer, provider=provider) if host else one.offer
    return replace(one, offer=moved, p_first=chance, tie_group=group)
