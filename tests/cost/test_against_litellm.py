"""Our arithmetic against LiteLLM's own functions: where they agree, and where LiteLLM's are not to be used.

LiteLLM leaves web-search fees out of a request, takes off-peak prices from the clock of the call, and halves
the standard price for a batch where the provider has none: these are the documented differences.
"""

from __future__ import annotations

from datetime import date

import pytest

from advisor.catalog.prices import Price, Rates, SearchFee
from advisor.cost.request import Usage, request_cost
from advisor.ui.loaded import catalog
from tests.cost.offers import night, price

pytestmark = pytest.mark.filterwarnings("ignore:Item 'summary' on TypedDict")
DAY = date(2026, 11, 24)


def theirs(model: str, **usage: object) -> float:
    """US dollars of one request by LiteLLM, from its packaged price map."""
    from litellm import cost_per_token
    from litellm.types.utils import Usage as Reported

    return sum(cost_per_token(model=model, usage_object=Reported(**usage)))  # type: ignore[arg-type]  # untyped


def ours(schedule: Price, usage: Usage, *, batch: bool = False) -> float:
    """US dollars of one request by us."""
    cost = request_cost(schedule, usage, batch=batch)
    assert cost is not None
    return cost


def test_every_shipped_price_agrees_at_and_around_its_steps() -> None:
    """Each offer priced from LiteLLM's map costs the same at 3,000 tokens and around each step."""
    compared = 0
    for offer in catalog().offers:
        schedule = offer.price(DAY)
        if schedule is None or schedule.source != "litellm" or schedule.off_peak is not None:
            continue
        steps = [tier.above_input_tokens + more for tier in schedule.tiers for more in (-1, 0, 1)]
        for size in (3_000, *steps):
            reported = theirs(offer.offer.litellm_id, prompt_tokens=size, completion_tokens=500)
            assert ours(schedule, Usage(size, 500)) == pytest.approx(reported, rel=1e-9), (offer.id, size)
            compared += 1

    assert compared > 200


def test_cached_and_reasoning_tokens_agree() -> None:
    """C2 and C7: cached tokens are part of the prompt, reasoning has a rate of its own."""
    cached = theirs(
        "claude-sonnet-5-5",
        prompt_tokens=8_000,
        completion_tokens=400,
        prompt_tokens_details={"cached_tokens": 6_000},
    )
    thinking = theirs(
        "dashscope/qwen-plus-2025-07-14",
        prompt_tokens=10_000,
        completion_tokens=3_000,
        completion_tokens_details={"reasoning_tokens": 2_000},
    )

    assert ours(price(2, 10, cache_read=0.1), Usage(8_000, 400, cached_tokens=6_000)) == pytest.approx(cached)
    assert ours(price(0.4, 1.2, reasoning=4), Usage(10_000, 1_000, 2_000)) == pytest.approx(thinking)


def test_batch_prices_agree_where_there_are_any() -> None:
    """C5: gpt-5-mini's own batch price; C8: without one LiteLLM assumes half, we say unknown."""
    from litellm.cost_calculator import batch_cost_calculator
    from litellm.types.utils import Usage as Reported

    mini = sum(
        batch_cost_calculator(
            usage=Reported(prompt_tokens=1_200, completion_tokens=150),
            model="gpt-5-mini",
            custom_llm_provider="openai",
        )
    )
    with_batch = price(0.25, 2, batch=Rates(input=0.125, output=1))

    assert ours(with_batch, Usage(1_200, 150), batch=True) == pytest.approx(mini)
    assert request_cost(price(0.5, 1.5), Usage(1_500, 300), batch=True) is None


def test_search_fees_are_ours_alone() -> None:
    """LiteLLM's function for tokens leaves the fee of a search out; ours adds it."""
    tokens = theirs("gpt-6.1-sol", prompt_tokens=3_000, completion_tokens=500)
    searched = price(2, 10, search=SearchFee(usd_per_1000=10))

    assert ours(searched, Usage(3_000, 500, searches=1)) == pytest.approx(tokens + 0.01)


def test_the_clock_plays_no_part() -> None:
    """A schedule with quiet hours costs its standard rate unless an hour is given."""
    assert ours(price(0.3, 1.2, off_peak=night(0.15, 0.6)), Usage(4_000, 800)) == pytest.approx(0.00216)
