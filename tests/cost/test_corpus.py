"""The index of a body of knowledge: what it costs once, and what its store costs a month."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.cost.corpus import TIERS, Library, index_month, index_once_formula, index_once_usd
from advisor.cost.rag import Retrieval, index_bytes

C10 = Library(corpus_tokens=50_000 * 800, chunk_tokens=800, chunks_per_query=5)
PLAIN = TIERS[0]


def test_worked_index() -> None:
    """C10: 50,000 passages of 800 tokens are 40 M tokens, 0.80 USD once at 0.02 per million."""
    assert index_once_usd(C10, PLAIN) == pytest.approx(0.80)
    assert index_once_usd(C10, PLAIN) == pytest.approx(Retrieval(50_000, 800, 5, 40).index_once_usd)
    assert index_once_formula(C10, PLAIN).endswith("= $0.80")
    assert C10.passage_tokens == 4_000


def test_context_per_passage_is_paid_once() -> None:
    """Contextual retrieval of 40 M tokens costs 1.02 USD per million once, and fewer searches fail."""
    assert index_once_usd(C10, TIERS[1]) - index_once_usd(C10, PLAIN) == pytest.approx(40 * 1.02)
    assert [tier.failed for tier in TIERS] == [0.057, 0.037, 0.029, 0.019]


def test_what_changes_is_indexed_again() -> None:
    """A tenth renewed each month costs a tenth of the index each month; nothing renewed has no line."""
    lines = index_month(replace(C10, renewed_share=0.1), PLAIN, 300_000)

    assert lines[-1].usd.mid == pytest.approx(0.08)
    assert [line.label for line in index_month(C10, PLAIN, 300_000)] == ["Vector store"]


def test_the_store_is_paid_by_size_and_search() -> None:
    """50,000 vectors with their index are 0.4608 GB: 0.152 USD to keep, 300,000 x 0.4608 units 2.21."""
    (store,) = index_month(C10, PLAIN, 300_000)

    assert index_bytes(50_000, 1_536) == pytest.approx(0.4608e9)
    assert store.usd.mid == pytest.approx(0.4608 * 0.33 + 300_000 * 0.4608 * 16e-6)
    assert (store.usd.low, store.usd.high) == pytest.approx((store.usd.mid / 5, store.usd.mid * 5))


def test_absurd_libraries_are_refused() -> None:
    """No empty corpus, no negative share."""
    with pytest.raises(ValueError, match="positive"):
        Library(0)
    with pytest.raises(ValueError, match="negative"):
        Library(1, renewed_share=-1)
