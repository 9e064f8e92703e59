"""How long from the command to a page one can read, in real Chromium."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.rows import Row
from tests.browser.visiting import chromium, open_page, visit
from tests.serving import FROM_CHECKOUT, running_app

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
