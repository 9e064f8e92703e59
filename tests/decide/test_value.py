"""The additive value against published results."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from advisor.decide.scales import Scale, linear
from tests.decide.worlds import worths

DEZERT_A = (
    [(10.5, -3.1, 1.7), (-4.7, 0, 3.4), (8.1, 0.3, 1.3), (3.2, 7.3, -5.3)],
    [0.2, 0.3, 0.5],
    [linear(-5, 12), linear(10, -6), linear(-8, 5)],
    [0.1989, 0.3705, 0.3063, 0.7491],
)
DEZERT_CARS = (
    [
        (15000, 4.3, 99, 42, 737),
        (15290, 5, 116, 42, 892),
        (15350, 5, 114, 45, 952),
        (15490, 5.3, 123, 45, 1120),
    ],
    [0.2941, 0.2353, 0.2353, 0.0588, 0.1765],
    [linear(16000, 14000), linear(8, 3), linear(140, 80), linear(35, 60), linear(650, 1300)],
    [0.4780, 0.5781, 0.5557, 0.5801],
)
KEYS = ("accuracy", "cost", "answer_time", "consistency", "pass_rate")


def scores(matrix: Sequence[Sequence[float]], weights: list[float], scales: list[Scale]) -> list[float]:
    """Our scores of raw rows."""
    keys = KEYS[: len(weights)]
    return [
        worths("a", [s.worth(x) for s, x in zip(scales, line, strict=True)], weights, keys).score.mid
        for line in matrix
    ]


@pytest.mark.parametrize("published", [DEZERT_A, DEZERT_CARS])
def test_our_score_is_one_minus_spotis(
    published: tuple[list[tuple[float, ...]], list[float], list[Scale], list[float]],
) -> None:
    """Both examples of Dezert et al. 2020, to the digits they print."""
    matrix, weights, scales, spotis = published
    ours = scores(matrix, weights, scales)
    assert [1 - score for score in ours] == pytest.approx(spotis, abs=2e-4)


def test_weighted_sum_of_a_published_matrix() -> None:
    """Kracka, Brauers & Zavadskas 2010: sum scaling, inverted minima, equal weights."""
    matrix = np.array(
        [
            [33.95, 23.78, 11.45, 39.97, 29.44, 167.10, 3.852],
            [38.9, 4.17, 6.32, 0.01, 4.29, 132.52, 25.184],
            [37.59, 9.36, 8.23, 4.35, 10.22, 136.71, 10.845],
            [30.44, 37.59, 13.91, 74.08, 45.10, 198.34, 2.186],
            [36.21, 14.79, 9.17, 17.77, 17.06, 148.3, 6.610],
            [37.8, 8.55, 7.97, 2.35, 9.25, 134.83, 11.935],
        ]
    )
    matrix[:, [0, 1, 2, 3, 5]] = 1 / matrix[:, [0, 1, 2, 3, 5]]
    scaled = matrix / matrix.sum(axis=0)
    keys = ("accuracy", "code", "agentic", "cost", "answer_time", "consistency", "pass_rate")
    ours = [worths("a", line, [1 / 7] * 7, keys).score.mid for line in scaled.tolist()]
    assert ours == pytest.approx([0.12040, 0.34582, 0.13838, 0.12841, 0.12346, 0.14352], abs=5e-6)


def min_max(matrix: Sequence[tuple[float, float]]) -> list[float]:
    """Scores scaled by the offers on screen, the way not taken: quality up, price down, equal weights."""
    quality, price = zip(*matrix, strict=True)
    q = [(x - min(quality)) / (max(quality) - min(quality)) for x in quality]
    p = [(max(price) - x) / (max(price) - min(price)) for x in price]
    return [(a + b) / 2 for a, b in zip(q, p, strict=True)]


def topsis(matrix: list[tuple[float, ...]], weights: list[float], signs: list[int]) -> list[float]:
    """TOPSIS with vector scaling, the way not taken."""
    raw = np.array(matrix, dtype=float)
    scaled = raw / np.sqrt((raw**2).sum(axis=0)) * np.array(weights) * np.array(signs)
    best, worst = scaled.max(axis=0), scaled.min(axis=0)
    to_best = np.sqrt(((scaled - best) ** 2).sum(axis=1))
    to_worst = np.sqrt(((scaled - worst) ** 2).sum(axis=1))
    closeness: list[float] = (to_worst / (to_best + to_worst)).tolist()
    return closeness


def test_we_can_reproduce_topsis() -> None:
    """Tzeng & Huang 2011, so that the reversal below is TOPSIS's own and not our mistake."""
    closeness = topsis([(5, 8, 4), (7, 6, 8), (8, 8, 6), (7, 4, 6)], [0.3, 0.4, 0.3], [1, 1, 1])
    assert closeness == pytest.approx([0.5037, 0.6581, 0.7482, 0.3340], abs=5e-5)


def test_rank_reversal_happens_to_min_max_and_not_to_us() -> None:
    """Adding a dominated offer turns min-max round; our scores do not move."""
    offers = [(80, 4), (70, 2), (60, 1)]
    added = [*offers, (62, 12)]
    assert min_max(offers) == pytest.approx([0.5, 0.583, 0.5], abs=5e-4)
    assert min_max(added) == pytest.approx([0.864, 0.705, 0.5, 0.05], abs=5e-4)
    scales = [linear(50, 100), linear(15, 0)]
    before, after = scores(offers, [0.5, 0.5], scales), scores(added, [0.5, 0.5], scales)
    assert before == pytest.approx([0.667, 0.633, 0.567], abs=5e-4)
    assert after[:3] == before
    assert after[3] == pytest.approx(0.22, abs=5e-4)


def test_rank_reversal_happens_to_topsis() -> None:
    """A dominated fourth offer makes TOPSIS's last the first."""
    offers = [(57.0, 2.0), (79.0, 4.0), (78.0, 3.0)]
    before = topsis(offers, [0.5, 0.5], [1, -1])
    after = topsis([*offers, (53, 8)], [0.5, 0.5], [1, -1])
    assert before == pytest.approx([0.678, 0.322, 0.574], abs=5e-4)
    assert after[:3] == pytest.approx([0.793, 0.688, 0.841], abs=5e-4)


def test_an_unknown_fact_is_an_interval_not_zero_and_not_dropped() -> None:
    """A (.8, unknown) is .48 to .88 beside B at .64: neither .80 nor .48 alone."""
    keys = ("accuracy", "cost")
    a = worths("a", [0.8, (0, 0.5, 1)], [0.6, 0.4], keys)
    b = worths("b", [0.6, 0.7], [0.6, 0.4], keys)
    assert (a.score.low, a.score.high) == pytest.approx((0.48, 0.88))
    assert b.score.mid == pytest.approx(0.64)
    assert (b.score.mid - 0.6 * 0.8) / 0.4 == pytest.approx(0.40)
