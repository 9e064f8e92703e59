"""Workers on one PostgreSQL: killed, frozen, without their database; judged by the practice server's log."""

from __future__ import annotations

import signal
import socket
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, make_url, select, text

from advisor.host.ledger import prepare, start_run
from advisor.host.runs import progress, samples
from advisor.host.services import Database, free_port
from advisor.host.store import open_store, reading, writing
from advisor.host.tables import ATTEMPT, BUDGET, SESSION, RunState
from advisor.probe.samples import SampleState
from tests.host.workers import Nursery, times_asked, until
from tests.probe.plans import case_of, plan_of_case
from tests.probe.plans import served as endpoint
from tests.probe.practice_server import FAST, Served, practice_server

PICKED_UP_S = 20.0
ENDED_S = 14.0
"""Longest a worker may take to end when its database is away."""
NAMES = ("killed", "frozen", "restart", "late", "cap")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A practice server outside the workers, with a name for each test."""
    models = [FAST.model_copy(update={"name": name, "ttft_s": 0.4}) for name in NAMES]
    with practice_server(tmp_path_factory.mktemp("practice"), models) as server:
        yield server


@pytest.fixture(scope="module")
def mine(open_folder: Path) -> Generator[Database]:
    """A PostgreSQL that may be restarted."""
    started = Database(open_folder / "crashes", free_port())
    started.start()
    yield started
    started.stop()


@pytest.fixture
def store(mine: Database) -> Generator[Engine]:
    """A prepared store of its own."""
    engine = open_store(mine.url)
    with writing(engine) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("DROP SCHEMA IF EXISTS advisor_lanes CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    prepare(engine)
    yield engine
    engine.dispose()


def _start(store: Engine, served: Served, model: str, samples: int, **probe: Any) -> str:
    case = case_of(
        offers=("own:mine", "own:other"),
        own_endpoints=(endpoint(served.port, model), endpoint(served.port, model, name="other")),
        samples_per_prompt=samples // 2,
        **probe,
    )
    return start_run(store, plan_of_case(case))


def _busy(store: Engine) -> set[str]:
    """Sessions that have made calls."""
    with reading(store) as connection:
        return set(connection.execute(select(ATTEMPT.c.session)).scalars())


def _recorded(store: Engine, run: str) -> set[str]:
    return {one.key for one in samples(store, run) if one.state is SampleState.DONE}


def _sessions(store: Engine) -> dict[str, str]:
    """Session by kind and folder of its worker."""
    with reading(store) as connection:
        return {row.worker.rpartition(" ")[0]: row.id for row in connection.execute(select(SESSION))}


def test_a_killed_workers_calls_are_picked_up(
    store: Engine, served: Served, workers: Nursery, mine: Database, tmp_path: Path
) -> None:
    """Of two workers one is killed: the other interrupts its calls within 20 s and ends the run; no
    recorded answer is asked again, and no more calls are repeated than were in flight."""
    run = _start(store, served, "killed", 100, concurrency=4)
    one, _other = workers.start(tmp_path / "one", mine.url), workers.start(tmp_path / "other", mine.url)
    until(lambda: len(_busy(store)) == 2)
    one.kill()
    recorded, asked = _recorded(store, run), times_asked(served, "killed")
    dead = _sessions(store)[f"embedded {tmp_path / 'one'}"]
    took_s = until(lambda: not _in_flight(store, dead))
    until(lambda: not progress(store, run).live)
    after, seen = times_asked(served, "killed"), progress(store, run)

    assert took_s <= PICKED_UP_S
    assert (seen.state, seen.done, len(after)) == (RunState.DONE, 100, 100)
    assert all(after[key] == asked[key] for key in recorded)
    assert sum(after.values()) - 100 <= 4


def _in_flight(store: Engine, session: str) -> int:
    with reading(store) as connection:
        mine = (ATTEMPT.c.session == session) & (ATTEMPT.c.outcome == "open")
        return connection.execute(select(func.count()).select_from(ATTEMPT).where(mine)).scalar_one()


def test_a_frozen_workers_late_answers_are_refused(
    store: Engine, served: Served, workers: Nursery, mine: Database, tmp_path: Path
) -> None:
    """A worker that freezes until its lease is over and thaws: its calls were taken over, its late answers
    are kept aside, every sample is settled once and the money is the sum of what the attempts cost."""
    run = _start(store, served, "frozen", 120, concurrency=4)
    one, _other = workers.start(tmp_path / "one", mine.url), workers.start(tmp_path / "other", mine.url)
    until(lambda: len(_busy(store)) == 2)
    frozen = _sessions(store)[f"embedded {tmp_path / 'one'}"]
    until(lambda: bool(_in_flight(store, frozen)))
    one.signal(signal.SIGSTOP)
    held = _in_flight(store, frozen)
    until(lambda: not _in_flight(store, frozen))
    one.signal(signal.SIGCONT)
    until(lambda: not progress(store, run).live)
    until(lambda: _late(store, frozen) == held)
    seen, asked = progress(store, run), times_asked(served, "frozen")

    assert (seen.state, seen.done, len(asked)) == (RunState.DONE, 120, 120)
    assert sum(asked.values()) == 120 + held
    assert _charged(store) == _spent(store, run)


def _late(store: Engine, session: str) -> int:
    with reading(store) as connection:
        kept = (ATTEMPT.c.session == session) & ATTEMPT.c.late.is_not(None)
        return connection.execute(select(func.count()).select_from(ATTEMPT).where(kept)).scalar_one()


def _charged(store: Engine) -> int:
    with reading(store) as connection:
        return int(connection.execute(select(func.sum(ATTEMPT.c.charged))).scalar_one())


def _spent(store: Engine, run: str) -> int:
    with reading(store) as connection:
        mine = BUDGET.c.scope == f"run:{run}"
        return connection.execute(select(BUDGET.c.spent).where(mine)).scalar_one()


def test_a_restarted_database_costs_nothing(
    store: Engine, served: Served, workers: Nursery, mine: Database, tmp_path: Path
) -> None:
    """The database is restarted twice in the middle of a run: nothing is lost and nothing asked twice."""
    run = _start(store, served, "restart", 120, concurrency=4)
    workers.start(tmp_path / "one", mine.url)
    for goal in (10, 40):
        until(lambda goal=goal: progress(store, run).done >= goal)
        mine.stop()
        mine.start()
        store.dispose()
    until(lambda: not progress(store, run).live)
    seen = progress(store, run)

    assert (seen.state, seen.done, seen.held_usd) == (RunState.DONE, 120, 0)
    assert times_asked(served, "restart") == Counter(dict.fromkeys(times_asked(served, "restart"), 1))


def test_a_worker_waits_for_its_database(
    store: Engine, served: Served, workers: Nursery, mine: Database, tmp_path: Path
) -> None:
    """A worker that starts while the database is away works once it is back; without it, it can be ended."""
    run = _start(store, served, "late", 4)
    port = make_url(mine.url).port
    assert port is not None
    mine.stop()
    with socket.create_server(("127.0.0.1", port)) as nobody:
        worker = workers.start(tmp_path / "one", mine.url)
        for _ in range(2):
            nobody.accept()[0].close()
    mine.start()
    store.dispose()
    until(lambda: not progress(store, run).live)

    assert worker.alive
    assert progress(store, run).state == RunState.DONE
    mine.stop()
    worker.signal(signal.SIGTERM)
    until(lambda: not worker.alive, ENDED_S)
    mine.start()
    store.dispose()


def test_three_workers_never_exceed_one_cap(
    store: Engine, served: Served, workers: Nursery, mine: Database, tmp_path: Path
) -> None:
    """Three workers share one run whose cap is too small for it: recorded cost never exceeds the cap."""
    run = _start(store, served, "cap", 100, concurrency=12, cap_usd=0.0012, max_output_tokens=64)
    for name in ("one", "two", "three"):
        workers.start(tmp_path / name, mine.url)
    most = 0.0
    while (now := progress(store, run)).live:
        most = max(most, now.spent_usd + now.held_usd)

    assert now.state == RunState.STOPPED_BUDGET
    assert 0 < most <= now.cap_usd
    assert _spent(store, run) == _charged(store) <= 1_200
