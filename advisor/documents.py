"""Reads YAML and JSON that strangers wrote: small, shallow, every key once, nothing executed.

Pure: takes text, gives plain values. Errors name the source, the field and what to do.
"""

from __future__ import annotations

import difflib
import json
import types
import typing
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from advisor.errors import BadInput

MAX_CHARACTERS = 2_000_000
"""Largest document; a case with a hundred long prompts stays well below."""
MAX_DEPTH = 30
"""Deepest nesting; our own documents have six levels."""

Kind = type[BadInput]
"""Which error of the tree to raise: `BadCase`, `BadCatalog` or `BadRecord`."""


def read_document(text: str, source: str, kind: Kind) -> dict[str, Any]:
    """The mapping a YAML or JSON document holds.

    Args:
        text: The document.
        source: Its name, as the user knows it.
        kind: The error to raise.

    Raises:
        BadInput: As `kind`: too large, malformed, a key given twice, an anchor, or not a mapping.
    """
    found = read_value(text, source, kind)
    if not isinstance(found, dict):
        raise kind(
            source, "", "must be a mapping of names to values.", "Start with a line such as `version: 1`."
        )
    return typing.cast("dict[str, Any]", found)


def read_value(text: str, source: str, kind: Kind) -> object:
    """Whatever a YAML or JSON document holds: a mapping, a list, a single value.

    Raises:
        BadInput: As `kind`: too large, malformed, a key given twice, or an anchor.
    """
    if len(text) > MAX_CHARACTERS:
        rule = f"is too large: {len(text):,} characters, at most {MAX_CHARACTERS:,} are read."
        raise kind(source, "", rule, "Remove what does not belong into it.")
    return _parsed(text, source, kind)


def _parsed(text: str, source: str, kind: Kind) -> object:
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
        _refuse_traps(text)
        return yaml.load(text, Loader=KeysOnce)  # noqa: S506  a safe loader made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}" if mark else ""
        raise kind(source, place, f"{error.problem}.", "Correct the line; indent with spaces.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise kind(
            source, "", f"cannot be read: {_first_line(error)}.", "Check that it is YAML or JSON."
        ) from error


def _first_line(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error).partition("\n")[0].rstrip(".")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key} stands twice")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def line_of(text: str, field: str) -> int | None:
    """The line of a YAML or JSON text on which a dotted field stands, or its nearest part that is there.

    None when the text cannot be read or nothing on the way to the field is there.
    """
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    line = None
    for part in field.split("."):
        step = _child(node, part)
        if step is None:
            break
        line, node = step
    return line


def _child(node: yaml.Node | None, part: str) -> tuple[int, yaml.Node] | None:
    """The entry of a mapping or list with its line, counted from 1."""
    if isinstance(node, yaml.MappingNode):
        found = next(((key, value) for key, value in node.value if key.value == part), None)
        return None if found is None else (found[0].start_mark.line + 1, found[1])
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        entry: yaml.Node = node.value[int(part)]
        return entry.start_mark.line + 1, entry
    return None


class KeysOnce(yaml.CSafeLoader):
    """A safe loader that refuses a key written twice in one mapping, which YAML would silently let win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping whose keys are text, each once."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key} stands twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def _refuse_traps(text: str) -> None:
    """Refuse anchors (small texts that unfold into huge values) and deep nesting before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _at(event, "anchors and aliases are not read here")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _at(event, "nested too deeply")


def _at(event: yaml.Event, problem: str) -> yaml.MarkedYAMLError:
    # The two parsers' marks say the same under two types.
    return yaml.MarkedYAMLError(problem=problem, problem_mark=typing.cast("yaml.Mark", event.start_mark))


def refusal(
    kind: Kind, source: str, model: type[BaseModel], error: ValidationError, at: str = ""
) -> BadInput:
    """The first rule a document breaks, with its field and what to do.

    Args:
        kind: The error to give back.
        source: Name of the document.
        model: What it should have been.
        error: What pydantic found.
        at: Path of the checked part inside the document.
    """
    problems = error.errors(include_url=False, include_context=False)
    first = problems[0]
    field = ".".join(str(part) for part in ([at] if at else []) + list(first["loc"]))
    rule, hint = _rule(model, first)
    more = f" {len(problems) - 1} more after this one." if len(problems) > 1 else ""
    return kind(source, field, rule, hint + more)


def _rule(model: type[BaseModel], problem: ErrorDetails) -> tuple[str, str]:
    if problem["type"] == "extra_forbidden":
        return "unknown key.", near(str(problem["loc"][-1]), sorted(_fields_at(model, problem["loc"][:-1])))
    if problem["type"] == "missing":
        return "is missing.", "Add it."
    shown = f"{problem['input']!r:.60}"
    if problem["type"] in ("model_type", "model_attributes_type", "dict_type"):
        known = sorted(_fields_at(model, problem["loc"]))
        hint = f"Possible here: {', '.join(known)}." if known else "Write names and values under it."
        return f"must be a mapping of names to values (found {shown}).", hint
    if problem["type"] in ("float_parsing", "float_type", "int_parsing", "int_type"):
        return f"must be a number (found {shown}).", "Write it without unit and thousands separators."
    said = str(problem["msg"]).removeprefix("Value error, ")
    hint = "Put it in quotes." if problem["type"] == "string_type" else "Correct the value."
    return f"{said[:1].lower()}{said[1:]} (found {shown}).", hint


def near(given: str, known: Sequence[str]) -> str:
    """What to do about a name that is not known: the nearest one, else the list."""
    close = difflib.get_close_matches(given, known, n=1)
    return f"Did you mean {close[0]}?" if close else f"Remove it; known here: {', '.join(known)}."


def _fields_at(model: type[BaseModel], loc: Sequence[int | str]) -> set[str]:
    """The keys allowed at a place inside `model`."""
    here = model
    for part in loc:
        if isinstance(part, str) and part in here.model_fields:
            inner = next(_models_in(here.model_fields[part].annotation), None)
            if inner is None:
                return set()
            here = inner
    return set(here.model_fields)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for argument in typing.get_args(annotation):
        yield from _models_in(argument)
