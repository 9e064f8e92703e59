"""Turns a validation error into one sentence an editor can act on."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from advisor.errors import BadCatalog


def complaint(file: str, entry: str, kind: type[BaseModel], error: ValidationError) -> BadCatalog:
    """The first rule an entry breaks, with file, entry, field and what to do."""
    problems = error.errors(include_url=False, include_context=False, include_input=True)
    # A misspelt key also makes the right one missing: the misspelling is the cause, so it is told.
    first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    path = ".".join(str(step) for step in first["loc"]) or "entry"
    rule, hint = _rule(kind, first)
    if len(problems) > 1:
        hint = f"{hint} {len(problems) - 1} more after this one."
    return BadCatalog(file, f"{entry}: {path}", rule, hint)


def _rule(kind: type[BaseModel], problem: ErrorDetails) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    loc: Sequence[int | str] = problem["loc"]
    if problem["type"] == "extra_forbidden":
        known = sorted(_fields_at(kind, loc[:-1]))
        near = difflib.get_close_matches(str(loc[-1]), known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Remove it; known here: {', '.join(known)}."
        return "unknown key.", hint
    if problem["type"] == "missing":
        return "is missing.", "Add it with its source, or leave the whole block out where that is allowed."
    said = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "value_error":
        rule, _, todo = said.partition(": ")
        return f"{rule}.", f"{todo[:1].upper()}{todo[1:]}." if todo else ""
    return f"{said} (found {problem['input']!r:.60}).", "Correct the value."


def _fields_at(kind: type[BaseModel], loc: Sequence[int | str]) -> set[str]:
    """The keys allowed at a place inside `kind`."""
    here = kind
    for step in loc:
        if isinstance(step, str) and step in here.model_fields:
            inner = next(models_in(here.model_fields[step].annotation), None)
            if inner is None:
                return set()
            here = inner
    return set(here.model_fields)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Every pydantic type named in an annotation, outermost first."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for argument in typing.get_args(annotation):
        yield from models_in(argument)
