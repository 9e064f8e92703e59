"""The estimator is tested on benchmarks it was not shown."""

from __future__ import annotations

from datetime import date
from statistics import median

import pytest

from advisor.catalog.files import load_catalog
from advisor.catalog.left_out import COMPOSITES, leave_one_out, rank_correlation


def test_rank_correlation_by_hand() -> None:
    """1 - 6 x (1 + 1) / (4 x 15) = 0.8 for one swapped pair of four."""
    assert rank_correlation([1, 2, 3, 4], [10, 30, 20, 40]) == pytest.approx(0.8)


def test_a_constant_side_correlates_with_nothing() -> None:
    """No order on one side is no agreement, not a division by zero."""
    assert rank_correlation([1, 1, 1], [1, 2, 3]) == 0.0


def test_left_out_benchmarks_are_predicted() -> None:
    """Median rank correlation of at least 0.8 over benchmarks with 15 shared models, composites or not."""
    catalog = load_catalog(today=date(2026, 11, 24))
    shown = leave_one_out(catalog)
    strict = [line for line in leave_one_out(catalog, without=COMPOSITES) if line.benchmark not in COMPOSITES]

    assert len(shown) >= 10
    assert all(line.models >= 15 for line in shown)
    assert median(line.rank_correlation for line in shown) >= 0.8
    assert median(line.rank_correlation for line in strict) >= 0.8


def test_intervals_hold_about_what_they_claim() -> None:
    """Between 70 and 95 % of left-out places fall into the 80 % interval."""
    lines = leave_one_out(load_catalog(today=date(2026, 11, 24)))
    covered = sum(line.coverage * line.models for line in lines) / sum(line.models for line in lines)

    assert 0.70 <= covered <= 0.95
