"""Decision 4: the rung to start on, the failure that moves up, and what each rung adds to a request."""

from __future__ import annotations

import pytest

from advisor.case import Answer, Workload
from advisor.cost.rag import EMBED_USD, RERANK_S, RERANK_USD
from advisor.decide.steps import plan_for
from advisor.decide.steps.knowledge import PASSAGES, advise
from advisor.interval import Interval
from tests.decide.steps.cases import case, guards, texts

DOCS: dict[str, Answer] = {"own_documents": True}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"own_documents": False}, "prompt"),
        ({"own_documents": False, "failure": "form"}, "prompt"),
        ({"failure": "facts"}, "rag"),
        ({**DOCS, "corpus_tokens": 200_000.0}, "whole_corpus"),
        ({**DOCS, "corpus_tokens": 200_001.0}, "rag"),
        ({**DOCS, "corpus_tokens": 50_000.0, "changes": "constantly"}, "rag"),
        ({**DOCS, "corpus_tokens": 50_000.0, "access_rights": True}, "rag"),
        ({**DOCS, "corpus_tokens": "unknown"}, "rag"),
        ({**DOCS, "tried": "rag", "retrieval_failure": "not_found"}, "advanced_rag"),
        ({**DOCS, "tried": "rag", "retrieval_failure": "buried"}, "advanced_rag"),
        ({**DOCS, "tried": "rag", "retrieval_failure": "spread"}, "advanced_rag"),
        ({**DOCS, "tried": "rag", "retrieval_failure": "ignored"}, "rag"),
        ({**DOCS, "tried": "prompt", "retrieval_failure": "not_found"}, "rag"),
        ({}, "unknown"),
    ],
)
def test_rung_to_start_on(answers: dict[str, Answer], expected: str) -> None:
    """The lowest rung that carries the knowledge, one up only after a named failure."""
    assert advise(case(knowledge=answers)).recommended == expected


def test_retrieval_says_why_not_the_whole_corpus() -> None:
    """Each fact that rules the whole corpus out is named."""
    answers: dict[str, Answer] = {
        **DOCS,
        "corpus_tokens": 600_000.0,
        "changes": "constantly",
        "access_rights": True,
        "exact_terms": True,
    }
    said = texts(advise(case(knowledge=answers)))
    for part in (
        "600,000 tokens are too much",
        "changes by the hour",
        "may see only part",
        "word search (BM25)",
    ):
        assert part in said


def test_retrieval_adds_tokens_and_a_little_money() -> None:
    """4,000 tokens in the middle and less than a thousandth of a cent for embedding the question."""
    plan = plan_for(case(knowledge=DOCS))
    assert plan.profile.input_tokens == Interval.exact(4_000) + PASSAGES
    assert plan.profile.extra_usd == EMBED_USD


def test_advanced_retrieval_adds_a_re_ranker() -> None:
    """Re-ranking costs about 0.002 USD and 0.15 seconds a question."""
    plan = plan_for(case(knowledge={**DOCS, "decision": "advanced_rag", "passage_tokens": 5_000.0}))
    assert plan.profile.input_tokens == Interval.exact(9_000)
    assert plan.profile.extra_usd == EMBED_USD + RERANK_USD
    assert plan.profile.extra_s == RERANK_S


def test_whole_corpus_is_in_every_prompt() -> None:
    """100,000 tokens of knowledge join every prompt: 10,000 requests keep it cached, 730 write it again."""
    plan = plan_for(case(knowledge={**DOCS, "corpus_tokens": 100_000.0}))
    assert plan.profile.input_tokens == Interval.exact(104_000)
    assert plan.profile.cached_share.mid == pytest.approx(100_000 * (1 - 0.073) / 104_000)
    assert plan.profile.cache_written_share.mid == pytest.approx(100_000 * 0.073 / 104_000)


def test_whole_corpus_of_unknown_size_is_a_range() -> None:
    """Decided without knowing the size: anything up to the 200,000 tokens it was shown for."""
    tokens = plan_for(case(knowledge={**DOCS, "decision": "whole_corpus"})).profile.input_tokens
    assert tokens == Interval(14_000, 104_000, 204_000)


def test_a_prompt_alone_adds_nothing() -> None:
    """The lowest rung changes neither tokens nor money."""
    plan = plan_for(case(knowledge={"own_documents": False}, reasoning={"decision": "none"}))
    assert plan.profile == plan.base_profile


def test_unknown_prompt_stays_unknown() -> None:
    """Passages beside a prompt of unknown size give an unknown size."""
    assert plan_for(case(Workload(), knowledge=DOCS)).profile.input_tokens is None


def test_evaluation_in_numbers() -> None:
    """100 cases first, with the sizes that tell 10 and 5 points apart."""
    advice = advise(case(knowledge={"own_documents": False, "eval_cases": 40.0}))
    said = " ".join(advice.next_steps)
    assert guards(advice)["eval_cases"] == 100
    assert "you have 40" in said
    assert "199" in said
    assert "906" in said


def test_enough_cases_are_not_asked_for_again() -> None:
    """Whoever has 100 cases is not told to write them."""
    advice = advise(case(knowledge={"own_documents": False, "eval_cases": 100.0}))
    assert not any("Write test questions" in text for text in advice.next_steps)


def test_found_but_ignored_is_not_a_search_fault() -> None:
    """A passage that is found and not used points at prompt or model."""
    advice = advise(case(knowledge={**DOCS, "tried": "rag", "retrieval_failure": "ignored"}))
    assert any("not the search" in warning for warning in advice.warnings)


def test_decisions_past_their_limits_warn() -> None:
    """A corpus past 200,000 tokens, or one not all may read, in every prompt is pointed out."""
    answers: dict[str, Answer] = {
        **DOCS,
        "decision": "whole_corpus",
        "corpus_tokens": 300_000.0,
        "access_rights": True,
    }
    said = " ".join(advise(case(knowledge=answers)).warnings)
    assert "300,000 tokens in every prompt" in said
    assert "may not see" in said


def test_retrieval_does_not_cure_form() -> None:
    """Retrieval decided against a failure of form is pointed out."""
    advice = advise(case(knowledge={**DOCS, "decision": "rag", "failure": "form"}))
    assert any("decision 5" in warning for warning in advice.warnings)
