"""What is wrong with a line of replies, in plain words: its field, the rule, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from advisor.documents import near
from advisor.errors import BadInput

MOST_NAMED = 20
"""Mistakes that are named; further ones are counted."""
EXAMPLE = '{"prompt": "capital", "model": "A", "replies": ["Paris", "Paris"]}'
SCHEMA_HINT = "See `advisor schema replies` for what a line may hold."
_TAGS = ("str", "GivenReply")
"""Parts of pydantic's paths that name a branch of a union, not a field."""
_REPLY = "must be a text, null for a failed call, or an object with `text`"
_HINTS = {
    "missing": f"Write it, as in {EXAMPLE}.",
    "replies": 'Write a list of texts, such as "replies": ["Paris", "Paris"].',
}


class Mistake(NamedTuple):
    """One mistake."""

    place: str
    """Line and field, such as "line 3: replies.1"."""
    rule: str
    hint: str

    @property
    def words(self) -> str:
        """All of it."""
        return f"{self.place}: {self.rule}. {self.hint}".strip()


def refused(source: str, mistakes: Sequence[Mistake], number: int) -> BadInput:
    """The error for a file with these mistakes.

    Args:
        source: Its name.
        mistakes: The first ones, at least one.
        number: How many there are in all.
    """
    if number == 1:
        return BadInput(source, *mistakes[0])
    first = f"{number:,} mistakes" + (
        f", of which the first {len(mistakes)}" if number > len(mistakes) else ""
    )
    return BadInput(source, "", "\n  ".join([f"{first}:", *(one.words for one in mistakes)]))


def mistakes_of(
    error: ValidationError, line: int, fields: Sequence[str], inner: Sequence[str]
) -> Iterator[Mistake]:
    """What pydantic found, each field once.

    Args:
        error: What it found.
        line: Number of the line.
        fields: Fields a line may have.
        inner: Fields an object among the replies may have.
    """
    told: set[str] = set()
    for one in error.errors(include_url=False, include_context=True):
        path = [part for part in one["loc"] if part not in _TAGS]
        field = ".".join(map(str, path))
        # A reply that is an object is not asked to be a text as well.
        if field in told or (one["loc"][-1:] == ("str",) and isinstance(one["input"], dict)):
            continue
        told.add(field)
        known = inner if len(path) > 2 and path[0] == "replies" else fields
        place = f"line {line}: {field}" if field else f"line {line}"
        yield Mistake(place, *_rule(one, path, known))


def _rule(one: ErrorDetails, path: Sequence[int | str], known: Sequence[str]) -> tuple[str, str]:
    kind, found = one["type"], f"found {one['input']!r:.60}"
    if kind == "extra_forbidden":
        return "is no field of a reply line", near(str(path[-1]), known)
    if kind == "missing":
        return "is missing", _HINTS.get(str(path[-1]), _HINTS["missing"])
    if kind == "value_error":
        return one["msg"].removeprefix("Value error, "), ""
    return _about_value(one, path, found)


def _about_value(one: ErrorDetails, path: Sequence[int | str], found: str) -> tuple[str, str]:
    """What is wrong with a value whose field is known."""
    kind = one["type"]
    if not path:
        return f"must be one JSON object ({found})", f"Write it as {EXAMPLE}."
    if path[0] == "replies" and len(path) == 2:
        return f"{_REPLY} ({found})", _HINTS["replies"]
    if kind == "string_pattern_mismatch":
        allowed = one.get("ctx", {}).get("pattern", "").strip("^$()").split("|")
        return f"must be one of {', '.join(allowed)} ({found})", near(str(one["input"]), allowed)
    if kind in _PLAIN:
        rule = _PLAIN[kind]
        return f"{rule} ({found})", _HINTS["replies"] if path == ["replies"] else SCHEMA_HINT
    said = one["msg"]
    return f"{said[:1].lower()}{said[1:]} ({found})", SCHEMA_HINT


_PLAIN: Mapping[str, str] = {
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long: at most 200 characters",
    "too_short": "must hold at least one reply",
    "tuple_type": "must be a list in brackets",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "float_type": "must be a number from 0 to 1",
    "float_parsing": "must be a number from 0 to 1",
    "greater_than_equal": "must be a number from 0 to 1",
    "less_than_equal": "must be a number from 0 to 1",
}
