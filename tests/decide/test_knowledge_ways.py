"""Ways to knowledge: the same load as every other bill, worked months, steps in prices, refusals."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from advisor.case import Case, Workload
from advisor.catalog.entries import CatalogOffer
from advisor.catalog.prices import Rates, Tier
from advisor.cost.corpus import TIERS, Library
from advisor.cost.memory import Refusal
from advisor.decide.bills import bill_for
from advisor.decide.knowledge_ways import Way, retrieval, whole_corpus
from advisor.decide.plan import Situation
from advisor.decide.what_if import WhatIf, tried
from advisor.host.hardware import load_hardware
from advisor.host.shelf import presets
from advisor.ui.loaded import catalog, standing_of
from tests.cost.offers import offer, price

DAY = date(2026, 11, 24)


def look(case: Case) -> Situation:
    """A case under its own numbers."""
    return tried(case, WhatIf(case.workload), catalog(), DAY, load_hardware())


def plain(requests: float, tokens_in: float = 0, tokens_out: float = 0) -> Case:
    """One call a request, no reasoning, nothing cached."""
    work = Workload(requests_per_month=requests, input_tokens=tokens_in, output_tokens=tokens_out)
    case = Case(workload=work)
    return case.with_answer("reasoning", "decision", "none").with_answer(
        "autonomy", "decision", "single_call"
    )


def whole(case: Case, sold: CatalogOffer, tokens: float) -> Way:
    """The whole corpus in the prompt, where it fits."""
    made = whole_corpus(case, sold, Library(tokens), look)
    assert isinstance(made, Way)
    return made


def month(way: Way) -> float:
    """The middle of a month."""
    assert way.month is not None
    return way.month.mid


@pytest.mark.parametrize("place", range(6))
def test_a_preset_costs_the_same_on_both_views(place: int) -> None:
    """Decision 4 as the case has it: the model's month is that of the cost explorer's first view."""
    case = presets()[place]
    situation = look(case)
    sold = standing_of(case).ranking[0].offer
    choice = situation.plan.choice("knowledge")
    tier = TIERS[3] if choice == "advanced_rag" else TIERS[0]
    tokens = case.answer("knowledge", "passage_tokens")
    library = Library(200_000, chunk_tokens=float(tokens) / 5 if isinstance(tokens, int | float) else 800)
    first = bill_for(sold, situation).per_month.usd
    way = retrieval(case, sold, library, tier, look)

    assert first is not None
    assert way.bill.per_month.usd is not None
    if choice in ("rag", "advanced_rag"):
        assert way.bill.per_month.usd.mid == pytest.approx(first.mid)
    else:
        assert way.bill.per_month.usd.mid > first.mid
    assert month(way) == pytest.approx(way.bill.per_month.usd.mid + sum(one.usd.mid for one in way.beside))


def test_worked_retrieval() -> None:
    """C10: 300,000 x (5,500 in at 0.10 and 350 out at 0.50) are 217.50, 0.24 embedding, 600 re-ranking."""
    way = retrieval(
        plain(300_000, 1_500, 350), offer(price(0.1, 0.5), mode="never"), Library(4e7), TIERS[3], look
    )
    parts = {line.key: 300_000 * line.usd.mid for line in way.bill.lines}

    assert parts["input"] + parts["output"] == pytest.approx(217.50)
    assert (parts["embedding"], parts["rerank"]) == pytest.approx((0.24, 600))
    assert way.bill.per_month.usd is not None
    assert way.bill.per_month.usd.mid == pytest.approx(817.74)


def test_a_corpus_is_read_from_a_warm_cache() -> None:
    """100,000 tokens, 10,000 questions: 730 writes at the full price, the rest at a tenth of it."""
    cheap = offer(price(0.25, 1.5, cache_read=0.025), mode="never")
    warm = whole(plain(10_000), cheap, 100_000)

    assert month(warm) == pytest.approx((10_000 - 730) * 0.0025 + 730 * 0.025)
    assert warm.month is not None
    assert warm.month.high == pytest.approx(10_000 * 0.025)
    assert month(whole(plain(100), cheap, 100_000)) == pytest.approx(100 * 0.025)


def test_the_whole_prompt_decides_the_step() -> None:
    """Exactly 200,000 tokens of corpus and question pay the base rate, one more the dear one for all."""
    stepped = offer(
        price(1, 1, tiers=(Tier(above_input_tokens=200_000, rates=Rates(input=2, output=2)),)), mode="never"
    )

    assert month(whole(plain(100, 1_000), stepped, 199_000)) == pytest.approx(20)
    assert month(whole(plain(100, 1_001), stepped, 199_000)) == pytest.approx(100 * 200_001 * 2 / 1e6)


def test_a_corpus_that_does_not_fit_is_refused() -> None:
    """A million tokens do not fit 131,072: said with what to do, no figure."""
    small = catalog().by_id["gpt-oss-120b@groq"]
    refused = partial(whole_corpus, plain(100, 500, 100), small, Library(1e6), look)()

    assert isinstance(refused, Refusal)
    assert "1,000,500 tokens does not fit the 131,072" in refused.reason


def test_calls_and_batch_share_are_counted() -> None:
    """Two calls that wait a day at half price cost what one call now does."""
    sold = offer(price(1, 1, batch=Rates(input=0.5, output=0.5)), mode="never")
    now = plain(1_000, 3_000, 1_000)
    steps = now.with_answer("autonomy", "decision", "workflow").with_answer("autonomy", "path", "fixed")
    later = steps.with_answer("autonomy", "steps", 2.0).model_copy(
        update={"workload": now.workload.model_copy(update={"batch_share": 1.0})}
    )
    bills = [retrieval(case, sold, Library(200_000), TIERS[0], look).bill for case in (now, later)]
    middles = [bill.per_month.usd.mid for bill in bills if bill.per_month.usd]

    assert middles[0] == pytest.approx(8 + 1_000 * 8e-7)
    assert middles[1] == pytest.approx(middles[0])
