import streamlit as st

from advisor.ui import glossary_page
from advisor.ui.navigation import link

st.title("Glossary", anchor=False)
st.markdown("The words of the field in plain language, each with its unit, where it matters and its source.")
glossary_page.chosen_term()
glossary_page.search_and_list()
link("guide", "How models come about and behave: the guide", icon=":material/menu_book:")
