"""Replies produced elsewhere: one JSON object per line with prompt, model, replies, what was expected."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from advisor.case import ProbePrompt
from advisor.errors import BadInput, FailureKind
from advisor.frozen import Frozen
from advisor.probe.equality import Outcome
from advisor.probe.reply_mistakes import EXAMPLE, MOST_NAMED, SCHEMA_HINT, Mistake, mistakes_of, refused
from advisor.probe.samples import Failure, Reply, ToolCall

Name = Annotated[str, Field(min_length=1, max_length=200)]
LARGEST_LINE_BYTES = 64_000_000


class GivenReply(Frozen):
    """One reply with what is known about it; a bare text stands for a complete one, null for a failure."""

    text: str = ""
    finish_reason: str = "stop"
    """`length` marks a reply cut by the token limit."""
    refused: bool = False
    tool_calls: tuple[ToolCall, ...] = ()
    """Functions it asked to have called; two equal calls are one answer."""
    error: str | None = None
    """What went wrong, when there is no reply."""

    @property
    def outcome(self) -> Outcome:
        """The same in the terms of a probe."""
        if self.error is not None:
            return Failure(kind=FailureKind.INTERNAL, detail=self.error)
        return Reply(
            text=self.text,
            finish_reason=self.finish_reason,
            refused=self.refused,
            tool_calls=self.tool_calls,
        )


class ReplyLine(Frozen):
    """One line: replies of one model to one prompt. Several lines with the same two belong together."""

    prompt: Name
    """Id of the prompt."""
    model: Name
    replies: Annotated[tuple[str | GivenReply | None, ...], Field(min_length=1)]
    text: str = ""
    """The prompt's own words; helps to compare free text, which echoes them."""
    expected: str | None = None
    answer_type: Annotated[str, Field(pattern="^(choice|number|json|code|date|short|free)$")] = "free"
    """How answers are found and compared; `free` is approximate."""
    options: tuple[str, ...] = ()
    """Allowed answers when the type is `choice`."""
    tolerance: Annotated[float, Field(ge=0, le=1)] | None = None
    """Relative difference up to which two numbers are one answer; null is one millionth."""
    arrays_are_sets: bool = False
    rewords: Name | None = None
    """Id of the prompt this one asks in other words."""

    @model_validator(mode="after")
    def _choices_are_named(self) -> ReplyLine:
        if self.answer_type == "choice" and not self.options:
            raise ValueError(
                'answer type choice needs options, the answers allowed, such as "options": ["red", "green"]'
            )
        return self

    @property
    def about(self) -> dict[str, object]:
        """What must be the same wherever this prompt is named."""
        return self.model_dump(exclude={"prompt", "model", "replies"})

    @property
    def asked(self) -> ProbePrompt:
        """The prompt in the terms of a probe."""
        # The id of a file may hold any characters; judging needs none.
        return ProbePrompt.model_validate(
            {
                "id": "prompt",
                "text": self.text,
                "expected": self.expected,
                "answer_type": self.answer_type,
                "options": self.options,
                "tolerance": self.tolerance,
                "arrays_are_sets": self.arrays_are_sets,
            }
        )


class ReplySet(Frozen):
    """All replies of one model to one prompt."""

    prompt: str
    model: str
    asked: ProbePrompt
    outcomes: tuple[Reply | Failure | None, ...]
    rewords: str | None = None


def read_replies(lines: Iterable[bytes], source: str) -> tuple[ReplySet, ...]:
    """Read lines of JSON, in the order of their first mention.

    Args:
        lines: One object each, as UTF-8; blank ones are passed over.
        source: Name for error texts.

    Raises:
        BadInput: Lines break rules; names the number and field of each mistake, at most `MOST_NAMED`.
    """
    first: dict[tuple[str, str], ReplyLine] = {}
    outcomes: dict[tuple[str, str], list[Reply | Failure | None]] = {}
    found = _Found()
    for line in _sound(lines, found):
        first.setdefault((line.prompt, line.model), line)
        outcomes.setdefault((line.prompt, line.model), []).extend(map(_outcome, line.replies))
    if found.number:
        raise refused(source, found.named, found.number)
    if not first:
        raise BadInput(source, "", "holds no replies", SCHEMA_HINT)
    return tuple(
        ReplySet(
            prompt=key[0], model=key[1], asked=line.asked, outcomes=tuple(outcomes[key]), rewords=line.rewords
        )
        for key, line in first.items()
    )


def _outcome(given: str | GivenReply | None) -> Outcome:
    if given is None:
        return Failure(kind=FailureKind.INTERNAL, detail="no reply")
    return given.outcome if isinstance(given, GivenReply) else Reply(text=given, finish_reason="stop")


class _Found:
    """Mistakes so far: the first ones by name, all of them by number."""

    def __init__(self) -> None:
        self.named: list[Mistake] = []
        self.number = 0

    def add(self, mistakes: Iterable[Mistake]) -> None:
        for one in mistakes:
            self.number += 1
            if len(self.named) < MOST_NAMED:
                self.named.append(one)


def _sound(lines: Iterable[bytes], found: _Found) -> Iterator[ReplyLine]:
    """The lines without a mistake; the others are found."""
    about: dict[str, tuple[int, dict[str, object]]] = {}
    for number, raw in enumerate(lines, start=1):
        line = _line(raw, number)
        if isinstance(line, ReplyLine):
            place, known = about.setdefault(line.prompt, (number, line.about))
            if known == line.about:
                yield line
                continue
            line = [_differs(line, number, place, known)]
        found.add(line or ())


def _differs(line: ReplyLine, number: int, place: int, known: dict[str, object]) -> Mistake:
    field = next(name for name, value in line.about.items() if known[name] != value)
    rule = f"differs from line {place}, which asks the same prompt {line.prompt!r:.60}"
    return Mistake(f"line {number}: {field}", rule, "Write it alike, or give another prompt id.")


def _line(raw: bytes, number: int) -> ReplyLine | list[Mistake] | None:
    """One line, what is wrong with it, or None when it is blank."""
    place = f"line {number}"
    if len(raw) > LARGEST_LINE_BYTES:
        return [Mistake(place, "is longer than 64 MB", "Write one JSON object per line.")]
    try:
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        return _validated(text) if text.strip() else None
    except UnicodeDecodeError as error:
        rule = f"is not UTF-8 text (byte {error.start + 1})"
        return [Mistake(place, rule, "Save the file as UTF-8.")]
    except json.JSONDecodeError as error:
        rule = f"is not JSON: {error.msg} at column {error.colno}"
        return [Mistake(place, rule, f"Write one JSON object per line, such as {EXAMPLE}.")]
    except ValidationError as error:
        return list(mistakes_of(error, number, list(ReplyLine.model_fields), list(GivenReply.model_fields)))
    except (ValueError, RecursionError):
        rule = "is not JSON that can be read: a number too long, or too deeply nested"
        return [Mistake(place, rule, SCHEMA_HINT)]


def _validated(text: str) -> ReplyLine:
    return ReplyLine.model_validate(json.loads(text))
