"""Run a page of the real app without a server: the entry script first, then the page, as navigation does."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from advisor.host.paths import pages_folder
from advisor.ui.app import SCRIPT

RUN_LIMIT_S = 20


def app_at(page: str | None = None, *, query: dict[str, str] | None = None, **state: Any) -> AppTest:
    """Return the app after its first run, then after a run of the named page.

    Args:
        page: File name in pages/ without `.py`; None stays on the first page.
        query: Query parameters of the address.
        state: Session state present before the first run.
    """
    app = AppTest.from_file(str(SCRIPT), default_timeout=RUN_LIMIT_S)
    for name, value in (query or {}).items():
        app.query_params[name] = value
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    return app if page is None else app.switch_page(str(pages_folder() / f"{page}.py")).run()
