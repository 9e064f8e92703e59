"""Finished example cases to begin with."""

from __future__ import annotations

import streamlit as st

from advisor.case import Case
from advisor.host.shelf import presets
from advisor.ui import state
from advisor.ui.inert import inert
from advisor.ui.navigation import go


def preset_field() -> Case | None:
    """The kind of job chosen, None when none is."""
    return st.selectbox(
        "Preset",
        presets(),
        index=None,
        format_func=lambda case: case.name,
        placeholder="Kind of job",
        key="preset",
    )


def start_from(chosen: Case | None, label: str, key: str) -> None:
    """The button that begins with the preset chosen; without one it says what to do first."""
    if not st.button(label, key=key):
        return
    if chosen is None:
        st.caption("Choose the kind of job above first.")
        return
    state.start(chosen)
    go("brief")


def preset_panel() -> None:
    """Presets on the brief: filled into an untouched case, else begun as a draft of its own."""
    case = state.case()
    named = next((one.name for one in presets() if one.preset == case.preset), None) if case.preset else None
    if named:
        marked = "; what is marked “from preset” is still its own" if case.from_preset else ""
        st.caption(f"Begun from the preset {inert(named)}{marked}.")
    untouched = case == Case()
    title = "Fill in from a preset" if untouched else "Begin again from a preset"
    with st.expander(title, expanded=untouched, key="brief-presets"):
        st.caption(
            "Numbers and answers of a typical job, each marked; change what differs."
            + ("" if untouched else " The draft so far stays at its own address.")
        )
        start_from(preset_field(), "Use it", "use-preset")
