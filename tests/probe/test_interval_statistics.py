"""Intervals for small samples, against the worked cases of the method note and published functions."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from statistics import fmean

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.statistics import (
    Bounds,
    differs_at_most,
    exact_share,
    holm,
    mean_interval,
    median_interval,
    paired_difference,
    paired_p_value,
    paired_ratio,
    percentile,
    prompts_interval,
    t_quantile,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(5, 5, 0.5655, 1.0), (4, 5, 0.3755, 0.9638), (9, 10, 0.5958, 0.9821), (19, 20, 0.7639, 0.9911)],
)
def test_wilson_gives_the_published_bounds(hits: int, n: int, low: float, high: float) -> None:
    """Worked cases 1, 2, 6 and 8: Wilson's interval of the majority share."""
    bounds = wilson(hits, n)

    assert bounds == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 200), st.data())
def test_wilson_agrees_with_an_independent_one(n: int, data: st.DataObject) -> None:
    """Our interval is that of SciPy's binomial test for any share."""
    hits = data.draw(st.integers(0, n))
    theirs = scipy.stats.binomtest(hits, n).proportion_ci(method="wilson")

    assert wilson(hits, n) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@pytest.mark.parametrize("df", [1, 2, 3, 5, 9, 11, 29, 100, 1000])
@pytest.mark.parametrize("probability", [0.9, 0.95, 0.975, 0.995])
def test_t_quantile_agrees_with_an_independent_one(probability: float, df: int) -> None:
    """Student's quantile is that of SciPy."""
    assert t_quantile(probability, df) == pytest.approx(scipy.stats.t.ppf(probability, df), rel=1e-8)


@pytest.mark.parametrize(("n", "most"), [(3, 0.63), (5, 0.4507), (10, 0.26), (20, 0.14), (59, 0.05)])
def test_equal_answers_bound_the_next_one(n: int, most: float) -> None:
    """All of n equal: the next differs with at most 1 - 0.05^(1/n) (worked case 1 and the note's table)."""
    assert differs_at_most(n) == pytest.approx(most, abs=5e-3 if n != 5 else 5e-5)


def test_pseudo_prompts_widen_a_steady_score() -> None:
    """Worked case 13: eight prompts at 1, one at 0.6, one at 0.4."""
    values = [1.0] * 8 + [0.6, 0.4]
    plain, widened = mean_interval(values), prompts_interval(values)

    assert fmean(values) == pytest.approx(0.9)
    assert plain is not None
    assert plain.low == pytest.approx(0.7455, abs=5e-5)
    assert widened == pytest.approx((0.6246, 1.0), abs=5e-5)


@pytest.mark.parametrize(("n", "low"), [(10, 0.7333), (20, 0.8600), (30, 0.9050), (50, 0.9422)])
def test_perfect_prompts_still_leave_doubt(n: int, low: float) -> None:
    """Worked case 14: the interval of n perfect prompts has no zero width."""
    assert prompts_interval([1.0] * n) == pytest.approx((low, 1.0), abs=5e-5)


def test_paired_difference_of_two_models() -> None:
    """Worked case 15: the same ten prompts asked of two models."""
    first = [1, 1, 0.6, 1, 0.8, 1, 0.4, 1, 1, 0.6]
    second = [1, 0.6, 0.4, 1, 0.6, 0.8, 0.4, 1, 0.6, 0.4]
    difference, bounds = paired_difference(first, second)

    assert difference == pytest.approx(0.16)
    assert bounds == pytest.approx((0.0471, 0.2729), abs=5e-5)


@pytest.mark.parametrize(("n", "low", "high"), [(6, 1, 6), (10, 2, 9), (20, 6, 15)])
def test_median_interval_uses_the_published_ranks(n: int, low: int, high: int) -> None:
    """Order statistics of a 95 % interval: 6 values all, 10 the 2nd to 9th, 20 the 6th to 15th."""
    assert median_interval(list(range(1, n + 1))) == (low, high)


def test_five_values_have_no_median_interval() -> None:
    """Below six values no distribution-free 95 % interval exists."""
    assert median_interval([1, 2, 3, 4, 5]) is None


def test_percentiles_need_twenty_values() -> None:
    """Nineteen values give no 95th percentile, twenty do."""
    assert percentile(list(range(19)), 0.95) is None
    assert percentile(list(range(20)), 0.95) == pytest.approx(18.05)


def test_ratio_interval_covers_the_truth() -> None:
    """On 1,000 simulated pairs of runs the 95 % interval of a latency ratio of 1.3 covers it 93 to 97 %."""
    dice = random.Random(1)
    covered = 0
    for _ in range(1_000):
        slow = [1.3 * dice.lognormvariate(0, 0.35) for _ in range(20)]
        fast = [dice.lognormvariate(0, 0.35) for _ in range(20)]
        _, bounds = paired_ratio(slow, fast)
        assert bounds is not None
        covered += bounds.low <= 1.3 <= bounds.high

    assert 0.93 <= covered / 1_000 <= 0.97


def test_holm_corrects_for_many_pairs() -> None:
    """Three p-values: the smallest times 3, the next times 2, never falling."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))


def test_paired_p_value_agrees_with_an_independent_one() -> None:
    """The paired test is that of SciPy; equal differences are tested by their signs alone."""
    first = [1, 1, 0.6, 1, 0.8, 1, 0.4, 1, 1, 0.6]
    second = [1, 0.6, 0.4, 1, 0.6, 0.8, 0.4, 1, 0.6, 0.4]

    assert paired_p_value(first, second) == pytest.approx(
        scipy.stats.ttest_rel(first, second).pvalue, rel=1e-8
    )
    assert paired_p_value([1.0] * 5, [1.0] * 5) == 1.0
    assert paired_p_value([1.0] * 5, [0.5] * 5) == pytest.approx(0.0625)
    assert paired_p_value([1.0], [0.0]) is None


def test_intervals_of_a_share_hold_the_share_itself() -> None:
    """For every count up to 60: no rounding leaves 0 of n or n of n just outside."""
    for n in range(1, 61):
        for hits in range(n + 1):
            for bounds in (wilson(hits, n), exact_share(hits, n)):
                assert 0 <= bounds.low <= hits / n <= bounds.high <= 1


def test_exact_interval_of_a_share() -> None:
    """Clopper and Pearson: 4 of 5, 8 of 10, 0 of 10 and 5 of 5 as in published tables."""
    assert exact_share(4, 5) == pytest.approx((0.2836, 0.9949), abs=5e-5)
    assert exact_share(8, 10) == pytest.approx((0.4439, 0.9748), abs=5e-5)
    assert exact_share(0, 10) == pytest.approx((0.0, 0.3085), abs=5e-5)
    assert exact_share(5, 5) == pytest.approx((0.4782, 1.0), abs=5e-5)
    with pytest.raises(ValueError, match="at least one case"):
        exact_share(0, 0)


def test_the_exact_interval_covers_every_share_and_wilsons_does_not() -> None:
    """By the binomial distribution, shares of 0.01 to 0.99: never under 95 %, Wilson's down to 90 %."""

    def coverage(interval: Callable[[int, int], Bounds], n: int, share: float) -> float:
        held = [k for k in range(n + 1) if interval(k, n).low <= share <= interval(k, n).high]
        return sum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in held)

    shares = [percent / 100 for percent in range(1, 100)]
    for n in (3, 10, 30):
        assert min(coverage(exact_share, n, share) for share in shares) >= 0.95
    assert min(coverage(wilson, 10, share) for share in shares) < 0.91
