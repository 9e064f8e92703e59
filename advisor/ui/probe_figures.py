"""Every figure of a run: one card for each metric, its offers below each other, and all of it as CSV."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.probe.metrics import FREE_TEXT, METRICS, Estimate, Metric, basis, span
from advisor.probe.summary import OfferSummary
from advisor.ui.exhibit import download
from advisor.ui.inert import inert


def show_figures(told: Sequence[OfferSummary]) -> None:
    """A table with a column for each metric would be cut on every screen: cards break into rows instead."""
    free = any(one.figures[FREE_TEXT] for one in told)
    st.caption(
        inert(
            "Answered: "
            + " · ".join(f"{one.label} {one.answered} of {one.wanted}" for one in told)
            + ". Bounds are 95 % intervals; where none stands, there are too few values."
        )
    )
    shown = [metric for metric in METRICS if free or metric.key != FREE_TEXT]
    known = [metric for metric in shown if any(one.figures.get(metric.key) for one in told)]
    with st.grid(3, min_column_width=300):
        for metric in known:
            _card(metric, told)
    unknown = [metric.label.lower() for metric in shown if metric not in known]
    if unknown:
        st.caption(inert(f"Unknown from this run: {wording.joined(unknown)}."))
    download("figures", _every_figure(told))


def _card(metric: Metric, told: Sequence[OfferSummary]) -> None:
    with st.container(border=True):
        st.markdown(f"**{inert(metric.label)}**", help=metric.help)
        lines = [f"- {inert(one.label)}: {_figure(one.figures.get(metric.key), metric)}" for one in told]
        st.markdown("\n".join(lines))


def _figure(found: Estimate | None, metric: Metric) -> str:
    if found is None:
        return wording.UNKNOWN_WORD
    value, rests_on = wording.in_unit(found.value, metric.unit), f"from {basis(found, metric)}"
    single = f". Smallest to largest: {told}" if (told := span(found, metric)) else ""
    if found.low is None or found.high is None:
        return f"**{inert(value)}** ({inert(rests_on)}){inert(single)}"
    value, spread = wording.within(found.value, found.low, found.high, metric.unit)
    told = rests_on if spread == value else f"{spread}; {rests_on}"
    return f"**{inert(value)}** ({inert(told)}){inert(single)}"


def _every_figure(told: Sequence[OfferSummary]) -> pd.DataFrame:
    """One row for each offer and metric, in base units; empty is unknown."""
    return pd.DataFrame([_row(one, metric) for one in told for metric in METRICS])


def _row(one: OfferSummary, metric: Metric) -> dict[str, object]:
    found = one.figures.get(metric.key)
    return {
        "offer": one.offer,
        "label": one.label,
        "simulated": one.simulated,
        "answered": one.answered,
        "wanted": one.wanted,
        "metric": metric.label,
        "unit": metric.unit,
        "value": found.value if found else None,
        "low_95": found.low if found else None,
        "high_95": found.high if found else None,
        "smallest": found.smallest if found else None,
        "largest": found.largest if found else None,
        "p95": found.p95 if found else None,
        "n": found.n if found else 0,
        "rests_on": basis(found, metric) if found else "",
        "note": found.note if found else "",
    }
