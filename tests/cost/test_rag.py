"""Retrieval: case C10, the vector store of case 30, and what passages do to a prompt."""

from __future__ import annotations

import pytest

from advisor.cost.profile import TokenProfile
from advisor.cost.rag import Passages, Retrieval, WholeCorpus, index_bytes, vector_bytes
from advisor.cost.request import Usage, request_cost
from advisor.interval import Interval
from tests.cost.offers import price

GIB = 2**30
EXACT = Interval.exact
PROMPT = TokenProfile(EXACT(1_000), EXACT(300), cached_share=EXACT(0.5), largest_input_tokens=EXACT(100_000))


def test_worked_month_of_retrieval() -> None:
    """C10: 0.80 USD once; a month 0.24 embedding, 600 re-ranking, 217.50 model, 817.74 in all."""
    setup = Retrieval(50_000, 800, 5, 40, 0.02, 0.002)
    model = request_cost(price(0.1, 0.5), Usage(1_500 + setup.context_tokens, 350))
    assert model is not None
    assert setup.index_once_usd == pytest.approx(0.80)
    assert 300_000 * setup.embed_usd_per_query == pytest.approx(0.24)
    assert 300_000 * setup.rerank_usd_per_query == pytest.approx(600.00)
    assert 300_000 * model == pytest.approx(217.50)
    assert 300_000 * (setup.extra_usd_per_query + model) == pytest.approx(817.74)


def test_vector_store_size() -> None:
    """Case 30: ten million vectors of 1,536 values are 57.2 GiB, 85.8 with the index."""
    assert vector_bytes(10_000_000, 1_536) / GIB == pytest.approx(57.2, abs=0.05)
    assert index_bytes(10_000_000, 1_536) / GIB == pytest.approx(85.8, abs=0.05)


def test_passages_are_added_and_dilute_the_cache() -> None:
    """3,000 tokens of passages beside 1,000, half of which were cached: 500 of 4,000 are."""
    profile = Passages(EXACT(3_000), EXACT(0.002), EXACT(0.15), False).into(PROMPT)
    assert profile.input_tokens == EXACT(4_000)
    assert profile.cached_share == EXACT(0.125)
    assert profile.extra_usd == EXACT(0.002)
    assert profile.extra_s == EXACT(0.15)
    assert profile.largest_input_tokens == EXACT(103_000)


def test_passages_replace_a_long_input() -> None:
    """Where passages stand in for the long document, only the typical prompt with passages must fit."""
    profile = Passages(EXACT(3_000), EXACT(0), EXACT(0), True).into(PROMPT)
    assert profile.largest_input_tokens == EXACT(4_000)


@pytest.mark.parametrize(
    ("requests", "middle", "written"),
    [(8_759, 500 / 100_000, 0), (8_760, (99_500 - 99_000 / 12) / 100_000, 99_000 / 12 / 100_000)],
)
def test_corpus_cache_needs_traffic(requests: float, middle: float, written: float) -> None:
    """A five-minute cache stays warm from 8,760 requests a month on; one of twelve (730) writes it again."""
    profile = WholeCorpus(EXACT(99_000), requests).into(PROMPT)
    share = profile.cached_share
    assert share.mid == pytest.approx(middle)
    assert profile.cache_written_share.mid == pytest.approx(written)
    assert share.low == pytest.approx(500 / 100_000)
    assert share.high == pytest.approx(99_500 / 100_000)


def test_unknown_traffic_lies_between() -> None:
    """Without a number of requests the cache may be cold or warm, and the middle is halfway."""
    share = WholeCorpus(EXACT(99_000), None).into(PROMPT).cached_share
    assert share.mid == pytest.approx((share.low + share.high) / 2)


def test_unknown_prompt_stays_unknown() -> None:
    """Nothing is added to a prompt of unknown size."""
    unknown = TokenProfile(None, None)
    assert WholeCorpus(EXACT(99_000), 10).into(unknown).input_tokens is None
    assert Passages(EXACT(3_000), EXACT(0), EXACT(0), False).into(unknown).input_tokens is None
