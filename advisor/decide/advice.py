"""What one decision step says: its recommendation, and what follows from it for the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from advisor.cost.profile import TokenProfile


class Evidence(StrEnum):
    """How well a rule is supported."""

    PRIMARY = "primary source"
    SECONDARY = "secondary source"
    OURS = "our own proposal"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against, with the rule behind it."""

    text: str
    rule: str | None = None
    """Key in `catalog/rules/`, which holds source, evidence mark and date."""


class Comparison(StrEnum):
    """How a reading is held against a level."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A hard need: a criterion (or screen-only fact) held against a level.

    Yes/no facts read 1.0 and 0.0 and are compared with `IS`.
    """

    criterion: str
    comparison: Comparison
    level: float
    step: str
    """Key of the step it comes from, or `brief`."""
    because: str
    """The answer it follows from, in words: "you need EU processing"."""


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A limit the architecture must enforce, as a number."""

    key: str
    label: str
    value: float
    unit: str
    because: str


@dataclass(frozen=True, slots=True)
class Effect:
    """A consequence for tokens, calls or money per task."""

    step: str
    because: str
    """The choice, in words that follow "because you chose": "reasoning at medium effort"."""
    apply: Callable[[TokenProfile], TokenProfile]


@dataclass(frozen=True, slots=True)
class Advice:
    """One step's outcome."""

    step: str
    choice: str
    """Value of the outcome in force: the user's own, else the recommended one, else `unknown`."""
    choice_label: str
    recommended: str
    """Value of the recommended outcome; `unknown` when the answers do not suffice."""
    headline: str
    """The recommendation in one sentence."""
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    importance: dict[str, float] | None = None
    """Criterion key -> proposed importance 0..1; only steps that speak about weights set it."""
    effects: tuple[Effect, ...] = ()
    guardrails: tuple[Guardrail, ...] = ()
    next_steps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    """What the user answered "I don't know yet" to, or the catalog cannot tell, and what it would change."""
