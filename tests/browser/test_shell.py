"""The shell around the pages in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import open_page, settle, visit
from tests.serving import RunningApp
from tests.streamlit_client import page_paths


def test_the_first_page_opens(page: Page, app_server: RunningApp) -> None:
    """A first visitor gets a page with a heading, under our security policy, without a console error."""
    open_page(page, app_server.url)

    assert page.get_by_role("heading").count() >= 1
    assert page.title()


def test_a_connection_that_is_back_is_said(page: Page, app_server: RunningApp) -> None:
    """Once the page's own mark of its connection has gone and come, the visitor is told, and can reload."""
    open_page(page, app_server.url)
    assert page.get_by_role("alert").count() == 0
    for mark in ("CONNECTING", "CONNECTED"):
        page.locator("[data-testid=stApp]").evaluate(
            "(app, mark) => { app.dataset.testConnectionState = mark }", mark
        )
    expect(page.get_by_role("alert")).to_contain_text("connection was lost")
    page.get_by_role("button", name="reload the page").click()
    settle(page)

    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_browser_refuses_scripts_that_are_not_ours(browser: Browser, app_server: RunningApp) -> None:
    """Text that got into the page as a script does not run."""
    with visit(browser) as opened:
        open_page(opened.page, app_server.url)
        opened.page.evaluate(
            "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
            " document.body.append(s) }"
        )

        assert opened.page.evaluate("window.ran") is None
        assert "Content Security Policy" in opened.errors[0]


def test_no_page_breaks_when_opened_first(browser: Browser, app_server: RunningApp) -> None:
    """Every page opened by its address alone, without a case, shows a heading and no error."""
    paths = page_paths(app_server.url)

    assert paths
    # One browser cache for all, since the scripts are the same; every address starts a new session.
    with visit(browser) as opened:
        for path in paths:
            open_page(opened.page, app_server.url, path)

            assert opened.page.get_by_role("heading").count() >= 1, path
            assert opened.errors == [], path


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_the_first_page_without_scrolling_sideways(
    browser: Browser, app_server: RunningApp, dark: bool
) -> None:
    """At 390 points of width nothing is wider than the screen."""
    with visit(browser, width=390, height=844, dark=dark) as phone:
        open_page(phone.page, app_server.url)

        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
