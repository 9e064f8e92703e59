"""Charts from plain data: one look, units on every axis, intervals as whiskers, labels beside the marks.

Colours come from the theme of the page (light or dark); what a colour says, a label, pattern or symbol
says too. No chart here knows Streamlit or a decision: rows in, figure out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import cast

import plotly.graph_objects as go

from advisor.interval import Interval
from advisor.wording import number

WHISKER = "#7d8a88"
"""Readable on white and on near black."""
PATTERNS = ("", "/", ".", "x", "-", "\\", "+", "|")
ROW_PX = 44
BAR_PX = 20
LEGEND_LINE_PX = 20
LEGEND_PX = 44
"""Room for a legend of one line; the chart makes more by itself where it takes several."""
LABEL_LETTERS = 34
MONEY = ",.6~r"
"""Tick format of dollars: thousands separated, no exponent, no trailing noughts."""
MOST_TICKS = 4
"""Cost labels that stand beside each other on a phone without touching."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the value chart.

    Args:
        label: Name of the offer.
        parts: Points 0-100 by name, in the legend's order.
        total: Bounds of the sum.
    """

    label: str
    parts: tuple[tuple[str, float], ...]
    total: Interval


@dataclass(frozen=True, slots=True)
class Move:
    """From one percentage to another, with who leads at the far end."""

    label: str
    start: float
    end: float
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of figures over a shared axis."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Single figures of one row, and their middle with its bounds."""

    label: str
    values: tuple[float, ...]


def value_bars(rows: Sequence[Bar]) -> go.Figure:
    """Points of each offer split by criterion, whiskers for what is unknown."""
    labels = [row.label for row in rows]
    entries = len(rows[0].parts) if rows else 0
    # On a phone the legend takes a line for each criterion, out of the height of the rows.
    row_px = ROW_PX + LEGEND_LINE_PX * max(0, entries - 2) // max(1, len(rows))
    figure = go.Figure()
    for i, (name, _) in enumerate(rows[0].parts if rows else ()):
        figure.add_bar(
            y=labels,
            x=[row.parts[i][1] for row in rows],
            name=name,
            orientation="h",
            width=BAR_PX / row_px,
            marker={"pattern": {"shape": PATTERNS[i % len(PATTERNS)], "fillmode": "overlay", "size": 6}},
            hovertemplate="%{y}<br>" + name + ": %{x:.1f} points<extra></extra>",
        )
    figure.add_scatter(
        y=labels,
        x=[row.total.mid * 100 for row in rows],
        mode="markers",
        marker={"size": 1, "color": WHISKER},
        error_x=whiskers([row.total for row in rows], 100),
        showlegend=False,
        hoverinfo="skip",
    )
    figure.add_scatter(
        y=labels,
        x=[row.total.high * 100 for row in rows],
        mode="text",
        text=[f" {_points(row.total)}" for row in rows],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_layout(barmode="stack", yaxis={"autorange": "reversed"})
    names_above(figure, labels)
    # Room right of 100 for the figures behind a full bar.
    figure.update_xaxes(title="Points out of 100", range=[0, 132], tickvals=[0, 20, 40, 60, 80, 100])
    return finished(figure, rows=len(rows), legend=True, row_px=row_px)


def _points(total: Interval) -> str:
    """The middle with its bounds; the text stands at the whisker's end and must not be read as that end."""
    low, mid, high = (f"{end * 100:.0f}" for end in (total.low, total.mid, total.high))
    return mid if low == high else f"{mid} ({low}–{high})"


def log_ticks(values: Sequence[float]) -> list[float]:
    """Marks for a log axis that holds `values`, all above zero: 1, 2, 5 of each decade, or decades alone.

    Where these are more than `MOST_TICKS`, their labels would touch: every other one, or over a wide range
    decades alone. The lowest value itself where none of them is near.
    """
    if not values:
        return []
    low, high = min(values), max(values)
    decades = [10.0**n for n in range(floor(log10(low)), ceil(log10(high)) + 1)]
    fine = [one for ten in decades for n in (1, 2, 5) if low / 1.3 <= (one := n * ten) <= high * 1.3]
    if len(fine) <= MOST_TICKS:
        return fine or [low]
    every_other = fine[::2]
    return every_other if len(every_other) < MOST_TICKS else decades


def rank_chances(labels: Sequence[str], chances: Sequence[Sequence[float]], ranks: int = 5) -> go.Figure:
    """How often each offer takes each rank, as a table of shares with the share written in each field."""
    shown = [list(line[:ranks]) for line in chances]
    figure = go.Figure(
        go.Heatmap(
            z=shown,
            x=[str(i + 1) for i in range(max(map(len, shown), default=0))],
            y=[_two_lines(label) for label in labels],
            text=[[_chance(share) for share in line] for line in shown],
            texttemplate="%{text}",
            hovertemplate="%{y}, rank %{x}: %{text}<extra></extra>",
            showscale=False,
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(side="top", title="Rank", type="category")
    return finished(figure, rows=len(shown), top=72)


def _chance(share: float) -> str:
    return "" if share == 0 else "<1 %" if share < 0.01 else f"{100 * share:.0f} %"


def flip_moves(moves: Sequence[Move], title: str) -> go.Figure:
    """From the figure in force to the figure at which another offer takes the lead, one row for each.

    What a row says stands in its name above it: beside the marks it would run into those of close ends.
    """
    figure = go.Figure()
    labels = [f"{move.label} {number(move.start)} → {number(move.end)} %:<br>{move.words}" for move in moves]
    # One trace whose gaps part the rows.
    figure.add_scatter(
        x=[end for move in moves for end in (move.start, move.end, None)],
        y=[label for label in labels for _ in range(3)],
        mode="lines",
        line={"color": WHISKER, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=[move.start for move in moves], y=labels, mode="markers", marker={"size": 11}, name="in force"
    )
    figure.add_scatter(
        x=[move.end for move in moves],
        y=labels,
        mode="markers",
        marker={"size": 12, "symbol": "diamond-open", "line": {"width": 2}},
        name="the leader changes here",
    )
    figure.update_xaxes(title=title, range=[-3, 103])
    figure.update_yaxes(autorange="reversed")
    names_above(figure, labels)
    return finished(figure, rows=len(moves), legend=True, row_px=76)


def two_scores(rows: Sequence[tuple[str, float | None, float | None]], first: str, second: str) -> go.Figure:
    """Points of each offer in two scenarios; an offer that is excluded in one has no mark there."""
    figure = go.Figure()
    labels = [label for label, _, _ in rows]
    for label, one, other in rows:
        if one is not None and other is not None:
            line = {"color": WHISKER, "width": 3}
            figure.add_scatter(
                x=[one, other], y=[label] * 2, mode="lines", line=line, hoverinfo="skip", showlegend=False
            )
    for name, column, symbol in ((first, 1, "circle-open"), (second, 2, "diamond")):
        figure.add_scatter(
            x=[row[column] for row in rows],
            y=labels,
            mode="markers",
            marker={"size": 12, "symbol": symbol, "line": {"width": 2}},
            name=name,
            hovertemplate="%{y}, " + name + ": %{x:.1f} points<extra></extra>",
        )
    figure.update_xaxes(title="Points out of 100", range=[0, 103])
    figure.update_yaxes(autorange="reversed")
    names_above(figure, labels)
    return finished(figure, rows=len(rows), legend=True, row_px=52)


def lines(rows: Sequence[Line], x_title: str, y_title: str, *, log_x: bool = False) -> go.Figure:
    """Lines over one axis, each with its name and its own dashes in the legend."""
    figure = go.Figure()
    for i, row in enumerate(rows):
        figure.add_scatter(
            x=list(row.x),
            y=list(row.y),
            name=row.label,
            mode="lines",
            line={"dash": ("solid", "dash", "dot", "dashdot")[i % 4], "shape": "hv"},
            hovertemplate=row.label + ": %{y:.4~g} at %{x:,.0f}<extra></extra>",
        )
    figure.update_xaxes(title=x_title)
    if log_x:
        ticks = log_ticks([x for row in rows for x in row.x])
        figure.update_xaxes(type="log", tickvals=ticks, ticktext=[number(one) for one in ticks])
    figure.update_yaxes(title=y_title, rangemode="tozero")
    return finished(figure, height=380, legend=True)


def spreads(rows: Sequence[Spread], x_title: str) -> go.Figure:
    """Every single figure as a dot, the quartiles as a box."""
    figure = go.Figure()
    for row in rows:
        figure.add_box(
            x=list(row.values),
            name=row.label,
            orientation="h",
            boxpoints="all",
            pointpos=0,
            jitter=0.5,
            fillcolor="rgba(0,0,0,0)",
            marker={"size": 6},
            hovertemplate="%{x:.3~g}<extra>" + row.label + "</extra>",
            showlegend=False,
        )
    figure.update_xaxes(title=x_title, rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    names_above(figure, [row.label for row in rows])
    return finished(figure, rows=len(rows), row_px=72)


def short(label: str, letters: int = LABEL_LETTERS) -> str:
    """A label cut to fit beside a chart; the table below carries it whole."""
    return label if len(label) <= letters else f"{label[: letters - 1]}…"


def names_above(figure: go.Figure, labels: Sequence[str], letters: int = 44) -> None:
    """Write each row's name above its marks instead of beside them: a phone keeps its width.

    Args:
        figure: The chart.
        labels: The rows' names, of one line or of two with `<br>` between.
        letters: Longest line.
    """
    figure.update_yaxes(showticklabels=False)
    # All in one go: Plotly checks the whole list again for each that is added.
    before = cast("Sequence[object]", figure["layout"]["annotations"] or ())
    figure.update_layout(annotations=[*before, *(_name_above(one, letters) for one in labels)])


def _name_above(label: str, letters: int) -> dict[str, object]:
    names = label.split("<br>")
    return {
        "text": "<br>".join(short(line, letters) for line in names),
        "align": "left",
        "xref": "paper",
        "x": 0,
        "y": label,
        "yshift": 17 + 3 * len(names),
        "xanchor": "left",
        "showarrow": False,
        "font": {"size": 12},
    }


def _two_lines(label: str) -> str:
    model, _, host = label.partition(" (")
    # "Microsoft Foundry (Azure)" is known by what stands before its own bracket.
    host = host.partition(" (")[0].removesuffix(")")
    return f"{short(model, 20)}<br>{short(host, 20)}" if host else short(model, 20)


def whiskers(bounds: Sequence[Interval], factor: float = 1.0) -> dict[str, object]:
    """Error bars from bounds, times `factor`."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [(one.high - one.mid) * factor for one in bounds],
        "arrayminus": [(one.mid - one.low) * factor for one in bounds],
        "color": WHISKER,
        "thickness": 1.2,
        "width": 4,
    }


def finished(
    figure: go.Figure,
    *,
    rows: int = 0,
    height: int = 0,
    legend: bool = False,
    row_px: int = ROW_PX,
    top: int = 24,
) -> go.Figure:
    """Put the common look on a figure."""
    top = LEGEND_PX if legend else top
    figure.update_layout(
        height=height or top + 70 + row_px * max(rows, 1),
        margin={"l": 8, "r": 28, "t": top, "b": 48},
        legend={
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "x": 0,
            "title": None,
            "traceorder": "normal",
        },
        showlegend=legend,
        hoverlabel={"namelength": -1},
        dragmode=False,
    )
    figure.update_yaxes(automargin=True)
    figure.update_xaxes(automargin=True, fixedrange=True)
    return figure
