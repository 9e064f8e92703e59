"""Find the answer in a reply, by the type the prompt declares. None means: no unique answer found."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

_FENCE = re.compile(r"^\s*```[\w+-]*\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
_INNER_FENCE = re.compile(r"```[\w+-]*\s*\n(.*?)```", re.DOTALL)
_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_MARKED = re.compile(r"(?:####|\\boxed\{|\banswer\s*(?:is\b|:))\s*:?\s*([^\n}]+)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:[,\u202f ]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+−]?\.\d+")
_UNIT = re.compile(r"\s*(%|[^\W\d_]+)")
_OUTER = " \t\n\r.,;:!?\"'`*_()[]{}«»“”‘’"
_ARTICLES = ("the ", "a ", "an ")


LARGEST_EXPONENT = 1_000
"""Numbers beyond 10 to this power are text: nothing could be computed with them."""


class Number(NamedTuple):
    """A number with what follows it."""

    value: Decimal
    unit: str
    """Word or % after it; empty when there is none. Only % makes a different answer."""


def bare(reply: str) -> str:
    """A reply without reasoning tags and without a code fence around all of it."""
    text = _THOUGHTS.sub("", reply).strip()
    fenced = _FENCE.match(text)
    return fenced.group(1).strip() if fenced else text


def marked(text: str) -> str | None:
    """What follows the last "answer is", "Answer:", "####" or inside the last box."""
    found = _MARKED.findall(text)
    return found[-1].strip() if found else None


def normalised(text: str) -> str:
    """Text for comparison: compatible characters, no case, single spaces, no outer punctuation or article."""
    flat = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(_OUTER)
    for article in _ARTICLES:
        if flat.startswith(article):
            return flat.removeprefix(article).strip(_OUTER)
    return flat


def choice(text: str, options: Sequence[str]) -> str | None:
    """The only option named on the last line, else in the last three, else anywhere."""
    lines = [line for line in text.splitlines() if line.strip()]
    for part in (lines[-1:], lines[-3:], lines):
        named = [option for option in options if _names("\n".join(part), option)]
        if len(named) == 1:
            return named[0]
        if named:
            return None
    return None


def _names(text: str, option: str) -> bool:
    # A single letter is an option only as a capital: "a" is a word.
    flags = 0 if len(option) == 1 else re.IGNORECASE
    return re.search(rf"(?<!\w){re.escape(option)}(?!\w)", text, flags) is not None


def number(text: str) -> Number | None:
    """The last number of the marked answer, else of the reply."""
    place = marked(text)
    where = place if place is not None and _NUMBER.search(place) else text
    found = list(_NUMBER.finditer(where))
    if not found:
        return None
    try:
        value = Decimal(re.sub(r"[,\u202f ]", "", found[-1].group()).replace("−", "-"))
    except InvalidOperation:
        return None
    if abs(value.adjusted()) > LARGEST_EXPONENT:
        return None
    unit = _UNIT.match(where, found[-1].end())
    return Number(value, unit.group(1) if unit else "")


def canonical_json(text: str, *, unordered: bool = False) -> str | None:
    """The reply's JSON with sorted keys and numbers as numbers; arrays in their order unless `unordered`."""
    found = parsed_json(text)
    return None if found is None else _dumped(_plain(found[0], unordered))


def parsed_json(text: str) -> tuple[object] | None:
    """The JSON value of a reply, or of the fence or braces inside it, in a tuple: the value may be null."""
    inner = _INNER_FENCE.search(text)
    for candidate in (text, inner.group(1) if inner else "", _braced(text)):
        try:
            value: object = json.loads(candidate)
            _dumped(value)
        except (ValueError, RecursionError):
            continue
        return (value,)
    return None


def _dumped(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _braced(text: str) -> str:
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else ""


def _plain(value: object, unordered: bool) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(inner, unordered) for key, inner in value.items()}
    if isinstance(value, list):
        items = [_plain(inner, unordered) for inner in value]
        return sorted(items, key=_dumped) if unordered else items
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole and isinstance(value, float) else value


def canonical_code(text: str) -> str | None:
    """Python code as its syntax tree, without comments, docstrings and positions. It is never run."""
    inner = _INNER_FENCE.search(text)
    try:
        tree = ast.parse(inner.group(1) if inner else text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_docstring(node, body[0]):
            del body[0]
    return ast.dump(tree)


def _is_docstring(owner: ast.AST, first: object) -> bool:
    documented = isinstance(owner, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return documented and text and isinstance(getattr(getattr(first, "value", None), "value", None), str)


_DATE_SHAPES = (
    (re.compile(r"\b\d{4}-\d{2}-\d{2}\b"), ("%Y-%m-%d",)),
    (re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{4}\b"), ("%d.%m.%Y",)),
    (re.compile(r"\b\d{1,2} [A-Za-z]{3,9} \d{4}\b"), ("%d %B %Y", "%d %b %Y")),
    (re.compile(r"\b[A-Za-z]{3,9} \d{1,2}, \d{4}\b"), ("%B %d, %Y", "%b %d, %Y")),
)


def iso_date(text: str) -> str | None:
    """The only date in the marked answer, else in the reply, as YYYY-MM-DD."""
    for where in filter(None, (marked(text), text)):
        found = {day for shape, formats in _DATE_SHAPES for day in _dates(where, shape, formats)}
        if len(found) == 1:
            return found.pop().isoformat()
    return None


def _dates(text: str, shape: re.Pattern[str], formats: Sequence[str]) -> list[date]:
    days: list[date] = []
    for match in shape.findall(text):
        for layout in formats:
            try:
                days.append(datetime.strptime(match, layout).date())
            except ValueError:
                continue
    return days
