"""Chains and loops: cases 26 and 27, the compounding of errors, and what a cached transcript saves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cost.agents import (
    Chain,
    Loop,
    cap_before_overshoot,
    chain_success,
    last_prompt_tokens,
    loop_input_tokens,
    needed_step_reliability,
    steps_to_half,
)
from advisor.cost.profile import TokenProfile
from advisor.interval import Interval

CALL = TokenProfile(Interval.exact(4_000), Interval.exact(500), largest_input_tokens=Interval.exact(4_000))


def exact_loop(steps: float, *, cached: bool | None = False, reliability: float = 0.99) -> Loop:
    """A loop of the worked case: 1,500 tokens more with every step."""
    exact = Interval.exact
    return Loop(exact(steps), exact(1_500), exact(100), exact(reliability), cached)


@pytest.mark.parametrize(("steps", "expected"), [(10, 107_500), (20, 365_000), (40, 1_330_000)])
def test_loop_input_tokens(steps: int, expected: float) -> None:
    """Case 26: 4,000 tokens at first and 1,500 more per step."""
    assert loop_input_tokens(4_000, 1_500, steps) == expected


def test_loop_against_the_naive_count() -> None:
    """Twenty steps cost 4.56 times the 80,000 tokens of twenty equal prompts."""
    assert loop_input_tokens(4_000, 1_500, 20) / 80_000 == pytest.approx(4.56, abs=0.003)


@pytest.mark.parametrize(
    ("right", "steps", "expected"),
    [
        (0.95, 10, 0.5987),
        (0.99, 10, 0.9044),
        (0.95, 20, 0.358486),
        (0.99, 100, 0.3660),
        (0.90, 5, 0.5905),
        (0.95, 100, 0.0059),
        (0.999, 50, 0.9512),
    ],
)
def test_chain_success(right: float, steps: int, expected: float) -> None:
    """Case 27: the published table of p^n."""
    assert chain_success(right, steps) == pytest.approx(expected, abs=5e-5)


def test_one_noticed_retry() -> None:
    """Case 27: retrying a noticed failure once lifts 0.358 to 0.951."""
    assert chain_success(0.95, 20, retries=1) == pytest.approx(0.951170, abs=5e-7)


@pytest.mark.parametrize(
    ("noticed", "retries", "steps", "expected"),
    [
        (0.5, 1, 1, 0.9 + 0.05 * 0.9),
        (0.5, 1, 2, 0.945**2),
        (0.5, 2, 1, 0.9 + 0.05 * 0.9 + 0.05 * 0.05 * 0.9),
        (0.0, 3, 2, 0.81),
        (1.0, 1, 1, 1 - 0.1**2),
    ],
)
def test_only_noticed_failures_are_tried_again(
    noticed: float, retries: int, steps: int, expected: float
) -> None:
    """Of 100 steps 90 go right; of the 10 failures 5 are noticed and 4.5 go right then: 94.5 %."""
    assert chain_success(0.9, steps, retries, noticed) == pytest.approx(expected)


@pytest.mark.parametrize(("steps", "expected"), [(10, 0.98952), (20, 0.99475)])
def test_needed_reliability(steps: int, expected: float) -> None:
    """For 90 % of the tasks each of 10 steps needs 98.952 %, each of 20 needs 99.475 %."""
    assert needed_step_reliability(0.9, steps) == pytest.approx(expected, abs=5e-6)


def test_coin_toss() -> None:
    """At 95 % per step a chain is a coin toss after 13.5 steps, at 99 % after 69; never if perfect."""
    assert steps_to_half(0.95) == pytest.approx(13.5, abs=0.05)
    assert steps_to_half(0.99) == pytest.approx(69, abs=0.05)
    assert steps_to_half(1) == float("inf")


def test_cap_leaves_room_for_one_step() -> None:
    """A 5 USD budget with steps of up to 0.40 USD is capped at 4.60, and never below nothing."""
    assert cap_before_overshoot(5, 0.4) == pytest.approx(4.6)
    assert cap_before_overshoot(0.3, 0.4) == 0


def test_loop_profile() -> None:
    """Twenty steps: 365,000 prompt tokens, a last prompt of 32,500, 0.99^20 of the tasks end well."""
    profile = exact_loop(20).into(CALL)
    assert profile.input_tokens == Interval.exact(365_000)
    assert profile.largest_input_tokens == Interval.exact(32_500)
    assert profile.output_tokens == Interval.exact(500 + 19 * 100)
    assert profile.calls == Interval.exact(20)
    assert profile.success_rate.mid == pytest.approx(0.99**20)


def test_cached_transcript_is_sent_fresh_once() -> None:
    """With a cached prefix only the last prompt's tokens are ever sent fresh: 32,500 of 365,000."""
    profile = exact_loop(20, cached=True).into(CALL)
    fresh = 1 - profile.cached_share.mid
    assert fresh * 365_000 == pytest.approx(last_prompt_tokens(4_000, 1_500, 20))
    assert profile.cache_written_share.mid == pytest.approx(fresh)


def test_a_shared_beginning_is_read_from_the_first_call_on() -> None:
    """Half of the first prompt cached from earlier tasks saves 2,000 of the 32,500 fresh tokens."""
    profile = exact_loop(20, cached=True).into(replace(CALL, cached_share=Interval.exact(0.5)))
    assert (1 - profile.cached_share.mid) * 365_000 == pytest.approx(30_500)


def test_unknown_caching_spans_both() -> None:
    """Not knowing whether the transcript is cached gives everything from nothing to the cached share."""
    share = exact_loop(20, cached=None).into(CALL).cached_share
    assert share.low == 0
    assert share.high == pytest.approx(1 - 32_500 / 365_000)


def test_a_loop_cannot_be_batched() -> None:
    """Each step waits for the last, so nothing goes through a batch API."""
    assert exact_loop(5).into(replace(CALL, batch_share=Interval.exact(1))).batch_share.high == 0


def test_unknown_tokens_stay_unknown() -> None:
    """A loop over a prompt of unknown size has an unknown size; its calls are still counted."""
    profile = exact_loop(5).into(TokenProfile(None, None))
    assert profile.input_tokens is None
    assert profile.output_tokens is None
    assert profile.largest_input_tokens is None
    assert profile.calls == Interval.exact(5)


def test_chain_profile() -> None:
    """Three calls in a row: three times the tokens, 0.95^3 of the tasks."""
    profile = Chain(Interval.exact(3), Interval.exact(0.95)).into(CALL)
    assert profile.input_tokens == Interval.exact(12_000)
    assert profile.output_tokens == Interval.exact(1_500)
    assert profile.largest_input_tokens == CALL.largest_input_tokens
    assert profile.success_rate.mid == pytest.approx(0.857375)


def interval(low: float, high: float) -> st.SearchStrategy[Interval]:
    """Bounds between two figures."""
    return st.tuples(*[st.floats(low, high)] * 3).map(lambda ends: Interval(*sorted(ends)))


loops = st.builds(
    Loop,
    interval(1, 100),
    interval(0, 10_000),
    st.just(Interval.exact(100)),
    interval(0.5, 1),
    st.sampled_from([True, False, None]),
)


@given(loop=loops, first=interval(1, 100_000), share=interval(0, 1))
def test_shares_stay_shares(loop: Loop, first: Interval, share: Interval) -> None:
    """Whatever is unknown, shares stay between 0 and 1 and never exceed the prompt together."""
    profile = loop.into(TokenProfile(first, Interval.exact(1), cached_share=share))
    assert 0 <= profile.cached_share.low <= profile.cached_share.high <= 1 + 1e-9
    assert profile.cached_share.high + profile.cache_written_share.low <= 1 + 1e-9
    assert 0 <= profile.success_rate.low <= profile.success_rate.high <= 1
