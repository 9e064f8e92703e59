"""Retrieval against the whole corpus in the prompt: worked months, steps in prices, refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog.prices import Rates, Tier
from advisor.cost.corpus import TIERS, CorpusJob, KnowledgeBill, retrieval_bill, whole_corpus_bill
from advisor.cost.memory import Refusal
from advisor.cost.rag import Retrieval
from tests.cost.offers import price

CHEAP = price(0.25, 1.5, cache_read=0.025)
C10 = CorpusJob(
    corpus_tokens=50_000 * 800,
    requests_per_month=300_000,
    prompt_tokens=0,
    output_tokens=0,
    chunk_tokens=800,
    chunks_per_query=5,
)


def whole(job: CorpusJob, schedule: object = CHEAP, limit: float | None = None) -> KnowledgeBill:
    """The bill of a corpus that fits."""
    made = whole_corpus_bill(job, schedule, limit)  # type: ignore[arg-type]  # a price
    assert isinstance(made, KnowledgeBill)
    return made


def test_worked_retrieval() -> None:
    """C10: 50,000 passages of 800 tokens cost 0.80 USD once; 300,000 questions 0.24 and 600."""
    bill = retrieval_bill(C10, CHEAP, replace(TIERS[3], contextual=False))
    parts = {line.label: line.usd.mid for line in bill.lines}

    assert bill.once_usd == pytest.approx(0.80)
    assert parts["Embedding the questions"] == pytest.approx(0.24)
    assert parts["Re-ranking"] == pytest.approx(600)
    assert parts["Model calls"] == pytest.approx(300_000 * 4_000 * 0.25 / 1e6)
    assert bill.once_usd == pytest.approx(Retrieval(50_000, 800, 5, 40).index_once_usd)


def test_the_repeated_part_of_the_prompt_is_read_from_the_cache() -> None:
    """Of 2,500 tokens 1,500 at a tenth of 0.25 a million: 2,500 x 0.25 falls by 1,500 x 0.225 a request."""
    plain = CorpusJob(600_000, 1_000, 2_500, 0, chunk_tokens=600)
    bills = [retrieval_bill(replace(plain, cached_tokens=tokens), CHEAP, TIERS[0]) for tokens in (0, 1_500)]

    assert bills[0].month.mid - bills[1].month.mid == pytest.approx(1_000 * 1_500 * 0.225 / 1e6)


def test_context_per_passage_is_paid_once() -> None:
    """Contextual retrieval of 40 M tokens costs 1.02 USD per million once, and fewer searches fail."""
    plain, contextual = (retrieval_bill(C10, CHEAP, tier) for tier in TIERS[:2])

    assert contextual.once_usd - plain.once_usd == pytest.approx(40 * 1.02, abs=0.2)
    assert [tier.failed for tier in TIERS] == [0.057, 0.037, 0.029, 0.019]


def test_what_changes_is_indexed_again() -> None:
    """A tenth renewed each month costs a tenth of the index each month."""
    bill = retrieval_bill(replace(C10, renewed_share=0.1), CHEAP, TIERS[0])

    assert bill.lines[-1].usd.mid == pytest.approx(0.08)


def test_a_corpus_is_read_from_a_warm_cache() -> None:
    """100,000 tokens, 10,000 questions: 730 writes at the full price, the rest at a tenth of it."""
    job = CorpusJob(100_000, 10_000, 0, 0)
    bill = whole(job)

    assert bill.month.mid == pytest.approx((10_000 - 730) * 0.0025 + 730 * 0.025)
    assert bill.month.high == pytest.approx(10_000 * 0.025)
    assert whole(replace(job, requests_per_month=100)).month.mid == pytest.approx(100 * 0.025)


def test_the_whole_prompt_decides_the_step() -> None:
    """Exactly 200,000 tokens of corpus and question pay the base rate, one more the dear one for all."""
    stepped = price(1, 1, tiers=(Tier(above_input_tokens=200_000, rates=Rates(input=2, output=2)),))
    under = whole(CorpusJob(199_000, 100, 1_000, 0), stepped)
    over = whole(CorpusJob(199_000, 100, 1_001, 0), stepped)

    assert under.month.mid == pytest.approx(20)
    assert over.month.mid == pytest.approx(100 * 200_001 * 2 / 1e6)


def test_a_corpus_that_does_not_fit_is_refused() -> None:
    """A million tokens do not fit 200,000: said with what to do, no figure."""
    refused = whole_corpus_bill(CorpusJob(1e6, 100, 500, 100), CHEAP, 200_000)

    assert isinstance(refused, Refusal)
    assert "does not fit the 200,000" in refused.reason


def test_absurd_jobs_are_refused() -> None:
    """No negative questions, no empty corpus."""
    with pytest.raises(ValueError, match="positive"):
        CorpusJob(0, 1, 1, 1)
    with pytest.raises(ValueError, match="negative"):
        CorpusJob(1, -1, 1, 1)
