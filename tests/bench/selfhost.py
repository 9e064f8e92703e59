"""How far the self-hosting estimates are from published throughput, on points not used for fitting."""

from __future__ import annotations

import time
from statistics import median

from advisor.cost.memory import Precision, Served, from_shape
from advisor.cost.selfhost import Demand, plans
from advisor.host.hardware import load_hardware
from tests.bench.rows import Row
from tests.cost.points import Point, error, points


def run() -> list[Row]:
    """The estimator's error on held-back points, all and by kind of load, and the time of a page of plans."""
    held_back = [point for point in points() if not point.fitted]
    rows = _error_rows("all held-back points", held_back)
    rows += _error_rows("fixed concurrency", [point for point in held_back if point.load == "online"])
    rows += _error_rows("full load", [point for point in held_back if point.load == "full"])
    return [*rows, _plans_row()]


def _error_rows(name: str, some: list[Point]) -> list[Row]:
    found = error(some)
    note = f"{found.points} published points"
    return [
        Row(f"throughput estimate, {name}: median error", 100 * found.median, "%", note=note),
        Row(f"throughput estimate, {name}: within 2x", 100 * found.within_2x, "%", note=note),
    ]


def _plans_row() -> Row:
    hardware = load_hardware()
    served = from_shape(hardware.shape("Llama-3.3-70B"))
    assert isinstance(served, Served)
    taken = list[float]()
    for _ in range(50):
        begin = time.perf_counter()
        plans(served, hardware.gpus, Precision.FP8, Demand(2_000, 500, users=50))
        taken.append(time.perf_counter() - begin)
    return Row(f"self-hosting plans on {len(hardware.gpus)} accelerators", 1000 * median(taken), "ms")
