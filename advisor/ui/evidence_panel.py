"""What the case's own measurements did to its decision: words, and declared beside measured."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.decide.decision import Decision
from advisor.decide.evidence import Compared, compared, moved, practice_words
from advisor.interval import Interval
from advisor.ui import loaded, state
from advisor.ui.exhibit import download
from advisor.ui.inert import inert
from advisor.ui.navigation import link


def evidence_panel(decision: Decision) -> None:
    """Show what was measured against what the catalog says; nothing without measurements."""
    case = state.case()
    rows = compared(loaded.inputs_of(case, decision).situation) if case.measurements else ()
    practised = practice_words(case.measurements)
    if not rows:
        if practised:
            st.info(practised, icon=":material/science:")
        return
    st.markdown("## What your measurements changed")
    simulated = " :orange-badge[simulated]" if any(row.simulated for row in rows) else ""
    before = loaded.standing_of(case.model_copy(update={"measurements": ()}))
    st.markdown(f"{inert(moved(before, decision))}{simulated}")
    if practised:
        st.caption(practised)
    table = pd.DataFrame([_line(row) for row in rows])
    alt = f"{wording.count(len(rows), 'measured figure')} beside what the catalog declares."
    st.dataframe(table, hide_index=True, alt=alt)
    download("declared-and-measured", table)
    link("probe", "Measure more", icon=":material/science:")


def _line(row: Compared) -> dict[str, str]:
    return {
        "Offer": row.label,
        "Figure": row.name,
        "Declared": _about(row.declared, row.unit),
        "Measured": _about(row.measured, row.unit) + (" (simulated)" if row.simulated else ""),
        "On": row.basis,
        "Counts": f"no: {row.left_out}" if row.left_out else "yes",
    }


def _about(value: Interval | None, unit: str) -> str:
    return wording.about(value, lambda figure: wording.in_unit(figure, unit))
