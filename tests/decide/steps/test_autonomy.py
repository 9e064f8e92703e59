"""Decision 6: the simplest design first, its pattern, its compounding errors and its limits."""

from __future__ import annotations

import pytest

from advisor.case import Answer, Workload
from advisor.decide.steps import plan_for
from advisor.decide.steps.autonomy import advise, pattern
from advisor.decide.steps.limits import step_limit
from advisor.interval import Interval
from tests.decide.steps.cases import case, guards, texts

AGENT: dict[str, Answer] = {"path": "varies", "triggers": ("judgement",), "checkable": True}


@pytest.mark.parametrize(
    ("answers", "expected", "because"),
    [
        ({"path": "one_call"}, "single_call", "simplest design"),
        ({"path": "fixed"}, "workflow", "written down in advance"),
        (AGENT, "agent", "depends on what was found"),
        ({**AGENT, "triggers": ()}, "workflow", "nothing you named makes plain code fail"),
        ({**AGENT, "checkable": False}, "workflow", "no program can check"),
        ({**AGENT, "checkable": "unknown"}, "workflow", "no program can check"),
        ({**AGENT, "steps": 20.0, "reliability": 95.0}, "workflow", "only 36 % of the tasks"),
        ({**AGENT, "steps": 10.0, "reliability": 95.0}, "agent", "leaves 60 % of the tasks"),
        ({}, "unknown", ""),
    ],
)
def test_recommended_design(answers: dict[str, Answer], expected: str, because: str) -> None:
    """One call, then a workflow, and an agent only where its path varies and progress can be checked."""
    advice = advise(case(autonomy=answers))
    assert advice.recommended == expected
    assert because in texts(advice)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("substeps", "prompt chaining"),
        ("classes", "routing"),
        ("independent", "parallel calls"),
        ("votes", "parallel calls with a vote"),
        ("unknown_subtasks", "an orchestrator with workers"),
        ("revision", "an evaluator that sends drafts back"),
    ],
)
def test_pattern_picker(shape: str, expected: str) -> None:
    """Each shape of work has its pattern, and the headline names it."""
    wanted = case(autonomy={"path": "fixed", "shape": (shape,)})
    assert pattern(wanted) == expected
    assert expected in advise(wanted).headline


def test_pattern_without_a_shape() -> None:
    """Known steps default to a chain, unknown ones to an orchestrator."""
    assert pattern(case(autonomy={"path": "fixed"})) == "prompt chaining"
    assert pattern(case(autonomy={"path": "varies"})) == "an orchestrator with workers"


def test_compounding_in_the_users_own_numbers() -> None:
    """10 steps at 95 % leave 60 %; for 90 % each step must be right in 98.95 %."""
    answers: dict[str, Answer] = {**AGENT, "steps": 10.0, "reliability": 95.0, "target": 90.0}
    advice = advise(case(autonomy=answers))
    assert "95 % per step over 10 steps leaves 60 % of the tasks" in texts(advice)
    assert "for 90 % each step must be right in 98.95 %" in texts(advice)
    assert any("under your 90 %" in warning for warning in advice.warnings)


def test_agent_effects() -> None:
    """20 steps of 1,500 tokens on a 4,000-token prompt send 365,000 prompt tokens."""
    answers: dict[str, Answer] = {
        "decision": "agent",
        "steps": 20.0,
        "growth_tokens": 1_500.0,
        "reliability": 99.0,
    }
    profile = plan_for(case(autonomy=answers)).profile
    assert profile.input_tokens == Interval.exact(365_000)
    assert profile.calls == Interval.exact(20)
    assert profile.success_rate.mid == pytest.approx(0.8179, abs=5e-5)


def test_workflow_effects() -> None:
    """Three calls send three prompts and write three answers."""
    answers: dict[str, Answer] = {"path": "fixed", "steps": 3.0, "reliability": 99.0}
    profile = plan_for(case(autonomy=answers)).profile
    assert profile.input_tokens == Interval.exact(12_000)
    assert profile.output_tokens == Interval.exact(1_500)
    assert profile.success_rate.mid == pytest.approx(0.970299)


def test_unknown_steps_widen_the_bill() -> None:
    """An agent of unknown length takes 3 to 20 steps, and its success is a range."""
    profile = plan_for(case(autonomy={"decision": "agent"})).profile
    assert profile.calls == Interval(3, 10, 20)
    assert profile.success_rate.low < profile.success_rate.high < 1


def test_one_call_changes_nothing() -> None:
    """A single call leaves the plan as it was."""
    plan = plan_for(case(autonomy={"path": "one_call"}, reasoning={"decision": "none"}))
    assert plan.profile == plan.base_profile
    assert guards(advise(case(autonomy={"path": "one_call"}))) == {}


def test_retrieved_passages_go_around_the_loop() -> None:
    """An agent's first prompt is the one retrieval made: 4,000 + 4,000 tokens, times two, plus growth."""
    plan = plan_for(
        case(
            knowledge={"own_documents": True, "passage_tokens": 4_000.0},
            autonomy={"decision": "agent", "steps": 2.0, "growth_tokens": 1_000.0},
        )
    )
    assert plan.profile.input_tokens == Interval.exact(17_000)


@pytest.mark.parametrize(("typical", "limit"), [(1, 5), (3, 5), (10, 15), (11, 17), (20, 30)])
def test_step_limit(typical: float, limit: int) -> None:
    """Half as many steps again as expected, at least five."""
    assert step_limit(typical) == limit


def test_agent_limits_are_numbers() -> None:
    """Steps, tokens, money, time, no progress, retries, failures and approvals each have a number."""
    answers: dict[str, Answer] = {
        **AGENT,
        "steps": 10.0,
        "growth_tokens": 1_500.0,
        "actions": "irreversible",
        "max_usd": 0.5,
        "max_minutes": 2.0,
    }
    assert guards(advise(case(autonomy=answers))) == {
        "steps": 15,
        "tokens": 15 * 4_000 + 1_500 * 15 * 14 / 2,
        "usd": 0.5,
        "wall_clock": 120,
        "no_progress": 3,
        "retries": 2,
        "failures": 3,
        "approvals": 1,
    }


def test_starting_values_of_limits() -> None:
    """Without the user's numbers: 2 USD, 5 minutes, 15 steps; no token limit for a prompt of unknown size."""
    found = guards(advise(case(Workload(), autonomy=AGENT)))
    assert found == {"steps": 15, "usd": 2, "wall_clock": 300, "no_progress": 3, "retries": 2, "failures": 3}


def test_agent_decided_against_the_answers_warns() -> None:
    """An agent without checks, or with irreversible actions, is in force and pointed out."""
    answers: dict[str, Answer] = {"path": "varies", "decision": "agent", "actions": "irreversible"}
    said = " ".join(advise(case(autonomy=answers)).warnings)
    assert "Against an agent" in said
    assert "without approvals" in said


def test_follow_ups_of_another_path_do_not_count() -> None:
    """Steps answered for a workflow are ignored once one call is enough."""
    plan = plan_for(case(autonomy={"path": "one_call", "steps": 9.0}))
    assert plan.profile.calls == Interval.exact(1)
