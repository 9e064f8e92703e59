"""What the theme has no setting for: words that are too pale, and options that stand too close.

The theme has one colour for white words to stand on and for words to stand out from the page. On a dark page
no colour does both at 4.5 to 1 (WCAG 2.2, 1.4.3), and there is no setting for the second use alone; the grey
of words beside charts reaches 3.7 to 1 on a white page. The rules name both colours and let the browser
choose by the page's own colour scheme: what the server knows of the visitor's theme comes only after the
first paint. Options below each other stand 22 points apart; a finger needs 24 (WCAG 2.2, 2.5.8).
"""

from __future__ import annotations

import streamlit as st

_RULES = """<style>
[data-variant="segmented_control"][data-selected="true"] p,
[data-variant="pills"][data-selected="true"] p,
[data-testid="stSliderThumbValue"],
[data-testid="stSliderThumbValue"] p {{ color: light-dark({light}, #7fd0d6) }}
.js-plotly-plot :is(.xtick, .ytick, .xaxislayer-above, .textpoint, .annotation) text,
.js-plotly-plot :is(.xtitle, .x2title, .ytitle) {{ fill: light-dark(#4a5654, #e6eeec) !important }}
[data-testid="stRadio"] [role="radiogroup"] {{ row-gap: 6px }}
</style>"""


def correct_contrast() -> None:
    """Put right what is too pale or too close on every page."""
    st.html(_RULES.format(light=st.get_option("theme.light.primaryColor")))
