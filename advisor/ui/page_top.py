"""Every page opens at its top: Streamlit keeps the place where the page before was left."""

from __future__ import annotations

import streamlit as st

SCRIPT = "document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0)"
"""The one script of ours; the content security policy lets exactly this text run."""


def open_at_top(path: str) -> None:
    """Go to the top when another page is opened; a page that is only drawn again stays where it is.

    The script runs when the text around it changes, hence the page's name in it.
    """
    st.html(f'<script data-page="{path}">{SCRIPT}</script>', unsafe_allow_javascript=True)
