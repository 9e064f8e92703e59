import streamlit as st

from advisor.ui import guide_page
from advisor.ui.navigation import link

st.title("Guide", anchor=False)
st.markdown(
    "What stands behind the decisions, a few minutes a chapter. Every section leads to what it bears on."
)
guide_page.show(guide_page.chosen_chapter())
link("glossary", "Every word explained: the glossary", icon=":material/menu_book:")
