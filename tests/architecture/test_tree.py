"""What the whole tree promises: telling names, said promises, no trace of one machine."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import functions
from tests.serving import ROOT

SHAPELESS = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})
NOT_OURS = frozenset(
    [
        ".git",
        ".venv",
        ".venv-lock",
        ".venv-audit",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        ".advisor",
        "dist",
        "build",
        "test-artifacts",
        "__pycache__",
        "node_modules",
    ]
)
# Written in pieces so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(
    "|".join(
        (
            r"(?<![\w.])/wo" + r"rk/",
            r"(?<![\w.])/tm" + "p/",
            r"(?<![\w.])/ro" + "ot/",
            r"(?<![\w.])/Us" + "ers/",
        )
    )
)
REGISTRY = re.compile(
    "|".join(("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", "extra-" + "index-url ="))
)


def test_no_name_says_nothing() -> None:
    """No module or folder is called after the fact that nobody knew where its content belongs."""
    shapeless = [
        str(path.relative_to(ROOT))
        for path in our_files()
        if path.suffix == ".py" and {path.stem, *path.relative_to(ROOT).parts[:-1]} & SHAPELESS
    ]

    assert shapeless == []


def test_every_test_says_its_promise() -> None:
    """Each test's docstring is one sentence that says what the product promises."""
    silent = [
        f"{path.relative_to(ROOT)}::{function.name}"
        for path in our_files()
        if path.is_relative_to(ROOT / "tests") and path.name.startswith("test_") and path.suffix == ".py"
        for function in functions(ast.parse(path.read_text("utf-8")))
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert silent == []


def test_no_path_of_one_machine() -> None:
    """No file names a folder that exists on one machine only."""
    assert list(_lines_with(MACHINE_PATH)) == []


def test_no_package_registry_is_named() -> None:
    """Where packages come from is the installer's setting, not ours."""
    assert list(_lines_with(REGISTRY)) == []


def our_files() -> Iterator[Path]:
    """Yield every file of the tree that is ours, in order."""
    for folder, names, files in os.walk(ROOT):
        names[:] = sorted(name for name in names if name not in NOT_OURS and not name.endswith(".egg-info"))
        yield from (Path(folder) / name for name in sorted(files))


def _lines_with(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in our_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # pictures and fonts
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                yield f"{path.relative_to(ROOT)}:{number}"
