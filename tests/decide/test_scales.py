"""Fixed scales."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.decide.criteria import CRITERIA, SCORED
from advisor.decide.scales import Objective, Scale, linear, logarithmic
from advisor.interval import Interval

FALLING = Scale((50, 75, 90, 100), (1, 0.8, 0.5, 0))
RISING = Scale((-0.15, 0, 0.25, 0.35), (0, 0.1, 0.9, 1))


@pytest.mark.parametrize(("figure", "worth"), [(60, 0.92), (75, 0.8), (90, 0.5), (10, 1), (120, 0)])
def test_piecewise_linear_values_of_the_rsmaa_package(figure: float, worth: float) -> None:
    """The published cut-offs give the published values, clipped outside (rsmaa tests)."""
    assert FALLING.worth(figure) == pytest.approx(worth)


def test_a_rising_piecewise_linear_value() -> None:
    """f(.1) = .42 on the cut-offs -.15, 0, .25, .35 (rsmaa tests)."""
    assert RISING.worth(0.1) == pytest.approx(0.42)


def test_direction_is_said_once() -> None:
    """A scale knows its better end from its worths."""
    assert (FALLING.objective, FALLING.best, FALLING.worst) == (Objective.MIN, 50, 100)
    assert (RISING.objective, RISING.best, RISING.worst) == (Objective.MAX, 0.35, -0.15)


def test_equal_ratios_are_worth_the_same_on_a_logarithmic_scale() -> None:
    """Ten times cheaper is worth the same anywhere on the scale."""
    scale = logarithmic(10, 0.001)
    assert scale.worth(1) - scale.worth(10) == pytest.approx(0.25)
    assert scale.worth(0.01) - scale.worth(0.1) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("cuts", "worths"), [((1,), (0,)), ((1, 1), (0, 1)), ((2, 1), (0, 1)), ((1, 2, 3), (0, 1, 0.5))]
)
def test_broken_scales_are_refused(cuts: tuple[float, ...], worths: tuple[float, ...]) -> None:
    """A scale that is not monotone cannot be made."""
    with pytest.raises(ValueError, match=r"cut-off|worths"):
        Scale(cuts, worths)


@given(st.floats(min_value=0, max_value=1))
def test_figure_is_the_inverse_of_worth(worth: float) -> None:
    """Going from a worth to its figure and back changes nothing, on every scale in use."""
    for scale in (FALLING, RISING, *(CRITERIA[key].scale for key in SCORED)):
        assert scale is not None
        assert scale.worth(scale.figure(worth)) == pytest.approx(worth, abs=1e-9)


@given(st.floats(min_value=0.01, max_value=1e6), st.floats(min_value=0.001, max_value=1000))
def test_units_do_not_matter(figure: float, factor: float) -> None:
    """The same figure in another unit, on the scale in that unit, is worth the same."""
    here, there = logarithmic(1000, 0.5), logarithmic(1000 * factor, 0.5 * factor)
    assert there.worth(figure * factor) == pytest.approx(here.worth(figure), abs=1e-9)
    straight, other = linear(0, 1000), linear(0, 1000 * factor)
    assert other.worth(figure * factor) == pytest.approx(straight.worth(figure), abs=1e-9)


def test_bounds_become_bounds_whichever_end_is_better() -> None:
    """On a falling scale the dearest end of a price is the low end of its worth."""
    assert linear(100, 0).worth_between(Interval(10, 20, 60)) == Interval(0.4, 0.8, 0.9)


@pytest.mark.parametrize("key", SCORED)
def test_every_scale_in_use_is_dated_reasoned_and_agrees_with_its_criterion(key: str) -> None:
    """Published bounds carry a day and a reason, and point the criterion's way."""
    scale = CRITERIA[key].scale
    assert scale is not None
    assert scale.why
    assert scale.as_of.year == 2026
    assert scale.objective is CRITERIA[key].objective
    assert {scale.worth(scale.worst), scale.worth(scale.best)} == {0, 1}
