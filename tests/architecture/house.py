"""The drawing of the house as data: which module lives on which floor, and what may be imported where.

A new module needs a row here only when it is not inside one of the folders below; a new door always does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.serving import ROOT

FACE = ("pages", "advisor.ui", "advisor.cli", "advisor.worker")
"""Pages, commands and the worker: they join the doors. They import all below; nothing below imports them."""

DOORS = {
    "advisor.host": "store, paths, jobs, settings",
    "advisor.probe.run": "calls models",
    "advisor.catalog.sources": "other people's catalogs",
    "advisor.catalog.files": "reads the catalog's files",
}
"""Where the outside comes in. Doors import the core, never each other: the face joins them."""

SHARED_BY_DOORS = frozenset({"advisor.host.paths"})
"""Where things lie is the same question for every door."""

CORE = (
    ("advisor.errors", "advisor.frozen", "advisor.interval", "advisor.wording", "advisor.documents"),
    ("advisor.catalog",),
    ("advisor.case",),
    ("advisor.cost", "advisor.probe", "advisor.dataset"),
    ("advisor.decide",),
    ("advisor.record",),
)
"""Pure. From the ground up; a module imports its own folder and what lies lower, not its neighbours."""

ROOMS = {
    "streamlit": ("pages", "advisor.ui"),
    "typer": ("advisor.cli",),
    "litellm": ("advisor.probe.run", "advisor.catalog.sources"),
    "sqlalchemy": ("advisor.host", "advisor.worker"),
    "dbos": ("advisor.host.carrier",),
    "diskcache": ("advisor.host",),
}
"""Packages that may be imported in these rooms only."""

LAZY = frozenset({"litellm"})
"""Packages so heavy that they are imported only inside a function."""

OUTSIDE_WORLD = frozenset(
    [
        "os",
        "pathlib",
        "shutil",
        "tempfile",
        "glob",
        "sqlite3",
        "socket",
        "ssl",
        "http",
        "urllib",
        "urllib3",
        "httpx",
        "requests",
        "aiohttp",
        "asyncio",
        "threading",
        "multiprocessing",
        "subprocess",
        "signal",
        "time",
        "secrets",
        "uuid",
        "getpass",
        "platform",
        "importlib.resources",
    ]
)
"""Network, disk, clock, randomness, environment: nothing the core may import."""

OUTSIDE_CALLS = frozenset(
    {"open", "input", "datetime.now", "datetime.today", "datetime.utcnow", "date.today"}
)
"""The same without an import."""


@dataclass(frozen=True)
class Import:
    """One import statement's target.

    Args:
        target: Dotted name as written, resolved to a module of ours where it is one.
        line: Line number.
        in_function: Whether it runs only when a function is called.
    """

    target: str
    line: int
    in_function: bool


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    path: Path
    tree: ast.Module

    def imports(self) -> Iterator[Import]:
        """Yield every import, wherever it stands."""
        lazy = {id(node) for function in functions(self.tree) for node in ast.walk(function)}
        for node in ast.walk(self.tree):
            for target in _targets(node, self):
                yield Import(target, node.lineno, id(node) in lazy)  # type: ignore[attr-defined]  # imports have lines


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> list[Function]:
    """Return all functions and methods, nested ones included."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def modules() -> dict[str, Module]:
    """Return every module of the product by dotted name; a page is `pages.<name>`."""
    files = [path for top in ("advisor", "pages") for path in sorted((ROOT / top).rglob("*.py"))]
    found = (Module(_dotted(path), path, ast.parse(path.read_text("utf-8"), str(path))) for path in files)
    return {module.name: module for module in found}


def within(name: str, roots: tuple[str, ...] | frozenset[str]) -> str | None:
    """Return the longest of the roots that is this module or a folder around it."""
    fitting = [root for root in roots if name == root or name.startswith(f"{root}.")]
    return max(fitting, key=len, default=None)


def door_of(name: str) -> str | None:
    """Return the door this module belongs to, if any."""
    return within(name, tuple(DOORS))


def core_level(name: str) -> int | None:
    """Return the height inside the core, 0 for the ground; None outside it."""
    if door_of(name) or within(name, FACE):
        return None
    levels = [height for height, level in enumerate(CORE) if within(name, level)]
    return levels[0] if levels else None


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _targets(node: ast.AST, module: Module) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = _absolute(node, module)
    return [_ours(base, alias.name) for alias in node.names]


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".") if module.path.name == "__init__.py" else module.name.split(".")[:-1]
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def _ours(base: str, name: str) -> str:
    """Name the submodule when `from package import submodule` means one."""
    place = ROOT.joinpath(*base.split("."), name)
    return (
        f"{base}.{name}" if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file() else base
    )
