"""Figures in words."""

from __future__ import annotations

import csv
import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import wording
from advisor.interval import Interval
from advisor.ui.exhibit import csv_of


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "$0"),
        (0.00123456, "$0.00123"),
        (0.0465, "$0.0465"),
        (0.999, "$1.00"),
        (1.5, "$1.50"),
        (200, "$200"),
        (999.49, "$999.49"),
        (999.6, "$1,000"),
        (12345.6, "$12,346"),
        (None, "unknown"),
    ],
)
def test_money_keeps_its_meaning_at_every_size(value: float | None, words: str) -> None:
    """Small prices keep significant digits, large ones lose cents."""
    assert wording.usd(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.42, "0.42 s"), (12, "12 s"), (119, "119 s"), (120, "2 min"), (125, "2 min 5 s"), (9000, "2.5 h")],
)
def test_time_in_words(value: float, words: str) -> None:
    """Seconds become minutes from two minutes and hours from two hours."""
    assert wording.seconds(value) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0 %"),
        (0.0004, "under 0.1 %"),
        (0.051, "5.1 %"),
        (0.67, "67 %"),
        (0.997, "over 99 %"),
        (1, "100 %"),
    ],
)
def test_percentages_are_never_rounded_to_certainty(share: float, words: str) -> None:
    """Only an exact 0 or 1 reads 0 % or 100 %."""
    assert wording.percent(share) == words


@pytest.mark.parametrize(
    ("value", "words"), [(500, "500"), (999, "999"), (1_000, "1k"), (20_000, "20k"), (1e6, "1M"), (3e9, "3B")]
)
def test_marks_of_an_axis_are_short(value: float, words: str) -> None:
    """From a thousand on a letter stands for the noughts."""
    assert wording.in_short(value) == words


def test_numbers_without_end_are_powers_of_ten() -> None:
    """6 x 7 billion parameters x 140 billion tokens are 5.88×10²¹ operations; small ones have a minus."""
    assert wording.in_powers(6 * 7e9 * 140e9) == "5.88×10²¹"
    assert wording.in_powers(0.00012) == "1.20×10⁻⁴"


def test_lists_counts_and_dates() -> None:
    """The small words around figures are grammatical."""
    assert wording.joined(["a", "b", "c"]) == "a, b and c"
    assert wording.count(1, "offer") == "1 offer"
    assert wording.count(3, "offer") == "3 offers"
    assert wording.day(date(2026, 11, 24)) == "24 November 2026"
    assert wording.tokens(200_000) == "200,000 tokens"


def test_intervals_collapse_when_both_ends_read_the_same() -> None:
    """A known figure is said once, an uncertain one with both ends."""
    assert wording.usd_interval(Interval.exact(0.02)) == "$0.02"
    assert wording.usd_interval(Interval(0.01, 0.02, 0.03)) == "$0.01 to $0.03"
    assert wording.about(Interval(0.01, 0.02, 0.03), wording.usd) == "about $0.02 ($0.01 to $0.03)"
    assert wording.about(Interval(301.83, 301.96, 303.40), wording.usd) == "about $301.96"
    assert wording.usd_interval(None) == "unknown"


def test_the_unit_is_said_once() -> None:
    """Both ends of an interval share the unit when they read alike."""
    assert wording.seconds_interval(Interval(1.3, 4, 10)) == "1.3 to 10 s"
    assert wording.interval_in_unit(Interval(73, 80, 90), "index") == "73 to 90 of 100"
    assert wording.interval_in_unit(Interval(300, 900, 1850), "USD/month") == "$300 to $1,850 a month"
    assert wording.seconds_interval(Interval(10, 60, 125)) == "10 s to 2 min 5 s"


@given(st.floats(min_value=1e-9, max_value=1e9))
def test_a_positive_amount_never_reads_zero(value: float) -> None:
    """Rounding never turns a price into nothing."""
    assert any(digit in "123456789" for digit in wording.usd(value))
    assert any(digit in "123456789" for digit in wording.number(value))


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (0.3021, 0.3049, "s", ("0.302 s", "0.302 to 0.305 s")),
        (0.30211, 0.30214, "s", ("0.3 s", "0.3 s")),
        (0.3, 0.3, "s", ("0.3 s", "0.3 s")),
        (0.3, 1.2, "s", ("0.3 s", "0.3 to 1.2 s")),
        (100.04, 100.31, "tokens/s", ("100 tokens/s", "100 to 100.3 tokens/s")),
        (0.0012341, 0.0012349, "USD", ("$0.001234", "$0.001234 to $0.001235")),
        (0.501, 0.502, "share", ("50 %", "50 %")),
    ],
)
def test_bounds_never_read_the_same_twice(low: float, high: float, unit: str, words: tuple[str, str]) -> None:
    """Close bounds and their figure get the digits that tell them apart, up to four; else one is said."""
    assert wording.within(low, low, high, unit) == words


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_spreadsheet_shows_formulas_and_runs_none(formula: str) -> None:
    """What begins like a formula gets an apostrophe, in cells and headings; a line end begins no new row."""
    table = pd.DataFrame({formula: [formula, "plain"], "n": [-1.5, 2]})

    assert wording.spreadsheet_cell(formula) == f"'{formula}"
    assert wording.spreadsheet_cell("a=1") == "a=1"
    rows = list(csv.reader(io.StringIO(csv_of(table).decode(), newline="")))
    assert rows == [[f"'{formula}", "n"], [f"'{formula}", "-1.5"], ["plain", "2.0"]]


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Interval(301.83, 301.96, 303.40), "about $302, between $301 and $304"),
        (Interval(1185.2, 1186, 1187), "about $1,190, between $1,180 and $1,190"),
        (Interval(186.51, 200.1, 231.75), "about $200, between $186 and $232"),
        (Interval(776.54, 776.54, 776.54), "about $777"),
        (Interval(2.5, 2.5, 2.5), "about $2.50"),
        (Interval(0, 0, 0), "about $0"),
        (None, "unknown"),
    ],
)
def test_dollars_at_a_glance_have_three_digits_and_bounds_that_hold(
    bounds: Interval | None, words: str
) -> None:
    """No cents that nobody knows, and no bound inside the true one."""
    assert wording.about_usd(bounds) == words


def test_a_factor_has_the_digits_its_product_needs() -> None:
    """$0.00124 x 40,000 would be $49.60; the bill is $49.75, so the rate is printed with a fourth digit."""
    assert wording.usd_factor(0.00124375, 40_000) == "$0.0012438"
    assert wording.usd_factor(0.011, 100_000) == "$0.011"
    assert wording.usd_factor(0.0, 5) == "$0.00"
