"""Phone and wide screen, and readers who want no motion."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visiting import open_page, settle, visit
from tests.serving import RunningApp
from tests.streamlit_client import page_paths

JOURNEY = ("brief", "access", "reasoning", "attributes", "knowledge", "tuning", "autonomy", "check", "result")

_OVER_THE_EDGE = """() => [...document.querySelectorAll(
    `h1, h2, h3, p, li, button, input:not([type=range]), textarea,
    [data-testid=stAlert], [data-testid=stMetric]`)]
  .filter(node => node.offsetParent)
  .filter(node => !node.closest('[data-testid=stSidebar], pre, [class*=glide], .stDataFrame'))
  .map(node => [node.innerText || node.tagName, node.getBoundingClientRect()])
  .filter(([_, box]) => box.width > 0 && (box.right > innerWidth + 1 || box.left < -1))
  .map(([text, box]) => `${text.slice(0, 60)}: ${Math.round(box.left)} to ${Math.round(box.right)}`)"""

# The native input under a slider's thumb is never seen; it is wider than the thumb and stands at its place.

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


# Every page in turn takes longer than one test should, on a busy machine too long for the usual limit.
@pytest.mark.timeout(240)
# On a wide screen only pages of tables and charts grow; every page has to fit a phone.
@pytest.mark.parametrize(("width", "wanted"), [(390, None), (1920, {"result", "probe", "catalog", "costs"})])
def test_no_page_is_wider_than_its_screen(
    browser: Browser, app_server: RunningApp, width: int, wanted: set[str] | None
) -> None:
    """On a phone and on a wide screen no page scrolls sideways and no words or fields stick out."""
    faults: list[str] = []
    with visit(browser, width=width, height=844 if width < 500 else 1080) as visitor:
        query = example(visitor.page, app_server.url)
        for path in [one for one in page_paths(app_server.url) if wanted is None or one in wanted]:
            open_page(visitor.page, app_server.url, f"{path}?{query}")
            visitor.page.get_by_text("Catalog version").last.wait_for()
            settle(visitor.page)
            if (wide := visitor.page.evaluate("document.documentElement.scrollWidth")) > width:
                faults.append(f"/{path} is {wide} wide")
            faults += [f"/{path}: {line}" for line in visitor.page.evaluate(_OVER_THE_EDGE)]

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
