"""The extended list: models LiteLLM can call and the catalog does not describe, for the probe alone."""

from __future__ import annotations

import streamlit as st

from advisor.catalog.sources.litellm_map import MARK, uncurated
from advisor.probe.targets import LITELLM
from advisor.ui import catalog_data as data
from advisor.ui import loaded, probe_setup, state
from advisor.ui.exhibit import download
from advisor.ui.inert import inert
from advisor.ui.navigation import go

MOST = 50
"""Models shown; more words find fewer."""


def extended() -> None:
    """Search, table, and the way to ask one in a probe."""
    st.markdown("## Extended list")
    st.markdown(
        f"Every other chat model LiteLLM can call. All of them are **{inert(MARK)}**: they can be probed, "
        "and are not ranked."
    )
    text = st.text_input("Search LiteLLM's list", key="x", bind="query-params", placeholder="Part of an id")
    if not (text or "").strip():
        return
    found = uncurated(text, loaded.catalog(), MOST)
    if not found:
        st.info("No model of LiteLLM's list has all of these words in its id.", icon=":material/search_off:")
        return
    table = data.extended_table(found)
    st.dataframe(table, hide_index=True, alt="Models of the extended list whose id has all of the words.")
    if len(found) == MOST:
        st.caption(f"The first {MOST}; add a word to see fewer.")
    download("extended", table)
    _to_probe([one.litellm_id for one in found])


def _to_probe(ids: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Model to probe", ids, key="extended-chosen", width=420)
        if st.button("Add it to the probe", icon=":material/science:", key="extended-add"):
            offers = (*state.case().probe.offers, f"{LITELLM}{chosen}")
            probe_setup.set_plan(offers=tuple(dict.fromkeys(offers)))
            go("probe")
