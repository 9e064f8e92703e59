import streamlit as st

from advisor.ui import loaded
from advisor.ui.catalog_page import browser
from advisor.ui.extended_page import extended

facts = loaded.catalog()

st.title("Catalog", anchor=False)
st.markdown(
    f"{len(facts.models)} models as {len(facts.offers)} offers: a model sold by one provider, with its own "
    f"price, limits and data policy. Version {facts.version}; the address keeps your filters."
)
browser()
extended()
