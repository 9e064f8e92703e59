"""Take a picture of every page of the example decision, on three screens, light and dark: `make shots`."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from advisor.host.drafts import Drafts
from advisor.host.shelf import presets
from advisor.host.store import open_store, place
from advisor.ui.folder import Folder, written
from tests.browser.visiting import chromium, open_page, settle, visit
from tests.serving import ROOT, running_app
from tests.streamlit_client import page_paths

FOLDER = ROOT / "test-artifacts" / "shots"
README_FOLDER = ROOT / "deploy" / "images"
TALLEST = 9_000
"""Points of height Chromium draws safely."""
_SCREENS = {"laptop": (1280, 900), "phone": (390, 844), "wide": (1920, 1080)}


def main() -> None:
    """Write the pictures and print their paths; the README's pictures come first."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder)) as app,
        chromium() as browser,
    ):
        for picture in _readme_pictures(browser, app.url):
            sys.stdout.write(f"{picture.relative_to(ROOT)}\n")
        store = open_store(place(Path(folder) / "data"))
        draft = Drafts(store).create(written(Folder(case=presets()[0]))).id
        for path in page_paths(app.url):
            for picture in _pictures(browser, app.url, path, draft):
                sys.stdout.write(f"{picture.relative_to(ROOT)}\n")


def _pictures(browser: Browser, url: str, path: str, draft: str) -> Iterator[Path]:
    for screen, (width, height) in _SCREENS.items():
        for dark in (False, True):
            file = FOLDER / f"{path or 'first'}-{screen}-{'dark' if dark else 'light'}.png"
            with visit(browser, width=width, height=height, dark=dark) as visitor:
                open_page(visitor.page, url, f"{path}?d={draft}")
                visitor.page.get_by_text("Catalog version").last.wait_for()
                _complete(visitor.page)
                _grow(visitor.page, width, height)
                visitor.page.screenshot(path=file)
            yield file


def _complete(page: Page) -> None:
    """Wait until no placeholder is left of what the browser draws only once its program has arrived."""
    settle(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=30_000)


def _grow(page: Page, width: int, height: int) -> None:
    """Make the screen as tall as what scrolls inside the page, which a full-page picture would cut off."""
    tall: int = page.get_by_test_id("stMain").evaluate("node => node.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, tall), TALLEST)})


def _readme_pictures(browser: Browser, url: str) -> Iterator[Path]:
    """Result, a decision and a finished probe of the example, as the README shows them."""
    README_FOLDER.mkdir(parents=True, exist_ok=True)
    with visit(browser, width=1280, height=1010) as visitor:
        page = visitor.page
        open_page(page, url)
        page.get_by_role("button", name="See an example decision").click()
        page.wait_for_url(re.compile(r"/result\?d="))
        settle(page)
        page.locator(".js-plotly-plot").first.wait_for()
        query = page.url.partition("?")[2]
        yield _picture(page, "result")
        open_page(page, url, f"access?{query}")
        page.get_by_text("offers left of").wait_for()
        yield _picture(page, "decision")
        open_page(page, url, f"probe?{query}")
        _probed(page)
        yield _picture(page, "probe")


def _picture(page: Page, name: str) -> Path:
    _complete(page)
    file = README_FOLDER / f"{name}.png"
    page.screenshot(path=file, animations="disabled")
    return file


def _probed(page: Page) -> None:
    """Run the example's probe to its end and bring its figures into sight."""
    page.get_by_role("button", name="Start the probe").click()
    page.get_by_text(re.compile(r"^(\d+) of \1 answers")).first.wait_for(timeout=120_000)
    page.reload()
    settle(page)
    figures = page.get_by_role("heading", name="This run")
    figures.wait_for()
    figures.evaluate("node => node.scrollIntoView({block: 'start'})")


if __name__ == "__main__":
    main()
