"""Budgets of run, day and account: never above a cap when a call starts, never a paid answer refused."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from advisor.host.budgets import (
    account_budgets,
    account_scope,
    budget,
    day_cap,
    day_scope,
    run_scope,
    set_account_cap,
    set_day_cap,
)
from advisor.host.control import raise_cap, resume
from advisor.host.health import metrics_text
from advisor.host.ledger import prepare, start_run, tick
from advisor.host.limits import start_within
from advisor.host.runs import progress
from advisor.host.sessions import end_session
from advisor.host.settings import Limits
from advisor.host.settlement import Claim
from advisor.host.store import open_store
from advisor.host.tables import RunState
from tests.host.ledger_steps import answer, drain, hold_of, paid_plan, practice_plan, session

FIRST, SECOND = "127.0.0.1:8000", "127.0.0.1:8001"


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 5), st.floats(0.1, 1.2))
def test_no_budget_is_ever_passed(seed: int, room: int, share: float) -> None:
    """Two runs, two accounts, a cap on each level, holds as true costs at most: spent + held <= cap always,
    and at the end the day has spent what the runs have."""
    dice, engine = random.Random(seed), open_store("sqlite://")
    prepare(engine)
    plan = paid_plan(6, hosts=2)
    whole = 12 * hold_of(plan)
    set_day_cap(engine, "own", int(1.3 * whole * share), time.time())
    set_account_cap(engine, FIRST, int(0.8 * whole * share))
    runs = [start_run(engine, plan.model_copy(update={"cap_microusd": int(whole * share)})) for _ in "ab"]
    worker, flying = session(engine), {run: list[Claim]() for run in runs}
    for _ in range(25):
        run = dice.choice(runs)
        dice.shuffle(flying[run])
        ended = [flying[run].pop() for _ in range(dice.randint(0, len(flying[run])))]
        costs = [answer(claim, dice.choice([None, 0.0, claim.hold / 1e6])) for claim in ended]
        flying[run] += tick(engine, run, worker, costs, room).claims
        for scope in (*map(run_scope, runs), day_scope(time.time()), account_scope(FIRST)):
            now = budget(engine, scope)
            assert now is None or now.cap is None or now.spent + now.held <= now.cap
    spent = [budget(engine, run_scope(run)) for run in runs]
    day = budget(engine, day_scope(time.time()))

    assert day is not None
    assert (day.spent, day.held) == (
        sum(one.spent for one in spent if one),
        sum(one.held for one in spent if one),
    )
    engine.dispose()


def test_the_cap_of_a_day_holds_over_runs(store: Engine) -> None:
    """Two runs share a day of three calls; the run it stops says so and goes on when the cap is raised."""
    plan = paid_plan(2)
    set_day_cap(store, "own", 3 * hold_of(plan), time.time())
    worker, dear = session(store), hold_of(plan) / 1e6
    first, second = start_run(store, plan), start_run(store, plan)
    calls = drain(store, first, worker, usd=dear), drain(store, second, worker, usd=dear)
    stopped = progress(store, second)
    set_day_cap(store, "own", None, time.time())
    resume(store, second)
    drain(store, second, worker)

    assert calls == (2, 1)
    assert (stopped.state, progress(store, first).state) == (RunState.STOPPED_BUDGET, RunState.DONE)
    assert "one day" in stopped.reason
    assert progress(store, second).state is RunState.DONE


def test_practice_models_burden_no_day(store: Engine) -> None:
    """Simulated dollars of practice models count against their run alone."""
    set_day_cap(store, "own", 1, time.time())
    run = start_run(store, practice_plan(3))

    assert drain(store, run, session(store)) == 3
    assert budget(store, day_scope(time.time())) is None


def test_metrics_count_what_is_paid_once(store: Engine) -> None:
    """A call in the budgets of run, day and account is one expense; simulated dollars are none."""
    ask = paid_plan(1)
    set_account_cap(store, ask.targets[0].account, 5_000_000)
    paid, simulated = start_run(store, ask), start_run(store, practice_plan(3))
    drain(store, simulated, session(store))
    drain(store, paid, session(store))
    spent = progress(store, paid).spent_usd

    assert spent > 0
    assert f"advisor_spent_usd {spent}\n" in metrics_text(store)


def test_the_lower_cap_of_a_day_counts(store: Engine) -> None:
    """Settings and users both may cap a day; the settings' word is kept whenever a run starts."""
    set_day_cap(store, "own", 5_000_000, time.time())
    run = start_within(store, paid_plan(1), "ada", Limits(day_usd=2))
    tick(store, run, session(store), [], 1)
    today = budget(store, day_scope(time.time()))
    start_within(store, paid_plan(1), "ada", Limits(day_usd=None))

    assert today is not None
    assert today.cap == 2_000_000
    assert day_cap(store, "installation") is None
    assert getattr(budget(store, day_scope(time.time())), "cap", None) == 5_000_000


def test_an_account_that_is_used_up_stops_alone(store: Engine) -> None:
    """Calls on another account go on; when they are done the run stops, resumable, and names the account."""
    plan = paid_plan(3, hosts=2)
    set_account_cap(store, SECOND, hold_of(plan))
    run = start_run(store, plan)
    calls = drain(store, run, session(store), usd=hold_of(plan) / 1e6)
    stopped = progress(store, run)
    set_account_cap(store, SECOND, 10 * hold_of(plan))
    raise_cap(store, run, 1_000_000)

    assert (calls, stopped.state) == (4, RunState.STOPPED_BUDGET)
    assert SECOND in stopped.reason
    assert [one.scope for one in account_budgets(store)] == [account_scope(SECOND)]
    assert drain(store, run, session(store)) == 2


def test_a_settlement_is_never_refused(store: Engine) -> None:
    """What a call cost beyond every cap is spent and written down as overrun in each of them."""
    plan = paid_plan(2)
    set_day_cap(store, "own", 1_000_000, time.time())
    run = start_run(store, plan.model_copy(update={"cap_microusd": 1_000_000}))
    worker = session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    tick(store, run, worker, [answer(claim, 5.0)], 1)

    for scope in (run_scope(run), day_scope(time.time())):
        now = budget(store, scope)
        assert now is not None
        assert (now.spent, now.held, now.overrun) == (5_000_000, 0, 4_000_000)
    assert progress(store, run).done == 1


def test_interrupted_calls_are_charged_in_every_budget(store: Engine) -> None:
    """A dead worker's calls cost their worst case in run and day; nothing stays reserved."""
    plan = paid_plan(3, after_crash="leave_missing")
    run, worker = start_run(store, plan), session(store)
    tick(store, run, worker, [], 2)
    end_session(store, worker)

    for scope in (run_scope(run), day_scope(time.time())):
        now = budget(store, scope)
        assert now is not None
        assert (now.spent, now.held) == (2 * hold_of(plan), 0)


_PROCESS = """
import sys
from advisor.host.store import open_store
from tests.host.ledger_steps import drain, session
engine = open_store(sys.argv[1])
for run in sys.argv[3:]:
    print(drain(engine, run, session(engine, sys.argv[2]), room=3, usd=None))
"""


def test_three_processes_share_every_cap(store: Engine, tmp_path: Path) -> None:
    """Three processes on two runs under one day of 50 calls: together 50 calls, charged exactly that."""
    plan = paid_plan(40)
    set_day_cap(store, "own", 50 * hold_of(plan), time.time())
    runs = [start_run(store, plan.model_copy(update={"cap_microusd": 30 * hold_of(plan)})) for _ in "ab"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _PROCESS, str(tmp_path), str(number), *runs], stdout=subprocess.PIPE
        )
        for number in range(3)
    ]
    calls = sum(int(line) for one in processes for line in one.communicate(timeout=60)[0].split())
    day = budget(store, day_scope(time.time()))

    assert calls == 50
    assert day is not None
    assert (day.spent, day.held, day.overrun) == (50 * hold_of(plan), 0, 0)
    assert [progress(store, run).done for run in runs] == [30, 20]
