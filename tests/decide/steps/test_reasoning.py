"""Decision 2: task and time decide whether to reason, how hard, and what it costs in tokens."""

from __future__ import annotations

import pytest

from advisor.case import Answer, Workload
from advisor.cost.reasoning import REASONING_PER_OUTPUT, UNDECIDED
from advisor.decide.steps import plan_for
from advisor.decide.steps.reasoning import advise
from advisor.interval import Interval
from tests.decide.steps.cases import case, texts

CODE: dict[str, Answer] = {"task_kinds": ("code", "plan")}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"task_kinds": ("classify", "extract"), "wait": "overnight"}, "none"),
        ({"task_kinds": ("answer",), "miss_cost": "much"}, "none"),
        ({**CODE, "wait": "interactive"}, "low"),
        ({**CODE, "wait": "few_seconds"}, "low"),
        ({**CODE, "wait": "few_seconds", "miss_cost": "much"}, "medium"),
        ({**CODE, "wait": "background"}, "medium"),
        ({**CODE, "wait": "background", "miss_cost": "much"}, "high"),
        ({"task_kinds": ("maths",), "wait": "overnight"}, "high"),
        ({"task_kinds": ("plan",), "wait": "overnight"}, "medium"),
        ({"task_kinds": ("answer", "judge"), "can_tell": True, "hard_share": 20.0}, "route"),
        ({"task_kinds": ("answer", "judge"), "can_tell": True}, "route"),
        ({"task_kinds": ("answer", "judge"), "can_tell": False, "hard_share": 20.0}, "medium"),
        ({"task_kinds": ("code",), "can_tell": True, "hard_share": 80.0}, "medium"),
        ({}, "unknown"),
        ({"task_kinds": "unknown"}, "unknown"),
    ],
)
def test_recommended_effort(answers: dict[str, Answer], expected: str) -> None:
    """Easy kinds go without; hard ones get what the reader's patience and the price of a miss allow."""
    assert advise(case(reasoning=answers)).recommended == expected


@pytest.mark.parametrize("effort", ["none", "low", "medium", "high"])
def test_effort_sets_hidden_tokens(effort: str) -> None:
    """The effort in force sets the hidden tokens of the plan, and models are read at it."""
    plan = plan_for(case(reasoning={"decision": effort}))
    assert plan.effort == effort
    assert plan.profile.reasoning_per_output == REASONING_PER_OUTPUT[effort]


def test_route_pays_for_the_hard_share_only() -> None:
    """A fifth of the requests at medium effort: a fifth of its hidden tokens."""
    plan = plan_for(case(reasoning={"decision": "route", "task_kinds": ("code",), "hard_share": 20.0}))
    assert plan.effort == "medium"
    assert plan.profile.reasoning_per_output == REASONING_PER_OUTPUT["medium"] * Interval.exact(0.2)


def test_route_with_an_unknown_share() -> None:
    """An unknown share of hard requests may be none or all of them."""
    hidden = plan_for(case(reasoning={"decision": "route"})).profile.reasoning_per_output
    assert (hidden.low, hidden.high) == (0, REASONING_PER_OUTPUT["medium"].high)


def test_undecided_is_wide() -> None:
    """Without a decision the plan has no effort, and hidden tokens from none to the most."""
    plan = plan_for(case())
    assert plan.effort is None
    assert plan.profile.reasoning_per_output == UNDECIDED


def test_an_open_effort_is_named_as_the_cause() -> None:
    """Kinds of task not given: effect and open question name the hidden tokens counted meanwhile."""
    wanted = case(reasoning={"wait": "interactive", "show_steps": True})
    advice = advise(wanted)
    effect = next(effect for effect in plan_for(wanted).effects if effect.step == "reasoning")
    assert "no effort is chosen, so 0 to 66.5 hidden tokens per visible one" in effect.because
    assert any("0 to 66.5 hidden tokens" in question for question in advice.open_questions)
    assert not any("hidden tokens" in said for said in advise(case(reasoning=CODE)).open_questions)


@pytest.mark.parametrize(("wait", "asked"), [("interactive", True), ("few_seconds", False)])
def test_first_words_are_left_to_the_probe(wait: str, asked: bool) -> None:
    """First words within a second: no criterion holds an offer to it, so the probe must measure it."""
    questions = advise(case(reasoning={"task_kinds": ("answer",), "wait": wait})).open_questions
    assert any("time to first token" in question for question in questions) == asked


def test_cost_is_a_reason_against() -> None:
    """The hidden tokens of the effort stand among the reasons against, with their bounds."""
    assert "about 8.5 hidden tokens per visible one (1.6 to 23)" in texts(advise(case(reasoning=CODE)))


def test_high_effort_for_a_waiting_reader_warns() -> None:
    """High effort decided against a waiting reader is pointed out."""
    advice = advise(case(reasoning={"decision": "high", "wait": "interactive"}))
    assert any("a reader waits" in warning for warning in advice.warnings)


def test_hidden_reasoning_is_no_audit_trail() -> None:
    """Whoever must show how an answer came about is told that hidden reasoning does not."""
    advice = advise(case(reasoning={**CODE, "show_steps": True}))
    assert any("no audit trail" in warning for warning in advice.warnings)


@pytest.mark.parametrize(("share", "told"), [(None, True), (0.0, True), (0.9, False)])
def test_overnight_work_is_pointed_to_batches(share: float | None, told: bool) -> None:
    """Where nobody waits, the half-price batch is suggested unless it is planned already."""
    wanted = case(Workload(batch_share=share), reasoning={"task_kinds": ("extract",), "wait": "overnight"})
    assert any("batched" in text for text in advise(wanted).next_steps) is told
