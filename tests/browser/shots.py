"""Take a picture of every page, wide and on a phone, light and dark: `make shots`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.visiting import chromium, open_page, visit
from tests.serving import ROOT, running_app
from tests.streamlit_client import page_paths

FOLDER = ROOT / "test-artifacts" / "shots"
_SCREENS = {"wide": (1280, 900), "phone": (390, 844)}


def main() -> None:
    """Write the pictures and print their paths."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder)) as app,
        chromium() as browser,
    ):
        for path in page_paths(app.url):
            for picture in _pictures(browser, app.url, path):
                sys.stdout.write(f"{picture.relative_to(ROOT)}\n")


def _pictures(browser: Browser, url: str, path: str) -> Iterator[Path]:
    for screen, (width, height) in _SCREENS.items():
        for dark in (False, True):
            file = FOLDER / f"{path or 'first'}-{screen}-{'dark' if dark else 'light'}.png"
            with visit(browser, width=width, height=height, dark=dark) as visitor:
                open_page(visitor.page, url, path)
                visitor.page.screenshot(path=file, full_page=True)
            yield file


if __name__ == "__main__":
    main()
