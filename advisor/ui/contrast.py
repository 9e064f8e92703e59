"""Two corrections of the theme: words of charts in the light, chosen segments and sliders in the dark.

The grey of words beside charts stands out from a white page at 3.7 to 1 only, and no setting changes it.

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
_CHARTS_IN_THE_LIGHT = """<style>
.js-plotly-plot :is(.xtick, .ytick, .textpoint, .annotation) text,
.js-plotly-plot :is(.xtitle, .x2title, .ytitle) { fill: #4a5654 !important }
</style>"""


def correct_contrast() -> None:
    """Put right what the theme of this visitor, light or dark, shows too pale."""
    st.html(_CHOSEN_IN_THE_DARK if st.context.theme.type == "dark" else _CHARTS_IN_THE_LIGHT)
