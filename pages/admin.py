import streamlit as st

from advisor.ui import admin_page

st.title("Administration", anchor=False)
st.markdown("## Spend limits")
admin_page.limits()
st.markdown("## Open links")
admin_page.links()
st.markdown("## Audit log")
admin_page.audit()
