"""How many hidden reasoning tokens come with each visible one, by effort.

Rule `reasoning.multiplier`: about 500 production calls had a median of 8.5 and a 95th percentile of 23;
rule `reasoning.effort_cost`: low, medium and high effort cost 0.4, 1.45 and 4.08 US cents for one task.
Ours: the calls are taken as medium effort, and the cents as proportional to 1 + multiplier, which gives
(1 + 8.5) x 0.4 / 1.45 - 1 = 1.6 for low and (1 + 8.5) x 4.08 / 1.45 - 1 = 25.7 for high, the 95th
percentile likewise. The low bound is the middle of the effort below. Orders of magnitude: probe to know.
"""

from __future__ import annotations

from typing import Literal

from advisor.cost.profile import ZERO
from advisor.interval import Interval

REASONING_PER_OUTPUT: dict[str, Interval] = {
    "none": ZERO,
    "low": Interval(0.0, 1.6, 5.6),
    "medium": Interval(1.6, 8.5, 23.0),
    "high": Interval(8.5, 25.7, 66.5),
}
"""Effort class -> reasoning tokens per visible token."""

UNDECIDED = Interval(0.0, 8.5, 66.5)
"""Effort not chosen: from no reasoning to the far end of high effort, middle as in production."""


def per_output(effort: str | None) -> Interval:
    """Reasoning tokens per visible token at an effort class; wide when the class is not known."""
    return REASONING_PER_OUTPUT.get(effort or "", UNDECIDED)


def for_mode(mode: Literal["never", "optional", "always"] | None, planned: Interval) -> Interval:
    """What a model does with the planned reasoning.

    A model that never reasons has none. One that always does cannot be told not to: with none planned
    it still spends what low effort spends. Whether an unknown one reasons is part of the uncertainty.
    """
    if mode == "never":
        return ZERO
    if mode == "always" and planned.high == 0:
        return REASONING_PER_OUTPUT["low"]
    if mode is None:
        return Interval(0.0, planned.mid, planned.high)
    return planned
