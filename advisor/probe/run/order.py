"""One attempt to make, and the record of one that could not be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from advisor.case import ProbePrompt
from advisor.errors import FailureKind
from advisor.probe.plan import RunPlan, Target
from advisor.probe.samples import Attempt, Failure, Timeline


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt to make."""

    plan: RunPlan
    target: Target
    prompt: ProbePrompt
    key: str
    number: int = 1

    @property
    def texts(self) -> tuple[str, ...]:
        """What must not show up in an error text."""
        return (self.prompt.text, self.prompt.system or "")

    @property
    def messages(self) -> list[dict[str, str]]:
        """The prompt as chat messages."""
        system = [{"role": "system", "content": self.prompt.system}] if self.prompt.system else []
        return [*system, {"role": "user", "content": self.prompt.text}]


def not_sent(order: Order, kind: FailureKind, detail: str) -> Attempt:
    """An attempt that failed before any byte went out: it costs nothing."""
    return Attempt(
        number=order.number,
        started_at=now(),
        timeline=Timeline(started_ns=0),
        outcome=Failure(kind=kind, detail=detail),
        cost_usd=0,
    )


def now() -> str:
    """UTC time for people, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
