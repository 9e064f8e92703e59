"""Many visitors at once: real WebSocket sessions on loopback, each with a case of its own, pausing to think.

What is timed is what a visitor waits: from sending a change to the end of the script's run. The generator is
a process of its own on the same machine, so servers and generator share the cores; ratios carry further than
times. Set `ADVISOR_LOAD_SESSIONS` (such as `1,20`) for a shorter look.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from advisor.case import Case, Workload
from advisor.host.drafts import Drafts
from advisor.host.hosted import Hosted
from advisor.host.shelf import presets
from advisor.host.store import Engine, open_store
from advisor.ui.folder import Folder, written
from tests.bench.interaction import processor_ms, tuned_empty
from tests.bench.rows import Row
from tests.bench.startup import empty_app
from tests.serving import FROM_CHECKOUT, ROOT, clean_environment, running_app
from tests.streamlit_client import Value, changeable, widget_state

SESSIONS = tuple(int(part) for part in os.environ.get("ADVISOR_LOAD_SESSIONS", "1,20,100,200").split(","))
SHARED = max(SESSIONS)
"""Sessions of the comparison of one replica with two."""
THINK_S = 3.0
"""Mean pause of a visitor between two changes."""
CHANGES = 6
"""Changes of each visitor that count; the first visit does not."""
ARRIVALS_PER_S = 10.0
PATIENCE_S = 60.0
_MANY = "import streamlit as st\nst.title('Empty')\nst.checkbox('One')\n"


@dataclass(frozen=True)
class Crowd:
    """What a number of visitors met."""

    waits_ms: tuple[float, ...]
    errors: int
    core: float
    """Share of one core the server used while they changed things."""
    memory_mb: float


def run() -> list[Row]:
    """Measure every app at every number of sessions."""
    rows: list[Row] = []
    for name, serve, page in (
        ("empty app, default settings", _default_empty, ""),
        ("empty app, our settings", tuned_empty, ""),
        ("wizard, our settings", _ours, "knowledge"),
        ("result page, our settings", _ours, "result"),
    ):
        rows += _measured(name, serve, page)
    return [*rows, *_replicas()]


def _replicas() -> list[Row]:
    """The hosted set: the same crowd on one of its replicas, then shared by both."""
    folder = Path(tempfile.mkdtemp(prefix="advisor-load-"))
    # The database's own account has to walk in.
    folder.chmod(0o711)
    rows: list[Row] = []
    try:
        environment = clean_environment(folder) | {"PYTHONPATH": str(ROOT)}
        with Hosted(folder / "hosted", environment=environment) as hosted:
            for used in (1, 2):
                store = open_store(hosted.database_url)
                queries = _drafts(store, SHARED)
                urls = [f"http://127.0.0.1:{port}" for port in hosted.ports[:used]]
                pids = [process.pid for process in hosted.replicas[:used]]
                name = f"wizard, PostgreSQL, {used} of 2 replicas, {SHARED} sessions"
                rows += _rows(name, visited(urls, "knowledge", queries, pids))
    finally:
        shutil.rmtree(folder)
    return rows


def _measured(name: str, serve: Callable[[Path], tuple[str, ...]], page: str) -> list[Row]:
    rows: list[Row] = []
    for many in SESSIONS:
        with tempfile.TemporaryDirectory() as folder, running_app(Path(folder), serve(Path(folder))) as app:
            queries = _drafts(open_store(Path(folder) / "data"), many) if page else [""] * many
            pids = [app.process.pid]
            rows += _rows(f"{name}, {many} sessions", visited([app.url], page, queries, pids))
    return rows


def _rows(name: str, crowd: Crowd) -> list[Row]:
    note = f"{len(crowd.waits_ms)} changes, {crowd.errors} errors, {crowd.core:.0%} of a core"
    middle = median(crowd.waits_ms)
    worst = quantiles(crowd.waits_ms, n=20)[-1] if len(crowd.waits_ms) > 1 else middle
    return [
        Row(f"{name}: wait, median", middle, "ms", note=note),
        Row(f"{name}: wait, 95th percentile", worst, "ms", note=note),
        Row(f"{name}: memory of the server", crowd.memory_mb, "MB", note=note),
    ]


def visited(urls: Sequence[str], page: str, queries: Sequence[str], pids: Sequence[int]) -> Crowd:
    """Let visitors come one after the other, change things, and stay until all have finished."""
    spent, since = sum(map(processor_ms, pids)), time.perf_counter()
    waits, errors = asyncio.run(_crowd(urls, page, queries))
    core = (sum(map(processor_ms, pids)) - spent) / 1000 / (time.perf_counter() - since)
    return Crowd(tuple(waits), errors, core, max(map(_memory_mb, pids)))


async def _crowd(urls: Sequence[str], page: str, queries: Sequence[str]) -> tuple[list[float], int]:
    waits: list[float] = []
    everyone = asyncio.Barrier(len(queries))
    async with AsyncExitStack() as stack:
        coming = [
            _visitor(stack, urls[number % len(urls)], page, query, (number, everyone), waits)
            for number, query in enumerate(queries)
        ]
        ended = await asyncio.gather(*coming, return_exceptions=True)
    for failure in (one for one in ended if isinstance(one, BaseException)):
        print(f"visitor failed: {failure!r}", file=sys.stderr)  # noqa: T201  a benchmark tells what went wrong
    return waits, sum(isinstance(one, BaseException) for one in ended)


async def _visitor(
    stack: AsyncExitStack,
    url: str,
    page: str,
    query: str,
    place: tuple[int, asyncio.Barrier],
    waits: list[float],
) -> None:
    number, everyone = place
    dice = random.Random(number)
    await asyncio.sleep(number / ARRIVALS_PER_S)
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    socket = await stack.enter_async_context(
        connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None, proxy=None)
    )
    widgets = list(changeable(await _rerun(socket, page, query, {})))
    if not widgets:
        await everyone.abort()
        raise LookupError(f"Nothing to change on {page}.")
    # What is timed is a changing crowd, not the rush of its arrival.
    await asyncio.wait_for(everyone.wait(), PATIENCE_S)
    held: dict[str, Value] = {}
    for _ in range(CHANGES):
        await asyncio.sleep(dice.uniform(0.5, 1.5) * THINK_S)
        widget, values = dice.choice(widgets)
        held[widget] = values[1] if held.get(widget, values[0]) == values[0] else values[0]
        begin = time.perf_counter()
        await _rerun(socket, page, query, held)
        waits.append((time.perf_counter() - begin) * 1000)


async def _rerun(socket: ClientConnection, page: str, query: str, held: dict[str, Value]) -> list[Any]:
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    message.rerun_script.widget_states.widgets.extend(widget_state(*one) for one in held.items())
    await socket.send(message.SerializeToString())
    said: list[Any] = []
    while True:
        answer = ForwardMsg()
        body = await asyncio.wait_for(socket.recv(decode=False), PATIENCE_S)
        answer.ParseFromString(body)
        said.append(answer)
        kind = answer.WhichOneof("type")
        if kind == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(answer.delta.new_element.exception.message)
        if kind == "script_finished":
            return said


def _drafts(store: Engine, many: int) -> list[str]:
    """One case for each visitor, no two alike: nobody profits from another's cached decision."""
    drafts, base = Drafts(store), presets()[0]
    queries = [f"d={drafts.create(written(Folder(case=_case(base, n)))).id}" for n in range(many)]
    store.dispose()
    return queries


def _case(base: Case, number: int) -> Case:
    work = base.workload.model_dump() | {"requests_per_month": 20_000 + number}
    return base.model_copy(update={"name": f"Case {number}", "workload": Workload.model_validate(work)})


def _memory_mb(pid: int) -> float:
    """Resident memory of a process, in megabytes (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _ours(_folder: Path) -> tuple[str, ...]:
    return FROM_CHECKOUT


def _default_empty(folder: Path) -> tuple[str, ...]:
    command = empty_app(folder)
    (folder / "empty.py").write_text(_MANY, "utf-8")
    return command
