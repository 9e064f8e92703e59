"""How long a data set check takes, how much memory, and how many planted near duplicates it finds."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.bench.rows import Row
from tests.dataset.sets import as_jsonl, clean_rows, pieces
from tests.dataset.test_duplicates import finder, planted_pairs

ROWS = 50_000
_MEASURE = "from tests.bench.dataset import measure; measure()"


def run() -> list[Row]:
    """Check 50,000 chat rows in a process of its own, then look for 2,000 planted near duplicates."""
    done = subprocess.run([sys.executable, "-c", _MEASURE], capture_output=True, text=True, check=True)
    spent_s, peak_mb, size_mb = (float(part) for part in done.stdout.split())
    note = f"{size_mb:.0f} MB of JSONL, evaluation set of 500 rows"
    texts, planted = planted_pairs(2_000, 80)
    found = {tuple(group.rows) for group in finder(texts).near()}
    return [
        Row(f"dataset check, {ROWS:,} chat rows", spent_s, "s", note=note),
        Row(f"dataset check, {ROWS:,} chat rows: memory", peak_mb, "MB", note="peak of the whole process"),
        Row(
            "near-duplicate recall",
            100 * len(planted & found) / len(planted),
            "%",
            note="2,000 planted pairs",
        ),
        Row("near-duplicate false alarms", len(found - planted), "pairs", note=f"{len(texts):,} rows"),
    ]


def measure() -> None:
    """Check the rows and print seconds, peak memory in MB and file size in MB."""
    import resource

    from advisor.dataset.check import Source, check_dataset

    body, held_back = as_jsonl([*clean_rows(ROWS)]), as_jsonl([*clean_rows(500, seed=99)])
    begin = time.perf_counter()
    report = check_dataset(Source("a.jsonl", pieces(body, 2**16)), Source("e.jsonl", [held_back]))
    spent_s = time.perf_counter() - begin
    assert report.rows == ROWS
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"{spent_s} {peak_kb / 1e3} {len(body) / 1e6}")
