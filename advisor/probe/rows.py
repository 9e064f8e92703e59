"""One row of a table of cases as the fields of a prompt: known columns, all others are values for places."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from advisor.case import Grader
from advisor.probe.assertions import grader_of
from advisor.probe.attachments import Files, attachment, no_files
from advisor.probe.templates import places_in

_KNOWN: Mapping[str, str] = {
    "id": "id",
    "name": "id",
    "description": "id",
    "system": "system",
    "system_prompt": "system",
    "expected": "expected",
    "expected_answer": "expected",
    "answer": "expected",
    "ideal": "expected",
    "answer_type": "answer_type",
    "type": "answer_type",
    "options": "options",
    "choices": "options",
    "tolerance": "tolerance",
    "arrays_are_sets": "arrays_are_sets",
    "rewords": "rewords",
    "graders": "graders",
    "grader": "graders",
    "assert": "graders",
    "vars": "vars",
    "turns": "turns",
    "attachments": "attachments",
    "files": "files",
    "verdicts": "verdicts",
    "tools": "tools",
    "messages": "messages",
}
"""Name of a column -> field of a prompt."""
_JSON = ("turns", "attachments", "tools", "messages", "vars", "verdicts")
"""Fields that a cell of a table holds as JSON."""
_MEANT: Mapping[str, str] = {
    "kind": "name it `type` for the kind of answer, `grader` for a check such as contains: Lima",
    "check": "name it `grader` for a check such as contains: Lima",
    "checks": "name it `graders` for checks such as contains: Lima",
    "assertion": "name it `grader` for a check such as contains: Lima",
    "output": "name it `expected` for the expected answer",
    "reference": "name it `expected` for the expected answer",
    "target": "name it `expected` for the expected answer",
    "history": "name it `turns` for earlier messages, as JSON",
    "conversation": "name it `messages` for chat messages, as JSON",
    "file": "name it `files` for images and documents, several of them separated by |",
    "image": "name it `files` for images and documents, several of them separated by |",
}
"""Column that holds no field -> what its name may have meant."""
_TEXT = ("prompt", "text", "question", "input")
"""Columns that may hold the prompt itself, the first one there is."""


NO_OPTIONS = (
    "answer type `choice` needs `options`, the answers allowed, such as `options: red | green | blue` "
    "(in YAML and JSON a list will do)"
)


def has_prompt(row: Mapping[str, object]) -> bool:
    """Whether a row holds its own prompt, as a text or as chat messages."""
    return any(_flat(str(name)) in (*_TEXT, "messages") for name in row)


class Columns:
    """What the columns of one file are taken for.

    Args:
        template: The prompt of every row, with {{column}} places; None takes it from the row.
        files: Where the files are that rows name.
    """

    def __init__(self, template: str | None = None, files: Files = no_files) -> None:
        self.template = template
        self.files = files
        self._unused: dict[str, None] = {}
        self._used: set[str] = set()

    def saw(self, values: Mapping[str, object], used: set[str]) -> None:
        """Remember which values a row has, and which of them a place uses."""
        self._unused.update(dict.fromkeys(values))
        self._used |= used

    def notes(self) -> list[str]:
        """A sentence for each column that no place uses."""
        left = [name for name in self._unused if name not in self._used]
        return [f"Column “{name:.60}” is used by no {{{{place}}}}: left out{_hint(name)}." for name in left]


def _hint(name: str) -> str:
    meant = _MEANT.get(_flat(name))
    return f"; {meant}" if meant else ""


def fields_of(row: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """The fields of a prompt that a row holds.

    Raises:
        ValueError: It holds no prompt, or a cell cannot be read.
    """
    known: dict[str, Any] = {}
    values: dict[str, str] = {}
    for name, cell in row.items():
        field = _field(name)
        if field is None:
            # An empty cell fills its place with nothing; a place without a column stays a complaint.
            values[name] = "" if cell is None else _plain(cell)
        elif field == "graders":
            known["graders"] = (*known.get("graders", ()), *_graders(cell))
        elif cell not in (None, ""):
            known[field] = _parsed(field, cell) if field in _JSON else cell
    _take_files(known, columns)
    given = _values(known.pop("vars", {}))
    _take_messages(known)
    # The row's own column first: a value named `text` never takes the place of the prompt.
    _take_text(known, (values, given), columns)
    values |= given
    if isinstance(known.get("options"), str):
        known["options"] = tuple(part.strip() for part in known["options"].split("|") if part.strip())
    if known.get("options") and "answer_type" not in known:
        known["answer_type"] = "choice"
    if "expected" in known:
        known["expected"] = _plain(known["expected"])
    return _with_values(known, values, columns)


def _parsed(field: str, cell: object) -> object:
    """A cell that holds JSON; what is no text already is what it stands for."""
    if not isinstance(cell, str):
        return cell
    try:
        return cast("object", json.loads(cell))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{field} is not JSON: {cell:.60}") from error


def _take_files(known: dict[str, Any], columns: Columns) -> None:
    """The files a row names, as attachments."""
    named = known.pop("files", "")
    names = named.split("|") if isinstance(named, str) else named
    if not isinstance(names, list | tuple):
        raise ValueError("files is no list of file names")
    found: list[object] = []
    for name in (str(each).strip() for each in cast("list[object]", names)):
        body = columns.files(name) if name else b""
        if body is None:
            raise ValueError(f"files: {name:.80} was not given along")
        found += [attachment(name, body)] if name else []
    if found:
        known["attachments"] = [*known.get("attachments", ()), *found]


def _flat(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _field(name: str) -> str | None:
    flat = _flat(name)
    return "graders" if flat.startswith("__expected") else _KNOWN.get(flat)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _take_text(known: dict[str, Any], holders: tuple[dict[str, str], ...], columns: Columns) -> None:
    if columns.template:
        known["text"] = columns.template
    elif "text" not in known:
        found = ((one, name) for one in holders for text in _TEXT for name in one if _flat(name) == text)
        holder, column = next(found, (None, ""))
        if holder is None:
            raise ValueError(
                "holds no prompt: name a column `prompt`, or give a template with {{column}} places"
            )
        known["text"] = holder.pop(column)
    if not str(known["text"]).strip():
        raise ValueError("holds an empty prompt")


def _take_messages(known: dict[str, Any]) -> None:
    """Chat messages: system, earlier turns, the last question; a closing answer is the expected one."""
    messages = known.pop("messages", None)
    if messages is None:
        return
    told = _told(messages)
    if told and told[-1][0] == "assistant":
        known.setdefault("expected", told.pop()[1])
    system = [text for role, text in told if role == "system"]
    rest = [(role, text) for role, text in told if role != "system"]
    if not rest or rest[-1][0] != "user":
        raise ValueError("messages end without a question of the user")
    known["text"] = rest[-1][1]
    known["turns"] = [{"role": role, "text": text} for role, text in rest[:-1]]
    if system:
        known["system"] = "\n\n".join(system)


def _values(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise ValueError("vars is no mapping of names to values")
    return {str(name): _plain(value) for name, value in cast("dict[object, object]", given).items()}


def _told(messages: object) -> list[tuple[str, str]]:
    """Role and text of each chat message."""
    told: list[tuple[str, str]] = []
    for one in cast("list[object]", messages) if isinstance(messages, list) else [None]:
        if not isinstance(one, dict) or not {"role", "content"} <= set(cast("dict[str, object]", one)):
            raise ValueError("messages is no list of messages with role and content")
        told.append((str(one["role"]), _plain(one["content"])))
    return told


def _graders(cell: object) -> list[Grader]:
    lines: list[object] = [*str(cell or "").splitlines()]
    items = cast("list[object]", cell) if isinstance(cell, list | tuple) else lines
    return [_grader(item) for item in items if not isinstance(item, str) or item.strip()]


def _grader(item: object) -> Grader:
    if isinstance(item, Grader):
        return item
    if isinstance(item, dict):
        return Grader.model_validate(item)
    found = grader_of(str(item))
    if found is not None:
        return found
    # Promptfoo's tables: a cell without a kind is the text the reply must equal.
    return Grader(kind="exact", value=str(item).strip())


def _with_values(known: dict[str, Any], values: dict[str, str], columns: Columns) -> dict[str, Any]:
    graders = [_grader(each) for each in known.get("graders", ())]
    turns = [str(turn.get("text", "")) for turn in known.get("turns", ()) if isinstance(turn, dict)]
    texts = [str(known.get(name) or "") for name in ("text", "system", "expected")]
    used = set(places_in([*texts, *turns, *(grader.value for grader in graders)]))
    columns.saw(values, used)
    kept = {name: value for name, value in values.items() if name in used}
    return known | {"graders": graders} | ({"vars": kept} if used else {})
