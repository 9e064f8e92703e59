"""What a call costs, and what it may cost at most."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.prices import Price, Rates, Tier
from advisor.probe.money import ceil_microusd, cost_usd, unpriced_audio, worst_case_microusd
from advisor.probe.samples import Usage


def _price(**fields: object) -> Price:
    rates = Rates(input=1.25, output=10.0, cache_read=0.125)
    return Price.model_validate({"source": "test", "as_of": date(2026, 1, 1), "rates": rates} | fields)


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (Usage(prompt_tokens=1000, completion_tokens=50), 0.00175),
        (Usage(prompt_tokens=1000, completion_tokens=50, cached_tokens=800), 0.00085),
        (Usage(prompt_tokens=1000, completion_tokens=250, reasoning_tokens=200), 0.00375),
    ],
)
def test_cost_of_the_published_cases(usage: Usage, usd: float) -> None:
    """1,000 tokens in and 50 out at 1.25 and 10 dollars per million; cached; with hidden reasoning."""
    assert cost_usd(usage, _price()) == pytest.approx(usd, rel=1e-12)


def test_a_reasoning_rate_of_its_own() -> None:
    """Where reasoning is sold at another rate, it is charged at that."""
    price = _price(rates=Rates(input=1, output=10, reasoning=2))
    usage = Usage(prompt_tokens=0, completion_tokens=300, reasoning_tokens=200)

    assert cost_usd(usage, price) == pytest.approx((100 * 10 + 200 * 2) / 1e6)


@pytest.mark.parametrize(
    ("heard", "spoken", "usd"),
    [
        # 400 text tokens at 1, 600 of sound at 10, 20 words at 2, 30 of sound at 20 dollars per million.
        (600, 30, 0.00704),
        (600, None, 0.0065),
        (0, 0, 0.0011),
    ],
)
def test_sound_is_charged_at_its_own_rate(heard: int, spoken: int | None, usd: float) -> None:
    """1,000 tokens in and 50 out, some of them sound: no rate for it means no cost, not the rate of text."""
    usage = Usage(
        prompt_tokens=1000, completion_tokens=50, audio_prompt_tokens=heard, audio_completion_tokens=spoken
    )
    sold = _price(rates=Rates(input=1, output=2, audio_input=10, audio_output=20))
    unsold = _price(rates=Rates(input=1, output=2, audio_input=10 if spoken else None))

    assert cost_usd(usage, sold) == pytest.approx(usd, rel=1e-12)
    assert (cost_usd(usage, unsold) is None) == bool(heard or spoken)
    assert (unpriced_audio(usage, unsold) is None) == (not heard)
    assert unpriced_audio(usage, sold) is None


@pytest.mark.parametrize(
    "usage", [None, Usage(), Usage(prompt_tokens=5), Usage(completion_tokens=5), Usage(cached_tokens=1)]
)
def test_unknown_usage_costs_unknown(usage: Usage | None) -> None:
    """Missing counts give None, never zero dollars."""
    assert cost_usd(usage, _price()) is None


def test_unknown_price_costs_unknown() -> None:
    """An offer without a known price costs None, never zero dollars."""
    assert cost_usd(Usage(prompt_tokens=1, completion_tokens=1), None) is None


@given(st.text(max_size=300), st.integers(1, 500), st.integers(0, 500))
def test_the_worst_case_is_never_exceeded(prompt: str, limit: int, completion: int) -> None:
    """For prompts of a token per two bytes and up to the limit of output, the hold covers the cost."""
    price = _price(tiers=(Tier(above_input_tokens=200, rates=Rates(input=2.5, output=15)),))
    size = len(prompt.encode())
    usage = Usage(prompt_tokens=size // 2 + 10, completion_tokens=min(completion, limit))
    cost = cost_usd(usage, price)

    assert cost is not None
    assert ceil_microusd(cost) <= worst_case_microusd(size, limit, price)


def test_micro_dollars_round_up() -> None:
    """The ledger counts whole micro-dollars and never fewer than were spent."""
    assert [ceil_microusd(value) for value in (0.0, 1e-7, 1e-6, 1.5e-6)] == [0, 1, 1, 2]
