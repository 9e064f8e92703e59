"""What counts how much: as decision 3 proposes, by order, or in one's own amounts."""

from __future__ import annotations

from functools import partial

import streamlit as st

from advisor import wording
from advisor.case import Preferences
from advisor.decide.criteria import CRITERIA, SCORED
from advisor.decide.decision import Decision
from advisor.decide.scales import Scale
from advisor.ui import state
from advisor.ui.inert import inert

PROPOSED, ORDER, AMOUNTS = "proposed", "order", "amounts"
_WAYS = {PROPOSED: "As decision 3 proposes", ORDER: "My own order", AMOUNTS: "My own amounts"}


def weights_panel(decision: Decision) -> None:
    """The choice of weights; every change shows in the result at once."""
    way = way_of(state.case().preferences)
    st.segmented_control(
        "Where the weights come from",
        list(_WAYS),
        required=True,
        format_func=lambda key: _WAYS.get(key) or str(key),
        **state.controlled("weights:way", way, partial(_choose, decision)),
    )
    if way == ORDER:
        _order()
    elif way == AMOUNTS:
        _amounts()
    else:
        _shown(decision)
    st.toggle(
        "Exclude offers that cannot show that they meet a hard need",
        **state.controlled("weights:strict", state.case().preferences.exclude_unknown, _strict),
    )


def way_of(preferences: Preferences) -> str:
    """Which of the three ways is in force."""
    return AMOUNTS if any(preferences.swings.values()) else ORDER if preferences.order else PROPOSED


def _choose(decision: Decision, way: str | None) -> None:
    if way == ORDER:
        set_preferences(order=decision.criteria, swings={})
    elif way == AMOUNTS:
        heaviest = max(decision.weights.values())
        amounts = {key: round(100 * weight / heaviest) for key, weight in decision.weights.items()}
        set_preferences(order=(), swings=amounts)
    elif way == PROPOSED:
        set_preferences(order=(), swings={})


def _shown(decision: Decision) -> None:
    st.markdown(
        " · ".join(
            f"{inert(CRITERIA[key].label)} **{inert(wording.percent(decision.weights[key]))}**"
            for key in decision.criteria
        )
    )


def _order() -> None:
    order = state.case().preferences.order
    st.multiselect(
        "Criteria in order, the most important first",
        SCORED,
        format_func=lambda key: CRITERIA[key].label,
        help="Take one out and add it again to move it to the end.",
        **state.controlled("weights:order", list(order), lambda keys: set_preferences(order=tuple(keys))),
    )


def _amounts() -> None:
    st.caption(
        "What is it worth to go from the worst to the best end of each scale? The most valuable step is 100; "
        "0 leaves a criterion out."
    )
    for key in SCORED:
        _amount(key)


def _amount(key: str) -> None:
    """Slider and number field of one criterion, with the real ends of its scale."""
    criterion = CRITERIA[key]
    stored = float(state.case().preferences.swings.get(key, 0.0))
    take = partial(_set_amount, key)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider(
            f"{criterion.label}: {_ends(criterion.scale, criterion.unit)}",
            0.0,
            100.0,
            step=1.0,
            format="%d",
            help=criterion.help or None,
            width=460,
            **state.controlled(f"weights:slider:{key}", stored, take),
        )
        st.number_input(
            f"Worth of {criterion.label}",
            0.0,
            100.0,
            step=1.0,
            format="%0.6g",
            label_visibility="collapsed",
            width=120,
            **state.controlled(f"weights:number:{key}", stored, take),
        )


def _ends(scale: Scale | None, unit: str) -> str:
    if scale is None:
        return ""
    return inert(f"from {wording.in_unit(scale.worst, unit)} to {wording.in_unit(scale.best, unit)}")


def _set_amount(key: str, amount: float) -> None:
    swings = {**state.case().preferences.swings, key: amount}
    if any(swings.values()):
        set_preferences(swings=swings)
    else:
        state.notice("Leave at least one criterion above 0.")


def _strict(on: bool) -> None:
    set_preferences(exclude_unknown=on)


def set_preferences(**changes: object) -> None:
    """Replace preferences of the case; what is out of range is refused in words."""
    state.enter(preferences=changes)
