"""All six decisions together: the plan, whatever was answered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.case import UNKNOWN, Answer, Case, Workload
from advisor.cost.profile import TokenProfile
from advisor.decide.criteria import CRITERIA, SCORED
from advisor.decide.questions import Kind, Question
from advisor.decide.steps import STEPS, plan_for, step, summary
from advisor.errors import NotFound
from advisor.host.shelf import rulebook
from advisor.interval import Interval
from tests.decide.steps.cases import case

EXPECTED_CHOICES = {
    "access": {"closed_api", "hosted_open", "self_hosted", "either"},
    "reasoning": {"none", "low", "medium", "high", "route"},
    "attributes": {"accuracy_first", "cost_first", "speed_first", "balanced"},
    "knowledge": {"prompt", "whole_corpus", "rag", "advanced_rag"},
    "tuning": {"not_now", "trial", "lora", "full", "distil"},
    "autonomy": {"single_call", "workflow", "agent"},
}


def answers_to(question: Question) -> st.SearchStrategy[Answer]:
    """Every kind of answer a question allows, "I don't know yet" included."""
    values = [option.value for option in question.options]
    most = min(question.maximum, 1e6)
    kinds: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.ONE: st.sampled_from(values or [UNKNOWN]),
        Kind.MANY: st.lists(st.sampled_from(values or [UNKNOWN]), unique=True).map(tuple),
        Kind.NUMBER: st.floats(question.minimum, most),
        Kind.YES_NO: st.booleans(),
    }
    return kinds[question.kind] | st.just(UNKNOWN)


def step_answers(number: int) -> st.SearchStrategy[dict[str, Answer]]:
    """Any subset of one decision's questions answered, the user's own word among them."""
    one = STEPS[number]
    keys = [question.key for question in one.questions] + ["decision"]
    asked = {key: one.question(key) for key in keys}
    return st.fixed_dictionaries(
        {}, optional={key: answers_to(question) for key, question in asked.items() if question is not None}
    )


maybe = st.none() | st.floats(0, 1e6)
workloads = st.builds(
    Workload,
    requests_per_month=maybe,
    input_tokens=maybe,
    output_tokens=maybe,
    cached_input_share=st.none() | st.floats(0, 1),
    largest_input_tokens=maybe,
    batch_share=st.none() | st.floats(0, 1),
)


def _case(workload: Workload, *given: dict[str, Answer]) -> Case:
    return Case(workload=workload, answers={one.key: said for one, said in zip(STEPS, given, strict=True)})


any_case = st.builds(_case, workloads, *(step_answers(number) for number in range(6)))


def intervals(profile: TokenProfile) -> list[Interval]:
    """Every bounded quantity of a profile."""
    fields = [getattr(profile, name) for name in TokenProfile.__slots__]
    return [field for field in fields if isinstance(field, Interval)]


def test_order_and_outcomes() -> None:
    """Six decisions, numbered in order, with the outcomes everything else speaks of."""
    assert [one.number for one in STEPS] == [1, 2, 3, 4, 5, 6]
    assert {one.key: {option.value for option in one.choices} for one in STEPS} == EXPECTED_CHOICES


def test_questions_can_be_understood() -> None:
    """Each question asks something, says why, and has options wherever a choice is to be made."""
    for one in STEPS:
        keys = [question.key for question in one.questions]
        assert len(keys) == len(set(keys)), one.key
        for question in one.questions:
            assert question.label.endswith("?"), question.label
            assert question.why, question.label
            assert bool(question.options) == (question.kind in (Kind.ONE, Kind.MANY)), question.label


def test_unknown_step() -> None:
    """A decision that does not exist is refused with the list of those that do."""
    with pytest.raises(NotFound, match="access, reasoning"):
        step("colour")


def test_empty_case_decides_nothing() -> None:
    """Nothing answered: six unknown outcomes, no hard need, tokens unknown."""
    plan = plan_for(Case())
    assert {advice.choice for advice in plan.advice} == {UNKNOWN}
    assert all(advice.constraints == () for advice in plan.advice)
    assert plan.profile.input_tokens is None
    assert plan.profile.output_tokens is None


@given(wanted=any_case)
def test_any_answers_give_a_sound_plan(wanted: Case) -> None:
    """Whatever is answered: known outcomes, known rules and criteria, both sides, shares between 0 and 1."""
    plan, rules = plan_for(wanted), rulebook()
    for advice in plan.advice:
        choices = EXPECTED_CHOICES[advice.step] | {UNKNOWN}
        assert {advice.choice, advice.recommended} <= choices
        assert advice.headline.endswith(".")
        decided = advice.recommended != UNKNOWN
        assert bool(advice.reasons_for) == bool(advice.reasons_against) == decided
        assert all(reason.rule in rules for reason in (*advice.reasons_for, *advice.reasons_against))
        assert all(need.criterion in CRITERIA and need.because for need in advice.constraints)
        assert set(advice.importance or {}) <= set(SCORED)
        assert all(
            guard.value > 0 or guard.key in ("usd", "wall_clock", "tokens") for guard in advice.guardrails
        )
    profile = plan.profile
    assert all(bounds.low >= 0 for bounds in intervals(profile))
    for share in (profile.cached_share, profile.success_rate, profile.batch_share):
        assert share.high <= 1 + 1e-9


@given(wanted=any_case)
def test_unknown_tokens_never_become_known(wanted: Case) -> None:
    """What the brief does not say stays unknown through all six decisions."""
    plan = plan_for(wanted)
    assert (plan.profile.input_tokens is None) == (wanted.workload.input_tokens is None)
    assert (plan.profile.output_tokens is None) == (wanted.workload.output_tokens is None)


def test_effects_come_in_order_and_explain_the_change() -> None:
    """Effects follow the order of the decisions, and applying them to the plain call gives the plan."""
    wanted = case(
        access={"protections": ("eu_processing",), "place": "anywhere"},
        reasoning={"decision": "low"},
        attributes={"features": ("web_search",)},
        knowledge={"own_documents": True},
        autonomy={"decision": "agent"},
    )
    plan = plan_for(wanted)
    profile = plan.base_profile
    for effect in plan.effects:
        profile = effect.apply(profile)
    assert [effect.step for effect in plan.effects] == [
        "access",
        "reasoning",
        "attributes",
        "knowledge",
        "autonomy",
    ]
    assert profile == plan.profile


def test_summary_of_an_answer() -> None:
    """One sentence for the list of answers: the recommendation, or the user's own word."""
    own = case(access={"data_class": "secret", "decision": "closed_api"})
    assert summary("access", own) == "You decided: Closed model behind an API."
    assert summary("autonomy", case(autonomy={"path": "one_call"})).startswith("Keep to a single call")


def test_bounds_of_a_number_are_written_out() -> None:
    """A number out of bounds is told the bounds in full, never in powers of ten."""
    question = step("knowledge").question("eval_cases")
    assert question is not None
    assert question.problem(-1.0) == "give a number from 0 to 10,000,000 cases or unknown"
