"""The page of 3,000 replies: reading and judging them once, then turning pages and filtering."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from statistics import median

from tests.bench.rows import Row

PROMPTS, SAMPLES, OFFERS = 100, 15, ("practice:quick", "practice:steady")
REPEATS = 5


def run() -> list[Row]:
    """Measure and return the rows."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["ADVISOR_DATA_DIR"] = folder
        try:
            return _rows()
        finally:
            del os.environ["ADVISOR_DATA_DIR"]


def _rows() -> list[Row]:
    # Imported here: they read the data folder's place.
    from advisor.ui.folder import Folder, written
    from advisor.ui.state import drafts
    from tests.apptest import app_at
    from tests.probe.plans import case_of
    from tests.ui.runs import run_of

    quiet = {"latency_samples": 0, "warm_up": False}
    case = case_of(offers=OFFERS, prompts=PROMPTS, samples_per_prompt=SAMPLES, **quiet)  # type: ignore[arg-type]
    run, _ = run_of(case, lambda claim: "Paris" if claim.sample % 7 else "Rome is the capital")
    draft = drafts().create(written(Folder(case=case))).id
    app = None

    def first() -> None:
        nonlocal app
        app = app_at("probe", query={"d": draft, "run": run})

    opened = _seconds(first)
    assert app is not None
    assert not app.exception
    page = app
    filtered = [
        _seconds(lambda show=show: page.segmented_control(key="reply-show").set_value(show).run())
        for show in ("failures", "disagreements", "all", "failures", "all")
    ]
    worded = [
        _seconds(lambda i=i: page.text_input(key="reply-words").set_value("rome" * (i % 2)).run())
        for i in range(REPEATS)
    ]
    return [
        Row("Page of 3,000 replies: first time, read and judged", 1e3 * opened, "ms", note="no browser"),
        Row("… another filter", 1e3 * median(filtered), "ms", "the first time", median(filtered) / opened),
        Row("… words to find", 1e3 * median(worded), "ms", "the first time", median(worded) / opened),
    ]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
