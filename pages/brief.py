from functools import partial

import streamlit as st

from advisor.ui import brief, loaded, state
from advisor.ui.decision_page import consequence_line
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
    height="content",
    placeholder="Answers customers' questions from our help pages.",
    **state.controlled("case:purpose", case.purpose, partial(brief.set_text, "purpose")),
)
for heading, rows in (
    ("How often, for whom, how fast", brief.HOW_MUCH),
    ("How long a request and its answer are", brief.HOW_LONG),
    ("What makes it cheaper", brief.DISCOUNTS),
):
    st.markdown(f"## {heading}")
    with st.grid(2, min_column_width=300):
        for row in rows:
            brief.number_field(row)
back_and_continue("brief")
consequence_line(loaded.standing_of(state.case()))
