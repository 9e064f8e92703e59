"""One figure at each setting of a sweep or effort ladder: a line for each offer, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from advisor import wording
from advisor.probe.metrics import FREE_TEXT, METRICS, Estimate, Metric, basis
from advisor.probe.plan import RunPlan
from advisor.probe.summary import OfferSummary, settings_of
from advisor.probe.targets import Target
from advisor.ui.charts import finished, short
from advisor.ui.exhibit import exhibit
from advisor.ui.inert import inert

_SHOWN = ("pass_rate", "cost", "answer_time", "first_answer", "consistency", FREE_TEXT)
_FIGURES = {metric.key: metric for metric in METRICS if metric.key in _SHOWN}
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "hexagon")
_DASHES = ("solid", "dash", "dot", "dashdot")
_APART = 0.06
"""Distance between two offers at one setting, so that their intervals do not hide each other."""

Lanes = dict[str, list[tuple[Target, OfferSummary]]]


def show_settings(plan: RunPlan, told: Sequence[OfferSummary]) -> None:
    """Nothing unless the run went through two settings at least."""
    settings = settings_of(plan)
    if len(settings) < 2:
        return
    st.markdown("## At each setting")
    known = {key: one for key, one in _FIGURES.items() if any(summary.figures[key] for summary in told)}
    if not known:
        return
    key = st.segmented_control(
        "Figure",
        [key for key in _SHOWN if key in known],
        default=next(key for key in _SHOWN if key in known),
        required=True,
        format_func=lambda key: known[key].label if key in known else str(key),
        key="probe-settings",
    )
    metric = known.get(key) or next(iter(known.values()))
    lanes = _lanes(plan, told)
    st.markdown("\n".join(f"- {inert(_sentence(mine, metric))}" for mine in lanes.values()))
    figure = _lines(lanes, settings, metric)
    alt = (
        f"{metric.label} at {wording.joined(list(settings))}, a line for each offer with its 95 % intervals."
    )
    exhibit(f"settings-{metric.key}", figure, _table(lanes), alt, lambda: _in_words(lanes, metric))
    st.caption(
        "Bars are 95 % intervals: where they overlap, no difference is shown by them. The comparison "
        "prompt by prompt below tells more."
    )


def _lanes(plan: RunPlan, told: Sequence[OfferSummary]) -> Lanes:
    """Offer -> its lanes in the order of the settings."""
    lanes: Lanes = {}
    for target, summary in zip(plan.targets, told, strict=True):
        lanes.setdefault(target.offer, []).append((target, summary))
    return lanes


def _setting(target: Target) -> str:
    return target.variant.label if target.variant else ""


def _name(target: Target) -> str:
    """The offer without its setting."""
    return target.label if target.variant is None else target.label.removesuffix(f", {target.variant.label}")


def _sentence(mine: Sequence[tuple[Target, OfferSummary]], metric: Metric) -> str:
    """Every setting's figure in the order of the settings."""
    said = [
        f"{_said(summary.figures[metric.key], metric.unit)} at {_setting(target) or 'its only setting'}"
        for target, summary in mine
    ]
    return f"{_name(mine[0][0])}: {metric.label.lower()} {', '.join(said)}."


def _said(figure: Estimate | None, unit: str) -> str:
    return wording.UNKNOWN_WORD if figure is None else wording.in_unit(figure.value, unit)


def _lines(lanes: Lanes, settings: Sequence[str], metric: Metric) -> go.Figure:
    figure = go.Figure()
    drawn = [mine for mine in lanes.values() if any(target.variant for target, _ in mine)]
    for place, mine in enumerate(drawn):
        dots = [(t, one) for t, summary in mine if t.variant and (one := summary.figures[metric.key])]
        values = [one.value for _, one in dots]
        figure.add_scatter(
            x=[settings.index(_setting(t)) + _APART * (place - (len(drawn) - 1) / 2) for t, _ in dots],
            y=values,
            name=short(_name(mine[0][0])),
            mode="lines+markers",
            line={"dash": _DASHES[place % len(_DASHES)]},
            marker={"symbol": _SYMBOLS[place % len(_SYMBOLS)], "size": 9},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [(one.high or one.value) - one.value for _, one in dots],
                "arrayminus": [one.value - (one.value if one.low is None else one.low) for _, one in dots],
                "thickness": 1.2,
            },
            hovertemplate="%{y:.3~g}<extra>" + short(_name(mine[0][0])) + "</extra>",
        )
    places = list(range(len(settings)))
    span = [-0.4, len(places) - 0.6]
    figure.update_xaxes(tickvals=places, ticktext=list(settings), range=span, zeroline=False)
    figure.update_yaxes(title=f"{metric.label}, {metric.unit}", rangemode="tozero")
    return finished(figure, height=380, legend=True)


def _in_words(lanes: Lanes, metric: Metric) -> list[str]:
    """The figure on the chart at every setting, with its bounds; the download has the others too."""
    return [
        f"{_name(target)}, {_setting(target) or 'its only setting'}: "
        + _bounded(summary.figures[metric.key], metric)
        for mine in lanes.values()
        for target, summary in mine
    ]


def _bounded(figure: Estimate | None, metric: Metric) -> str:
    if figure is None:
        return wording.UNKNOWN_WORD
    rests_on = f"from {basis(figure, metric)}"
    if figure.low is None or figure.high is None:
        return f"{wording.in_unit(figure.value, metric.unit)} ({rests_on})"
    value, spread = wording.within(figure.value, figure.low, figure.high, metric.unit)
    return f"{value} ({rests_on if spread == value else f'{spread}; {rests_on}'})"


def _table(lanes: Lanes) -> pd.DataFrame:
    """One row for each offer, setting and figure, in base units; empty is unknown."""
    return pd.DataFrame(
        [
            {"Offer": _name(target), "Setting": _setting(target), **_row(summary.figures[key], one)}
            for mine in lanes.values()
            for target, summary in mine
            for key, one in _FIGURES.items()
        ]
    )


def _row(figure: Estimate | None, metric: Metric) -> dict[str, object]:
    return {
        "Figure": metric.label,
        "Unit": metric.unit,
        "Value": figure.value if figure else None,
        "Low 95 %": figure.low if figure else None,
        "High 95 %": figure.high if figure else None,
        "From": basis(figure, metric) if figure else "",
    }
