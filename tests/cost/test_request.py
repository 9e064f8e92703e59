"""Exact cost of one request: worked cases C1 to C9, cases from public issues, and boundaries in pairs."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.prices import Price, Rates, SearchFee, Tier, price_on
from advisor.cost.request import Usage, request_cost
from tests.cost.offers import night, price


def usd(of: Price, usage: Usage, *, batch: bool = False, at: time | None = None) -> float:
    """Cost of a request whose price is known."""
    found = request_cost(of, usage, batch=batch, at=at)
    assert found is not None
    return found


LONG = price(2, 12, tiers=(Tier(above_input_tokens=200_000, rates=Rates(input=4, output=18)),))
LONG_INCLUSIVE = price(
    2, 12, tiers=(Tier(above_input_tokens=200_000, inclusive=True, rates=Rates(input=4, output=18)),)
)

MONTHLY = {
    "C1 plain chat": (100_000, price(2, 10), Usage(3_000, 500), 1_100.00),
    "C2 cached part": (
        200_000,
        price(2, 10, cache_read=0.1),
        Usage(8_000, 400, cached_tokens=6_000),
        1_720.00,
    ),
    "C3 above the step": (5_000, LONG, Usage(250_000, 2_000), 5_180.00),
    "C4 exactly at the step": (5_000, LONG, Usage(200_000, 2_000), 2_120.00),
    "C6 thinking billed as output": (20_000, price(4, 20), Usage(5_000, 600, 3_000), 1_840.00),
    "C7 thinking at its own rate": (
        30_000,
        price(0.4, 1.2, reasoning=4),
        Usage(10_000, 1_000, 2_000),
        396.00,
    ),
}


@pytest.mark.parametrize("name", MONTHLY)
def test_worked_monthly_cases(name: str) -> None:
    """Published worked cases come out to the cent."""
    requests, schedule, usage, expected = MONTHLY[name]
    assert requests * usd(schedule, usage) == pytest.approx(expected, abs=0.005)


def test_batch_prices() -> None:
    """C5: batch rates replace the standard ones: 1M x (1,200 + 150) at 0.125 / 1 is 300 USD."""
    schedule = price(0.25, 2, batch=Rates(input=0.125, output=1))
    assert 1_000_000 * usd(schedule, Usage(1_200, 150), batch=True) == pytest.approx(300.00)


def test_batch_at_assumed_half() -> None:
    """C8: a batch price recorded as half the standard one gives 240 USD for 400k x (1,500 + 300)."""
    schedule = price(0.5, 1.5, batch=Rates(input=0.25, output=0.75))
    assert 400_000 * usd(schedule, Usage(1_500, 300), batch=True) == pytest.approx(240.00)


def test_batch_without_a_batch_price_is_unknown() -> None:
    """No batch price gives no figure: half the standard price would be a guess."""
    assert request_cost(price(0.5, 1.5), Usage(1_500, 300), batch=True) is None


def test_off_peak_half_of_the_calls() -> None:
    """C9: 250k calls at noon and 250k at night cost 810 USD; the clock of the machine plays no part."""
    schedule = price(0.3, 1.2, off_peak=night(0.15, 0.6))
    usage = Usage(4_000, 800)
    month = 250_000 * usd(schedule, usage, at=time(12)) + 250_000 * usd(schedule, usage, at=time(23))
    assert month == pytest.approx(810.00)
    assert usd(schedule, usage) == usd(schedule, usage, at=time(12))


@pytest.mark.parametrize(
    ("at", "cheap"), [(time(16, 29), False), (time(16, 30), True), (time(0, 29), True), (time(0, 30), False)]
)
def test_off_peak_window_past_midnight(at: time, cheap: bool) -> None:
    """A window from 16:30 to 00:30 holds its start and not its end."""
    schedule = price(0.3, 1.2, off_peak=night(0.15, 0.6))
    assert (usd(schedule, Usage(1_000, 0), at=at) < 0.0003) is cheap


@pytest.mark.parametrize(
    ("schedule", "tokens", "expected"),
    [
        (LONG, 200_000, 0.400),
        (LONG, 200_001, 0.800004),
        (LONG_INCLUSIVE, 199_999, 0.399998),
        (LONG_INCLUSIVE, 200_000, 0.800),
    ],
)
def test_tier_boundaries(schedule: Price, tokens: int, expected: float) -> None:
    """A step holds above its size, or from it where the provider says so, and for every token."""
    assert usd(schedule, Usage(tokens, 0)) == pytest.approx(expected, abs=1e-9)


def test_tier_counts_the_cached_part() -> None:
    """The step is judged on the whole prompt, cached part included, and raises the answer too."""
    assert usd(LONG, Usage(250_000, 1_000, cached_tokens=249_000)) == pytest.approx(250_000 * 4e-6 + 0.018)


def test_batch_above_a_step() -> None:
    """Past a step the batch discount of the schedule applies to the step's rates."""
    schedule = LONG.model_copy(update={"batch": Rates(input=1, output=6)})
    assert usd(schedule, Usage(250_000, 2_000), batch=True) == pytest.approx(1.036 / 2)


def test_reasoning_is_not_counted_twice() -> None:
    """14,746 in at 30 and 1,944 out at 180, 1,360 of it reasoning, is 0.7923 USD, not 1.037."""
    usage = Usage.reported(14_746, 1_944, 1_360)
    assert usd(price(30, 180), usage) == pytest.approx(0.7923)


def test_completion_tokens_bill_in_full() -> None:
    """977 completion tokens with 768 of reasoning bill as 977, not as 768."""
    usage = Usage.reported(0, 977, 768)
    assert usage.visible_tokens + usage.reasoning_tokens == 977
    assert usd(price(1, 1), usage) == pytest.approx(977e-6)


def test_reasoning_reported_apart() -> None:
    """1,000 in, 500 out and 5,000 reasoning beside them at 3 / 15 is 0.0855 USD, not 0.0105."""
    usage = Usage.reported(1_000, 500, 5_000, reasoning_inside=False)
    assert usd(price(3, 15), usage) == pytest.approx(0.0855)


def test_hidden_tokens_then_cache_then_batch() -> None:
    """3,000 in, 500 visible, 2,000 hidden at 3 / 15: 0.0465; with 2,500 cached 0.03975; batched 0.019875."""
    plain = price(3, 15, cache_read=0.3, batch=Rates(input=1.5, output=7.5, cache_read=0.15))
    cached = Usage(3_000, 500, 2_000, cached_tokens=2_500)
    assert usd(plain, Usage(3_000, 500, 2_000)) == pytest.approx(0.0465)
    assert usd(plain, cached) == pytest.approx(0.03975)
    assert usd(plain, cached, batch=True) == pytest.approx(0.019875)


def test_ten_thousand_thinking_tokens() -> None:
    """10,000 thinking and 500 visible tokens at 25 are 0.2625 USD, 21 times the visible ones alone."""
    with_thinking, without = usd(price(1, 25), Usage(0, 500, 10_000)), usd(price(1, 25), Usage(0, 500))
    assert with_thinking == pytest.approx(0.2625)
    assert with_thinking / without == pytest.approx(21)


def test_missing_cache_price_is_the_full_rate() -> None:
    """Without a cache price, cached tokens cost what fresh ones cost."""
    assert usd(price(3, 15), Usage(1_000, 0, cached_tokens=800)) == pytest.approx(0.003)


def test_cache_write_has_its_own_rate() -> None:
    """Writing 1,000 tokens to the cache at 3.75 and reading 9,000 at 0.3."""
    schedule = price(3, 15, cache_read=0.3, cache_write=3.75)
    usage = Usage(10_000, 0, cached_tokens=9_000, cache_write_tokens=1_000)
    assert usd(schedule, usage) == pytest.approx(0.00375 + 0.0027)


def test_search_fee() -> None:
    """Three searches at 10 USD per 1,000 add 0.03 USD; without a known fee the cost is unknown."""
    usage = Usage(1_000, 0, searches=3)
    assert usd(price(1, 1, search=SearchFee(usd_per_1000=10)), usage) == pytest.approx(0.031)
    assert request_cost(price(1, 1), usage) is None


def test_regional_uplift_only_when_asked() -> None:
    """A named region costs the schedule's factor on tokens, and only when it is needed."""
    schedule = price(1, 1, regional_uplift=1.1)
    assert request_cost(schedule, Usage(1_000, 0), regional=True) == pytest.approx(0.0011)
    assert request_cost(schedule, Usage(1_000, 0)) == pytest.approx(0.001)


def test_schedule_in_force_on_the_day() -> None:
    """The last day of a schedule still pays it; the next day pays the next one."""
    old = price(1, 1, valid_to=date(2026, 6, 30))
    new = price(2, 2, valid_from=date(2026, 7, 1))
    assert price_on((old, new), date(2026, 6, 30)) is old
    assert price_on((old, new), date(2026, 7, 1)) is new


@given(
    prompt=st.integers(0, 1_000_000),
    cached=st.floats(0, 1),
    more=st.integers(1, 100_000),
)
def test_more_tokens_never_cost_less(prompt: int, cached: float, more: int) -> None:
    """Adding fresh prompt tokens never lowers the bill, across steps too."""
    schedule = LONG
    before = usd(schedule, Usage(prompt, 100, cached_tokens=prompt * cached))
    after = usd(schedule, Usage(prompt + more, 100, cached_tokens=prompt * cached))
    assert after > before
