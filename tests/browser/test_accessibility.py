"""No page has a serious accessibility fault that a machine can find: axe-core, light and dark, and phones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.visiting import open_page, over_the_edge, settle, visit
from tests.serving import RunningApp
from tests.streamlit_client import page_paths

GRAVE = frozenset({"serious", "critical"})
_COLOURS_REST = """() => Promise.allSettled(
    document.getAnimations().filter(one => one instanceof CSSTransition).map(one => one.finished)
)"""
"""A colour on its way from one state to another has the contrast of neither."""


def findings(page: Page, dark: bool) -> Iterator[str]:
    """Grave violations, one line each with the first elements they stand on."""
    # Of all rules only contrast depends on the theme.
    options = {"runOnly": ["color-contrast"]} if dark else None
    found: Any = Axe().run(page, options=options).response
    for violation in found["violations"]:
        if violation["impact"] in GRAVE:
            places = [
                f"{str(node['html'])[:160]}: {node['failureSummary']}" for node in violation["nodes"][:3]
            ]
            yield f"{violation['id']} ({violation['impact']}, {len(violation['nodes'])} places): {places}"


def _on_a_phone(page: Page) -> list[str]:
    """What sticks out of the page at a phone's width."""
    wide = page.viewport_size
    assert wide is not None
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(_COLOURS_REST)
    found = over_the_edge(page)
    page.set_viewport_size(wide)
    return found


@pytest.mark.parametrize("third", [0, 1, 2], ids=["first", "second", "third"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_has_a_grave_accessibility_fault(
    browser: Browser, app_server: RunningApp, dark: bool, third: int
) -> None:
    """Every page of the example decision is free of serious and critical findings, and fits a phone."""
    faults: list[str] = []
    with visit(browser, dark=dark) as opened:
        page = opened.page
        open_page(page, app_server.url)
        page.get_by_role("button", name="See an example decision").click()
        page.wait_for_url(re.compile(r"/result\?d="))
        query = page.url.partition("?")[2]
        for path in page_paths(app_server.url)[third::3]:
            open_page(page, app_server.url, f"{path}?{query}")
            page.get_by_text("Catalog version").last.wait_for()
            settle(page)
            # Until the program that draws links has arrived, the sidebar holds grey placeholders.
            page.get_by_test_id("stSidebar").get_by_role("link").first.wait_for()
            # The one correction of the theme comes after the first paint, too.
            page.locator("[data-testid=stHtml] > style").first.wait_for(state="attached")
            page.evaluate(_COLOURS_REST)
            faults += [f"/{path}: {line}" for line in findings(page, dark)]
            if not dark:
                faults += [f"/{path} on a phone: {line}" for line in _on_a_phone(page)]

    assert faults == []
