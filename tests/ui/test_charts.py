"""What the charts promise to their readers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.interval import Interval
from advisor.ui import charts
from advisor.ui.heat_chart import agreement_map
from advisor.ui.quality_chart import Point, quality_against_cost


def texts(figure: go.Figure) -> list[str]:
    """Everything written beside marks and rows."""
    traces: Any = figure.data
    notes: Any = figure.layout.annotations
    return [*(word for trace in traces for word in (trace.text or ())), *(note.text for note in notes)]


def test_cost_marks_are_one_two_five_within_little_more_than_a_decade() -> None:
    """From $0.002 to $0.03 the marks are 0.002, 0.005, 0.01 and 0.02."""
    assert charts.log_ticks([0.002, 0.03]) == pytest.approx([0.002, 0.005, 0.01, 0.02])


def test_cost_marks_are_decades_over_a_wide_range() -> None:
    """Over more than two decades only powers of ten are marked, the ends included."""
    assert charts.log_ticks([0.00013, 0.017]) == pytest.approx([0.0001, 0.001, 0.01, 0.1])


def test_close_costs_have_a_mark_too() -> None:
    """Between 0.002 and 0.005 no round mark is near, so the lowest cost is one."""
    assert charts.log_ticks([0.0031, 0.0033]) == [0.0031]


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=20))
def test_cost_marks_never_crowd(costs: list[float]) -> None:
    """At most four marks, or one for each decade of the range with one beyond each end."""
    ticks = charts.log_ticks(costs)

    assert ticks == sorted(set(ticks))
    assert len(ticks) <= charts.MOST_TICKS or all(b / a == pytest.approx(10) for a, b in pairwise(ticks))


def test_points_are_written_with_their_bounds() -> None:
    """A bar with unknown parts says its middle and both ends; a certain one only its sum."""
    rows = [
        charts.Bar("A", (("Cost", 70.0),), Interval(0.52, 0.7, 0.89)),
        charts.Bar("B", (("Cost", 40.0),), Interval(0.4, 0.4, 0.4)),
    ]

    assert [word.strip() for word in texts(charts.value_bars(rows))[:2]] == ["70 (52–89)", "40"]


def test_a_model_is_named_once_in_the_plot() -> None:
    """Hosts of one model close together do not write its name over itself."""
    hosts = [
        Point(f"Argon ({host})", Interval(0.01, 0.01, 0.01), Interval(0.5, 0.5, 0.5), True, host == "a")
        for host in "ab"
    ]

    assert [word for word in texts(quality_against_cost(hosts)) if word] == ["Argon"]


def test_close_flip_points_have_a_row_each() -> None:
    """Two moves of one weight do not share a row, so their words cannot run into each other."""
    moves = [charts.Move("Cost", 15, 16, "Argon"), charts.Move("Cost", 15, 5.3, "Neon")]
    figure = charts.flip_moves(moves, "Weight, percent")

    assert texts(figure) == ["Cost 15 → 16 %:<br>Argon", "Cost 15 → 5.3 %:<br>Neon"]


def test_an_approximate_share_never_looks_like_an_exact_one() -> None:
    """It is paler and begins with the sign for "about"; the exact fields leave its place empty."""
    exact, rough = agreement_map(["a", "b"], ["x"], [[1.0], [1.0]], [[True], [False]]).data

    assert [list(line) for line in exact.text] == [[""], ["100 %"]]
    assert [list(line) for line in rough.text] == [["≈ 100 %"], [""]]
    assert rough.opacity < exact.opacity
