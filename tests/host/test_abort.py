"""Abort and pause: sockets of calls in flight are closed at once; a paused run starts no call."""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from advisor.host.control import abort, pause, resume
from advisor.host.ledger import start_run
from advisor.host.runs import progress
from advisor.host.tables import RunState
from tests.host.workers import Nursery, times_asked, until
from tests.probe.plans import case_of, plan_of_case
from tests.probe.plans import served as endpoint
from tests.probe.practice_server import FAST, Served, practice_server

CLOSED_MS = 200.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A practice server outside the worker; a reply of `long` takes half a minute."""
    models = [
        FAST.model_copy(update={"name": "long", "gap_s": 0.02, "answer_tokens": 1500}),
        FAST.model_copy(update={"name": "short", "ttft_s": 0.3}),
    ]
    with practice_server(tmp_path_factory.mktemp("practice"), models) as server:
        yield server


def _start(store: Engine, served: Served, model: str, samples: int) -> str:
    own = (endpoint(served.port, model),)
    case = case_of(offers=("own:mine",), own_endpoints=own, samples_per_prompt=samples, concurrency=4)
    return start_run(store, plan_of_case(case))


def test_abort_closes_the_sockets_at_once(
    store: Engine, served: Served, workers: Nursery, tmp_path: Path
) -> None:
    """By the server's own clock the last socket of an aborted run is closed within 200 ms; the calls are
    charged at their worst case and none is repeated."""
    run = _start(store, served, "long", 8)
    workers.start(tmp_path)
    until(lambda: sum(bool(entry["tokens_ns"]) for entry in served.asked("long")) == 4)
    held_usd = progress(store, run).held_usd
    begin_ns = time.monotonic_ns()
    abort(store, run)
    until(lambda: all("ended_ns" in entry for entry in served.asked("long")))
    until(lambda: not progress(store, run).live)
    seen = progress(store, run)
    closed_ms = [(entry["ended_ns"] - begin_ns) / 1e6 for entry in served.asked("long")]

    assert max(closed_ms) <= CLOSED_MS
    assert (seen.state, seen.calling, seen.unknown, len(closed_ms)) == (RunState.ABORTED, 0, 4, 4)
    assert seen.spent_usd == pytest.approx(held_usd)
    assert seen.held_usd == 0


def test_a_paused_run_starts_no_call_until_it_is_resumed(
    store: Engine, served: Served, workers: Nursery, tmp_path: Path
) -> None:
    """Calls in flight at a pause are kept and no other is sent; resumed, the run ends, each asked once."""
    run = _start(store, served, "short", 24)
    workers.start(tmp_path)
    until(lambda: progress(store, run).done >= 4)
    pause(store, run)
    begun = len(served.asked("short"))
    until(lambda: progress(store, run).calling == 0)
    paused = progress(store, run)
    after = len(served.asked("short"))
    resume(store, run)
    until(lambda: not progress(store, run).live)

    assert (paused.state, paused.done) == (RunState.PAUSED, after)
    assert after - begun <= 4
    assert set(times_asked(served, "short").values()) == {1}
    assert progress(store, run).done == 24
