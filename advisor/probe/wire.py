"""Read a reply off its stamped bytes: what was said, when, and whether it is complete.

Completeness is judged here, on what came over the wire, and nowhere else: a client library may
repair a dead stream into a good answer.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from advisor.errors import FailureKind
from advisor.probe.dialects import Piece, read_event
from advisor.probe.samples import TokenOdds, ToolCall, Usage

Chunk = tuple[int, bytes]
"""Monotonic nanoseconds of arrival, and the bytes of one read."""

DONE = "[DONE]"


@dataclass(slots=True)
class Reading:
    """Everything one stream said, with the moments it said it."""

    answer: str = ""
    reasoning: str = ""
    finishes: list[str] = field(default_factory=list[str])
    usage: Usage | None = None
    total_tokens: int | None = None
    model: str | None = None
    fingerprint: str | None = None
    refused: bool = False
    calls: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    """Place of a tool call -> its name and arguments so far."""
    odds: list[TokenOdds] = field(default_factory=list[TokenOdds])
    error: dict[str, Any] | None = None
    malformed: str | None = None
    """What could not be read, None when every event was well formed."""
    tokens_ns: list[int] = field(default_factory=list[int])
    first_answer_ns: int | None = None
    first_reasoning_ns: int | None = None

    def take(self, at_ns: int, piece: Piece) -> None:
        """Add one event that was complete at `at_ns`."""
        if piece.has_tokens:
            self.tokens_ns.append(at_ns)
        if piece.reasoning and self.first_reasoning_ns is None:
            self.first_reasoning_ns = at_ns
        if (piece.answer or piece.tool) and self.first_answer_ns is None:
            self.first_answer_ns = at_ns
        self._take_words(piece)
        self._take_facts(piece)

    def _take_words(self, piece: Piece) -> None:
        self.answer += piece.answer
        self.reasoning += piece.reasoning
        self.refused = self.refused or piece.refusal
        self.odds += piece.odds
        for place, name, arguments in piece.calls:
            at = len(self.calls) if place is None else place
            known = self.calls.get(at, ("", ""))
            self.calls[at] = (known[0] or name, known[1] + arguments)
        if piece.finish is not None:
            self.finishes.append(piece.finish)
        if piece.error is not None:
            self.error = dict(piece.error)

    def _take_facts(self, piece: Piece) -> None:
        if piece.usage is not None:
            self.usage = _merged(self.usage, piece.usage)
        self.total_tokens = piece.total_tokens if piece.total_tokens is not None else self.total_tokens
        self.model = piece.model or self.model
        self.fingerprint = piece.fingerprint or self.fingerprint

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Every tool call, in the order of their places; no arguments are an empty object."""
        every = (call for _, call in sorted(self.calls.items()))
        return tuple(ToolCall(name=name, arguments=arguments or "{}") for name, arguments in every)

    @property
    def problem(self) -> tuple[FailureKind, str] | None:
        """Why this is no usable answer, None when it is one."""
        if self.error is not None:
            return _kind_of(self.error), f"error inside the stream: {_message_of(self.error)}"
        if self.malformed is not None:
            return FailureKind.MALFORMED_STREAM, self.malformed
        if not self.finishes:
            return FailureKind.TRUNCATED_STREAM, "the stream ended without a finish reason"
        if self.finishes[0] == "content_filter":
            return FailureKind.CONTENT_FILTER, "the provider stopped the answer by its content filter"
        if not self.answer.strip() and not self.calls:
            return FailureKind.EMPTY_REPLY, f"finished ({self.finishes[0]}) with no answer text"
        return None

    def warnings(self, stall_s: float) -> tuple[str, ...]:
        """What a reader of a complete answer should know; gaps from `stall_s` on are named stalls."""
        found = [
            _stall(self.tokens_ns, stall_s),
            "finish reason sent more than once" if len(self.finishes) > 1 else None,
            _usage_doubt(self.usage, self.total_tokens),
            "all tokens came in one read: speed is not measurable" if len(set(self.tokens_ns)) == 1 else None,
        ]
        return tuple(words for words in found if words)


def read_stream(chunks: Sequence[Chunk]) -> Reading:
    """Read stamped bytes of a server-sent event stream. Never raises: what is broken is said so."""
    reading = Reading()
    for at_ns, data in _events(chunks):
        if data.strip() == DONE.encode():
            continue
        try:
            event = json.loads(data.decode())
            reading.take(at_ns, read_event(event))
        except UnicodeDecodeError:
            reading.malformed = "a chunk is not valid UTF-8"
        except (ValueError, AttributeError, TypeError, KeyError, IndexError):
            reading.malformed = "a chunk is not a well-formed event"
    return reading


def _events(chunks: Sequence[Chunk]) -> Generator[tuple[int, bytes]]:
    """Data of each event, with the arrival of the read that completed it."""
    rest, data = b"", list[bytes]()
    for at_ns, raw in chunks:
        *lines, rest = (rest + raw).split(b"\n")
        for line in (line.rstrip(b"\r") for line in lines):
            if line.startswith(b"data:"):
                data.append(line[5:].lstrip())
            elif _whole(line) and not data:
                yield at_ns, line
            elif not line and data:
                yield at_ns, b"\n".join(data)
                data = []
    left = rest.removeprefix(b"data:").strip() if rest.startswith(b"data:") or _whole(rest) else b""
    if (data or left) and chunks:
        yield chunks[-1][0], b"\n".join([*data, *([left] if left else [])])


def _whole(line: bytes) -> bool:
    """Whether a line is an event by itself: some servers send JSON lines instead of server-sent events."""
    return line.startswith(b"{") and line.endswith(b"}")


def _merged(old: Usage | None, new: Usage) -> Usage:
    # Anthropic states the prompt at the start and the completion at the end.
    if old is None:
        return new
    return old.model_copy(update=new.model_dump(exclude_none=True))


def _stall(tokens_ns: Sequence[int], stall_s: float) -> str | None:
    gaps = [(after - before) / 1e9 for before, after in pairwise(tokens_ns)]
    worst = max(gaps, default=0.0)
    return f"stalled {worst:.1f} s between two chunks" if worst >= stall_s else None


def _usage_doubt(usage: Usage | None, total: int | None) -> str | None:
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return "the provider sent no complete usage"
    if total is not None and total != usage.prompt_tokens + usage.completion_tokens:
        return f"usage does not add up: {usage.prompt_tokens} + {usage.completion_tokens} is not {total}"
    return None


def _message_of(error: dict[str, Any]) -> str:
    return str(error.get("message") or error.get("type") or "no message")


def _kind_of(error: dict[str, Any]) -> FailureKind:
    words = " ".join(str(error.get(name, "")) for name in ("type", "code", "message", "status")).lower()
    for needle, kind in _IN_STREAM:
        if needle in words:
            return kind
    return FailureKind.PROVIDER_DOWN


_IN_STREAM = (
    ("rate", FailureKind.RATE_LIMIT),
    ("429", FailureKind.RATE_LIMIT),
    ("content_filter", FailureKind.CONTENT_FILTER),
    ("context", FailureKind.CONTEXT_LENGTH),
    ("auth", FailureKind.AUTHENTICATION),
)
