"""The engine's own cost: lanes and ledger against bare asyncio, memory of large runs, crashes, abort."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from advisor.host.control import abort
from advisor.host.ledger import prepare, start_run
from advisor.host.runs import progress
from advisor.host.store import open_store
from tests.bench.rows import Row
from tests.host.workers import Nursery, nursery, times_asked, until
from tests.probe.plans import case_of, plan_of_case
from tests.probe.plans import served as endpoint
from tests.probe.practice_server import FAST, Served, practice_server
from tests.serving import ROOT

CALL_S = 0.05
CONCURRENCY = 64
SAMPLES = 2_000
MANY = 20_000
KILLS = 4
LIMIT_S = 600.0
_LONG = FAST.model_copy(update={"name": "long", "gap_s": 0.02, "answer_tokens": 1500})
_SHORT = FAST.model_copy(update={"name": "short", "ttft_s": 0.4})

_NOBODY = Served(port=9)
"""Nobody is called where calls are sleeps."""


def run() -> list[Row]:
    """Measure and return the rows."""
    with (
        tempfile.TemporaryDirectory() as name,
        practice_server(Path(name), (_LONG, _SHORT)) as server,
        nursery() as workers,
    ):
        ending = _abort(Path(name) / "abort", server, workers)
        crashes = _crashes(Path(name) / "crashes", server, workers)
    return [*_overhead(), *_memory(), ending, *crashes]


def _overhead() -> list[Row]:
    bare_s = _bare(SAMPLES)
    engine = _engine(SAMPLES)
    what = f"{SAMPLES:,} samples of {CALL_S * 1e3:g} ms, {CONCURRENCY} at once: lanes and ledger"
    start = "worker start to first call (fixed)"
    return [
        Row(what, engine["work_s"], "s", "bare asyncio", engine["work_s"] / bare_s, "beyond the fixed start"),
        Row(start, engine["start_s"], "s"),
    ]


def _memory() -> list[Row]:
    engine = _engine(MANY)
    note = f"{engine['work_s']:.1f} s; calls are simulated by a sleep, LiteLLM is not loaded"
    return [Row(f"peak memory of a worker, {MANY:,} samples", engine["peak_mb"], "MB", note=note)]


def _bare(count: int) -> float:
    async def work() -> float:
        free, begin = asyncio.Semaphore(CONCURRENCY), time.perf_counter()

        async def one() -> None:
            async with free:
                await asyncio.sleep(CALL_S)

        await asyncio.gather(*(one() for _ in range(count)))
        return time.perf_counter() - begin

    return asyncio.run(work())


def _engine(count: int) -> dict[str, float]:
    """Seconds and megabytes of a whole worker whose calls are sleeps."""
    with tempfile.TemporaryDirectory() as name:
        store, _ = _begin(Path(name), _NOBODY, "none", count)
        store.dispose()
        command = [sys.executable, "-m", "tests.bench.engine_worker", name, str(CALL_S)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return json.loads(answer.stdout.splitlines()[-1])


def _abort(folder: Path, server: Served, workers: Nursery) -> Row:
    store, run_id = _begin(folder, server, "long", 8)
    workers.start(folder)
    until(lambda: len(server.asked("long")) == 8)
    begin_ns = time.monotonic_ns()
    abort(store, run_id)
    _wait(lambda: all("ended_ns" in entry for entry in server.asked("long")))
    last_ns = max(entry["ended_ns"] for entry in server.asked("long"))
    store.dispose()
    workers.end_all()
    note = "8 sockets, by the practice server's clock; target 200 ms"
    return Row("abort to last socket closed", (last_ns - begin_ns) / 1e6, "ms", note=note)


def _crashes(folder: Path, server: Served, workers: Nursery) -> list[Row]:
    store, run_id = _begin(folder, server, "short", SAMPLES)
    for kills in range(KILLS):
        worker = workers.start(folder)
        goal = (kills + 1) * SAMPLES // (KILLS + 1)
        _wait(lambda goal=goal: progress(store, run_id).done >= goal)
        worker.kill()
    workers.start(folder)
    _wait(lambda: not progress(store, run_id).live)
    asked, seen = times_asked(server, "short"), progress(store, run_id)
    store.dispose()
    note = f"{KILLS} kill -9 in a run of {SAMPLES:,}, {CONCURRENCY} at once; by the practice server's log"
    repeated = sum(asked.values()) - len(asked)
    return [
        Row("samples never answered", seen.wanted - seen.done, "", note=note),
        Row(
            "calls repeated per kill", repeated / KILLS, "", "calls in flight", repeated / KILLS / CONCURRENCY
        ),
    ]


def _begin(folder: Path, server: Served, model: str, count: int) -> tuple[Engine, str]:
    store = open_store(folder)
    prepare(store)
    prompts = max(1, count // 100)
    case = case_of(
        offers=("own:mine",),
        own_endpoints=(endpoint(server.port, model),),
        prompts=prompts,
        samples_per_prompt=count // prompts,
        concurrency=min(count, CONCURRENCY),
        cap_usd=100.0,
    )
    return store, start_run(store, plan_of_case(case))


def _wait(holds: Callable[[], bool]) -> None:
    until(holds, LIMIT_S)
