"""Evaluation cases from a file: CSV, JSONL, our own YAML, promptfoo's tests. What is not used is listed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from advisor.case import ProbePrompt
from advisor.documents import read_value
from advisor.errors import BadInput
from advisor.probe.attachments import Files, no_files
from advisor.probe.graders import problem
from advisor.probe.promptfoo import promptfoo_rows
from advisor.probe.rows import NO_OPTIONS, Columns, fields_of, has_prompt
from advisor.probe.templates import filled, missing_vars

MOST_BYTES = 64_000_000
MOST_PROBLEMS = 20
"""Broken rows that are named; further ones are counted."""
Row = tuple[str, Mapping[str, Any]]
"""Where it stands, such as "row 7", and its fields."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a file was understood as."""

    source: str
    form: str
    """What it was recognised as: CSV, JSONL, YAML, YAML list of cases, promptfoo, promptfoo's tests."""
    prompts: tuple[ProbePrompt, ...]
    notes: tuple[str, ...]
    """What was not used or read in another way, one sentence each."""
    problems: tuple[str, ...]
    """Rows left out and why; at most `MOST_PROBLEMS` named."""
    broken: int
    """Rows left out."""


def read_evaluation(
    name: str, body: bytes, template: str | None = None, files: Files = no_files
) -> Evaluation:
    """Read evaluation cases.

    Args:
        name: File name; its ending says what is in it.
        body: The file.
        template: Prompt with {{column}} places, for tables of values only.
        files: Where the images and documents are that a column `files` names.

    Raises:
        BadInput: The file cannot be read at all; a broken row is no reason.
    """
    text, notes = _decoded(name, body)
    form, rows, more = _rows(name, text)
    columns = Columns(template, files)
    prompts, problems = _prompts(rows, columns)
    broken = len(problems)
    if broken > MOST_PROBLEMS:
        problems = [*problems[:MOST_PROBLEMS], f"… and {broken - MOST_PROBLEMS:,} more rows"]
    if not prompts and not problems:
        raise BadInput(name, "", "holds no cases", "Give it a header line and one case per row.")
    every = tuple(dict.fromkeys([*notes, *more, *columns.notes(), *_missing(prompts), *_at_odds(prompts)]))
    return Evaluation(name, form, tuple(prompts), every, tuple(problems), broken)


def from_table(rows: Iterable[Mapping[str, Any]], before: Sequence[ProbePrompt] = ()) -> Evaluation:
    """Cases from an edited table; what the table does not show is kept from the case with the same id.

    Args:
        rows: One per case, as `table_rows` gives them.
        before: The cases the table was made from.
    """
    kept = {prompt.id: prompt for prompt in before}
    columns = Columns()
    full = [row for row in rows if any(str(cell or "").strip() for cell in row.values())]
    named = ((f"row {number}", row) for number, row in enumerate(full, start=1))
    prompts, problems = _prompts(named, columns)
    whole = tuple(_with_unseen(prompt, kept.get(prompt.id)) for prompt in prompts)
    notes = tuple(_missing(prompts))
    return Evaluation("table", "table", whole, notes, tuple(problems[:MOST_PROBLEMS]), len(problems))


def _with_unseen(prompt: ProbePrompt, old: ProbePrompt | None) -> ProbePrompt:
    if old is None:
        return prompt
    unseen = ("turns", "attachments", "tools", "tolerance", "arrays_are_sets", "rewords", "verdicts")
    return prompt.model_copy(update={name: getattr(old, name) for name in unseen})


def spread_sample(prompts: Sequence[ProbePrompt], size: int) -> tuple[ProbePrompt, ...]:
    """At most `size` cases, spread evenly over the file, always the same ones."""
    if len(prompts) <= size:
        return tuple(prompts)
    return tuple(prompts[index * len(prompts) // size] for index in range(size))


def _decoded(name: str, body: bytes) -> tuple[str, list[str]]:
    if len(body) > MOST_BYTES:
        raise BadInput(name, "", f"is larger than {MOST_BYTES // 1_000_000} MB", "Split it.")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace"), []
    if b"\0" in body:
        raise BadInput(name, "", "is no text file", "Save it as CSV, JSONL or YAML in UTF-8.")
    try:
        return body.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return _by_line(body)


def _by_line(body: bytes) -> tuple[str, list[str]]:
    """Lines that are UTF-8 stay so; the others are read as Windows-1252 and named."""
    lines, other = list[str](), list[int]()
    for number, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            lines.append(line.decode())
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
            other.append(number)
    named = ", ".join(map(str, other[:MOST_PROBLEMS]))
    more = f" and {len(other) - MOST_PROBLEMS:,} more" if len(other) > MOST_PROBLEMS else ""
    one = len(other) == 1
    told = f"Line {named} is not UTF-8: it was" if one else f"Lines {named}{more} are not UTF-8: they were"
    return "\n".join(lines), [f"{told} read as Windows-1252. Check the accented letters there."]


def _rows(name: str, text: str) -> tuple[str, Iterator[Row], list[str]]:
    ending = name.rsplit(".", 1)[-1].lower()
    if ending in ("jsonl", "ndjson"):
        return "JSONL", _json_rows(text), []
    if ending in ("yaml", "yml", "json"):
        return _document(name, text)
    return "CSV", _csv_rows(name, text), []


def _document(name: str, text: str) -> tuple[str, Iterator[Row], list[str]]:
    written = "JSON" if text.lstrip().startswith(("{", "[")) else "YAML"
    value = _value(name, text)
    if isinstance(value, list):
        listed = cast("list[object]", value)
        if not _of_promptfoo(listed):
            return f"{written} list of cases", _case_rows(listed), []
        # A bare list of tests is what promptfoo keeps in files of its own.
        rows, notes = promptfoo_rows({"tests": listed})
        return "promptfoo's tests", iter(rows), notes
    found = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if "tests" in found or "scenarios" in found:
        rows, notes = promptfoo_rows(found)
        return "promptfoo", iter(rows), notes
    cases = found.get("prompts", found.get("cases"))
    if not isinstance(cases, list):
        raise BadInput(
            name,
            "",
            "is no list of cases, and has neither `prompts:` nor promptfoo's `tests:`",
            "List the cases, each beginning with a line such as `- prompt: What is 2 + 2?`.",
        )
    ignored = sorted(set(found) - {"prompts", "cases", "id", "name", "about", "version"})
    return written, _case_rows(cast("list[object]", cases)), [f"{key} is not used." for key in ignored]


def _value(name: str, text: str) -> object:
    """What the document holds; a list in JSON is read as JSON, which forbids less than YAML does."""
    if name.lower().endswith(".json") and text.lstrip().startswith("["):
        return cast("dict[str, object]", read_value(f'{{"cases": {text}}}', name, BadInput)).get("cases")
    return read_value(text, name, BadInput)


def _of_promptfoo(items: Sequence[object]) -> bool:
    """Whether a list is promptfoo's: no item has a prompt of its own, some have its keys."""
    fields = [cast("dict[str, object]", item) for item in items if isinstance(item, dict)]
    own = any(isinstance(item, str) for item in items) or any(map(has_prompt, fields))
    return not own and any({"vars", "assert"} & set(one) for one in fields)


def _case_rows(cases: Sequence[object]) -> Iterator[Row]:
    """Each case with its number; a bare text is a prompt."""
    for number, case in enumerate(cases, start=1):
        yield f"case {number}", {"prompt": case} if isinstance(case, str) else _mapping(case)


def _json_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield f"line {number}", _mapping(json.loads(line))
        except (ValueError, RecursionError):
            yield f"line {number}", {_BROKEN: "is not JSON"}


_BROKEN = "\0broken"


def _mapping(value: object) -> Mapping[str, Any]:
    return (
        cast("Mapping[str, Any]", value) if isinstance(value, dict) else {_BROKEN: "is no mapping of fields"}
    )


def _csv_rows(name: str, text: str) -> Iterator[Row]:
    head, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=head.count)
    lines = list(io.StringIO(text))
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if reader.line_num == len(lines) and _never_closed(lines, delimiter):
            raise BadInput(name, "line 1", _NEVER_CLOSED, "Check the quotes of this row.")
        _require_header(name, header)
        start = reader.line_num
        for cells in reader:
            if reader.line_num == len(lines) and _never_closed(lines[start:], delimiter):
                yield f"line {start + 1}", {_BROKEN: _NEVER_CLOSED}
            elif any(cell.strip() for cell in cells):
                yield f"line {reader.line_num}", _cells(header, cells)
            start = reader.line_num
    except csv.Error as error:
        raise BadInput(
            name, f"line {reader.line_num}", f"{error}", "Check the quotes of this row."
        ) from error


_NEVER_CLOSED = "a quote is never closed: what follows it, to the end of the file, was not read"


def _never_closed(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the first row of these lines runs into their end within a quote."""
    ended = csv.reader([*lines, "\n", "end\n"], delimiter=delimiter)
    rows = [row for row in ended if row]
    return bool(rows) and rows[-1] != ["end"]


def _require_header(name: str, header: Sequence[str]) -> None:
    if not any(header):
        raise BadInput(name, "line 1", "holds no column names", "Write them into the first line.")
    twice = [cell for cell in dict.fromkeys(header) if header.count(cell) > 1]
    if twice:
        raise BadInput(
            name, f"column {twice[0]!r:.60}", "stands twice or is unnamed", "Name each column once."
        )


def _cells(header: Sequence[str], cells: Sequence[str]) -> Mapping[str, Any]:
    if len(cells) > len(header):
        return {_BROKEN: f"has {len(cells)} cells for {len(header)} columns"}
    return {name: _unguarded(cell) for name, cell in zip(header, cells, strict=False) if name}


_GUARDED = re.compile(r"^'(?=[=+\-@\t])")


def _unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it."""
    return _GUARDED.sub("", cell)


def _prompts(rows: Iterator[Row], columns: Columns) -> tuple[list[ProbePrompt], list[str]]:
    prompts: list[ProbePrompt] = []
    problems: list[str] = []
    taken: dict[str, int] = {}
    for place, (where, row) in enumerate(rows, start=1):
        try:
            prompts.append(_prompt(row, columns, taken, place))
        except (ValueError, BadInput) as error:
            problems.append(f"{where}: {_words(error)}")
    return prompts, problems


def _prompt(row: Mapping[str, Any], columns: Columns, taken: dict[str, int], place: int) -> ProbePrompt:
    if _BROKEN in row:
        raise ValueError(row[_BROKEN])
    fields = fields_of(row, columns)
    made = ProbePrompt.model_validate(fields | {"id": _unique(str(fields.get("id") or ""), taken, place)})
    for grader in made.graders:
        if found := problem(grader):
            raise ValueError(f"grader {grader.kind} {found}")
    if made.answer_type == "choice" and made.options and made.expected not in (None, *made.options):
        raise ValueError(f"expected is none of the options: {' | '.join(made.options):.120}")
    if made.answer_type == "choice" and not made.options:
        raise ValueError(NO_OPTIONS)
    return made


def _unique(wish: str, taken: dict[str, int], place: int) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", wish).strip("-._")[:50] or f"case-{place}"
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name}.{taken[name]}"


def _words(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}"


def _missing(prompts: Sequence[ProbePrompt]) -> Iterator[str]:
    lacking = {name: prompt.id for prompt in reversed(prompts) for name in missing_vars(prompt)}
    for name, case in lacking.items():
        yield f"{{{{{name}}}}} has no value, first in {case}: such cases cannot be asked."


def _at_odds(prompts: Sequence[ProbePrompt]) -> Iterator[str]:
    """A sentence for each prompt that is asked with different expected answers."""
    asked: dict[str, dict[str, str]] = {}
    for one in prompts:
        if one.expected is not None:
            texts = (one.system or "", *(turn.text for turn in one.turns), one.text)
            key = repr(([filled(text, one.vars) for text in texts], one.attachments))
            asked.setdefault(key, {}).setdefault(filled(one.expected, one.vars), one.id)
    twice = [", ".join(found.values()) for found in asked.values() if len(found) > 1]
    for cases in twice[:MOST_PROBLEMS]:
        yield f"{cases:.120} ask the same with different expected answers: one of them is marked wrong."
    if len(twice) > MOST_PROBLEMS:
        yield f"{len(twice) - MOST_PROBLEMS:,} more prompts have different expected answers."
