"""Scaling laws: the published table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cost.scaling import (
    WHY_PAST_OPTIMUM,
    Scale,
    gpu_hours,
    optimal_for_compute,
    optimal_for_size,
    training_usd,
)
from advisor.interval import Interval


@pytest.mark.parametrize(
    ("parameters", "flops", "tokens"),
    [
        (400e6, 1.92e19, 8.0e9),
        (1e9, 1.21e20, 20.2e9),
        (10e9, 1.23e22, 205.1e9),
        (67e9, 5.76e23, 1.5e12),
        (175e9, 3.85e24, 3.7e12),
        (520e9, 3.43e25, 11.0e12),
        (1e12, 1.27e26, 21.2e12),
        (10e12, 1.30e28, 216.2e12),
    ],
)
def test_published_optimum(parameters: float, flops: float, tokens: float) -> None:
    """Case 29: Hoffmann et al. 2022, table 3, within 8 % in compute and 12 % in tokens."""
    scale = optimal_for_size(parameters)

    assert scale.flops == pytest.approx(flops, rel=0.08)
    assert scale.tokens == pytest.approx(tokens, rel=0.12)


def test_optimum_of_a_budget() -> None:
    """Case 29: 5.76e23 operations are best spent on 69.3 B parameters and 1.386e12 tokens."""
    scale = optimal_for_compute(5.76e23)

    assert scale.parameters == pytest.approx(69.3e9, rel=1e-3)
    assert scale.tokens == pytest.approx(1.386e12, rel=1e-3)


def test_a_small_model_has_a_price() -> None:
    """A 7B at 140e9 tokens: 5.88e21 operations, 4,129 H100-hours at 40 %, 13,996 dollars at 3.39."""
    scale = Scale(7e9, 140e9)
    hours = gpu_hours(scale, 989, Interval.exact(0.40))

    assert scale.flops == pytest.approx(5.88e21)
    assert hours.mid == pytest.approx(4_129, abs=1)
    usd = training_usd(scale, 989, Interval.exact(0.40), Interval.exact(3.39))
    assert usd.mid == pytest.approx(13_996, abs=2)


def test_small_models_go_past_the_optimum() -> None:
    """An 8B trained on 15 trillion tokens is 94 times past the optimum, and the page says why."""
    assert Scale(8e9, 15e12).past_optimum == pytest.approx(93.75)
    assert "not fine-tuning" in WHY_PAST_OPTIMUM


@given(st.floats(1e18, 1e28))
def test_the_optimum_spends_the_budget(flops: float) -> None:
    """The optimal size and tokens use exactly the budget."""
    assert optimal_for_compute(flops).flops == pytest.approx(flops)


def test_absurd_budgets_are_refused() -> None:
    """No compute, no parameters and no tokens are refused."""
    with pytest.raises(ValueError, match="positive"):
        optimal_for_compute(0)
    with pytest.raises(ValueError, match="positive"):
        Scale(0, 5)
