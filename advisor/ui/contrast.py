"""What the theme has no setting for: words that are too pale or cut off, and options that stand too close.

The theme has one colour for white words to stand on and for words to stand out from the page. On a dark page
no colour does both at 4.5 to 1 (WCAG 2.2, 1.4.3), and there is no setting for the second use alone; the grey
of words beside charts reaches 3.7 to 1 on a white page. The rules name both colours and let the browser
choose by the page's own colour scheme: what the server knows of the visitor's theme comes only after the
first paint. Options below each other stand 22 points apart; a finger needs 24 (WCAG 2.2, 2.5.8).

Streamlit ends words that do not fit a tile, a tag, a link or an upload field with dots; here they take a
second line. Views beside each other become buttons of their own where they take several lines. Labels in
charts carry a rim of the page's colour, so that no line runs through them.

Long addresses in tables break, so that a phone shows them whole.

The line on what the last answer did stays at the lower edge while the page scrolls. Streamlit's own place
there is made for chats: whoever stands at the end of a page is kept at the end, on the next page too.
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
.js-plotly-plot :is(.annotation, .textpoint) text {{
  paint-order: stroke; stroke: light-dark(#ffffff, #111817); stroke-width: 4px; stroke-linejoin: round }}
[data-testid="stRadio"] [role="radiogroup"] {{ row-gap: 6px }}
:is([data-testid="stMetricDelta"], [data-testid="stMetricLabel"], [data-testid="stMetricValue"],
  [data-testid="stPageLink"] a, [data-testid="stFileUploaderDropzoneInstructions"])
  :is(span, p, div):not([data-testid="stIconMaterial"]) {{
  white-space: normal; text-overflow: clip; overflow: visible }}
[data-testid="stMetricDelta"], [data-testid="stMetricLabel"] {{
  max-width: 100%; height: auto; line-height: 1.35 }}
[data-testid="stMultiSelect"] :has(> [data-testid="stMultiSelectTagsContainer"]),
[data-testid="stMultiSelectTagsContainer"], [data-testid="stMultiSelectTagsContainer"] > span {{
  max-height: none; overflow: visible }}
[data-testid="stMultiSelectTagsContainer"] [data-tag] {{ max-width: 100%; height: auto; min-height: 1.5rem }}
[data-testid="stMultiSelectTagsContainer"] [data-tag] > span {{ max-width: none; white-space: normal }}
[data-testid="stTable"] :is(td, td *) {{ overflow-wrap: anywhere; white-space: normal }}
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] > script) {{ display: none }}
[data-testid="stLayoutWrapper"]:has(> .st-key-consequence) {{
  position: sticky; bottom: 0; order: 1; z-index: 2; padding: 0.6rem 0;
  background: light-dark(#ffffff, #111817); border-top: 1px solid light-dark(#d3dcdb, #35423f) }}
[data-testid="stMainBlockContainer"]:has(.st-key-consequence) {{ padding-bottom: 0 }}
[data-testid="stMain"]:has(.st-key-consequence) {{ scroll-padding-bottom: 7rem }}
@media (max-width: 640px) {{
  [data-testid="stMetricValue"] {{ font-size: 1.3rem }}
  [data-testid="stSelectbox"] input {{ letter-spacing: -0.015em }}
  [role="radiogroup"]:has(> [data-variant="segmented_control"]) {{ gap: 6px }}
  [data-variant="segmented_control"] {{ margin: 0; border: 1px solid; border-radius: 8px }}
  [data-variant="segmented_control"]:not([data-selected="true"]) {{
    border-color: light-dark(#d3dcdb, #35423f) }}
}}
</style>"""


def correct_contrast() -> None:
    """Put right what is too pale or too close on every page."""
    st.html(_RULES.format(light=st.get_option("theme.light.primaryColor")))
