"""The script Streamlit runs on every interaction: navigation, then the chosen page."""

from __future__ import annotations

from advisor.ui import navigation

navigation.run()
