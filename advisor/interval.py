"""A quantity known between bounds: the way uncertainty travels through every sum.

Arithmetic assumes non-negative quantities, which all of ours are (tokens, dollars, seconds,
shares); the bounds then stay bounds without correlation being known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Interval:
    """Low, middle and high of one quantity; all equal when it is known exactly."""

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.mid <= self.high:
            raise ValueError(f"interval out of order: {self.low}, {self.mid}, {self.high}")

    @classmethod
    def exact(cls, value: float) -> Self:
        """A quantity known exactly."""
        return cls(value, value, value)

    @property
    def known(self) -> bool:
        """Whether there is no uncertainty."""
        return self.low == self.high

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.mid + other.mid, self.high + other.high)

    def __mul__(self, other: Interval) -> Interval:
        return Interval(self.low * other.low, self.mid * other.mid, self.high * other.high)

    def scaled(self, factor: float) -> Interval:
        """The quantity times a known, non-negative factor."""
        return Interval(self.low * factor, self.mid * factor, self.high * factor)

    def per(self, other: Interval) -> Interval:
        """The quantity divided by a positive one."""
        return Interval(self.low / other.high, self.mid / other.mid, self.high / other.low)


def exact_or_none(value: float | None) -> Interval | None:
    """Exact interval of a value, None when it is unknown."""
    return None if value is None else Interval.exact(value)
