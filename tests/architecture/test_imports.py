"""Stairs go down only."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.house import (
    CORE,
    DOORS,
    FACE,
    LAZY,
    OUTSIDE_CALLS,
    OUTSIDE_WORLD,
    ROOMS,
    SHARED_BY_DOORS,
    Module,
    core_level,
    door_of,
    modules,
    within,
)

MODULES = modules()


def test_every_module_has_a_floor() -> None:
    """A module that is neither face, nor door, nor on a level of the core is a module without a home."""
    homeless = [
        name
        for name in MODULES
        if name != "advisor" and not within(name, FACE) and not door_of(name) and core_level(name) is None
    ]

    assert homeless == [], "Say where they live: tests/architecture/house.py"


def test_the_core_imports_only_what_lies_lower() -> None:
    """No module of the core imports the face, a door, a neighbour or a higher level."""
    assert [line for module in MODULES.values() for line in _wrong_stairs(module)] == []


def test_the_core_does_not_touch_the_outside_world() -> None:
    """The core has no network, disk, clock, randomness or environment, imported or called."""
    core = [module for name, module in MODULES.items() if core_level(name) is not None]

    assert core
    assert [line for module in core for line in (*_outside_imports(module), *_outside_calls(module))] == []


def test_doors_import_neither_the_face_nor_each_other() -> None:
    """Whoever needs two doors stands above both."""
    wrong = [
        f"{name}:{found.line} imports {found.target}"
        for name, module in MODULES.items()
        if door_of(name)
        for found in module.imports()
        if within(found.target, FACE)
        or (door_of(found.target) not in {None, door_of(name)} and found.target not in SHARED_BY_DOORS)
    ]

    assert wrong == []


@pytest.mark.parametrize("package", sorted(ROOMS))
def test_a_package_stays_in_its_rooms(package: str) -> None:
    """Streamlit, Typer, LiteLLM and the databases are imported in the rooms named for them only."""
    strays = [
        f"{name}:{found.line}"
        for name, module in MODULES.items()
        if not within(name, ROOMS[package])
        for found in module.imports()
        if found.target.split(".")[0] == package
    ]

    assert strays == []


def test_heavy_packages_are_imported_inside_functions_only() -> None:
    """Importing any module of ours never loads LiteLLM."""
    eager = [
        f"{name}:{found.line}"
        for name, module in MODULES.items()
        for found in module.imports()
        if found.target.split(".")[0] in LAZY and not found.in_function
    ]

    assert eager == []


def test_the_drawing_names_only_what_exists() -> None:
    """A door or level that was moved is moved in the drawing too."""
    drawn = {*DOORS, *FACE, *SHARED_BY_DOORS, *(name for level in CORE for name in level)} - {"pages"}
    standing = set(MODULES)

    assert {name for name in drawn if name not in standing} == set()


def test_names_beside_the_scripts_shadow_nothing() -> None:
    """Streamlit puts the scripts' folders first on the import path; no file there hides another package."""
    beside = {
        name.split(".")[-1] for name in MODULES if within(name, ("advisor.ui",)) and name != "advisor.ui"
    }
    taken = set(sys.stdlib_module_names) | set(packages_distributions()) - {"advisor"}

    assert beside & taken == set()


def _wrong_stairs(module: Module) -> list[str]:
    height = core_level(module.name)
    if height is None:
        return []
    home = within(module.name, CORE[height])
    wrong: list[str] = []
    for found in module.imports():
        if not within(found.target, ("advisor", "pages")) or found.target == "advisor":
            continue
        target = core_level(found.target)
        neighbour = target == height and within(found.target, CORE[height]) != home and height > 0
        if target is None or target > height or neighbour:
            wrong.append(f"{module.name}:{found.line} imports {found.target}")
    return wrong


def _outside_imports(module: Module) -> list[str]:
    return [
        f"{module.name}:{found.line} imports {found.target}"
        for found in module.imports()
        if within(found.target, OUTSIDE_WORLD)
    ]


def _outside_calls(module: Module) -> list[str]:
    calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return [
        f"{module.name}:{call.lineno} calls {ast.unparse(call.func)}"
        for call in calls
        if ".".join(ast.unparse(call.func).split(".")[-2:]) in OUTSIDE_CALLS or _is_unseeded(call)
    ]


def _is_unseeded(call: ast.Call) -> bool:
    """Say whether this draws from a generator that nobody can repeat."""
    *owner, name = ast.unparse(call.func).split(".")
    if name in {"Random", "default_rng"}:
        return not (call.args or call.keywords)
    return owner[-1:] == ["random"] and name.islower()
