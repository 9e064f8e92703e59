"""Control of runs on the probe page: what each state allows, limits kept in the case, runs found again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from advisor.errors import FailureKind
from advisor.host.budgets import day_cap
from advisor.host.control import pause
from advisor.host.keys import KeyRing, holders
from advisor.host.ledger import plan_of, start_run, tick
from advisor.host.runs import progress
from advisor.host.store import writing
from advisor.host.tables import SESSION, RunState
from advisor.ui import loaded
from advisor.ui.folder import Folder, written
from advisor.ui.state import Wizard, drafts
from tests.apptest import app_at
from tests.host.ledger_steps import answer, failure, hold_of, paid_plan, practice_plan, session
from tests.probe.plans import case_of


def opened(run: str | None = None) -> AppTest:
    """The probe page of a case, with a run."""
    case = case_of(offers=("practice:quick",), samples_per_prompt=4)
    draft = drafts().create(written(Folder(case=case))).id
    return app_at("probe", query={"d": draft} | ({"run": run} if run else {}))


def lasting_session() -> str:
    """A worker whose lease does not end while pages are drawn, however slowly."""
    worker = session(loaded.store())
    with writing(loaded.store()) as connection:
        connection.execute(update(SESSION).values(lease_until=time.time() + 3600))
    return worker


def labels(app: AppTest) -> set[str]:
    """What the buttons of a run say."""
    return {one.label for one in app.button if (one.key or "").startswith("run-")}


def words(app: AppTest) -> str:
    """Every sentence on the page."""
    parts: tuple[Any, ...] = (*app.markdown, *app.warning, *app.info, *app.error)
    return "\n".join(str(one.value).replace("\\", "") for one in parts)


def test_a_running_run_is_paused_and_goes_on() -> None:
    """The buttons do what the ledger's functions do, and change with the state."""
    run = start_run(loaded.store(), practice_plan(4))
    tick(loaded.store(), run, lasting_session(), [], 1)
    app = opened(run)
    before = labels(app)
    app.button(key="run-pause").click().run()
    paused, shown = progress(loaded.store(), run).state, labels(app)
    app.button(key="run-resume").click().run()
    resumed = progress(loaded.store(), run).state
    app.button(key="run-abort").click().run()

    assert not app.exception
    assert before == {"Pause", "Cancel", "Abort now"}
    assert (paused, resumed) == (RunState.PAUSED, RunState.RUNNING)
    assert {"Go on", "Cancel", "Set the cap"} <= shown
    assert progress(loaded.store(), run).state is RunState.ABORTING


def test_a_run_its_cap_stopped_goes_on_with_a_higher_one() -> None:
    """The page says why it stopped, that the dollars are simulated, and takes a new cap."""
    store, plan = loaded.store(), practice_plan(2)
    run = start_run(store, plan.model_copy(update={"cap_microusd": hold_of(plan) - 1}))
    tick(store, run, session(store), [], 1)
    app = opened(run)
    reason = words(app)
    app.number_input(key="run-new-cap").set_value(1.0)
    app.button(key="run-raise").click().run()

    assert "The cap of this run allows no further call" in reason
    assert "simulated dollars, nothing is paid" in reason
    assert (progress(store, run).state, progress(store, run).cap_usd) == (RunState.RUNNING, 1.0)


def test_failures_are_asked_again_and_nothing_is_taken_in_without_answers() -> None:
    """A run without an answer offers no evidence, only to ask its failures again."""
    store = loaded.store()
    run, worker = start_run(store, practice_plan(2, max_attempts=1)), session(store)
    claims = tick(store, run, worker, [], 2).claims
    tick(store, run, worker, [failure(one, FailureKind.PROVIDER_DOWN) for one in claims], 0)
    app = opened(run)
    offered, told = {one.label for one in app.button}, words(app)
    app.button(key="run-again").click().run()

    assert "Ask 2 failures again" in offered
    assert not any("into the case" in label for label in offered)
    assert "nothing to take into the case" in told
    assert (progress(store, run).state, progress(store, run).todo) == (RunState.RUNNING, 2)


def test_a_key_that_is_gone_is_asked_for_before_the_run_goes_on() -> None:
    """The button waits for the key, the page says why and takes it; then the worker has it again."""
    store, name = loaded.store(), "GATEWAY_KEY"
    plan = paid_plan(2, max_attempts=1, own_keys=(name,), key_ticket="of a worker that has died")
    keyed = tuple(one.model_copy(update={"key_env": name}) for one in plan.targets)
    run, worker = start_run(store, plan.model_copy(update={"targets": keyed})), lasting_session()
    claims = tick(store, run, worker, [], 2).claims
    tick(store, run, worker, [failure(one, FailureKind.PROVIDER_DOWN) for one in claims], 0)
    KeyRing(store, worker, {}).publish()
    app = opened(run)
    waited, told = app.button(key="run-again").disabled, words(app)
    app.text_input(key="own-key-again-value").set_value("sk-entered-again")
    next(one for one in app.button if "own-key-again" in (one.form_id or "")).click().run()
    app.button(key="run-again").click().run()

    assert waited
    assert f"This run can go on once {name} is entered" in told
    assert (progress(store, run).state, progress(store, run).failed) == (RunState.RUNNING, 0)
    # Workers of other tests may live in the same store: each of them gets the key, too.
    assert worker in holders(store, plan_of(store, run).key_ticket or "")


def test_few_answers_are_taken_in_under_their_number() -> None:
    """The button and a warning say how many of the wanted answers there are."""
    store = loaded.store()
    run, worker = start_run(store, practice_plan(4)), session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    tick(store, run, worker, [answer(claim)], 0)
    pause(store, run)
    app = opened(run)

    assert any(one.label == "Take measurements into the case, from 1 of 4 answers" for one in app.button)
    assert "Only 1 of 4 wanted answers are recorded" in words(app)


def test_a_run_is_found_again_without_its_address() -> None:
    """Earlier runs are listed; opening one shows it."""
    run = start_run(loaded.store(), practice_plan(1))
    app = opened()
    app.button(key=f"open-run:{run}").click().run()

    assert "This run" in words(app)
    assert "Pause" in labels(app)


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        ("probe:requests_per_minute", "requests_per_minute", 60.0),
        ("probe:concurrency_per_provider", "concurrency_per_provider", 2),
        ("probe:max_attempts", "max_attempts", 1),
    ],
)
def test_limits_are_kept_in_the_case(key: str, field: str, value: float) -> None:
    """What is entered is the case's, and so every later run's."""
    app = opened()
    app.number_input(key=key).set_value(value).run()
    wizard: Wizard = app.session_state["advisor"]

    assert getattr(wizard.folder.case.probe, field) == value


def test_the_cap_of_a_day_is_everybodys() -> None:
    """It is kept in the store, not in the case; empty lifts it."""
    app = opened()
    app.number_input(key="probe:day-cap").set_value(2.5).run()
    capped = day_cap(loaded.store(), "own")
    app.number_input(key="probe:day-cap").set_value(None).run()

    assert (capped, day_cap(loaded.store(), "own")) == (2_500_000, None)
