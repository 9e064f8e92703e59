"""Graders as short text (`contains: Paris`) in tables, and promptfoo's assertions as graders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from advisor.case import Grader, GraderKind

KINDS: tuple[GraderKind, ...] = get_args(GraderKind)
_SHORT = re.compile(
    r"^\s*(not[- ])?([a-z_-]+)\s*(?:\(\s*([0-9.]+)\s*\))?\s*(?::(.*))?$", re.DOTALL | re.IGNORECASE
)
_NAMES: Mapping[str, tuple[GraderKind, bool]] = {
    "equals": ("exact", False),
    "exact": ("exact", False),
    "contains": ("contains", False),
    "icontains": ("contains", True),
    "iexact": ("exact", True),
    "regex": ("regex", False),
    "iregex": ("regex", True),
    "number": ("number", False),
    "is-json": ("json_schema", False),
    "contains-json": ("json_schema", False),
    "json-schema": ("json_schema", False),
    "choice": ("choice", True),
    "code": ("code", False),
    "is-refusal": ("refusal", False),
    "refusal": ("refusal", False),
    "context-faithfulness": ("grounded", False),
    "grounded": ("grounded", False),
    "llm-rubric": ("rubric", False),
    "model-graded-closedqa": ("rubric", False),
    "g-eval": ("rubric", False),
    "rubric": ("rubric", False),
}
"""Name in a table or of a promptfoo assertion -> our kind, and whether case is ignored."""
_NUMBER_WITH = {"number": "tolerance", "grounded": "minimum"}


def short_text(grader: Grader) -> str:
    """A grader as one cell of a table; `grader_of` reads it again."""
    cased = grader.ignore_case and grader.kind in ("exact", "contains", "regex")
    name = f"i{grader.kind}" if cased else grader.kind
    number = grader.tolerance if grader.kind == "number" else grader.minimum
    bracket = "" if number is None else f"({number:g})"
    value = f": {grader.value}" if grader.value else ""
    return f"{'not-' if grader.negate else ''}{name}{bracket}{value}"


def grader_of(text: str) -> Grader | None:
    """The grader a text such as `number(0.5): 42` or `not-contains: sorry` stands for; None for no kind."""
    found = _SHORT.match(text)
    if found is None:
        return None
    negate, name, number, value = found.groups()
    known = _NAMES.get(name.lower().replace("_", "-"))
    if known is None:
        return None
    return _made(known, (value or "").strip(), negate=bool(negate), number=number)


def _made(known: tuple[GraderKind, bool], value: str, *, negate: bool, number: str | None = None) -> Grader:
    kind, ignore_case = known
    fields: dict[str, Any] = {"kind": kind, "value": value, "ignore_case": ignore_case, "negate": negate}
    if number is not None and kind in _NUMBER_WITH:
        fields[_NUMBER_WITH[kind]] = number
    return Grader.model_validate(fields)


def from_promptfoo(assertions: Iterable[object], where: str) -> tuple[list[Grader], list[str]]:
    """Promptfoo assertions that map to graders, and a sentence for everything that does not."""
    graders: list[Grader] = []
    notes: list[str] = []
    for one in assertions:
        if not isinstance(one, Mapping):
            notes.append(f"{where}: an assertion is no mapping: left out.")
            continue
        each = cast("Mapping[str, Any]", one)
        found = _mapped(each)
        graders += found
        notes += (
            _left_out(each, where)
            if found
            else [f"{where}: assertion {_name(each)!r:.60} has no grader here."]
        )
    return graders, notes


def _name(each: Mapping[str, Any]) -> str:
    return str(each.get("type", ""))


def _mapped(each: Mapping[str, Any]) -> list[Grader]:
    negate, name = _name(each).startswith("not-"), _name(each).removeprefix("not-").lower()
    values = [_text(value) for value in _listed(each.get("value"))]
    value = values[0] if values else ""
    if name in ("contains-all", "icontains-all") and not negate:
        return [_made(_NAMES[name.removesuffix("-all")], one, negate=False) for one in values]
    if name in ("contains-any", "icontains-any") and values:
        pattern = "|".join(re.escape(one) for one in values)
        return [_made(("regex", name.startswith("i")), pattern, negate=negate)]
    if name == "starts-with":
        return [_made(("regex", False), rf"\A{re.escape(value)}", negate=negate)]
    known = _NAMES.get(name)
    if known is None or value.startswith("file://"):
        return []
    if known[0] == "grounded" and not value:
        value = "{{context}}"
    return [_made(known, value, negate=negate)]


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_READ = frozenset({"type", "value"})


def _left_out(each: Mapping[str, Any], where: str) -> list[str]:
    ignored = sorted(str(name) for name in each if name not in _READ)
    notes = [f"{where}: {', '.join(ignored)} of {_name(each)} is not used."] if ignored else []
    if _name(each).removeprefix("not-") in ("model-graded-closedqa", "g-eval", "context-faithfulness"):
        notes.append(f"{where}: {_name(each)} is judged in our own way, not in promptfoo's.")
    return notes
