"""The draws against cases whose answer is exact by construction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from advisor.decide.robustness import (
    Acceptability,
    acceptability,
    count_pairs,
    drawn_scores,
    figures,
    tie_groups,
    uniform_weights,
)
from advisor.decide.value import Row
from tests.decide.worlds import Bounds, worths

DRAWS = 100_000
KEYS = ("accuracy", "cost", "pass_rate")


def rows_of(table: Sequence[Sequence[Bounds]]) -> list[Row]:
    """Rows a, b, c ... of some worths."""
    n = len(table[0])
    return [worths("abcdefgh"[i], line, [1 / n] * n, KEYS[:n]) for i, line in enumerate(table)]


def no_preference(table: Sequence[Sequence[Bounds]]) -> Acceptability:
    """All weights equally likely."""
    rows = rows_of(table)
    n = len(table[0])
    return acceptability(figures(rows, KEYS[:n]), uniform_weights(n, DRAWS, 5), 5, pairs=10)


def test_two_specialists_and_a_good_compromise() -> None:
    """A(1,0), B(0,1), C(.6,.6): firsts .4 .4 .2, central weights (.8,.2) (.2,.8) (.5,.5)."""
    odds = no_preference([(1, 0), (0, 1), (0.6, 0.6)])
    expected = [[0.4, 0.1, 0.5], [0.4, 0.1, 0.5], [0.2, 0.8, 0]]
    assert odds.ranks.tolist() == [pytest.approx(line, abs=6e-3) for line in expected]
    assert odds.central.tolist() == [
        pytest.approx(line, abs=6e-3) for line in [(0.8, 0.2), (0.2, 0.8), (0.5, 0.5)]
    ]


def test_a_compromise_that_is_never_best() -> None:
    """C(.45,.45) is dominated by neither A nor B, yet never first: second .9, third .1."""
    odds = no_preference([(1, 0), (0, 1), (0.45, 0.45)])
    assert odds.ranks[2].tolist() == pytest.approx([0, 0.9, 0.1], abs=6e-3)
    assert odds.ranks[2, 0] == 0
    assert np.isnan(odds.central[2]).all()


def test_three_corners_and_the_centre() -> None:
    """Each of four is first a quarter of the time; the centre is second otherwise."""
    odds = no_preference([(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.5, 0.5, 0.5)])
    assert odds.ranks[:, 0].tolist() == pytest.approx([0.25] * 4, abs=6e-3)
    assert odds.ranks[3, 1] == pytest.approx(0.75, abs=6e-3)


def test_pairwise_wins_are_shares_of_draws() -> None:
    """Nine wins in ten draws are .9 (rsmaa's pairwise index test)."""
    scores = np.array([[1.0] * 9 + [0.0], [0.0] * 9 + [1.0]])
    wins = np.zeros((2, 2))
    count_pairs(scores, wins)
    assert (wins / 10).tolist() == [[0, pytest.approx(0.9)], [pytest.approx(0.1), 0]]


def test_an_unknown_fact_is_drawn_evenly_over_its_scale() -> None:
    """A (.8, unknown) beats B (.6, .7) at weights .6, .4 when the unknown exceeds .40: in 60 % of draws."""
    rows = rows_of([(0.8, (0, 0.5, 1)), (0.6, 0.7)])
    weights = np.tile([0.6, 0.4], (DRAWS, 1))
    odds = acceptability(figures(rows, KEYS[:2]), weights, 5, pairs=2)
    assert odds.ranks[0, 0] == pytest.approx(0.60, abs=6e-3)


def test_a_lopsided_interval_is_as_likely_below_its_middle_as_above() -> None:
    """The middle of an interval is its median."""
    rows = rows_of([((0.1, 0.2, 0.9),), (0.2,)])
    odds = acceptability(figures(rows, KEYS[:1]), np.ones((DRAWS, 1)), 5, pairs=2)
    assert odds.ranks[0, 0] == pytest.approx(0.5, abs=6e-3)


def test_two_offers_that_score_the_same_share_the_first_place() -> None:
    """Equal offers win half of the draws each instead of the first by name taking all."""
    odds = no_preference([(0.5, 0.5), (0.5, 0.5)])
    assert odds.ranks[:, 0].tolist() == pytest.approx([0.5, 0.5], abs=6e-3)


def test_an_offer_keeps_its_draws_whoever_else_is_there() -> None:
    """Adding and reordering offers leaves every other offer's drawn scores as they were."""
    table = [(0.8, (0, 0.5, 1)), (0.6, (0.2, 0.7, 0.9)), ((0.1, 0.2, 0.3), 0.4)]
    rows, weights = rows_of(table), uniform_weights(2, 500, 1)
    whole = drawn_scores(figures(rows, KEYS[:2]), weights, 1)
    for kept in ([0], [2, 0], [1, 2]):
        part = drawn_scores(figures([rows[i] for i in kept], KEYS[:2]), weights, 1)
        np.testing.assert_allclose(part, whole[kept], rtol=0, atol=5e-7)


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Two runs agree bit for bit, another seed does not."""
    rows, weights = rows_of([(0.8, (0, 0.5, 1)), (0.6, 0.7)]), uniform_weights(2, 500, 1)
    table = figures(rows, KEYS[:2])
    assert drawn_scores(table, weights, 1).tobytes() == drawn_scores(table, weights, 1).tobytes()
    assert drawn_scores(table, weights, 1).tobytes() != drawn_scores(table, weights, 2).tobytes()


def test_too_close_to_call_is_measured_against_the_groups_first() -> None:
    """Close neighbours do not chain: the third is far behind the first, so it starts a group."""
    pairwise = [[0, 0.55, 0.70], [0.45, 0, 0.58], [0.30, 0.42, 0]]
    assert tie_groups(pairwise, [0.55, 0.58]) == (1, 1, 2)
    assert tie_groups(pairwise, [0.55, 0.58, 0.61, 0.5]) == (1, 1, 2, 3, 3)
