"""Phone and wide screen, and readers who want no motion."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visiting import open_page, over_the_edge, settle, visit
from tests.serving import RunningApp

JOURNEY = ("brief", "access", "reasoning", "attributes", "knowledge", "tuning", "autonomy", "check", "result")

_MOVING = """() => document.getAnimations()
  .filter(one => one.playState === 'running' && one.effect.getComputedTiming().endTime === Infinity)
  .map(one => one.effect.target.outerHTML.slice(0, 120))"""


def example(page: Page, url: str) -> str:
    """Open the example decision; its query."""
    open_page(page, url)
    page.get_by_role("button", name="See an example decision").click()
    page.wait_for_url(re.compile(r"/result\?d="))
    settle(page)
    return page.url.partition("?")[2]


def test_no_page_sticks_out_of_a_wide_screen(browser: Browser, app_server: RunningApp) -> None:
    """Pages of tables and charts, the only ones that grow, do not scroll sideways and nothing sticks out."""
    faults: list[str] = []
    with visit(browser, width=1920, height=1080) as visitor:
        query = example(visitor.page, app_server.url)
        for path in ("result", "probe", "catalog", "costs"):
            open_page(visitor.page, app_server.url, f"{path}?{query}")
            visitor.page.get_by_text("Catalog version").last.wait_for()
            settle(visitor.page)
            faults += [f"/{path}: {line}" for line in over_the_edge(visitor.page)]

    assert faults == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1920, 1080)], ids=["phone", "wide"])
def test_the_journey_can_be_walked_at_any_width(
    browser: Browser, app_server: RunningApp, width: int, height: int
) -> None:
    """From the landing page to the result by what is on screen at that width, without the sidebar."""
    with visit(browser, width=width, height=height) as visitor:
        page = visitor.page
        open_page(page, app_server.url)
        page.get_by_role("combobox", name="Preset").click()
        page.get_by_role("option", name="Support chatbot").click()
        settle(page)
        page.get_by_role("button", name="Start from it").click()
        for path in JOURNEY:
            page.wait_for_url(re.compile(rf"/{path}\?d="))
            settle(page)
            if path != JOURNEY[-1]:
                page.get_by_role("button", name=re.compile("^(Continue|See the result)$")).click()
        page.locator(".js-plotly-plot").first.wait_for()

        assert visitor.errors == []


def test_nothing_moves_without_end_for_who_asked_for_no_motion(
    browser: Browser, app_server: RunningApp
) -> None:
    """With reduced motion set, a page that has settled shows no endless animation."""
    with visit(browser) as visitor:
        visitor.page.emulate_media(reduced_motion="reduce")
        query = example(visitor.page, app_server.url)
        for path in ("", "access", "result", "probe"):
            open_page(visitor.page, app_server.url, f"{path}?{query}")

            assert visitor.page.evaluate(_MOVING) == [], path
