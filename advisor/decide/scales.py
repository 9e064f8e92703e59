"""Fixed scales: from a figure in its own unit to its worth, 0 (worst end) to 1 (best end).

Bounds are published here with a day and a reason. They never come from the offers on screen, so
adding or removing an offer cannot move any other offer's worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp, log

from advisor.interval import Interval


class Objective(StrEnum):
    """Which direction is better; said once, on the criterion."""

    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Scale:
    """Piecewise-linear worth over fixed cut-offs, on the logarithm of the figure when `logarithmic`.

    Args:
        cuts: Figures in the criterion's unit, strictly rising; positive when logarithmic.
        worths: Worth at each cut-off, 0 to 1, rising or falling throughout.
        logarithmic: Whether equal ratios, not equal steps, are worth the same.
        as_of: Day the bounds were set.
        why: Why these bounds.
    """

    cuts: tuple[float, ...]
    worths: tuple[float, ...]
    logarithmic: bool = False
    as_of: date = date(2026, 11, 24)
    why: str = ""

    def __post_init__(self) -> None:
        if len(self.cuts) != len(self.worths) or len(self.cuts) < 2:
            raise ValueError("a scale needs a worth for each of at least two cut-offs")
        if any(a >= b for a, b in zip(self.cuts, self.cuts[1:], strict=False)):
            raise ValueError("cut-offs must rise: order them from the smallest figure to the largest")
        if list(self.worths) not in (sorted(self.worths), sorted(self.worths, reverse=True)):
            raise ValueError("worths must rise or fall throughout")

    @property
    def objective(self) -> Objective:
        """Whether larger figures are better."""
        return Objective.MAX if self.worths[-1] > self.worths[0] else Objective.MIN

    @property
    def worst(self) -> float:
        """The figure worth least."""
        return self.cuts[0] if self.objective is Objective.MAX else self.cuts[-1]

    @property
    def best(self) -> float:
        """The figure worth most."""
        return self.cuts[-1] if self.objective is Objective.MAX else self.cuts[0]

    def worth(self, figure: float) -> float:
        """Worth of a figure; figures outside the scale get the worth of its nearer end."""
        if figure <= self.cuts[0]:
            return self.worths[0]
        if figure >= self.cuts[-1]:
            return self.worths[-1]
        i = next(k for k, cut in enumerate(self.cuts) if figure < cut)
        share = self._share(figure, self.cuts[i - 1], self.cuts[i])
        return self.worths[i - 1] + share * (self.worths[i] - self.worths[i - 1])

    def worth_between(self, figure: Interval) -> Interval:
        """Worth of a figure known between bounds."""
        a, mid, b = self.worth(figure.low), self.worth(figure.mid), self.worth(figure.high)
        return Interval(min(a, b), mid, max(a, b))

    def figure(self, worth: float) -> float:
        """The figure that has a worth strictly inside the scale, the nearer end outside it."""
        for i in range(1, len(self.cuts)):
            low, high = sorted((self.worths[i - 1], self.worths[i]))
            if low <= worth <= high and low < high:
                share = (worth - self.worths[i - 1]) / (self.worths[i] - self.worths[i - 1])
                return self._between(share, self.cuts[i - 1], self.cuts[i])
        return self.best if worth > max(self.worths) else self.worst

    def outside(self, figure: Interval) -> bool:
        """Whether any part of the figure lies outside the scale."""
        return figure.low < self.cuts[0] or figure.high > self.cuts[-1]

    def _share(self, figure: float, low: float, high: float) -> float:
        if self.logarithmic:
            return log(figure / low) / log(high / low)
        return (figure - low) / (high - low)

    def _between(self, share: float, low: float, high: float) -> float:
        if self.logarithmic:
            return exp(log(low) + share * log(high / low))
        return low + share * (high - low)


def linear(worst: float, best: float, why: str = "") -> Scale:
    """A straight scale from the worst figure to the best."""
    return _straight(worst, best, False, why)


def logarithmic(worst: float, best: float, why: str = "") -> Scale:
    """A scale on which equal ratios are worth the same, from the worst figure to the best."""
    return _straight(worst, best, True, why)


def _straight(worst: float, best: float, log_scale: bool, why: str) -> Scale:
    rising = worst < best
    cuts, worths = ((worst, best), (0.0, 1.0)) if rising else ((best, worst), (1.0, 0.0))
    return Scale(cuts, worths, log_scale, why=why)
