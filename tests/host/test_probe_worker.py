"""The worker process: goes on without a browser, survives kill -9, and is the only one with LiteLLM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from advisor.host.control import cancel
from advisor.host.engine import Keeper
from advisor.host.ledger import start_run
from advisor.host.runs import progress, run_measurements, run_summaries, samples
from advisor.host.tables import RunState
from advisor.probe.samples import SampleState
from tests.probe.plans import case_of, plan_of_case
from tests.probe.plans import served as endpoint
from tests.probe.practice_server import Served, practice_server

LIMIT_S = 100.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A practice server outside the worker, whose log is the truth."""
    with practice_server(tmp_path_factory.mktemp("practice")) as server:
        yield server


@contextmanager
def _worker(folder: Path) -> Generator[Keeper]:
    keeper = Keeper(folder, os.environ)
    try:
        yield keeper
    finally:
        keeper.stop()


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.05)


def test_the_practice_path_needs_no_key(store: Engine, tmp_path: Path) -> None:
    """Two simulated offers are probed from start to evidence without any key; all of it is marked."""
    plan = plan_of_case(case_of(offers=("practice:quick", "practice:steady"), samples_per_prompt=4))
    with _worker(tmp_path):
        run = start_run(store, plan)
        _until(lambda: not progress(store, run).live)
    steady = next(one for one in run_summaries(store, run) if one.offer == "practice:steady")
    evidence = {(one.offer, one.metric): one for one in run_measurements(store, run)}

    assert progress(store, run).done == 8
    assert steady.figures["consistency"] is not None
    assert steady.figures["consistency"].value == 1.0
    assert evidence["practice:steady", "pass_rate"].value == 1.0
    assert evidence["practice:steady", "ttft"].value == pytest.approx(0.3, abs=0.1)
    assert all(one.simulated for one in evidence.values())


def test_killed_in_mid_run_it_goes_on(store: Engine, served: Served, tmp_path: Path) -> None:
    """After kill -9 a new worker finishes the run by itself; by the server's log, no recorded answer is
    asked again and no more calls are repeated than were in flight."""
    mine = endpoint(served.port, "slow")
    case = case_of(offers=("own:mine",), own_endpoints=(mine,), samples_per_prompt=24, concurrency=4)
    run = start_run(store, plan_of_case(case))
    with _worker(tmp_path) as keeper:
        _until(lambda: progress(store, run).done >= 6)
        os.kill(keeper.pid, signal.SIGKILL)
        recorded = {one.key for one in samples(store, run) if one.state is SampleState.DONE}
        _until(lambda: not progress(store, run).live)
    asked = Counter(entry["probe_id"] for entry in served.asked("slow"))
    repeated = {key for key, times in asked.items() if times > 1}
    seen = progress(store, run)

    assert (seen.state, seen.done, len(asked)) == (RunState.DONE, 24, 24)
    assert not repeated & recorded
    assert len(repeated) <= 4
    assert max(asked.values()) <= 2


def test_cancelling_keeps_what_is_in_flight(store: Engine, served: Served, tmp_path: Path) -> None:
    """After a cancellation no call starts, and those in flight end as answers."""
    mine = endpoint(served.port, "slow:no-usage")
    case = case_of(offers=("own:mine",), own_endpoints=(mine,), samples_per_prompt=50, concurrency=2)
    run = start_run(store, plan_of_case(case))
    with _worker(tmp_path):
        _until(lambda: progress(store, run).done >= 2)
        cancel(store, run)
        _until(lambda: not progress(store, run).live)
    seen = progress(store, run)

    assert (seen.state, seen.calling, seen.failed) == (RunState.CANCELLED, 0, 0)
    assert seen.done == len(served.asked("slow:no-usage")) < 50


def test_a_fault_does_not_stop_the_others(store: Engine, served: Served, tmp_path: Path) -> None:
    """One offer refuses the key, one cuts its streams, one is good: each is recorded, the run ends."""
    names = {"good": "fast", "refusing": "fast:401", "cutting": "fast:cut"}
    own = tuple(endpoint(served.port, model, name=name) for name, model in names.items())
    case = case_of(offers=tuple(f"own:{name}" for name in names), own_endpoints=own, samples_per_prompt=3)
    run = start_run(store, plan_of_case(case))
    with _worker(tmp_path):
        _until(lambda: not progress(store, run).live)
    found = {one.offer: (one.answered, one.errors) for one in run_summaries(store, run)}

    assert found["own:good"] == (3, {})
    assert found["own:refusing"] == (0, {"authentication": 3})
    assert found["own:cutting"] == (0, {"truncated_stream": 3})


def test_of_two_workers_on_one_folder_one_works(
    store: Engine, served: Served, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Two apps on one data folder ask and pay for nothing twice, and write no traceback."""
    own = tuple(endpoint(served.port, "fast:duplicate-finish", name=name) for name in ("mine", "too", "also"))
    offers = tuple(f"own:{one.name}" for one in own)
    case = case_of(offers=offers, own_endpoints=own, samples_per_prompt=4)
    run = start_run(store, plan_of_case(case))
    with _worker(tmp_path), _worker(tmp_path):
        _until(lambda: not progress(store, run).live)
    asked = Counter(entry["probe_id"] for entry in served.asked("fast:duplicate-finish"))

    assert set(asked.values()) == {1}
    assert len(asked) == 12
    assert "Traceback" not in capfd.readouterr().err


def test_a_worker_ends_with_its_app(tmp_path: Path) -> None:
    """When the app is killed its worker notices and ends, and leaves the folder's lock."""
    program = (
        "import os, sys, time\nfrom pathlib import Path\nfrom advisor.host.engine import Keeper\n"
        f"print(Keeper(Path({str(tmp_path)!r}), os.environ).pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as app:
        assert app.stdout is not None
        worker = int(app.stdout.readline())
        _until((tmp_path / "worker.lock").exists)
        app.kill()
    _until(lambda: not _alive(worker))

    assert not _alive(worker)


def _alive(pid: int) -> bool:
    try:
        # A process nobody has waited for yet is a zombie: it runs no longer.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_app_process_never_imports_litellm() -> None:
    """Everything a face calls for a probe is imported; neither LiteLLM nor DBOS is among the modules."""
    program = (
        "import sys\nimport advisor.host.engine, advisor.host.runs, advisor.host.ledger\n"
        "import advisor.host.headless, advisor.host.probe_sets, advisor.probe.plan, advisor.probe.summary\n"
        "print(*(name in sys.modules for name in ('litellm', 'openai', 'dbos')))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.split() == ["False", "False", "False"]
