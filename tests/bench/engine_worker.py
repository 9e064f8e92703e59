"""A whole worker whose calls are sleeps, on a folder in which a run has been started.

    python -m tests.bench.engine_worker FOLDER SECONDS

Prints one line of JSON: `start_s` to the first call, `work_s` from there to the end of the run, `peak_mb`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path

from advisor.host.keys import KeyRing
from advisor.host.ledger import live_runs
from advisor.host.sessions import open_session
from advisor.host.store import open_store
from advisor.probe.run.order import Order
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.samples import Attempt, Reply, Timeline
from advisor.worker import drive
from advisor.worker.clerk import Clerk
from advisor.worker.work import Worker


async def _measure(folder: Path, seconds: float) -> dict[str, float]:
    begun: list[float] = []

    async def sleep(order: Order, *_: object) -> Attempt:
        begun.append(time.perf_counter()) if not begun else None
        await asyncio.sleep(seconds)
        reply, line = Reply(text="Paris", finish_reason="stop"), Timeline(started_ns=0)
        return Attempt(number=order.number, started_at="", timeline=line, outcome=reply, cost_usd=1e-6)

    async def nothing(*_: object) -> None:
        return None

    drive.make_call = sleep
    drive.measure_instrument = nothing
    drive.load_litellm = lambda: None  # type: ignore[assignment]
    engine = open_store(folder)
    begin, stop = time.perf_counter(), asyncio.Event()
    session = open_session(engine, "bench", alone=True)
    with Clerk(stop) as clerk:
        worker = Worker(
            engine, session, clerk, Stopwatch(), PracticeProcess(), KeyRing(engine, session, os.environ)
        )
        working = asyncio.create_task(worker.work(stop))
        while await asyncio.to_thread(live_runs, engine):
            await asyncio.sleep(0.05)
        ended = time.perf_counter()
        stop.set()
        await working
    # Not `ru_maxrss`: it keeps the peak of whoever started this process.
    peak_kb = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))[1])  # type: ignore[index]
    peak_mb = peak_kb / 1024
    return {"start_s": begun[0] - begin, "work_s": ended - begun[0], "peak_mb": peak_mb}


if __name__ == "__main__":
    where, each_s = sys.argv[1:]
    found = asyncio.run(_measure(Path(where), float(each_s)))
    sys.stdout.write(json.dumps(found) + "\n")
