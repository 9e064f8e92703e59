import streamlit as st

from advisor.ui import answers_page
from advisor.ui.expert_panel import expert_panel
from advisor.ui.navigation import back_and_continue

st.caption("After the six decisions")
st.title("Check your answers", anchor=False)
st.markdown(
    "Change what is wrong. An answer you did not give is *not provided*: it widens the result, nothing else."
)
answers_page.brief()
answers_page.steps()
expert_panel()
back_and_continue("check", label="See the result")
