"""Cost of a task between bounds: unknowns, reasoning modes, shares, and the lines that explain it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.prices import Price, Rates, SearchFee, Tier
from advisor.cost.api import monthly_cost, reasoning_tokens, task_cost
from advisor.cost.breakdown import CostBreakdown
from advisor.cost.profile import TokenProfile
from advisor.cost.reasoning import REASONING_PER_OUTPUT
from advisor.interval import Interval
from tests.cost.offers import DAY, offer, price

PLAIN = TokenProfile(Interval.exact(3_000), Interval.exact(500))
MEDIUM = replace(PLAIN, reasoning_per_output=REASONING_PER_OUTPUT["medium"])


def bill(schedule: Price, profile: TokenProfile, effort: str | None = "none") -> CostBreakdown:
    """The bill of a task at a known price."""
    found = task_cost(offer(schedule), profile, DAY, effort)
    assert found is not None
    return found


def test_plain_task_is_exact() -> None:
    """C1: 3,000 in and 500 out at 2 / 10 cost exactly 0.011 USD; a month of 100,000 costs 1,100."""
    found = bill(price(2, 10), PLAIN)
    month = monthly_cost(offer(price(2, 10)), PLAIN, DAY, "none", 100_000)
    assert found.total.known
    assert found.total.mid == pytest.approx(0.011)
    assert month is not None
    assert month.mid == pytest.approx(1_100)


def test_unknown_price_is_no_figure() -> None:
    """An offer without a price costs an unknown amount, never nothing."""
    assert task_cost(offer(), PLAIN, DAY, "none") is None
    assert monthly_cost(offer(), PLAIN, DAY, "none", 1_000) is None


@pytest.mark.parametrize("profile", [replace(PLAIN, input_tokens=None), replace(PLAIN, output_tokens=None)])
def test_unknown_tokens_are_no_figure(profile: TokenProfile) -> None:
    """A job of unknown size costs an unknown amount."""
    assert task_cost(offer(price(2, 10)), profile, DAY, "none") is None


def test_formula_has_the_figures_filled_in() -> None:
    """Each line writes out tokens, rate and result, and says where the rate comes from."""
    line = bill(price(2, 10), PLAIN).line("input")
    assert line is not None
    assert line.formula == "3,000 tokens x $2 per million = $0.006"
    assert line.provenance.source == "test"


def test_a_model_that_never_reasons_has_no_hidden_tokens() -> None:
    """Reasoning mode "never" leaves the plan's hidden tokens out."""
    found = task_cost(offer(price(3, 15), mode="never"), MEDIUM, DAY, "medium")
    assert found is not None
    assert found.line("reasoning") is None
    assert found.total.mid == pytest.approx(0.0165)


def test_a_model_that_always_reasons_spends_unasked() -> None:
    """Reasoning mode "always" spends low effort's hidden tokens although none were asked for."""
    found = task_cost(offer(price(3, 15), mode="always"), PLAIN, DAY, "none")
    assert found is not None
    assert found.total.low == pytest.approx(0.0165)
    assert found.total.mid == pytest.approx(0.0165 + 500 * 1.6 * 15e-6)


def test_unknown_reasoning_mode_may_or_may_not() -> None:
    """When nobody knows whether a model reasons, the low bound is that it does not."""
    found = task_cost(offer(price(3, 15), mode=None), MEDIUM, DAY, "medium")
    assert found is not None
    assert found.total.low == pytest.approx(0.0165)
    assert found.total.high == pytest.approx(0.0165 + 500 * 23 * 15e-6)


def test_medium_effort_in_numbers() -> None:
    """500 visible tokens at medium effort bring 4,250 hidden ones in the middle, at the output price."""
    found = bill(price(3, 15), MEDIUM, "medium")
    hidden = reasoning_tokens(offer(price(3, 15)), MEDIUM, "medium")
    assert hidden.mid == pytest.approx(4_250)
    assert found.total.mid == pytest.approx(0.0165 + 4_250 * 15e-6)


def test_reasoning_tokens_of_an_unknown_answer() -> None:
    """Asking for hidden tokens of an answer of unknown length is a mistake of the caller."""
    with pytest.raises(ValueError, match="unknown"):
        reasoning_tokens(offer(), replace(PLAIN, output_tokens=None), "medium")


def test_cached_share() -> None:
    """C2: 6,000 of 8,000 tokens cached at 0.1 give 0.0086 USD."""
    profile = TokenProfile(Interval.exact(8_000), Interval.exact(400), cached_share=Interval.exact(0.75))
    assert bill(price(2, 10, cache_read=0.1), profile).total.mid == pytest.approx(0.0086)


def test_cached_share_without_a_cache_price_says_so() -> None:
    """A cache price that is not known is counted in full, and the line says that."""
    profile = replace(PLAIN, cached_share=Interval.exact(0.5))
    line = bill(price(2, 10), profile).line("cached")
    assert line is not None
    assert "no cache price is known" in line.note


def test_batch_share() -> None:
    """Half of the requests at half price cost three quarters."""
    schedule = price(2, 10, batch=Rates(input=1, output=5))
    profile = replace(PLAIN, batch_share=Interval.exact(0.5))
    assert bill(schedule, profile).total.mid == pytest.approx(0.75 * 0.011)


def test_batch_share_without_batch_price_pays_the_standard_rate_and_says_so() -> None:
    """Where no batch price is known, batching saves nothing."""
    found = bill(price(2, 10), replace(PLAIN, batch_share=Interval.exact(1)))
    line = found.line("input")
    assert found.total.mid == pytest.approx(0.011)
    assert line is not None
    assert "no batch price is known" in line.note


TIERED = price(2, 12, tiers=(Tier(above_input_tokens=200_000, rates=Rates(input=4, output=18)),))


def test_a_rare_long_prompt_does_not_set_the_tier() -> None:
    """The longest prompt a single call must take does not make the typical one pay the long rate."""
    profile = replace(PLAIN, largest_input_tokens=Interval.exact(500_000))
    assert bill(TIERED, profile).total.high == pytest.approx(3_000 * 2e-6 + 500 * 12e-6)


def test_an_agents_last_prompt_may_pass_the_tier() -> None:
    """In a loop the last prompt is part of every task: at worst every call pays the long rate."""
    loop = TokenProfile(
        Interval.exact(1_000_000),
        Interval.exact(1_000),
        calls=Interval.exact(10),
        largest_input_tokens=Interval.exact(250_000),
    )
    found = bill(TIERED, loop)
    assert found.total.mid == pytest.approx(2 + 0.012)
    assert found.total.high == pytest.approx(4 + 0.018)


def test_search_fee_known_and_unknown() -> None:
    """A known fee is exact; an unknown one is the range seen across providers, marked as ours."""
    searching = replace(PLAIN, searches=Interval.exact(2))
    known = bill(price(2, 10, search=SearchFee(usd_per_1000=10)), searching)
    unknown = bill(price(2, 10), searching).line("search")
    assert known.total.mid == pytest.approx(0.011 + 0.02)
    assert unknown is not None
    assert (unknown.usd.low, unknown.usd.high) == pytest.approx((0.005, 0.07))
    assert "not known" in unknown.note
    assert sum(line.usd.mid for line in known.lines) == pytest.approx(known.total.mid)


def test_free_searches_are_deducted_once_a_month() -> None:
    """5,000 free searches a month: 10,000 tasks with one search each pay for 5,000."""
    schedule = price(2, 10, search=SearchFee(usd_per_1000=14, free_per_month=5_000))
    searching = replace(PLAIN, searches=Interval.exact(1))
    month = monthly_cost(offer(schedule), searching, DAY, "none", 10_000)
    small = monthly_cost(offer(schedule), searching, DAY, "none", 4_000)
    assert month is not None
    assert small is not None
    assert month.mid == pytest.approx(110 + 5_000 * 0.014)
    assert small.mid == pytest.approx(44)


def test_regional_uplift_follows_the_profile() -> None:
    """Processing in a named region costs the schedule's factor."""
    found = bill(price(2, 10, regional_uplift=1.1), replace(PLAIN, regional=True))
    assert found.total.mid == pytest.approx(1.1 * 0.011)


def test_cost_per_finished_task() -> None:
    """At 50 % success a finished task costs two tries; at 0 % no number of tries is enough."""
    assert bill(price(2, 10), replace(PLAIN, success_rate=Interval.exact(0.5))).per_success == Interval.exact(
        0.022
    )
    assert bill(price(2, 10), replace(PLAIN, success_rate=Interval(0, 0.5, 1))).per_success is None


shares = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)).map(
    lambda ends: Interval(*sorted(ends))
)
amounts = st.tuples(*[st.floats(1, 400_000)] * 3).map(lambda ends: Interval(*sorted(ends)))


@given(prompt=amounts, answer=amounts, cached=shares, batch=shares, thinking=amounts)
def test_bounds_hold_and_lines_add_up(
    prompt: Interval, answer: Interval, cached: Interval, batch: Interval, thinking: Interval
) -> None:
    """Low, middle and high stay in order, and the lines' middles add up to the total's."""
    profile = TokenProfile(
        prompt,
        answer,
        reasoning_per_output=thinking.scaled(1e-4),
        cached_share=cached,
        batch_share=batch,
        extra_usd=Interval(0.001, 0.002, 0.003),
    )
    schedule = TIERED.model_copy(update={"batch": Rates(input=1, output=6, cache_read=0.1)})
    found = bill(schedule, profile, "medium")
    assert found.total.low <= found.total.mid <= found.total.high
    assert sum(line.usd.mid for line in found.lines) == pytest.approx(found.total.mid)
