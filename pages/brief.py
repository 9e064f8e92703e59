from functools import partial

import streamlit as st

from advisor.ui import brief, state
from advisor.ui.navigation import back_and_continue
from advisor.ui.preset_panel import preset_panel

case = state.case()

st.caption("Before the six decisions")
st.title("What is the model for?", anchor=False)
st.markdown(
    "Rough numbers are enough, and an empty field means *not known yet*: the result then shows a range."
)
preset_panel()
st.text_input(
    "Name of this decision",
    max_chars=120,
    placeholder="Support assistant",
    **state.controlled("case:name", case.name, partial(brief.set_text, "name")),
)
st.text_area(
    "What it has to do",
    max_chars=4000,
    height=110,
    placeholder="Answers customers' questions from our help pages.",
    **state.controlled("case:purpose", case.purpose, partial(brief.set_text, "purpose")),
)
for heading, rows in (
    ("How much", brief.HOW_MUCH),
    ("How long", brief.HOW_LONG),
    ("What makes it cheaper", brief.DISCOUNTS),
):
    st.markdown(f"## {heading}")
    for column, row in zip(st.columns(len(rows)), rows, strict=True):
        with column:
            brief.number_field(row)
back_and_continue("brief")
