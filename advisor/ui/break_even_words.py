"""From how many requests on own machines are cheaper, in words: one sentence for every page."""

from __future__ import annotations

from advisor.decide.break_even import CostCurve, Crossing, crossing
from advisor.wording import number


def crossing_words(own: CostCurve, api: CostCurve, name: str) -> tuple[str, str]:
    """The expected break-even, and what it may lie between.

    Args:
        own: The month on own machines.
        api: The month of the API.
        name: The API, in words.
    """
    found = crossing(own, api)
    return _expected(found, name), _bounds(found)


def _expected(found: Crossing, name: str) -> str:
    if found.expected is None:
        return f"Your own machines do not become cheaper than {name} at any volume looked at."
    return f"From about {_round(found.expected)} requests a month your own machines are cheaper than {name}."


def _bounds(found: Crossing) -> str:
    ends = ("never" if at is None else f"from {_round(at)}" for at in (found.at_best, found.at_worst))
    return "With low rents and twice the speed: {}. With high rents and half the speed: {}.".format(*ends)


def _round(requests: float) -> str:
    """Two digits: the speed is an estimate."""
    return number(float(f"{requests:.2g}"))
