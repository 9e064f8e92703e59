"""The decision: time by offers and criteria, against a bare weighted sum and scikit-criteria's SPOTIS."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
from skcriteria import mkdm
from skcriteria.agg.spotis import SPOTIS

from advisor.case import Case, Preferences, Workload
from advisor.catalog.entries import Catalog, Model
from advisor.catalog.files import load_catalog
from advisor.catalog.prices import Price
from advisor.decide.criteria import SCORED, scale_of
from advisor.decide.decide import decide
from advisor.decide.decision import Contribution, Decision
from advisor.decide.scales import Objective
from tests.bench.rows import Row

DAY = date(2026, 11, 24)
ORDER = ("accuracy", "cost", "answer_time", "code", "instruction_following", "faithfulness")
REPEATS = 5


def run() -> list[Row]:
    """The figures of the decision."""
    shipped = load_catalog(today=DAY)
    return [
        *_sizes(shipped),
        *_criteria(shipped),
        *_against_bare_sums(_decided(_world(shipped, 60)), _seconds(lambda: _decided(_world(shipped, 60)))),
    ]


def _sizes(shipped: Catalog) -> list[Row]:
    rows: list[Row] = []
    first = 0.0
    for offers in (60, 500, 2_000, 10_000):
        world = _world(shipped, offers)
        spent = _seconds(lambda world=world: _decided(world), 1 if offers > 2_000 else REPEATS)
        first = first or spent
        ratio = spent / first / (offers / 60)
        what = f"decide {offers:,} offers, 6 criteria, 10,000 draws"
        rows.append(Row(what, 1000 * spent, "ms", "60 offers, per offer", ratio, "CPU time, catalog warm"))
    return rows


def _criteria(shipped: Catalog) -> list[Row]:
    world = _world(shipped, 60)
    rows: list[Row] = []
    first = 0.0
    for count in (3, 6, 12):
        order = SCORED[:count]
        spent = _seconds(lambda order=order: _decided(world, order))
        first = first or spent
        rows.append(
            Row(f"decide 60 offers, {count} criteria", 1000 * spent, "ms", "3 criteria", spent / first)
        )
    return rows


def _against_bare_sums(decision: Decision, whole_s: float) -> list[Row]:
    """The same matrix scored by one matrix product and by the oracle, which must agree with us."""
    figures = np.array([[_figure(part) for part in row.contributions] for row in decision.ranking])
    scales = [scale_of(key) for key in decision.criteria]
    weights = np.array(list(decision.weights.values()))
    logs = np.array([scale.logarithmic for scale in scales])
    ends = np.array([[scale.worst, scale.best] for scale in scales])
    figures[:, logs], ends[logs] = np.log(figures[:, logs]), np.log(ends[logs])
    span = ends[:, 1] - ends[:, 0]

    def plain() -> object:
        return ((figures - ends[:, 0]) / span) @ weights

    plain_s = _seconds(plain)
    problem = mkdm(figures, [1 if s.objective is Objective.MAX else -1 for s in scales], weights=weights)
    bounds = np.sort(ends, axis=1)

    def spotis() -> Any:  # untyped library
        return SPOTIS().evaluate(problem, bounds=bounds)

    oracle = spotis()
    ours = np.array([row.score.mid for row in decision.ranking])
    gap = float(np.abs(1 - np.asarray(oracle.e_.score) - ours).max())
    spotis_s = _seconds(spotis)
    note = f"{len(ours)} offers; largest difference of scores {gap:.1e}"
    return [
        Row(
            "whole decision, 60 offers", 1000 * whole_s, "ms", "a NumPy weighted sum", whole_s / plain_s, note
        ),
        Row(
            "whole decision, 60 offers",
            1000 * whole_s,
            "ms",
            "scikit-criteria SPOTIS",
            whole_s / spotis_s,
            note,
        ),
    ]


def _figure(part: Contribution) -> float:
    """The middle figure, held inside its scale as the scorer does."""
    return scale_of(part.criterion).figure(part.value.mid)


def _decided(world: Catalog, order: tuple[str, ...] = ORDER) -> Decision:
    workload = Workload(requests_per_month=100_000, input_tokens=2_000, output_tokens=300)
    return decide(Case(workload=workload, preferences=Preferences(order=order)), world, DAY)


_WORLDS: dict[int, Catalog] = {}


def _world(shipped: Catalog, offers: int) -> Catalog:
    """A catalog of so many offers: the shipped models over and over, each copy at its own price."""
    if offers not in _WORLDS:
        models: list[Model] = []
        total = copy = 0
        while total < offers:
            for model in shipped.models:
                taken = _copy(model, copy, offers - total)
                total += len(taken.offers)
                models.append(taken)
                if total == offers:
                    break
            copy += 1
        # A copy of a catalog would carry the cached offers of the original along.
        parts: dict[str, Any] = {name: getattr(shipped, name) for name in Catalog.model_fields}
        _WORLDS[offers] = Catalog.model_validate({**parts, "models": tuple(models)})
    return _WORLDS[offers]


def _copy(model: Model, number: int, room: int) -> Model:
    factor = 1 + number / 100
    offers = [
        offer.model_copy(update={"prices": tuple(_dearer(price, factor) for price in offer.prices)})
        for offer in model.offers[:room]
    ]
    return model.model_copy(update={"id": f"{model.id}-{number}", "offers": tuple(offers)})


def _dearer(price: Price, factor: float) -> Price:
    rates = price.rates
    more = {"input": rates.input * factor, "output": rates.output * factor}
    return price.model_copy(update={"rates": rates.model_copy(update=more)})


def _seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median CPU seconds of a piece of work, after one run to warm up."""
    work()
    spent: list[float] = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return max(1e-9, statistics.median(spent))
