"""How long from the command to a page one can read, and how much every page sends, against an empty app."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from advisor.host.drafts import Drafts
from advisor.host.shelf import presets
from advisor.host.store import open_store, place
from advisor.ui.folder import Folder, written
from tests.bench.rows import Row
from tests.browser.visiting import chromium, open_page, visit
from tests.serving import FROM_CHECKOUT, running_app
from tests.streamlit_client import page_paths, session

REPETITIONS = 5
_EMPTY = 'import streamlit as st\nst.title("Empty")\n'


def run() -> list[Row]:
    """Measure our app and an empty Streamlit app with default settings, by turns."""
    ours, empty, health = list[float](), list[float](), list[float]()
    for _ in range(REPETITIONS):
        started, painted = _measure(FROM_CHECKOUT)
        health.append(started)
        ours.append(painted)
        empty.append(_measure(None)[1])
    note = f"median of {REPETITIONS}, {min(ours):.2f} to {max(ours):.2f} s"
    ratio = median(ours) / median(empty)
    return [
        *_payloads(),
        Row("command to healthy server", median(health), "s", note=f"median of {REPETITIONS}"),
        Row("command to first page settled in Chromium", median(ours), "s", "empty app", ratio, note),
    ]


def _measure(command: tuple[str, ...] | None) -> tuple[float, float]:
    """Return seconds from process start to a healthy server and to a settled page; None is the empty app."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser, visit(browser) as visitor:
        folder = Path(name)
        begin = time.perf_counter()
        with running_app(folder, command or empty_app(folder)) as app:
            healthy = time.perf_counter() - begin
            open_page(visitor.page, app.url)
            visitor.page.get_by_role("heading").first.wait_for()
            return healthy, time.perf_counter() - begin


def _payloads() -> list[Row]:
    """Kilobytes each page of the example decision sends to the browser for one run, programs aside."""
    empty = _run_of(None, "")["."]
    pages = _run_of(FROM_CHECKOUT, written(Folder(case=presets()[0])))
    note = "messages of one run of the script, example decision"
    rows = [
        Row(f"payload of /{path}", size, "kB", "empty app", size / empty, note)
        for path, size in pages.items()
    ]
    return [Row("payload of an empty app", empty, "kB"), *rows]


def _run_of(command: tuple[str, ...] | None, draft: str) -> dict[str, float]:
    """Kilobytes by page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_app(folder, command or empty_app(folder)) as app:
            if command is None:
                return {".": _sent(app.url, "", "")}
            store = open_store(place(folder / "data"))
            query = f"d={Drafts(store).create(draft).id}"
            return {path or "home": _sent(app.url, path, query) for path in page_paths(app.url)}


def _sent(url: str, page: str, query: str) -> float:
    with session(url) as visitor:
        return sum(message.ByteSize() for message in visitor.rerun(page, query=query)) / 1000


def empty_app(folder: Path) -> tuple[str, ...]:
    """Write a one-line app and return the command that serves it with Streamlit's default settings."""
    script = folder / "empty.py"
    script.write_text(_EMPTY, "utf-8")
    return with_default_settings(script)


def with_default_settings(script: Path) -> tuple[str, ...]:
    """Return the command that serves a script the way a newcomer to Streamlit would."""
    flags = ("--server.headless=true", "--server.address=127.0.0.1", "--server.port=0")
    # Without this every start would report to a third party.
    quiet = "--browser.gatherUsageStats=false"
    return (sys.executable, "-m", "streamlit", "run", str(script), *flags, quiet)
