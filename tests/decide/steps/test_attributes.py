"""Decision 3: needs exclude, wishes weigh, and the longest prompt of the whole plan must fit."""

from __future__ import annotations

import pytest

from advisor.case import Answer, Workload
from advisor.decide.advice import Advice, Constraint
from advisor.decide.steps import plan_for
from advisor.decide.steps.attributes import advise
from advisor.interval import Interval
from tests.decide.steps.cases import case, needs, texts


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"priority": "cost_first", "harm": "serious"}, "cost_first"),
        ({"harm": "serious"}, "accuracy_first"),
        ({"form": "free"}, "balanced"),
        ({}, "unknown"),
    ],
)
def test_recommended_priority(answers: dict[str, Answer], expected: str) -> None:
    """The user's own priority leads; else the facts of the case; else nothing."""
    assert advise(case(attributes=answers)).recommended == expected


def test_waiting_reader_puts_speed_first() -> None:
    """First words within a second put speed first unless something else was said."""
    assert advise(case(reasoning={"wait": "interactive"})).recommended == "speed_first"


@pytest.mark.parametrize(("requests", "expected"), [(999_999, "balanced"), (1_000_000, "cost_first")])
def test_volume_puts_cost_first(requests: float, expected: str) -> None:
    """From a million requests a month on cost leads."""
    wanted = case(Workload(requests_per_month=requests), attributes={"code": "none"})
    assert advise(wanted).recommended == expected


def test_conflict_with_the_facts_is_a_reason_against() -> None:
    """Cost first although an invented fact does harm: the first reason against says so."""
    advice = advise(case(attributes={"priority": "cost_first", "harm": "serious"}))
    assert "speaks for accuracy" in advice.reasons_against[0].text
    assert any("minimum accuracy" in warning for warning in advice.warnings)


def test_inputs_and_features_are_hard_needs() -> None:
    """Every input and feature that is needed excludes whoever lacks it."""
    answers: dict[str, Answer] = {
        "inputs": ("image", "pdf", "audio", "video"),
        "features": ("tools", "json_schema", "web_search"),
    }
    found = needs(advise(case(Workload(), attributes=answers)))
    assert set(found) == {
        "takes_image",
        "takes_pdf",
        "takes_audio",
        "takes_video",
        "tools",
        "json_schema",
        "web_search_feature",
    }
    assert found["takes_image"].because == "you send images"


def test_longest_answer_must_fit() -> None:
    """A typical answer's tokens are the least an offer must be able to write."""
    assert needs(advise(case()))["max_output"].level == 500


def weights(advice: Advice) -> dict[str, float]:
    """Proposed importance."""
    assert advice.importance is not None
    return advice.importance


def test_wishes_become_weights() -> None:
    """What the answers say about the job raises the criteria that measure it."""
    answers: dict[str, Answer] = {
        "priority": "cost_first",
        "code": "repository",
        "harm": "serious",
        "form": "machine",
        "inputs": ("image",),
        "features": ("tools", "web_search"),
        "same_answer": True,
        "long_input": "whole",
    }
    assert weights(advise(case(attributes=answers))) == {
        "accuracy": 0.9,
        "cost": 1.0,
        "answer_time": 0.3,
        "code": 0.9,
        "faithfulness": 0.8,
        "instruction_following": 0.6,
        "long_context": 0.6,
        "multimodal": 0.6,
        "tool_use": 0.5,
        "web_search": 0.7,
        "consistency": 0.6,
    }


def test_undecided_weights_are_balanced() -> None:
    """Without an answer the weights are the balanced ones."""
    assert weights(advise(case())) == weights(advise(case(attributes={"priority": "balanced"})))


def test_searches_reach_the_profile() -> None:
    """Searches are charged; not knowing how many leaves a range; without the need there are none."""
    web: dict[str, Answer] = {"features": ("web_search",)}
    assert plan_for(case(attributes={**web, "searches": 8.0})).profile.searches == Interval.exact(8)
    assert plan_for(case(attributes={**web, "searches": "unknown"})).profile.searches == Interval(1, 3, 10)
    assert plan_for(case(attributes={"searches": 8.0})).profile.searches == Interval.exact(0)


def context(workload: Workload, **answers: dict[str, Answer]) -> Constraint | None:
    """The need of context, None when nothing is demanded."""
    advice = next(said for said in plan_for(case(workload, **answers)).advice if said.step == "attributes")
    return needs(advice).get("context")


def context_need(workload: Workload, **answers: dict[str, Answer]) -> float | None:
    """Tokens the context must hold, None when nothing is demanded."""
    need = context(workload, **answers)
    return None if need is None else need.level


LONG = Workload(input_tokens=2_000, output_tokens=300, largest_input_tokens=150_000)


def test_longest_prompt_must_fit() -> None:
    """The longest input of the brief is the need; a typical prompt when no longest one is given."""
    assert context_need(LONG) == 150_000
    assert context_need(Workload(input_tokens=2_000)) == 2_000
    assert context_need(Workload()) is None


RAG: dict[str, Answer] = {"decision": "rag", "own_documents": True, "passage_tokens": 3_000.0}
PIECES: dict[str, Answer] = {"long_input": "pieces"}


@pytest.mark.parametrize("longest", [8_000, 900_000])
def test_retrieval_replaces_a_long_input(longest: int) -> None:
    """2,500 tokens and 3,000 of passages stand in for a longer input, and both numbers are told."""
    brief = Workload(input_tokens=2_500, largest_input_tokens=longest)
    need = context(brief, knowledge=RAG, attributes=PIECES)
    assert need is not None
    assert need.level == 5_500
    assert need.because == (
        "retrieval sends passages, in prompts of about 5,500 tokens, in place of your longest input of "
        f"{longest:,}"
    )


@pytest.mark.parametrize(
    ("longest", "answers", "level", "because"),
    [
        (900_000, {"attributes": PIECES}, 900_000, "your longest input has 900,000 tokens"),
        (900_000, {"knowledge": RAG}, 900_000, "your longest input has 900,000 tokens"),
        (4_000, {"knowledge": RAG, "attributes": PIECES}, 5_500, "a typical prompt has 5,500 tokens"),
        (4_000, {"knowledge": RAG}, 5_500, "a typical prompt has 5,500 tokens"),
        (None, {"knowledge": RAG}, 5_500, "a typical prompt has 5,500 tokens"),
    ],
)
def test_nothing_replaces_a_long_input(
    longest: int | None, answers: dict[str, dict[str, Answer]], level: float, because: str
) -> None:
    """Without retrieval of pieces the larger counts: the longest input, or a typical prompt and passages."""
    need = context(Workload(input_tokens=2_500, largest_input_tokens=longest), **answers)
    assert need is not None
    assert need.level == level
    assert need.because.startswith(because)


def test_a_long_input_counts_while_a_typical_prompt_is_unknown() -> None:
    """What retrieval would send is unknown, so it cannot stand in for the longest input."""
    assert context_need(Workload(largest_input_tokens=9_000), knowledge=RAG, attributes=PIECES) == 9_000


def test_an_agents_transcript_must_fit() -> None:
    """Twenty steps of 1,500 tokens make the last prompt 28,500 tokens longer than the first."""
    loop: dict[str, Answer] = {"decision": "agent", "steps": 20.0, "growth_tokens": 1_500.0}
    assert context_need(Workload(input_tokens=4_000), autonomy=loop) == 32_500


def test_reading_everything_at_once_warns() -> None:
    """Whoever must read a long input whole is told that claimed contexts do not hold."""
    advice = advise(case(attributes={"long_input": "whole"}))
    assert any("Only half of the models" in warning for warning in advice.warnings)


def test_program_readers_are_pointed_to_a_schema() -> None:
    """A program that reads the answer is better served by a guaranteed form."""
    assert any("JSON schema" in text for text in advise(case(attributes={"form": "machine"})).warnings)
    assert "you put no single thing first" in texts(advise(case(attributes={"priority": "balanced"})))


def test_other_decisions_raise_weights_too() -> None:
    """Retrieval asks for faithfulness and an agent for agent work; the highest wish of all six counts."""
    plan = plan_for(
        case(
            attributes={"priority": "balanced", "harm": "serious"},
            knowledge={"own_documents": True},
            autonomy={"decision": "agent"},
        )
    )
    found = weights(next(said for said in plan.advice if said.step == "attributes"))
    assert (found["faithfulness"], found["agentic"], found["tool_use"]) == (0.8, 0.7, 0.5)


def test_search_results_are_billed_as_prompt() -> None:
    """Whoever needs web search is told where the tokens of the pages go."""
    advice = advise(case(attributes={"features": ("web_search",)}))
    assert any("prompt tokens" in warning for warning in advice.warnings)
