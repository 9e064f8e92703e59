"""The record over the shipped catalog: time and size of every format, and of a re-check."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from statistics import median

from advisor.case import Case, Workload
from advisor.catalog.files import load_catalog
from advisor.decide.decide import decide
from advisor.record.formats import FORMATS
from advisor.record.recheck import recheck
from advisor.record.record import make_record
from tests.bench.rows import Row

DAY = date(2026, 11, 24)
REPETITIONS = 5


def run() -> list[Row]:
    """Measure and return the rows."""
    catalog = load_catalog(today=DAY)
    work = Workload(requests_per_month=20_000, input_tokens=3_000, output_tokens=500)
    case = Case(name="Support letters", workload=work)
    decision = decide(case, catalog, DAY)
    record = make_record(case, decision, catalog, app_version="bench", created=DAY)
    rows: list[Row] = []
    for form in FORMATS.values():
        size = len(form.render(record)) / 1000
        spent = _median_ms(lambda form=form: form.render(record))
        rows.append(Row(f"record as {form.label}", spent, "ms", note=f"{size:,.0f} KB; {_NOTE}"))
    spent = _median_ms(lambda: recheck(record, catalog, DAY))
    return [*rows, Row("re-check of a record", spent, "ms", note=_NOTE)]


_NOTE = f"median of {REPETITIONS}, warm"


def _median_ms(work: Callable[[], object]) -> float:
    spans: list[float] = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        work()
        spans.append(1000 * (time.perf_counter() - start))
    return median(spans)
