"""Charts of costs: offers side by side, and how costs grow with the requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import plotly.graph_objects as go

from advisor.interval import Interval
from advisor.ui.charts import MONEY, WHISKER, finished, log_ticks, names_above, short, whiskers
from advisor.wording import about, in_short, usd

WIDE = 30
"""From this ratio on between dearest and cheapest, a logarithmic axis shows both."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


MOST_DECADES = 6
"""Short labels that stand beside each other on a phone."""
NAME_LETTERS = 38
"""Of a name above its mark: as many as stand before the figure on a phone."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """One offer's cost between bounds."""

    label: str
    cost: Interval


@dataclass(frozen=True, slots=True)
class Curve:
    """One way to do the job over a shared axis; None where its cost is unknown."""

    label: str
    x: tuple[float, ...]
    y: tuple[Interval | None, ...]


def cost_rows(rows: Sequence[CostRow], title: str, *, limit: float | None = None) -> go.Figure:
    """A mark for each offer's middle with its bounds, a dashed line at the budget."""
    figure = go.Figure()
    labels = [f"{short(row.label, NAME_LETTERS)}  <b>{usd(row.cost.mid)}</b>" for row in rows]
    figure.add_scatter(
        x=[row.cost.mid for row in rows],
        y=labels,
        mode="markers",
        error_x=whiskers([row.cost for row in rows]),
        marker={"size": 12, "symbol": "diamond"},
        customdata=[(row.label, about(row.cost, usd)) for row in rows],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        cliponaxis=False,
        showlegend=False,
    )
    ends = [end for row in rows for end in (row.cost.low, row.cost.mid, row.cost.high) if end > 0]
    _axis(figure, title, ends)
    figure.update_yaxes(autorange="reversed")
    names_above(figure, labels, 90)
    if limit is not None:
        figure.add_vline(x=limit, line={"dash": "dash", "color": WHISKER, "width": 2})
        figure.add_annotation(
            text="budget", x=_place(limit, ends), yref="paper", y=1.0, yanchor="bottom", showarrow=False
        )
    return finished(figure, rows=len(rows), row_px=56, top=36)


def _wide(ends: Sequence[float]) -> bool:
    return bool(ends) and max(ends) / min(ends) > WIDE


def _place(value: float, ends: Sequence[float]) -> float:
    """Where an annotation stands: on a logarithmic axis its place is the logarithm."""
    return log10(value) if _wide(ends) and value > 0 else value


def _axis(figure: go.Figure, title: str, ends: Sequence[float]) -> None:
    if _wide(ends):
        ticks = log_ticks(ends)
        figure.update_xaxes(
            title=title, type="log", tickvals=ticks, ticktext=[usd(one) for one in ticks], tickangle=0
        )
    else:
        figure.update_xaxes(title=title, rangemode="tozero", tickprefix="$", tickformat=MONEY, nticks=6)


def curves(rows: Sequence[Curve], x_title: str, y_title: str, *, mark: float | None = None) -> go.Figure:
    """Lines over a logarithmic axis, each with the band it may lie in, a line at the present value."""
    figure = go.Figure()
    known = [[(x, y) for x, y in zip(row.x, row.y, strict=True) if y and y.mid > 0] for row in rows]
    for place, (row, points) in enumerate(zip(rows, known, strict=True)):
        figure.add_scatter(
            x=[x for x, _ in points],
            y=[y.mid for _, y in points],
            name=row.label,
            mode="lines",
            line={"dash": DASHES[place % len(DASHES)], "width": 2.5},
            customdata=[usd(y.mid) for _, y in points],
            hovertemplate=row.label + ": %{customdata} at %{x:,.0f}<extra></extra>",
        )
    for place, points in enumerate(known):
        _band(figure, points, place)
    _log_axes(figure, rows, x_title, y_title)
    if mark is not None and mark > 0:
        figure.add_vline(x=mark, line={"dash": "dot", "color": WHISKER, "width": 2})
        figure.add_annotation(
            text="yours", x=log10(mark), yref="paper", y=0, yanchor="bottom", xanchor="left", showarrow=False
        )
    return finished(figure, height=440, legend=True)


def _band(figure: go.Figure, known: Sequence[tuple[float, Interval]], place: int) -> None:
    if all(y.known for _, y in known):
        return
    figure.add_scatter(
        x=[x for x, _ in known] + [x for x, _ in reversed(known)],
        y=[y.high for _, y in known] + [y.low for _, y in reversed(known)],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=_BANDS[place % len(_BANDS)],
        hoverinfo="skip",
        showlegend=False,
    )


_BANDS = ("rgba(55,131,138,0.18)", "rgba(200,121,43,0.18)", "rgba(91,95,168,0.18)", "rgba(122,143,58,0.18)")
"""Faint enough that lines and grid stay readable through two of them, light and dark."""


def _log_axes(figure: go.Figure, rows: Sequence[Curve], x_title: str, y_title: str) -> None:
    across = log_ticks([x for row in rows for x in row.x])
    if len(across) > MOST_DECADES:
        across = across[::2]
    up = log_ticks(
        [end for row in rows for y in row.y if y is not None for end in (y.low, y.high) if end > 0]
    )
    figure.update_xaxes(
        title=x_title, type="log", tickvals=across, ticktext=[in_short(one) for one in across]
    )
    figure.update_xaxes(tickangle=0)
    figure.update_yaxes(
        title=y_title, type="log", tickvals=up, ticktext=[usd(one) for one in up], fixedrange=True
    )
