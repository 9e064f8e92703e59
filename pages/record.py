import streamlit as st

from advisor.ui import library_page, loaded, record_page, state
from advisor.ui.navigation import back_and_continue

decision = loaded.decision_of(state.case())

st.title("Record", anchor=False)
st.markdown(
    "One document with the decision, its reasons, every answer, source and measurement. The JSON opens again "
    "here, years later, and says what has changed since."
)
fields = record_page.signature(decision)
record = record_page.record_of(decision, fields)
record_page.downloads(record)
record_page.files_to_start_from(record)
with st.container(border=True):
    record_page.preview(record)
library_page.keep_panel(record)
record_page.reopen(record)
back_and_continue("record")
