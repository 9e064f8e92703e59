"""The probe's stopwatch against the practice server's own log, beside a raw client and bare LiteLLM."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from advisor.probe.practice import PracticeModel
from tests.bench.rows import Row
from tests.probe.practice_server import Served, practice_server

MODEL = PracticeModel(
    name="bench",
    label="bench (simulated)",
    ttft_s=0.25,
    gap_s=0.02,
    jitter=0.4,
    answer_tokens=48,
    input_usd_per_mtok=1,
    output_usd_per_mtok=1,
)
CLIENTS = ("httpx", "litellm", "ours")
LOADS = {1: 12, 8: 64, 64: 320}
"""Concurrency -> requests; the first max(2, concurrency) are warm-up."""


@dataclass(frozen=True)
class _Errors:
    ttft_ms: list[float]
    end_ms: list[float]
    gap_ms: list[float]


def run() -> list[Row]:
    """Measure and return the rows."""
    rows: list[Row] = []
    for concurrency, count in LOADS.items():
        found = {name: _measure(name, concurrency, count) for name in CLIENTS}
        for name in CLIENTS:
            rows += _rows(name, concurrency, found[name], found["httpx"])
    return rows


def _rows(name: str, concurrency: int, mine: _Errors, raw: _Errors) -> list[Row]:
    at = f"{name}, {concurrency} at once"
    figures = [
        ("first token too late, median", median(mine.ttft_ms), median(raw.ttft_ms)),
        ("first token too late, p95", _p95(mine.ttft_ms), _p95(raw.ttft_ms)),
        ("last token too late, median", median(mine.end_ms), median(raw.end_ms)),
        ("gap error, p95", _p95([abs(gap) for gap in mine.gap_ms]), _p95([abs(gap) for gap in raw.gap_ms])),
    ]
    note = f"{len(mine.ttft_ms)} calls against the server's log"
    return [Row(f"{what} ({at})", own, "ms", "httpx", own / other, note) for what, own, other in figures]


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def _measure(name: str, concurrency: int, count: int) -> _Errors:
    # A server and a process of its own for each client: none warms up for another.
    with tempfile.TemporaryDirectory() as folder, practice_server(Path(folder), (MODEL,)) as server:
        arguments = [name, str(server.port), str(concurrency), str(count)]
        command = [sys.executable, "-m", "tests.probe.timing_clients", *arguments]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
        return _errors(server, json.loads(answer.stdout.splitlines()[-1]), max(2, concurrency))


def _errors(server: Served, timed: dict[str, tuple[float, float, list[float]]], warm_up: int) -> _Errors:
    found = _Errors([], [], [])
    for entry in server.log()[warm_up:]:
        ttft_s, end_s, gaps_s = timed[entry["probe_id"]]
        start_ns, tokens_ns = entry["received_ns"], entry["tokens_ns"]
        found.ttft_ms.append(1e3 * ttft_s - (tokens_ns[0] - start_ns) / 1e6)
        found.end_ms.append(1e3 * end_s - (tokens_ns[-1] - start_ns) / 1e6)
        true_ms = [(after - before) / 1e6 for before, after in pairwise(tokens_ns)]
        found.gap_ms.extend(1e3 * gap_s - gap for gap_s, gap in zip(gaps_s, true_ms, strict=True))
    return found
