"""The script Streamlit runs on every interaction: navigation, then the chosen page."""

from __future__ import annotations

import streamlit as st

from advisor.host.paths import pages_folder

st.navigation([st.Page(path) for path in sorted(pages_folder().glob("*.py"))]).run()
