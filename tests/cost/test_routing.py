"""Routing, fallback chains and repeats."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cost.routing import (
    PUBLISHED_PASS_HAT_K,
    Lane,
    Router,
    cascade,
    pass_hat_k,
    repeats_bounds,
    route,
    routing_saves,
)

CHEAP, DEAR = Lane(0.001, 0.95, 1.0), Lane(0.02, 0.97, 4.0)


def test_a_perfect_router() -> None:
    """70 % easy requests, all recognised: 0.7 x 0.1 + 0.3 x 2 cents = 0.67 cents, two thirds saved."""
    router = Router(0.7, hit_rate=1, false_easy_rate=0)
    routed = route(router, CHEAP, DEAR, cheap_on_hard=0.5)

    assert routed.usd_per_request == pytest.approx(0.0067)
    assert routed.success == pytest.approx(0.7 * 0.95 + 0.3 * 0.97)
    assert routed.answer_time_s == pytest.approx(0.7 * 1 + 0.3 * 4)
    assert routing_saves(router, CHEAP, DEAR) == pytest.approx(0.665)
    assert routed.usd_per_success == pytest.approx(0.0067 / 0.956)


def test_an_imperfect_router_pays_in_quality() -> None:
    """Hard requests taken for easy end worse: 0.63 easy and 0.03 hard ones go to the cheap model."""
    routed = route(Router(0.7), CHEAP, DEAR, cheap_on_hard=0.5)

    assert Router(0.7).to_cheap == pytest.approx(0.66)
    assert routed.success == pytest.approx(0.63 * 0.95 + 0.03 * 0.5 + 0.34 * 0.97)


def test_a_dear_router_saves_nothing() -> None:
    """A router that costs more than the difference makes the bill larger."""
    saved = routing_saves(Router(0.5, usd_per_request=0.02), CHEAP, DEAR)

    assert saved is not None
    assert saved < 0


def test_unknown_prices_stay_unknown() -> None:
    """One unknown price leaves cost and saving unknown; the success is still known."""
    unknown = Lane(None, 0.9)
    routed = route(Router(0.5), unknown, DEAR, cheap_on_hard=0.5)

    assert routed.usd_per_request is None
    assert routed.usd_per_success is None
    assert routed.answer_time_s is None
    assert routed.success > 0
    assert routing_saves(Router(0.5), unknown, DEAR) is None
    assert cascade([CHEAP, unknown]).usd_per_request is None


def test_a_chain_of_fallbacks() -> None:
    """Cheap first, dear on failure: 0.1 + 5 % of 2 cents, 1 - 0.05 x 0.03 of the requests end well."""
    chain = cascade([CHEAP, DEAR])

    assert chain.usd_per_request == pytest.approx(0.001 + 0.05 * 0.02)
    assert chain.success == pytest.approx(1 - 0.05 * 0.03)
    assert chain.answer_time_s == pytest.approx(1 + 0.05 * 4)


def test_unnoticed_failures_are_lost() -> None:
    """When no failure is noticed, the second model is never asked."""
    chain = cascade([CHEAP, DEAR], noticed=0)

    assert chain.usd_per_request == pytest.approx(0.001)
    assert chain.success == pytest.approx(0.95)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5), st.floats(0, 1))
def test_a_longer_chain_is_never_worse(lanes: list[tuple[float, float]], noticed: float) -> None:
    """One more fallback never lowers success, never lowers cost, and success stays a share."""
    models = [Lane(cost, success) for cost, success in lanes]
    before, after = cascade(models, noticed), cascade([*models, Lane(0.5, 0.5)], noticed)

    assert before.success - 1e-12 <= after.success <= 1 + 1e-9
    assert before.usd_per_request is not None
    assert after.usd_per_request is not None
    assert after.usd_per_request >= before.usd_per_request


def test_absurd_shares_are_refused() -> None:
    """Shares outside 0 to 1 and an empty chain are refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        Router(1.2)
    for lanes, noticed in (([], 1.0), ([CHEAP], 1.5), ([Lane(1, 1.5)], 1.0)):
        with pytest.raises(ValueError, match="at least one model"):
            cascade(lanes, noticed)


def test_repeats_by_counting() -> None:
    """pass^2 of tasks passed 4, 2 and 0 of 4 times: (1 + 1/6 + 0) / 3, as counting all pairs gives."""
    expected = sum(
        sum(a < passed and b < passed for a, b in product(range(4), repeat=2) if a < b) / 6
        for passed in (4, 2, 0)
    )

    assert pass_hat_k([4, 2, 0], 4, 2) == pytest.approx(expected / 3)
    assert pass_hat_k([4, 2, 0], 4, 1) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="needs tasks"):
        pass_hat_k([5], 4, 2)


@pytest.mark.parametrize("rates", PUBLISHED_PASS_HAT_K.values())
def test_published_repeats_lie_between_the_bounds(rates: tuple[float, ...]) -> None:
    """Published pass^k lies above p^k, because failures cluster, and below p; 0.525^4 is 7.6 %."""
    for k, published in enumerate(rates, 1):
        bounds = repeats_bounds(rates[0], k)
        assert bounds.low - 1e-12 <= published <= bounds.high
    assert repeats_bounds(0.525, 4).low == pytest.approx(0.076, abs=5e-4)
