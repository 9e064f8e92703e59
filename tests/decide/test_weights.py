"""Weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.case import Case, Preferences
from advisor.decide.advice import Advice
from advisor.decide.criteria import SCORED
from advisor.decide.robustness import drawn_weights, ordered_weights
from advisor.decide.weights import roc, slot_of, weights_for
from advisor.errors import BadCase

ROC_TABLES = {
    2: (0.75, 0.25),
    3: (0.6111, 0.2778, 0.1111),
    4: (0.5208, 0.2708, 0.1458, 0.0625),
    6: (0.4083, 0.2417, 0.1583, 0.1028, 0.0611, 0.0278),
}


@pytest.mark.parametrize(("n", "table"), ROC_TABLES.items())
def test_rank_order_centroid_tables(n: int, table: tuple[float, ...]) -> None:
    """The published weights for 2, 3, 4 and 6 criteria."""
    assert roc(n) == pytest.approx(table, abs=5e-5)


def test_the_sampler_of_orders_has_the_centroid_as_mean() -> None:
    """100,000 draws over all weights in one order average to the rank-order centroid."""
    assert ordered_weights(3, 100_000, 7).mean(axis=0) == pytest.approx(roc(3), abs=2e-3)


def stated(**preferences: object) -> Case:
    """A case with some preferences."""
    return Case(preferences=Preferences.model_validate(preferences))


def proposal(importance: dict[str, float]) -> Advice:
    """Advice of decision 3 that proposes importance."""
    return Advice("attributes", "balanced", "Balanced", "balanced", "", importance=importance)


def test_swings_beat_the_order_and_the_order_beats_the_proposal() -> None:
    """What the user said most exactly counts."""
    advice = [proposal({"code": 1.0})]
    assert weights_for(stated(), advice).keys == ("code",)
    assert weights_for(stated(order=("cost", "accuracy")), advice).keys == ("cost", "accuracy")
    both = weights_for(stated(order=("cost",), swings={"accuracy": 100, "cost": 50}), advice)
    assert (both.of("accuracy"), both.of("cost")) == pytest.approx((2 / 3, 1 / 3))


def test_nothing_said_counts_accuracy_cost_and_time_alike() -> None:
    """Without any statement the three that matter to every team are even, and it is said."""
    weights = weights_for(stated(), [])
    assert weights.values == pytest.approx((1 / 3,) * 3)
    assert "alike" in weights.words


def test_criteria_that_say_the_same_share_one_weight() -> None:
    """Answer time and output speed together weigh what speed alone would."""
    alone = weights_for(stated(order=("cost", "answer_time")), [])
    both = weights_for(stated(order=("cost", "answer_time", "output_tps")), [])
    assert both.of("answer_time") + both.of("output_tps") == pytest.approx(alone.of("answer_time"))
    assert both.of("cost") == pytest.approx(alone.of("cost"))


@pytest.mark.parametrize("preferences", [{"order": ("context",)}, {"swings": {"beauty": 10}}])
def test_a_preference_that_cannot_carry_weight_is_refused_with_its_field(
    preferences: dict[str, object],
) -> None:
    """The message names the field and what could be said instead."""
    with pytest.raises(BadCase, match=r"preferences\.(order|swings).*accuracy"):
        weights_for(stated(**preferences), [])


@given(st.lists(st.sampled_from(SCORED), min_size=1, unique=True))
def test_effective_weights_sum_to_one_and_keep_the_order(order: list[str]) -> None:
    """Any order gives weights that sum to 1 and fall from group to group."""
    weights = weights_for(stated(order=tuple(order)), [])
    assert sum(weights.values) == pytest.approx(1)
    by_slot = dict.fromkeys(dict.fromkeys(slot_of(key) for key in order), 0.0)
    for key in order:
        by_slot[slot_of(key)] += weights.of(key)
    assert list(by_slot.values()) == sorted(by_slot.values(), reverse=True)


@given(st.dictionaries(st.sampled_from(SCORED), st.floats(1, 100), min_size=1))
def test_drawn_weights_lie_around_the_stated_ones(swings: dict[str, float]) -> None:
    """Every draw sums to 1, and the mean of the draws is the effective weights."""
    weights = weights_for(stated(swings=swings), [])
    drawn = drawn_weights(weights, 4000, 3)
    assert np.allclose(drawn.sum(axis=1), 1)
    assert drawn.mean(axis=0) == pytest.approx(weights.values, abs=0.02)
