import streamlit as st

from advisor.errors import AdvisorError
from advisor.ui import record_page, shared_page, state
from advisor.ui.inert import inert

st.title("Shared decision", anchor=False)
try:
    found = shared_page.opened(state.asked_for(shared_page.PARAMETER) or "")
except AdvisorError as error:
    st.error(inert(str(error)), icon=":material/link_off:")
    found = None
if found is not None:
    share, record = found
    shared_page.banner(share, record)
    shared_page.own_copy(record)
    shared_page.discuss(share)
    shared_page.today_beside(record)
    shared_page.value_chart(record)
    record_page.downloads(record)
    with st.container(border=True):
        record_page.preview(record)
