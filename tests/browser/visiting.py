"""A visitor's browser: real Chromium, its console and requests watched, everything kept when a test fails."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Route, expect, sync_playwright

STATE = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
"""What the page's root says when the script has ended and everything it drew has arrived."""

SETTLE_LIMIT_MS = 30_000
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

_BASE_PATH_SEARCH = re.compile(r"/[^/]+/_stcore/(health|host-config)$")
"""Opened at a page's own address, Streamlit asks under that address first whether the server lives there."""


_OVER_THE_EDGE = """() => [...document.querySelectorAll(
    `h1, h2, h3, p, li, button, input:not([type=range]), textarea,
    [data-testid=stAlert], [data-testid=stMetric]`)]
  .filter(node => node.offsetParent)
  .filter(node => !node.closest('[data-testid=stSidebar], pre, [class*=glide], .stDataFrame'))
  .map(node => [node.innerText || node.tagName, node.getBoundingClientRect()])
  .filter(([_, box]) => box.width > 0 && (box.right > innerWidth + 1 || box.left < -1))
  .map(([text, box]) => `${text.slice(0, 60)}: ${Math.round(box.left)} to ${Math.round(box.right)}`)"""
"""Words and fields that stand beyond an edge of the screen, with their place.

The native input under a slider's thumb is never seen; it is wider than the thumb and stands at its place.
"""


@dataclass
class Visit:
    """One visitor's page and what a careful visitor would complain about.

    Args:
        page: The page.
        console: Every console line, with its kind in front.
        errors: Console errors and uncaught exceptions of scripts.
        foreign: Requests to other machines; they were blocked.
    """

    page: Page
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Take down one console line."""
        place = str(message.location.get("url", ""))
        self.console.append(f"{message.type}: {message.text} {place}")
        if message.type == "error" and not _BASE_PATH_SEARCH.search(place):
            self.errors.append(f"{message.text} {place}")

    def guard(self, route: Route) -> None:
        """Let requests to this machine pass, block and take down all others."""
        address = urlsplit(route.request.url)
        if address.scheme in {"data", "blob"} or address.hostname in _LOOPBACK:
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def keep(self, folder: Path, server_log: Path | None = None) -> None:
        """Save picture, console and server log for whoever looks into a failure."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "console.txt").write_text("\n".join([*self.console, *self.foreign]), "utf-8")
        if server_log:
            shutil.copy(server_log, folder / "server.log")
        try:
            self.page.screenshot(path=folder / "page.png", full_page=True)
        except Error as error:  # the page itself may be what broke
            (folder / "no-picture.txt").write_text(str(error), "utf-8")


@contextmanager
def chromium() -> Generator[Browser]:
    """Start the browser named by CHROMIUM, else the first one found, else Playwright's own."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(
    browser: Browser, *, width: int = 1280, height: int = 900, dark: bool = False, timeout_ms: int = 15_000
) -> Generator[Visit]:
    """Open a fresh visitor's page: no cookies, no cache of another visit."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale="en-GB",
        timezone_id="UTC",
        accept_downloads=True,
    )
    context.set_default_timeout(timeout_ms)
    visitor = Visit(context.new_page())
    visitor.page.on("console", visitor.hear)
    visitor.page.on("pageerror", lambda error: visitor.errors.append(str(error)))
    context.route("**/*", visitor.guard)
    try:
        yield visitor
    finally:
        context.close()


def settle(page: Page) -> None:
    """Wait until the script has run to its end, and fail if it shows an exception."""
    page.wait_for_selector(STATE, timeout=SETTLE_LIMIT_MS, state="attached")
    expect(page.get_by_test_id("stException")).to_have_count(0)


def open_page(page: Page, url: str, path: str = "") -> None:
    """Open the app at a page and wait until it has settled."""
    page.goto(f"{url}/{path.lstrip('/')}")
    settle(page)


def over_the_edge(page: Page) -> list[str]:
    """What sticks out of the screen or makes the page scroll sideways; empty when all fits."""
    wide, width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    sideways = [f"{wide} wide on a screen of {width}"] if wide > width else []
    return [*sideways, *page.evaluate(_OVER_THE_EDGE)]
