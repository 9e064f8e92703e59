"""Short functions, short modules, short pages."""

from __future__ import annotations

from statistics import median, quantiles

from tests.architecture.house import Function, functions, modules

MAX_FUNCTION_LINES = 60
MAX_MODULE_LINES = 400
MAX_PAGE_LINES = 100
MEDIAN_FUNCTION_LINES = 10
P95_FUNCTION_LINES = 40

MODULES = modules()


def test_no_function_is_long() -> None:
    """A function fits one screen."""
    long = [
        f"{name}.{function.name}: {lines(function)}"
        for name, module in MODULES.items()
        for function in functions(module.tree)
        if lines(function) > MAX_FUNCTION_LINES
    ]

    assert long == []


def test_functions_are_short_as_a_rule() -> None:
    """Half the functions have at most 10 lines, 19 of 20 at most 40, docstrings included."""
    lengths = [lines(function) for module in MODULES.values() for function in functions(module.tree)]

    assert median(lengths) <= MEDIAN_FUNCTION_LINES
    assert quantiles(lengths, n=20, method="inclusive")[-1] <= P95_FUNCTION_LINES


def test_no_module_is_long() -> None:
    """A module has at most 400 lines, a page at most 100."""
    long: list[str] = []
    for name, module in MODULES.items():
        length = len(module.path.read_text("utf-8").splitlines())
        if length > (MAX_PAGE_LINES if name.startswith("pages.") else MAX_MODULE_LINES):
            long.append(f"{name}: {length}")

    assert long == []


def lines(function: Function) -> int:
    """Count from the `def` line to the last, decorators not counted."""
    assert function.end_lineno
    return function.end_lineno - function.lineno + 1
