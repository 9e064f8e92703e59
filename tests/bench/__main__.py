"""Run the benchmarks and print one table: `python -m tests.bench [NAME ...]`.

A benchmark is a module of this folder with `run() -> list[Row]`.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path

from tests.bench.rows import Row

FOLDER = Path(__file__).parent
_NOT_BENCHMARKS = {"__main__", "__init__", "rows", "engine_worker"}


def main(wanted: list[str]) -> None:
    """Run the wanted benchmarks, by default all, and print their rows as a Markdown table."""
    names = wanted or sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in _NOT_BENCHMARKS)
    sys.stdout.write(f"{_machine()}\n\n| figure | value | ratio | measured |\n|---|---|---|---|\n")
    for name in names:
        rows: list[Row] = importlib.import_module(f"tests.bench.{name}").run()
        for row in rows:
            sys.stdout.write(f"| {' | '.join(row.cells())} |\n")
        sys.stdout.flush()


def _machine() -> str:
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores."


if __name__ == "__main__":
    main(sys.argv[1:])
