"""The catalog: loading it cold and warm, its memory, the estimator's time and how well it predicts."""

from __future__ import annotations

import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from advisor.catalog.entries import Attribute, Catalog
from advisor.catalog.estimate import estimate, profile_of
from advisor.catalog.files import load_catalog
from advisor.catalog.left_out import COMPOSITES, MIN_OVERLAP, LeftOut, leave_one_out
from advisor.host.cache import BytesCache
from tests.bench.rows import Row

REPETITIONS = 5
MANY_MODELS = 4000


def run() -> list[Row]:
    """Measure and return the rows."""
    catalog = load_catalog()
    strict = leave_one_out(catalog, without=COMPOSITES)
    kept = [line.rank_correlation for line in strict if line.benchmark not in COMPOSITES]
    note = f"median of {len(kept)}; composite indices left out as well"
    return [
        *_loading(),
        _memory(),
        *_estimating(catalog),
        *_predicting(leave_one_out(catalog)),
        Row("left-out benchmark, no composites", median(kept), "rho", note=note),
    ]


def _loading() -> list[Row]:
    with TemporaryDirectory() as folder:
        cache = BytesCache(Path(folder))
        load_catalog(cache=cache)
        cold = _median_ms(load_catalog)
        warm = _median_ms(lambda: load_catalog(cache=cache))
        cache.close()
    note = f"median of {REPETITIONS}"
    return [
        Row("catalog load, cold", cold, "ms", note=note),
        Row("catalog load, warm", warm, "ms", "cold", warm / cold, f"{note}; target below 150 ms"),
    ]


def _memory() -> Row:
    tracemalloc.start()
    catalog = load_catalog()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    what = f"catalog in memory, {len(catalog.models)} models, {len(catalog.offers)} offers"
    return Row(what, held / 2**20, "MB", note="traced allocations after loading")


def _estimating(catalog: Catalog) -> list[Row]:
    def every_offer() -> None:
        catalog.memo.clear()
        for row in catalog.offers:
            for attribute in Attribute:
                estimate(catalog, row.model.id, attribute)

    models = [catalog.models[index % len(catalog.models)] for index in range(MANY_MODELS)]

    def many() -> None:
        for model in models:
            profile_of(catalog, model, None)

    note = f"median of {REPETITIONS}, all attributes"
    return [
        Row(f"estimates of all {len(catalog.offers)} offers", _median_ms(every_offer), "ms", note=note),
        Row(f"estimates of {MANY_MODELS:,} models", _median_ms(many), "ms", note=note),
    ]


def _predicting(lines: tuple[LeftOut, ...]) -> list[Row]:
    by_attribute: dict[Attribute, list[LeftOut]] = defaultdict(list)
    for line in lines:
        by_attribute[line.attribute].append(line)
    rows = [_attribute_row(attribute, by_attribute.get(attribute, [])) for attribute in Attribute]
    overall = median(line.rank_correlation for line in lines)
    covered = sum(line.coverage * line.models for line in lines) / sum(line.models for line in lines)
    return [
        *rows,
        Row("left-out benchmark, all", overall, "rho", note=f"median of {len(lines)}; target 0.8"),
        Row("left-out places inside the 80 % interval", 100 * covered, "%"),
    ]


def _attribute_row(attribute: Attribute, lines: list[LeftOut]) -> Row:
    what = f"left-out benchmark, {attribute.value}"
    if not lines:
        note = f"not testable: no second benchmark shared by {MIN_OVERLAP} models"
        return Row(what, float("nan"), "rho", note=note)
    parts = ", ".join(f"{line.benchmark} {line.rank_correlation:.2f} (n {line.models})" for line in lines)
    return Row(what, median(line.rank_correlation for line in lines), "rho", note=parts)


def _median_ms(action: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    return median(times)
