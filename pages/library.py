import streamlit as st

from advisor.errors import AdvisorError
from advisor.ui import library_page, state
from advisor.ui.inert import inert
from advisor.ui.navigation import link

st.title("Library of decisions", anchor=False)
chosen = state.asked_for(state.DECISION)
try:
    if chosen:
        link("library", "All decisions", icon=":material/arrow_back:")
        library_page.one(chosen)
    else:
        library_page.listing(library_page.found())
except AdvisorError as error:
    st.error(inert(str(error)))
