"""One attempt to make, and the record of one that could not be sent."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from advisor.case import ProbePrompt
from advisor.errors import FailureKind
from advisor.probe.messages import chat_messages, chat_tools
from advisor.probe.plan import MARKER_BYTES, RunPlan
from advisor.probe.samples import Attempt, Failure, Purpose, Timeline
from advisor.probe.targets import Target

MARKER_LETTERS = 16
"""Hexadecimal letters of a marker: no two calls of a thousand million share one by chance."""


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt to make."""

    plan: RunPlan
    target: Target
    prompt: ProbePrompt
    key: str
    number: int = 1
    purpose: Purpose = Purpose.CONSISTENCY

    @property
    def texts(self) -> tuple[str, ...]:
        """What must not show up in an error text."""
        prompt = self.prompt
        return (prompt.text, prompt.system or "", *(turn.text for turn in prompt.turns))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The prompt as chat messages.

        Calls for times begin with a marker of their own: prompt caches match from the first byte on.
        """
        identical = self.purpose is Purpose.CONSISTENCY
        return chat_messages(self.prompt, "" if identical else marker(self.key, self.number))

    @property
    def tools(self) -> dict[str, Any]:
        """The tools the model may call, as a parameter; nothing when there are none."""
        return {"tools": chat_tools(self.prompt.tools)} if self.prompt.tools else {}


def marker(key: str, number: int) -> str:
    """The line that makes one attempt's prompt unlike any other."""
    line = f"[call {hashlib.sha256(f'{key} {number}'.encode()).hexdigest()[:MARKER_LETTERS]}]\n\n"
    assert len(line) <= MARKER_BYTES
    return line


def not_sent(order: Order, kind: FailureKind, detail: str) -> Attempt:
    """An attempt that failed before any byte went out: it costs nothing."""
    return Attempt(
        number=order.number,
        started_at=moment(time.monotonic_ns()),
        timeline=Timeline(started_ns=0),
        outcome=Failure(kind=kind, detail=detail),
        cost_usd=0,
    )


def moment(monotonic_ns: int) -> str:
    """A moment of the monotonic clock as UTC time for people, ISO 8601."""
    ago = timedelta(microseconds=(time.monotonic_ns() - monotonic_ns) / 1000)
    return (datetime.now(UTC) - ago).isoformat(timespec="milliseconds")
