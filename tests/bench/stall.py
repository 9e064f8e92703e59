"""How long the app keeps anybody waiting while a probe runs in its worker: the smallest request it answers.

The app process is asked for its health over and over, in turn with a bare server that has nothing else to do:
first with no probe, then from the start of a run of 64 calls at once to its end. What the operating system
takes away from busy processes is in both figures, so the ratio says what is the app's.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from advisor.host.ledger import prepare, start_run
from advisor.host.runs import progress
from advisor.host.store import open_store
from tests.bench.rows import Row
from tests.probe.plans import case_of, plan_of_case, served
from tests.probe.practice_server import FAST, practice_server
from tests.serving import running_app

CONCURRENCY = 64
CALLS = 1_200
EVERY_S = 0.01
ALONE_S = 8.0
_MODEL = FAST.model_copy(update={"name": "long", "ttft_s": 0.25, "gap_s": 0.02, "answer_tokens": 48})
_BARE = """
import asyncio

async def answer(reader, writer):
    while b"GET" in await reader.read(1000):
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")

async def serve():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
"""


@dataclass
class _Waits:
    """Milliseconds waited for the app and for the bare server, asked in turn."""

    app: list[float] = field(default_factory=list[float])
    bare: list[float] = field(default_factory=list[float])


def run() -> list[Row]:
    """Measure and return the rows."""
    with (
        tempfile.TemporaryDirectory() as name,
        practice_server(Path(name), (_MODEL,)) as server,
        running_app(Path(name) / "app") as app,
        _bare_server() as bare,
    ):
        address, deadline = urlsplit(app.url).netloc, time.monotonic() + ALONE_S
        alone = _waits(address, bare, lambda: time.monotonic() < deadline)
        with closing(_Probe(Path(name) / "app" / "data", server.port)) as probe:
            probed = _waits(address, bare, probe.goes_on)
    return [
        *_rows("no probe", alone, ""),
        *_rows(f"a probe of {CONCURRENCY} at once", probed, f"; {CALLS} calls"),
    ]


class _Probe:
    """A run the app's own worker carries out."""

    def __init__(self, folder: Path, port: int) -> None:
        self._store = open_store(folder)
        prepare(self._store)
        prompts = 12
        case = case_of(
            ("own:mine",),
            prompts,
            (served(port, "long"),),
            samples_per_prompt=CALLS // prompts,
            concurrency=CONCURRENCY,
        )
        self._run = start_run(self._store, plan_of_case(case))

    def goes_on(self) -> bool:
        """Whether it has not ended."""
        return progress(self._store, self._run).live

    def close(self) -> None:
        """Leave the store."""
        self._store.dispose()


@contextmanager
def _bare_server() -> Generator[str]:
    with subprocess.Popen([sys.executable, "-c", _BARE], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def _waits(app: str, bare: str, goes_on: Callable[[], bool]) -> _Waits:
    ours, theirs = (http.client.HTTPConnection(address, timeout=10) for address in (app, bare))
    found, look_at = _Waits(), 0.0
    while True:
        if time.monotonic() >= look_at:
            if not goes_on():
                return found
            look_at = time.monotonic() + 0.5
        found.app.append(_ask(ours))
        found.bare.append(_ask(theirs))
        time.sleep(EVERY_S)


def _ask(connection: http.client.HTTPConnection) -> float:
    begin = time.perf_counter()
    connection.request("GET", "/_stcore/health")
    connection.getresponse().read()
    return 1e3 * (time.perf_counter() - begin)


def _rows(when: str, found: _Waits, more: str) -> list[Row]:
    note = f"/_stcore/health every {EVERY_S * 1e3:g} ms, n={len(found.app)}{more}"
    figures = (("median", median), ("99th percentile", _p99), ("longest", max))
    return [
        Row(
            f"the app's answer, {what} ({when})",
            at(found.app),
            "ms",
            "a bare server asked in turn",
            at(found.app) / at(found.bare),
            note,
        )
        for what, at in figures
    ]


def _p99(values: list[float]) -> float:
    return sorted(values)[int(0.99 * len(values))]
