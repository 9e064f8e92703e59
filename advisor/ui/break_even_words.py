"""From how many requests on own machines are cheaper, in words: one sentence for every page."""

from __future__ import annotations

from advisor.decide.break_even import CostCurve, Crossing, crossing
from advisor.wording import number, usd


def crossing_words(own: CostCurve, api: CostCurve, name: str) -> tuple[str, str]:
    """The expected break-even, and what it may lie between.

    Args:
        own: The month on own machines.
        api: The month of the API.
        name: The API, in words.
    """
    found = crossing(own, api)
    return _expected(found, name), f"{_at_that_volume(own, api, found)}{_bounds(found)}"


def at_your_volume(own: CostCurve, api: CostCurve, name: str, requests: float | None) -> str:
    """Who is cheaper at the requests of the case; empty where they, or a bill, are not known."""
    mine, theirs = (None, None) if not requests else (own.month(requests), api.month(requests))
    if not requests or mine is None or theirs is None:
        return ""
    first, second = ("your own machines", name) if mine.mid < theirs.mid else (name, "your own machines")
    low, high = sorted((mine.mid, theirs.mid))
    return (
        f"At your {number(requests, 6)} requests a month {first} cost about {usd(low)}, {second} about "
        f"{usd(high)}."
    )


def _at_that_volume(own: CostCurve, api: CostCurve, found: Crossing) -> str:
    """Both months where they meet: the arithmetic of the figure."""
    at = found.expected
    mine, theirs = (None, None) if at is None else (own.month(at), api.month(at))
    if at is None or mine is None or theirs is None:
        return ""
    each = usd(theirs.mid / at)
    bill = f"{number(at, 4)} x {each} = {usd(theirs.mid)} a month"
    return f"There the API costs {bill}, the machines {usd(mine.mid)}. "


def _expected(found: Crossing, name: str) -> str:
    if found.expected is None:
        return f"Your own machines do not become cheaper than {name} at any volume looked at."
    return f"From about {rounded(found.expected)} requests a month your own machines are cheaper than {name}."


def _bounds(found: Crossing) -> str:
    ends = ("never" if at is None else f"from {rounded(at)}" for at in (found.at_best, found.at_worst))
    return "With low rents and twice the speed: {}. With high rents and half the speed: {}.".format(*ends)


def rounded(requests: float) -> str:
    """Two digits: the speed is an estimate."""
    return number(float(f"{requests:.2g}"))
