"""`advisor runs`: what it prints and does is what the ledger holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from advisor.cli.commands import cli
from advisor.errors import BadInput, NotFound
from advisor.host.ledger import prepare, start_run, tick
from advisor.host.store import Engine, open_store
from tests.host.ledger_steps import answer, hold_of, paid_plan, practice_plan, session


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The store the commands open."""
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path))
    engine = open_store(tmp_path)
    prepare(engine)
    return engine


def run(*words: object) -> Result:
    """One command."""
    return CliRunner().invoke(cli, ["runs", *map(str, words)], catch_exceptions=False)


def test_a_run_is_listed_paused_and_resumed(store: Engine) -> None:
    """By the beginning of its id; the JSON says its state and simulated dollars."""
    made, worker = start_run(store, practice_plan(3)), session(store)
    claim = tick(store, made, worker, [], 1).claims[0]
    tick(store, made, worker, [answer(claim)], 0)
    paused = json.loads(run("pause", made[:8], "--json").stdout)
    listed = json.loads(run("list", "--json").stdout)
    words = run("resume", made[:8]).stdout

    assert (paused["state"], paused["done"], paused["wanted"], paused["simulated"]) == ("paused", 1, 3, True)
    assert [(one["run"], one["case"]) for one in listed] == [(made, "test")]
    assert "running, 1 of 3 answers" in words
    assert "simulated dollars, nothing is paid" in words


def test_a_stopped_run_goes_on_with_a_higher_cap(store: Engine) -> None:
    """`raise-cap` takes dollars; the run its old cap had stopped is running again."""
    plan = practice_plan(2)
    made = start_run(store, plan.model_copy(update={"cap_microusd": hold_of(plan) - 1}))
    tick(store, made, session(store), [], 1)
    stopped = run("show", made).stdout
    raised = json.loads(run("raise-cap", made, 2, "--json").stdout)

    assert "stopped by a cap" in stopped
    assert "The cap of this run allows no further call" in stopped
    assert (raised["state"], raised["cap_usd"]) == ("running", 2.0)


def test_what_changes_nothing_says_so(store: Engine) -> None:
    """An empty list, a run that has ended and a retry without failures are said in words, not in silence."""
    nothing = run("list")
    made, worker = start_run(store, practice_plan(1)), session(store)
    claim = tick(store, made, worker, [], 1).claims[0]
    tick(store, made, worker, [answer(claim)], 0)

    assert "No run yet" in nothing.stderr
    assert "nothing was changed" in run("cancel", made).stderr
    assert "no failed or interrupted call" in run("retry", made).stderr
    assert "1 of 1" in run("list").stdout


def test_a_run_without_its_key_does_not_go_on(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command names the variable and changes nothing; with the variable set the run goes on."""
    plan = paid_plan(1)
    keyed = tuple(one.model_copy(update={"key_env": "GATEWAY_KEY"}) for one in plan.targets)
    made = start_run(store, plan.model_copy(update={"targets": keyed}))
    run("pause", made)
    with pytest.raises(NotFound, match="GATEWAY_KEY"):
        run("resume", made)
    waiting = json.loads(run("show", made, "--json").stdout)["state"]
    monkeypatch.setenv("GATEWAY_KEY", "sk-from-this-shell")

    assert waiting == "paused"
    assert json.loads(run("resume", made, "--json").stdout)["state"] == "running"


def test_caps_of_day_and_account(store: Engine) -> None:
    """They are set in dollars, printed with what is spent, and lifted by leaving the amount out."""
    run("limit", "day", 3)
    both = run("limit", "openai", 20).stdout
    lifted = json.loads(run("limits", "--json").stdout)
    run("limit", "day")
    day = json.loads(run("limits", "--json").stdout)[0]

    assert "account:openai  $20  $0" in both
    assert lifted[0]["cap_usd"] == 3.0
    assert day["cap_usd"] is None


def test_what_is_wrong_is_said(store: Engine) -> None:
    """An unknown run and an impossible command are errors with advice."""
    made = start_run(store, practice_plan(1))
    run("cancel", made)

    with pytest.raises(NotFound, match="no run that begins"):
        run("show", "ffff0000ffff")
    with pytest.raises(BadInput, match=r"is cancelled.*runs resume .*runs retry"):
        run("retry", made)
