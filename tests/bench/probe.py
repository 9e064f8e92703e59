"""The probe's stopwatch against the practice server's own log, beside a raw client and bare LiteLLM."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median

from advisor.probe.practice import PracticeModel
from advisor.probe.run.calibration import measure_instrument
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.order import Order
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.samples import Attempt, Failure, Reply
from advisor.probe.statistics import paired_ratio
from tests.bench.rows import Row
from tests.probe.plans import case_of, plan_of_case, served
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
CLIENTS = ("socket", "httpx", "litellm", "ours")
"""A bare socket shows what is the server's and the machine's: no client can be nearer to the server's log."""
BROKEN = ("cut", "empty", "stall", "malformed", "error-in-stream", "reset")
PAIRED_RUNS = 2_000
LOADS = {1: 12, 8: 64, 64: 320}
"""Concurrency -> requests; the first max(2, concurrency) are warm-up."""


@dataclass(frozen=True)
class _Errors:
    ttft_ms: list[float]
    end_ms: list[float]
    gap_ms: list[float]


def run() -> list[Row]:
    """Measure and return the rows."""
    rows = [_coverage(), *_single_calls(), *_own_error()]
    for concurrency, count in LOADS.items():
        found = {name: _measure(name, concurrency, count) for name in CLIENTS}
        for name in CLIENTS:
            rows += _rows(name, concurrency, found[name], found["httpx"])
    return rows


def _coverage() -> Row:
    """How often the interval of a latency ratio holds the true one, 1.3, with ten pairs."""
    drawn = Random(5)
    hits = 0
    for _ in range(PAIRED_RUNS):
        fast = [drawn.lognormvariate(0, 0.35) for _ in range(10)]
        slow = [1.3 * drawn.lognormvariate(0, 0.35) for _ in range(10)]
        _, bounds = paired_ratio(slow, fast)
        hits += bounds is not None and bounds.low <= 1.3 <= bounds.high
    return Row(
        "coverage of the 95 % interval of a latency ratio",
        100 * hits / PAIRED_RUNS,
        "%",
        note=f"{PAIRED_RUNS} simulated runs of 10 pairs, 1.3 times apart",
    )


def _single_calls() -> list[Row]:
    """Broken streams, the first probe of a process, and a call that is refused before it is answered."""
    with tempfile.TemporaryDirectory() as folder, practice_server(Path(folder), (MODEL,)) as server:
        first = _late_ms(server, "bench", ["first-0"])[0]
        flagged = [fault for fault in BROKEN if _flagged(server, fault)]
        twice = _late_ms(server, "bench:429-once", ["again-0", "again-1"])
        asked = len(server.asked("bench:429-once"))
    return [
        Row("broken streams flagged", len(flagged), f"of {len(BROKEN)}", note=", ".join(flagged)),
        Row("first token too late, first probe of a process", first, "ms", note="one call"),
        Row(
            "first token too late, 429 and then good",
            twice[-1],
            "ms",
            note=f"{asked} attempts seen, each shown",
        ),
    ]


def _own_error() -> list[Row]:
    """What is said before a run of our own error, and how long finding it out takes."""

    async def run() -> list[Row]:
        rows: list[Row] = []
        async with Stopwatch() as stopwatch, PracticeProcess() as practice:
            await practice.start()
            for concurrency in (4, 16):
                began = time.monotonic()
                found = await measure_instrument(stopwatch, practice, concurrency)
                took_s = time.monotonic() - began
                assert found is not None
                at = f"calibration, {concurrency} at once"
                rows.append(Row(f"own error as stated, median ({at})", found.ttft_median_ms, "ms"))
                rows.append(Row(f"time it takes ({at})", took_s, "s", note=f"{found.n} calls"))
        return rows

    load_litellm()
    return asyncio.run(run())


def _attempts(server: Served, model: str, keys: Sequence[str]) -> list[Attempt]:
    mine = served(server.port, model)
    plan = plan_of_case(case_of(offers=("own:mine",), own_endpoints=(mine,), timeout_s=20))

    async def run() -> list[Attempt]:
        async with Stopwatch() as stopwatch:
            orders = [Order(plan, plan.targets[0], plan.prompts[0], key) for key in keys]
            return [await make_call(order, stopwatch, {}) for order in orders]

    load_litellm()
    return asyncio.run(run())


def _late_ms(server: Served, model: str, keys: Sequence[str]) -> list[float]:
    """How much too late the first token of each answered call was seen."""
    late: list[float] = []
    for key, attempt in zip(keys, _attempts(server, model, keys), strict=True):
        time = attempt.timeline
        entry = next(entry for entry in server.log() if entry["probe_id"] == key)
        if isinstance(attempt.outcome, Reply) and time.sent_ns is not None:
            late.append(
                (time.tokens_ns[0] - time.sent_ns - entry["tokens_ns"][0] + entry["received_ns"]) / 1e6
            )
    return late


def _flagged(server: Served, fault: str) -> bool:
    outcome = _attempts(server, f"bench:{fault}", [f"broken-{fault}"])[0].outcome
    return isinstance(outcome, Failure) or any(words.startswith("stalled") for words in outcome.warnings)


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
