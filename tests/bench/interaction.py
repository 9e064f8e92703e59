"""Server time of one interaction: an empty Streamlit app and our wizard, with default and with our settings.

Real websockets and real messages; the next change is sent when the answer to the last has arrived. Processor
time is read from the server's process, so waiting does not count; the round trip is what a visitor waits.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median

from advisor.ui.app import SCRIPT
from tests.bench.rows import Row
from tests.bench.startup import empty_app, with_default_settings
from tests.serving import FROM_CHECKOUT, ROOT, running_app
from tests.streamlit_client import Session, Value, changeable, page_paths, session

WARM_UP = 10
REPETITIONS = 100

_CHECKBOX_APP = 'import streamlit as st\nst.title("Empty")\nst.checkbox("One")\n'
_TUNED_LAUNCHER = """
import streamlit as st
from advisor.ui import app as surroundings

app = st.App("empty.py", lifespan=surroundings.lifespan)
"""


@dataclass(frozen=True)
class Timing:
    """Medians over the repetitions, in milliseconds."""

    round_trip_ms: float
    processor_ms: float


def run() -> list[Row]:
    """Measure the four, one after the other on the same machine."""
    base = _measure(_default_empty)
    figures = {
        "empty app, default settings": base,
        "empty app, our settings": _measure(tuned_empty),
        "wizard, default settings": _measure(lambda _: with_default_settings(SCRIPT)),
        "wizard, our settings": _measure(lambda _: FROM_CHECKOUT),
    }
    note = f"{REPETITIONS} changes of one widget, one visitor"
    rows: list[Row] = []
    for name, timing in figures.items():
        for what, value, reference in (
            ("processor time", timing.processor_ms, base.processor_ms),
            ("round trip, median", timing.round_trip_ms, base.round_trip_ms),
        ):
            rows.append(Row(f"{name}: {what}", value, "ms", "empty default", value / reference, note))
    return rows


def _measure(command: Callable[[Path], tuple[str, ...]]) -> Timing:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            running_app(folder, command(folder)) as app,
            session(app.url) as visitor,
        ):
            page, widget, values = _changeable_page(visitor, page_paths_of(app.url))
            turns = cycle(values)
            for _ in range(WARM_UP):
                visitor.rerun(page, {widget: next(turns)})
            spent, trips = processor_ms(app.process.pid), list[float]()
            for _ in range(REPETITIONS):
                begin = time.perf_counter()
                visitor.rerun(page, {widget: next(turns)})
                trips.append((time.perf_counter() - begin) * 1000)
            return Timing(median(trips), (processor_ms(app.process.pid) - spent) / REPETITIONS)


def page_paths_of(url: str) -> list[str]:
    """Return the pages' addresses; an app without navigation has its one page at the empty address."""
    try:
        return page_paths(url)
    except ValueError:
        return [""]


def _changeable_page(visitor: Session, paths: list[str]) -> tuple[str, str, tuple[Value, Value]]:
    """Return the first page with a widget to change, that widget, and two values for it."""
    for path in paths:
        for widget, values in changeable(visitor.rerun(path)):
            return path, widget, values
    raise LookupError("No page has a radio, a selectbox or a checkbox.")


def _default_empty(folder: Path) -> tuple[str, ...]:
    command = empty_app(folder)
    (folder / "empty.py").write_text(_CHECKBOX_APP, "utf-8")
    return command


def tuned_empty(folder: Path) -> tuple[str, ...]:
    """Write an app with one checkbox and return the command that serves it as ours is served."""
    (folder / "empty.py").write_text(_CHECKBOX_APP, "utf-8")
    (folder / "launcher.py").write_text(_TUNED_LAUNCHER, "utf-8")
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    code = (
        "from pathlib import Path; from advisor.ui import server;"
        "server.LAUNCHER = Path('launcher.py'); server.serve(port=0)"
    )
    return (*FROM_CHECKOUT[:2], code)


def processor_ms(pid: int) -> float:
    """Return the processor time a process has used, user and system, in milliseconds (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
