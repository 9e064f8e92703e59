"""Published throughput points, and the estimator's error on them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from advisor.cost.memory import Precision, Served, from_shape
from advisor.cost.throughput import FITTED, Group, Roofline, Speed, estimate
from advisor.host.hardware import load_hardware

_PRECISION = {"fp16": Precision.BF16}


@dataclass(frozen=True)
class Point:
    """One published measurement."""

    id: str
    group: Group
    load: str
    input_tokens: float
    output_tokens: float
    concurrency: float | None
    output_tps: float

    @property
    def fitted(self) -> bool:
        """Whether the constants have seen it."""
        return int(self.id[1:]) % 2 == 1


@dataclass(frozen=True)
class Error:
    """How far the estimates are off."""

    points: int
    median: float
    """Median of |estimate / published - 1|."""
    within_2x: float


def rows() -> list[dict[str, str]]:
    """Every row of the file."""
    with (Path(__file__).parent / "data" / "throughput.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def points() -> list[Point]:
    """Every point with lengths."""
    return [_point(row) for row in rows() if row["input_tokens"]]


def error(some: list[Point], constants: Roofline = FITTED) -> Error:
    """The estimator's error over some points."""
    ratios = [ratio(point, constants) for point in some]
    off = [abs(share - 1) for share in ratios]
    return Error(len(some), median(off), sum(0.5 <= share <= 2 for share in ratios) / len(ratios))


def ratio(point: Point, constants: Roofline = FITTED) -> float:
    """Estimate over published figure."""
    speed = estimate(point.group, point.input_tokens, point.output_tokens, point.concurrency, constants)
    assert isinstance(speed, Speed), f"{point.id}: {speed}"
    return speed.output_tps / point.output_tps


def _point(row: dict[str, str]) -> Point:
    hardware = load_hardware()
    served = from_shape(hardware.shape(row["model"]))
    assert isinstance(served, Served)
    precision = _PRECISION.get(row["precision"]) or Precision(row["precision"])
    gpu, gpus = hardware.gpu(row["gpu"]), int(row["gpus"])
    return Point(
        id=row["id"],
        group=Group(served, gpu, gpus, precision, precision.kv_bytes_per_value),
        load=row["load"],
        input_tokens=float(row["input_tokens"]),
        output_tokens=float(row["output_tokens"]),
        concurrency=float(row["concurrency"]) if row["concurrency"] else None,
        output_tps=float(row["output_tps"]),
    )
