"""Minimum levels: what an offer has to reach on a criterion, in its unit, to be considered at all."""

from __future__ import annotations

from functools import partial

import streamlit as st

from advisor.decide.criteria import CRITERIA, SCORED, Criterion, Objective
from advisor.ui import state
from advisor.ui.weights_panel import set_preferences

_UNITS = {
    "USD": "US dollars per finished task",
    "s": "seconds",
    "tokens/s": "tokens per second",
    "share": "percent",
    "index": "of 100",
}
_HIGHEST = {"share": 100.0, "index": 100.0}


def minimums_panel() -> None:
    """One number field for each criterion; empty sets no level."""
    levels = state.case().preferences.minimum_levels
    title = f"Minimum levels: {len(levels)} set" if levels else "Minimum levels: none set"
    with st.expander(title, key="minimums", expanded=bool(levels)):
        st.caption(
            "An offer that misses a level is excluded, whatever its other points. An empty field sets none."
        )
        with st.grid(3, min_column_width=220):
            for key in SCORED:
                _level(CRITERIA[key], levels.get(key))


def _level(criterion: Criterion, stored: float | None) -> None:
    bound = "at most" if criterion.objective is Objective.MIN else "at least"
    factor = _factor(criterion)
    st.number_input(
        f"{criterion.label}, {bound}, {_UNITS[criterion.unit]}",
        0.0,
        _HIGHEST.get(criterion.unit, 1e6),
        None,
        step=5.0 if criterion.unit in _HIGHEST else 1.0,
        format="%0.6g",
        placeholder="no level",
        **state.controlled(
            f"minimum:{criterion.key}",
            None if stored is None else stored * factor,
            partial(_take, criterion),
        ),
    )


def _take(criterion: Criterion, entered: float | None) -> None:
    levels = {k: v for k, v in state.case().preferences.minimum_levels.items() if k != criterion.key}
    if entered is not None:
        levels[criterion.key] = entered / _factor(criterion)
    set_preferences(minimum_levels=levels)


def _factor(criterion: Criterion) -> float:
    """A share is entered in percent."""
    return 100.0 if criterion.unit == "share" else 1.0
