"""One correction of the theme: the words of chosen segments and of sliders in the dark.

The theme has one colour for white words to stand on and for words to stand out from the page. On a dark page
no colour does both at 4.5 to 1 (WCAG 2.2, 1.4.3), and there is no setting for the second use alone.
"""

from __future__ import annotations

import streamlit as st

_CHOSEN_IN_THE_DARK = """<style>
[data-variant="segmented_control"][data-selected="true"] p,
[data-variant="pills"][data-selected="true"] p,
[data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] p { color: #7fd0d6 }
</style>"""


def correct_contrast() -> None:
    """Brighten the words of chosen segments, pills and sliders when the visitor's theme is the dark one."""
    if st.context.theme.type == "dark":
        st.html(_CHOSEN_IN_THE_DARK)
