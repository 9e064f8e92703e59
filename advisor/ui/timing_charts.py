"""Charts of a run's calls: when each was made, and what was paid for."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from advisor.probe.price_check import OfferCost
from advisor.probe.timing import Bar
from advisor.ui.charts import finished, short

WAIT, FIRST, REST, FAILED = "our side and connecting", "to the first token", "to the end", "failed"
_LOOKS = {
    WAIT: ("#8a8f98", ""),
    FIRST: ("#3f7cac", "/"),
    REST: ("#6aa84f", ""),
    FAILED: ("#c0392b", "x"),
}
LANE_PX = 64
PARTS = (
    ("fresh", "prompt, read afresh"),
    ("cached", "prompt, from the cache"),
    ("written", "prompt, written to the cache"),
    ("reasoning", "reasoning"),
    ("visible", "visible answer"),
    ("audio", "audio"),
)
_PART_LOOKS = (
    ("#3f7cac", ""),
    ("#9cc3e5", "/"),
    ("#b4a7d6", "x"),
    ("#e69138", "."),
    ("#6aa84f", "\\"),
    ("#c27ba0", "-"),
)


def timeline_chart(bars: Sequence[Bar]) -> go.Figure:
    """Each call as a bar in its offer's lane; calls at the same time lie side by side."""
    rows = _rows(bars)
    labels = list(dict.fromkeys(bar.label for bar in bars))
    base = {label: at for at, label in enumerate(labels)}
    depth = {
        label: 1 + max(row for bar, row in zip(bars, rows, strict=True) if bar.label == label)
        for label in labels
    }
    places = [
        base[bar.label] + (row + 0.5) / depth[bar.label] * 0.72 - 0.24
        for bar, row in zip(bars, rows, strict=True)
    ]
    widths = [0.72 / depth[bar.label] * 0.9 for bar in bars]
    figure = go.Figure()
    for name, (colour, pattern) in _LOOKS.items():
        spans = [_span(bar, name) for bar in bars]
        figure.add_bar(
            y=places,
            x=[length for _, length in spans],
            base=[start for start, _ in spans],
            width=widths,
            orientation="h",
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern}, "line": {"width": 0}},
            customdata=[f"{bar.label}, {bar.prompt}, {bar.name}" for bar in bars],
            hovertemplate="%{customdata}<br>" + name + ": %{x:.3~g} s<extra></extra>",
        )
    for label in labels:
        figure.add_annotation(
            text=short(label, 44), xref="paper", x=0, y=base[label] - 0.38, xanchor="left", showarrow=False
        )
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(showticklabels=False, range=[len(labels) - 0.4, -0.6], showgrid=False, zeroline=False)
    figure.update_xaxes(title="Seconds since the run's first call", rangemode="tozero")
    return finished(figure, rows=len(labels), legend=True, row_px=LANE_PX + 14)


def _span(bar: Bar, part: str) -> tuple[float, float]:
    sent = bar.start_s + bar.queue_s
    if part == WAIT:
        return bar.start_s, bar.queue_s
    if bar.failure is not None:
        return sent, bar.end_s - sent if part == FAILED else 0.0
    if part == FIRST:
        return sent, bar.first_s or 0.0
    return sent + (bar.first_s or 0.0), bar.rest_s if part == REST else 0.0


def _rows(bars: Sequence[Bar]) -> list[int]:
    """For each call the first row of its lane that is free when it starts."""
    ends: dict[str, list[float]] = {}
    rows: list[int] = []
    for bar in bars:
        taken = ends.setdefault(bar.label, [])
        row = next((at for at, end in enumerate(taken) if end <= bar.start_s), len(taken))
        taken[row : row + 1] = [bar.end_s]
        rows.append(row)
    return rows


def cost_chart(costs: Sequence[OfferCost]) -> go.Figure:
    """Dollars of each offer's calls, split by what was paid for."""
    figure = go.Figure()
    labels = [cost.label for cost in costs]
    for (field, name), (colour, pattern) in zip(PARTS, _PART_LOOKS, strict=True):
        if not any(getattr(cost.parts, field) for cost in costs):
            continue
        figure.add_bar(
            y=labels,
            x=[getattr(cost.parts, field) for cost in costs],
            name=name,
            orientation="h",
            marker={"color": colour, "pattern": {"shape": pattern}},
            hovertemplate="%{y}<br>" + name + ": $%{x:.3~g}<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.55)
    figure.update_yaxes(autorange="reversed", showticklabels=False)
    for label in labels:
        figure.add_annotation(
            text=short(label, 44), xref="paper", x=0, y=label, yshift=22, xanchor="left", showarrow=False
        )
    figure.update_xaxes(title="US dollars, all calls of this run", rangemode="tozero", nticks=5)
    return finished(figure, rows=len(labels), legend=True, row_px=60)


def errors_chart(counts: Sequence[tuple[str, str, int]]) -> go.Figure:
    """Failed calls by kind, one colour and pattern for each offer."""
    figure = go.Figure()
    kinds = list(dict.fromkeys(kind for _, kind, _ in counts))
    for place, offer in enumerate(dict.fromkeys(offer for offer, _, _ in counts)):
        mine = {kind: number for one, kind, number in counts if one == offer}
        figure.add_bar(
            y=kinds,
            x=[mine.get(kind, 0) for kind in kinds],
            name=short(offer),
            orientation="h",
            marker={"pattern": {"shape": ("", "/", "x", ".")[place % 4]}},
            hovertemplate="%{y}: %{x} calls<extra>" + short(offer) + "</extra>",
        )
    figure.update_layout(barmode="stack")
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title="Failed calls", rangemode="tozero", tickformat="d")
    return finished(figure, rows=len(kinds), legend=True)
