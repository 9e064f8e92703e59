"""The one script of ours: every page opens at its top, and a connection that was lost is not passed over."""

from __future__ import annotations

import streamlit as st

LOST = "The connection was lost for a moment. Check that your last entry was kept: "
RELOAD = "reload the page"

_TO_THE_TOP = "document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);"
# Streamlit goes on with another server without a word. What was entered in that instant may not have arrived,
# though its field still shows it; only the browser can know that there was a gap.
_WATCH = (
    "if (!window.advisorWatches) { window.advisorWatches = true; let lost = false;"
    "new MutationObserver(() => {"
    "const app = document.querySelector('[data-testid=stApp]');"
    "if (app?.dataset.testConnectionState !== 'CONNECTED') { lost = true; return; }"
    "if (!lost) return; lost = false;"
    "document.querySelector('#advisor-lost')?.remove();"
    "const said = document.createElement('div'); said.id = 'advisor-lost'; said.role = 'alert';"
    "said.style.cssText = 'position:fixed;inset:0 0 auto 0;z-index:1000000;padding:12px 16px;"
    "background:#5c3a00;color:#fff;font:16px/1.5 system-ui,sans-serif';"
    f"said.append('{LOST}'); const again = document.createElement('button');"
    f"again.textContent = '{RELOAD}'; again.style.cssText = 'color:inherit;background:none;border:0;"
    "padding:8px;font:inherit;text-decoration:underline;cursor:pointer';"
    "again.onclick = () => location.reload(); said.append(again); document.body.append(said);"
    "}).observe(document.documentElement,"
    "{ attributes: true, subtree: true, attributeFilter: ['data-test-connection-state'] }); }"
)
SCRIPT = _TO_THE_TOP + _WATCH
"""The content security policy lets exactly this text run."""


def open_at_top(path: str) -> None:
    """Go to the top when another page is opened; a page that is only drawn again stays where it is. From the
    first page on, say it when the connection was lost and is back.

    The script runs when the text around it changes, hence the page's name in it.
    """
    st.html(f'<script data-page="{path}">{SCRIPT}</script>', unsafe_allow_javascript=True)
