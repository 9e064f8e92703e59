"""Promptfoo's configuration as rows of cases: prompts, vars, assertions. What has no place here is listed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from advisor.probe.assertions import from_promptfoo

_LOGIC = re.compile(r"\{%|\{\{[^}]*\|")
_TEST_KEYS = frozenset({"description", "vars", "assert"})
_USED = frozenset({"prompts", "tests", "defaultTest", "description"})
Rows = list[tuple[str, Mapping[str, Any]]]


def promptfoo_rows(config: Mapping[str, Any]) -> tuple[Rows, list[str]]:
    """Every test under every prompt, and sentences about what is not used."""
    notes = [f"{key} is not used." for key in sorted(set(config) - _USED)]
    prompts = _prompts(config.get("prompts"), notes)
    common = _mapping(config.get("defaultTest"))
    rows: Rows = []
    tests = config.get("tests")
    if not isinstance(tests, list):
        notes.append("tests is no list here, but a reference or a program: not read.")
        tests = []
    for number, test in enumerate(cast("list[object]", tests), start=1):
        where = f"test {number}"
        if not isinstance(test, dict):
            notes.append(f"{where} is a reference to a file: not read.")
            continue
        rows += _test(where, cast("Mapping[str, Any]", test), common, prompts, notes)
    return rows, notes


def _test(
    where: str,
    test: Mapping[str, Any],
    common: Mapping[str, Any],
    prompts: list[dict[str, Any]],
    notes: list[str],
) -> Rows:
    graders, left = from_promptfoo([*_list(common.get("assert")), *_list(test.get("assert"))], where)
    notes += left
    notes += [f"{where}: {key} is not used." for key in sorted(set(test) - _TEST_KEYS)]
    values = _mapping(common.get("vars")) | _mapping(test.get("vars"))
    for name, value in values.items():
        if isinstance(value, list):
            notes.append(f"{where}: {name} lists several values: only the first is asked.")
            values[name] = value[0] if value else ""
        elif isinstance(value, str) and value.startswith("file://"):
            notes.append(f"{where}: {name} refers to a file: its address stands in the prompt instead.")
    row = {"vars": values, "graders": graders}
    name = str(test.get("description") or where.replace(" ", "-"))
    many = len(prompts) > 1
    return [
        (where, row | prompt | {"id": f"{name}-p{place}" if many else name})
        for place, prompt in enumerate(prompts, start=1)
    ]


def _prompts(given: object, notes: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, one in enumerate(_list(given), start=1):
        text = str(_mapping(one).get("raw", "")) if isinstance(one, dict) else str(one)
        if text.startswith("file://") or not text:
            notes.append(f"prompt {number} is kept in another file: not read.")
            continue
        if _LOGIC.search(text):
            notes.append(f"prompt {number} computes in its template: filters and blocks stay as they are.")
        found.append(_chat(text) or {"text": text})
    if not found:
        notes.append("No prompt stands in the file: a var named prompt, text, question or input is asked.")
        return [{}]
    return found


def _chat(text: str) -> dict[str, Any] | None:
    """A prompt written as a JSON list of messages."""
    if not text.lstrip().startswith("["):
        return None
    try:
        messages = json.loads(text)
    except (ValueError, RecursionError):
        return None
    sound = isinstance(messages, list) and all(
        isinstance(one, dict) and "role" in one and "content" in one for one in messages
    )
    return {"messages": messages} if sound else None


def _list(value: object) -> list[object]:
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _mapping(value: object) -> dict[str, Any]:
    return dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else {}
