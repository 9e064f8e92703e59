"""One row of a data set, whatever layout it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. Roles are `system`, `user`, `assistant`, `tool`; others stay as they are."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One training or evaluation example."""

    row: int
    """Counted from 1; unreadable rows count, a CSV header does not."""
    turns: tuple[Turn, ...]
    layout: str
    """`chat`, `conversations`, `contents` or `pairs`."""
    problems: tuple[str, ...] = ()
    """Keys of chat-format rules it breaks, see `advisor.dataset.chat_rules`."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """Other short columns: task, topic, licence and the like."""

    @property
    def prompt(self) -> str:
        """Everything before the last answer, system message left out."""
        return "\n".join(turn.text for turn in self._before_answer() if turn.role != "system")

    @property
    def full_prompt(self) -> str:
        """Everything before the last answer, roles included: what decides the answer."""
        return "\n".join(f"{turn.role}: {turn.text}" for turn in self._before_answer())

    @property
    def answer(self) -> str:
        """The last message when the assistant said it, else empty."""
        return self.turns[-1].text if self.turns and self.turns[-1].role == "assistant" else ""

    @property
    def text(self) -> str:
        """All messages, system message included."""
        return "\n".join(turn.text for turn in self.turns)

    @property
    def spoken(self) -> str:
        """All messages but the system message, which is the same in most rows."""
        return "\n".join(turn.text for turn in self.turns if turn.role != "system")

    @property
    def question(self) -> str:
        """The last thing the user said."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")

    def _before_answer(self) -> tuple[Turn, ...]:
        return self.turns[:-1] if self.turns and self.turns[-1].role == "assistant" else self.turns
