"""Quality against cost: one mark for each offer, and the front nobody beats on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import plotly.graph_objects as go

from advisor.interval import Interval
from advisor.ui.charts import WHISKER, finished, log_ticks, short, whiskers
from advisor.wording import usd

BEATEN = "Another is better and cheaper"


@dataclass(frozen=True, slots=True)
class Point:
    """One offer in the plot of quality against cost.

    Args:
        label: Name of the offer.
        x: Cost per request, US dollars.
        y: Points 0-100.
        on_front: Whether no other offer is at once better and cheaper.
        leads: Whether it is the recommended one.
    """

    label: str
    x: Interval
    y: Interval
    on_front: bool
    leads: bool = False


def quality_against_cost(points: Sequence[Point]) -> go.Figure:
    """Points without cost against cost, the offers nobody beats joined by a line."""
    figure = go.Figure()
    front = sorted((point for point in points if point.on_front), key=lambda point: point.x.mid)
    figure.add_scatter(
        x=[point.x.mid for point in front],
        y=[point.y.mid * 100 for point in front],
        mode="lines",
        line={"dash": "dot", "shape": "hv", "color": WHISKER, "width": 1.5},
        name="Nobody is better and cheaper",
        hoverinfo="skip",
    )
    leaders = [point for point in points if point.leads]
    taken = [_name(point) for point in leaders]
    groups = (
        ("Recommended", leaders, "star", 16),
        ("On the front", [p for p in points if p.on_front and not p.leads], "diamond", 10),
        (BEATEN, [p for p in points if not p.on_front and not p.leads], "circle-open", 8),
    )
    middle = _middle(points)
    for name, members, symbol, size in groups:
        if members:
            figure.add_trace(_cloud(name, members, symbol, size, middle, [] if members == leaders else taken))
    ticks = log_ticks([point.x.mid for point in points])
    figure.update_xaxes(
        title="Cost per request, US dollars", type="log", tickvals=ticks, ticktext=[usd(one) for one in ticks]
    )
    figure.update_yaxes(title="Points without cost")
    return finished(figure, height=460, legend=True)


def _middle(points: Sequence[Point]) -> float:
    """The cost in the middle of a log axis."""
    costs = [point.x.mid for point in points] or [1.0]
    return sqrt(min(costs) * max(costs))


def _name_side(point: Point, middle: float) -> str:
    """Names point to the middle of the chart, so that none is cut off at its edge.

    The front rises to the right: below it on the right of a mark, and above it on the left, it stands free.
    """
    return "bottom right" if point.x.mid < middle else "top left"


def _name(point: Point) -> str:
    return short(point.label.split(" (")[0], 24)


def _names(members: Sequence[Point], taken: Sequence[str]) -> list[str]:
    """Names without hosts; a model sold by several is named at its first mark only."""
    names = [_name(point) for point in members]
    return ["" if name in taken or name in names[:i] else name for i, name in enumerate(names)]


def _cloud(
    name: str, members: Sequence[Point], symbol: str, size: int, middle: float, taken: Sequence[str]
) -> go.Scatter:
    labelled = name != BEATEN
    return go.Scatter(
        x=[point.x.mid for point in members],
        y=[point.y.mid * 100 for point in members],
        error_x=whiskers([point.x for point in members]) if labelled else None,
        error_y=whiskers([point.y for point in members], 100) if labelled else None,
        mode="markers+text" if labelled else "markers",
        text=_names(members, taken),
        textposition=[_name_side(point, middle) for point in members],
        customdata=[(point.label, usd(point.x.mid)) for point in members],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} per request, %{y:.0f} points<extra></extra>",
        marker={"symbol": symbol, "size": size},
        name=name,
        cliponaxis=False,
    )
