"""Intervals and bounds for small samples. Pure functions on plain numbers; 95 % two-sided unless said."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from statistics import fmean, stdev
from typing import NamedTuple

Z_95 = 1.959963984540054
PERCENTILE_MINIMUM_N = 20
"""Fewest values for which a percentile other than the median is given."""


class Bounds(NamedTuple):
    """Lower and upper end of an interval."""

    low: float
    high: float


def wilson(hits: int, n: int) -> Bounds:
    """Interval of a share (Wilson 1927): `hits` of `n`.

    Raises:
        ValueError: `n` is not positive.
    """
    if n <= 0:
        raise ValueError("a share needs at least one case")
    share, square = hits / n, Z_95 * Z_95
    centre = share + square / (2 * n)
    reach = Z_95 * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    whole = 1 + square / n
    # At the ends rounding would leave the share itself just outside.
    low = 0.0 if hits == 0 else (centre - reach) / whole
    return Bounds(low, 1.0 if hits == n else (centre + reach) / whole)


def exact_share(hits: int, n: int) -> Bounds:
    """Interval of a share that covers it in 95 % of cases or more (Clopper and Pearson 1934): `hits` of `n`.

    Wilson's covers less for some shares, and least where the counted answer was picked for being the most
    common: 88 to 93 % with three answers of 0.5, 0.3, 0.2 and up to 30 replies, where this one covers 95 %.

    Raises:
        ValueError: `n` is not positive.
    """
    if n <= 0:
        raise ValueError("a share needs at least one case")
    low = 0.0 if hits == 0 else _beta_quantile(0.025, hits, n - hits + 1)
    high = 1.0 if hits == n else _beta_quantile(0.975, hits + 1, n - hits)
    return Bounds(low, high)


def differs_at_most(n: int) -> float:
    """All `n` answers were equal: the next one differs with at most this chance (one-sided 95 %)."""
    return 1.0 - 0.05 ** (1.0 / n)


def mean_interval(values: Sequence[float]) -> Bounds | None:
    """Student's interval of a mean; None below two values."""
    n = len(values)
    if n < 2:
        return None
    reach = t_quantile(0.975, n - 1) * stdev(values) / math.sqrt(n)
    return Bounds(fmean(values) - reach, fmean(values) + reach)


def prompts_interval(values: Sequence[float]) -> Bounds | None:
    """Interval of a mean of per-prompt shares, never of zero width; None without any value.

    Student's interval over the values and two pseudo-prompts, 0 and 1, in the spirit of Agresti and
    Coull (1998): with few and very steady prompts the plain one covers far too little.
    """
    widened = mean_interval([*values, 0.0, 1.0]) if values else None
    return None if widened is None else Bounds(max(0.0, widened.low), min(1.0, widened.high))


def median_interval(values: Sequence[float]) -> Bounds | None:
    """Distribution-free interval of a median from order statistics; None below six values."""
    ordered, n = sorted(values), len(values)
    rank, tail = 0, 0.0
    while rank < n // 2:
        tail += math.comb(n, rank) / 2**n
        if tail > 0.025:
            break
        rank += 1
    return None if rank == 0 else Bounds(ordered[rank - 1], ordered[n - rank])


def percentile(values: Sequence[float], share: float) -> float | None:
    """Linear percentile; None below twenty values."""
    if len(values) < PERCENTILE_MINIMUM_N:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def paired_difference(first: Sequence[float], second: Sequence[float]) -> tuple[float, Bounds | None]:
    """Mean of `first` minus `second`, pair by pair, with Student's interval."""
    differences = [one - other for one, other in zip(first, second, strict=True)]
    return fmean(differences), mean_interval(differences)


def paired_interval(first: Sequence[float], second: Sequence[float]) -> Bounds | None:
    """Interval of the mean paired difference of shares, never of zero width; None below two pairs.

    Student's interval; when all differences are equal it would claim certainty, so two pseudo-pairs
    of difference -1 and 1 are added then, as in `prompts_interval`.
    """
    differences = [one - other for one, other in zip(first, second, strict=True)]
    if len(differences) < 2:
        return None
    same = max(differences) - min(differences) < 1e-12
    bounds = mean_interval([*differences, -1.0, 1.0] if same else differences)
    return None if bounds is None else Bounds(max(-1.0, bounds.low), min(1.0, bounds.high))


def paired_p_value(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Chance of so large a mean difference if there were none (paired t-test); None below two pairs.

    Differences that are all equal have no spread to test against: the sign test stands in.
    """
    differences = [one - other for one, other in zip(first, second, strict=True)]
    n = len(differences)
    if n < 2:
        return None
    spread = stdev(differences)
    if spread < 1e-12:
        return 1.0 if abs(differences[0]) < 1e-12 else min(1.0, 2.0 * 0.5**n)
    return 2.0 * (1.0 - _t_cdf(abs(fmean(differences)) * math.sqrt(n) / spread, n - 1))


def paired_ratio(first: Sequence[float], second: Sequence[float]) -> tuple[float, Bounds | None]:
    """Typical ratio of `first` to `second`, pair by pair (geometric mean), with its interval.

    Times are skewed; their logarithms are nearly normal, so Student's interval is taken there.
    """
    logs = [math.log(one / other) for one, other in zip(first, second, strict=True)]
    bounds = mean_interval(logs)
    ratio = math.exp(fmean(logs))
    return ratio, None if bounds is None else Bounds(math.exp(bounds.low), math.exp(bounds.high))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's (1979) adjusted p-values, in the order given."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for place, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = running
    return tuple(adjusted)


@cache
def t_quantile(probability: float, df: int) -> float:
    """Quantile of Student's distribution for a probability above one half, by bisection."""
    return _bisect(lambda t: _t_cdf(t, df) - probability, 0.0, 1e3 if df > 1 else 1e5)


@cache
def _beta_quantile(probability: float, a: int, b: int) -> float:
    return _bisect(lambda x: _incomplete_beta(x, a, b) - probability, 0.0, 1.0)


def _t_cdf(t: float, df: int) -> float:
    # P(T <= t) = 1 - I_x(df/2, 1/2) / 2 with x = df / (df + t^2), for t >= 0.
    return 1.0 - 0.5 * _incomplete_beta(df / (df + t * t), df / 2, 0.5)


def _bisect(function: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function by its continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return min(1.0, max(0.0, x))
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x > (a + 1) / (a + b + 2):
        return 1.0 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 300):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1.0 / _away(1.0 + even * d), _away(1.0 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1.0 / _away(1.0 + odd * d), _away(1.0 + odd / c)
        value *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return value


def _away(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300
