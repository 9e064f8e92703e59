"""Flip points and dominance against worked cases."""

from __future__ import annotations

import pytest

from advisor.decide.criteria import ANSWER_TIME
from advisor.decide.decision import Contribution, Reading
from advisor.decide.dominance import dominated_by
from advisor.decide.flips import crossing, fact_flips, nearest_first, sentences, weight_crossing, weight_flips
from advisor.decide.scales import linear
from advisor.decide.value import Row, in_order, row_of
from advisor.interval import Interval
from tests.decide.worlds import WHERE, offer, worths

PAIR = ("pass_rate", "cost")
TRIPLE = ("pass_rate", "cost", "consistency")


def test_the_weight_at_which_two_offers_meet() -> None:
    """A(.9,.2) and B(.6,.8) at even weights: .55 against .70, and A wins above a weight of 2/3."""
    a, b = worths("a", [0.9, 0.2], [0.5, 0.5], PAIR), worths("b", [0.6, 0.8], [0.5, 0.5], PAIR)
    assert (a.score.mid, b.score.mid) == pytest.approx((0.55, 0.70))
    assert crossing(0.9, 0.6, 0.2, 0.8) == pytest.approx(2 / 3)
    flip = next(flip for flip in weight_flips([b, a]) if flip.criterion == "pass_rate")
    assert (flip.at, flip.challenger) == (pytest.approx(2 / 3), "a@shop")


def test_the_smallest_move_is_told_first() -> None:
    """Weights .5 .3 .2 turn at .65 (.15 away) and .16 (.14 away): the second is told first."""
    weights = [0.5, 0.3, 0.2]
    a, b = worths("a", [0.95, 0.30, 0.60], weights, TRIPLE), worths("b", [0.80, 0.70, 0.70], weights, TRIPLE)
    found = nearest_first(weight_flips([b, a]))
    assert [flip.criterion for flip in found] == ["cost", "pass_rate"]


def test_three_criteria_with_the_others_in_proportion() -> None:
    """Weights .5 .3 .2: the points are .6512, .1642 and -1.29, the last outside any weight."""
    weights = [0.5, 0.3, 0.2]
    a, b = worths("a", [0.95, 0.30, 0.60], weights, TRIPLE), worths("b", [0.80, 0.70, 0.70], weights, TRIPLE)
    assert (a.score.mid, b.score.mid) == pytest.approx((0.685, 0.750))
    assert weight_crossing(a, b, 0) == pytest.approx(0.6512, abs=5e-5)
    assert weight_crossing(a, b, 1) == pytest.approx(0.1642, abs=5e-5)
    assert weight_crossing(a, b, 2) == pytest.approx(-1.29, abs=5e-3)
    assert {flip.criterion for flip in weight_flips([b, a])} == {"pass_rate", "cost"}


def test_the_value_an_unknown_fact_needs_to_change_the_winner() -> None:
    """A(.8, unknown) beside B(.6,.7) at .6 and .4 leads above .40 and loses below it."""
    a = worths("a", [0.8, (0, 0.5, 1)], [0.6, 0.4], ("cost", "pass_rate"))
    b = worths("b", [0.6, 0.7], [0.6, 0.4], ("cost", "pass_rate"))
    (flip,) = fact_flips(in_order([a, b]))
    assert (flip.offer, flip.challenger) == ("a@shop", "b@shop")
    assert flip.at == pytest.approx(0.40)


def test_a_single_criterion_has_no_weight_to_turn() -> None:
    """With one criterion there is nothing to trade against."""
    assert weight_flips([worths("a", [0.9], [1.0], ("cost",)), worths("b", [0.6], [1.0], ("cost",))]) == []


def timed(name: str, seconds: tuple[float, float, float], pass_rate: float) -> Row:
    """An offer by its answer time and its pass rate, at even weights."""
    time = Interval(*seconds)
    parts = (
        Contribution(
            "answer_time", 0.5, Reading(time, WHERE), ANSWER_TIME.worth_between(time), clipped=False
        ),
        Contribution(
            "pass_rate", 0.5, Reading(Interval.exact(pass_rate), WHERE), Interval.exact(pass_rate), False
        ),
    )
    return row_of(offer(name), parts)


def test_a_slower_leader_loses_and_a_faster_challenger_wins() -> None:
    """Smaller is better: more answer time lowers the leader, less of it lifts the challenger."""
    words = {
        flip.offer: flip.words
        for flip in fact_flips([timed("a", (5, 10, 50), 0.8), timed("b", (5, 12, 50), 0.8)])
    }
    assert words["a@shop"].startswith("If Answer time of A (Shop) is 12 s or more (now taken as 10 s")
    assert words["b@shop"].startswith("If Answer time of B (Shop) is 10 s or less (now taken as 12 s")


@pytest.mark.parametrize("gap", [0.0, 1e-9])
def test_level_offers_share_one_sentence_in_place_of_figures_that_change_nothing(gap: float) -> None:
    """Thresholds that read like the present value are told once for the pair, whichever figure moves."""
    leader, other = timed("a", (17, 34.5, 69), 0.8 + gap), timed("b", (17, 34.5, 69), 0.8)

    assert sentences(fact_flips([leader, other])) == (
        "A (Shop) and B (Shop) score all but the same: the smallest difference in Answer time (now taken as "
        "34.5 s, between 17 and 69 s) decides between them.",
    )


def test_a_weight_that_barely_has_to_move_is_told_without_figures_that_read_the_same() -> None:
    """.50008 against .5: A(.9,.2) and B(.6,.5001) meet a hair away from even weights."""
    a, b = worths("a", [0.9, 0.2], [0.5, 0.5], PAIR), worths("b", [0.6, 0.5001], [0.5, 0.5], PAIR)
    flip = next(flip for flip in weight_flips([b, a]) if flip.criterion == "pass_rate")
    assert flip.at == pytest.approx(0.3001 / 0.6001)
    assert flip.words == (
        "B (Shop) and A (Shop) score all but the same: if Pass rate on your cases (50 %) counted "
        "for slightly more than now, A (Shop) would lead."
    )


def test_near_ties_on_several_weights_share_a_sentence() -> None:
    """Two offers a hair apart change places on two weights: one sentence names both, not two sentences."""
    keys = ("cost", "pass_rate", "accuracy")
    thirds = [0.4, 0.3, 0.3]
    leader = worths("a", [0.9, 0.5, 0.5], thirds, keys)
    other = worths("b", [0.2, 0.9666, 0.9666], thirds, keys)
    told = [line for line in sentences(weight_flips([leader, other])) if "slightly more" in line]
    assert told == [
        "A (Shop) and B (Shop) score all but the same: if Pass rate on your cases (30 %) or Accuracy and "
        "reasoning (30 %) counted for slightly more than now, B (Shop) would lead."
    ]


SCALES = (linear(20, 0), linear(0.5, 1))
COSTLY = {"a": (9.2, 0.86), "b": (2.1, 0.81), "c": (0.6, 0.74), "d": (14.8, 0.91), "e": (0.9, 0.77)}


def dominators(table: dict[str, tuple[float, float]]) -> dict[str, tuple[str, ...]]:
    """Who dominates whom on cost and quality."""
    rows = in_order(
        [
            worths(name, [scale.worth(x) for scale, x in zip(SCALES, pair, strict=True)], [0.5, 0.5], PAIR)
            for name, pair in table.items()
        ]
    )
    return dict(zip([row.id[0] for row in rows], dominated_by(rows), strict=True))


def test_dominance_needs_no_weights() -> None:
    """Five offers on the front; z(3.0,.80) is dominated by b(2.1,.81) only."""
    assert set(dominators(COSTLY).values()) == {()}
    assert dominators({**COSTLY, "z": (3.0, 0.80)})["z"] == ("b@shop",)


def test_dominance_takes_bounds_seriously() -> None:
    """Overlapping bounds are no dominance, separate ones are."""
    keys, weights = ("pass_rate", "consistency"), [0.5, 0.5]
    sure = worths("a", [(0.8, 0.85, 0.9), 0.9], weights, keys)
    near = worths("b", [(0.6, 0.75, 0.82), 0.5], weights, keys)
    far = worths("c", [(0.1, 0.2, 0.3), 0.5], weights, keys)
    assert dominated_by([sure, near, far]) == ((), (), ("a@shop", "b@shop"))
