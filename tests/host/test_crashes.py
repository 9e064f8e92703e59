"""Crashes on SQLite, judged by the practice server's own log: nothing recorded is lost or paid for twice."""

from __future__ import annotations

import base64
import pickle
import sqlite3
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from advisor.host.carrier import FILE_NAME
from advisor.host.ledger import start_run
from advisor.host.runs import progress, samples
from advisor.host.tables import RunState
from advisor.probe.samples import SampleState
from tests.host.workers import Nursery, times_asked, until
from tests.probe.plans import case_of, plan_of_case
from tests.probe.plans import served as endpoint
from tests.probe.practice_server import FAST, Served, practice_server


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A practice server outside the worker, with a name for each test."""
    models = [
        FAST.model_copy(update={"name": name, "ttft_s": 0.3}) for name in ("kills", "version", "pickle")
    ]
    with practice_server(tmp_path_factory.mktemp("practice"), models) as server:
        yield server


def _start(store: Engine, served: Served, model: str, samples: int, concurrency: int) -> str:
    case = case_of(
        offers=("own:mine",),
        own_endpoints=(endpoint(served.port, model),),
        prompts=2,
        samples_per_prompt=samples // 2,
        concurrency=concurrency,
    )
    return start_run(store, plan_of_case(case))


def _recorded(store: Engine, run: str) -> set[str]:
    return {one.key for one in samples(store, run) if one.state is SampleState.DONE}


def test_four_crashes_in_one_run(store: Engine, served: Served, workers: Nursery, tmp_path: Path) -> None:
    """Killed four times in one run it ends complete: no recorded answer is lost or asked again, each kill
    repeats at most the calls in flight, and no money stays held."""
    wanted, concurrency = 160, 16
    run = _start(store, served, "kills", wanted, concurrency)
    recorded: dict[str, int] = {}
    """Recorded samples, and how often each was asked for when it was."""
    for kills in range(4):
        worker = workers.start(tmp_path)
        goal = (kills + 1) * wanted // 6
        until(lambda goal=goal: progress(store, run).done >= goal)
        worker.kill()
        asked = times_asked(served, "kills")
        assert recorded.keys() <= _recorded(store, run)
        recorded |= {key: asked[key] for key in _recorded(store, run) - recorded.keys()}
        assert sum(asked.values()) - len(recorded) <= (kills + 1) * concurrency
    workers.start(tmp_path)
    until(lambda: not progress(store, run).live)
    asked, seen = times_asked(served, "kills"), progress(store, run)

    assert (seen.state, seen.done + seen.unknown, len(asked)) == (RunState.DONE, wanted, wanted)
    assert {key: asked[key] for key in recorded} == recorded
    assert sum(asked.values()) - wanted <= 4 * concurrency
    assert seen.held_usd == 0


def test_a_changed_version_finishes_old_runs(
    store: Engine, served: Served, workers: Nursery, tmp_path: Path
) -> None:
    """A run begun by a worker of one application version is finished by one of another."""
    run = _start(store, served, "version", 24, 4)
    worker = workers.start(tmp_path, version="lanes-other")
    until(lambda: progress(store, run).done >= 4)
    worker.kill()
    recorded = _recorded(store, run)
    workers.start(tmp_path)
    until(lambda: not progress(store, run).live)
    asked = times_asked(served, "version")

    assert progress(store, run).done == 24
    assert not {key for key, times in asked.items() if times > 1} & recorded


class _Trap:
    """Leaves a file behind when somebody unpickles it."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._mark,)


def test_a_pickled_row_is_not_executed(
    store: Engine, served: Served, workers: Nursery, tmp_path: Path
) -> None:
    """Lanes whose rows were replaced by pickles run no code of theirs, and the run ends all the same."""
    run = _start(store, served, "pickle", 12, 2)
    worker = workers.start(tmp_path)
    until(lambda: progress(store, run).done >= 2)
    worker.kill()
    mark = tmp_path / "executed"
    trap = base64.b64encode(pickle.dumps(_Trap(mark))).decode()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        tampered = connection.execute(
            "UPDATE workflow_status SET inputs = ?, serialization = 'py_pickle', status = 'ENQUEUED',"
            " executor_id = NULL, output = ?, error = ?",
            (trap, trap, trap),
        ).rowcount
    connection.close()
    workers.start(tmp_path)
    until(lambda: not progress(store, run).live)

    assert tampered >= 1
    assert progress(store, run).done + progress(store, run).unknown == 12
    assert not mark.exists()
    pickle.loads(base64.b64decode(trap))
    assert mark.exists()
