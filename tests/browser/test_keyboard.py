"""Without a mouse: from the landing page to an exported record by Tab, Enter, Space and arrows alone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.visiting import open_page, settle
from tests.serving import RunningApp

MOST_STOPS = 150
"""Presses of Tab after which a person would have given up."""
STEPS = ("access", "reasoning", "attributes", "knowledge", "tuning", "autonomy")


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until the wanted control has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        if wanted.evaluate(
            "node => node === document.activeElement || node.contains(document.activeElement)"
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by Tab")


def press(page: Page, name: str, key: str = "Enter") -> None:
    """Reach a button and press it by key."""
    reach(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press(key)
    settle(page)


def arrive(page: Page, path: str) -> None:
    page.wait_for_url(re.compile(rf"/{path}\?d="))
    settle(page)


def test_from_landing_to_an_exported_record_by_keyboard(
    page: Page, app_server: RunningApp, tmp_path: Path
) -> None:
    """Preset, six decisions, an answer changed by arrows, result and download: no click anywhere."""
    open_page(page, app_server.url)
    reach(page, page.get_by_role("combobox", name="Preset"))
    page.keyboard.type("Support")
    expect(page.get_by_role("option", name="Support chatbot")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    settle(page)
    press(page, "Start from it")
    arrive(page, "brief")
    press(page, "Continue", "Space")
    arrive(page, "access")
    reach(page, page.get_by_role("radio", name="Anywhere"))
    page.keyboard.press("ArrowDown")
    settle(page)
    expect(page.get_by_role("radio", name="On our own servers or private cloud")).to_be_checked()
    press(page, "Undo last change")
    expect(page.get_by_role("radio", name="Anywhere")).to_be_checked()
    for path in (*STEPS[1:], "check"):
        press(page, "Continue")
        arrive(page, path)
    press(page, "See the result")
    arrive(page, "result")
    for path in ("probe", "record"):
        press(page, "Continue")
        arrive(page, path)
    reach(page, page.get_by_role("button", name="Download JSON"))
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    waiting.value.save_as(tmp_path / "record.json")

    assert (tmp_path / "record.json").stat().st_size > 1000
