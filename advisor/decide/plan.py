"""What the six outcomes add up to: the situation every criterion is read in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar, cast

from advisor.case import Case, Measurement
from advisor.catalog.entries import Catalog
from advisor.cost.hardware import Hardware
from advisor.cost.profile import TokenProfile
from advisor.cost.selfhost import AS_USUAL, Machines
from advisor.decide.advice import Advice, Effect

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Plan:
    """The advice of all six steps, and the token profile of one task before and after it."""

    advice: tuple[Advice, ...]
    """In step order."""
    base_profile: TokenProfile
    """One plain call, as the brief describes it."""
    profile: TokenProfile
    """One task, after all effects."""
    effects: tuple[Effect, ...]
    """In the order they were applied."""
    effort: str | None = None
    """Reasoning effort class chosen in decision 2: none, low, medium, high; None is unknown."""

    def choice(self, step: str) -> str:
        """The outcome of a step, `unknown` when there is none."""
        return next((advice.choice for advice in self.advice if advice.step == step), "unknown")


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a criterion may look at besides the offer itself. Holds no clock: `day` is given."""

    case: Case
    plan: Plan
    catalog: Catalog
    day: date
    measured: Mapping[tuple[str, str], Measurement] = field(default_factory=dict)
    """(offer id, metric key) -> the newest measurement."""
    hardware: Hardware | None = None
    """Accelerators and model shapes, for your own machines; None leaves their cost and speed unknown."""
    machines: Machines = AS_USUAL
    """How own machines would be run."""
    memo: dict[object, object] = field(default_factory=dict[object, object], compare=False, repr=False)
    """Results of pure functions over this situation but for the case's preferences."""

    def once(self, key: object, work: Callable[[], Found]) -> Found:
        """What `work` returns, worked out once for a key; it may not look at the case's preferences."""
        if key not in self.memo:
            self.memo[key] = work()
        return cast("Found", self.memo[key])
