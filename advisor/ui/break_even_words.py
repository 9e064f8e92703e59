"""From how many requests on own machines are cheaper, in words: one sentence for every page."""

from __future__ import annotations

from advisor.decide.break_even import CostCurve, Crossing, crossing
from advisor.decide.hosting import hosted
from advisor.decide.plan import Situation
from advisor.decide.what_if import with_requests
from advisor.wording import number, usd, usd_factor


def crossing_words(own: CostCurve, api: CostCurve, name: str, situation: Situation) -> tuple[str, str]:
    """The expected break-even, and what it may lie between.

    Args:
        own: The month on own machines.
        api: The month of the API.
        name: The API, in words.
        situation: What the own machines are chosen for.
    """
    found = crossing(own, api)
    return _expected(found, own, name, situation), f"{_at_that_volume(own, api, found)}{_bounds(found)}"


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
    if found.expected is None:
        return ""
    at = float(f"{found.expected:.3g}")
    mine, theirs = own.month(at), api.month(at)
    if mine is None or theirs is None:
        return ""
    bill = f"{_volume(at)} x {usd_factor(theirs.mid / at, at)} = {usd(theirs.mid)} a month"
    return f"There the API costs {bill}, the machines {usd(mine.mid)}. "


def _expected(found: Crossing, own: CostCurve, name: str, situation: Situation) -> str:
    model = own.offer.model.name
    if found.expected is None:
        return f"{model} on your own machines does not become cheaper than {name} at any volume looked at."
    return (
        f"From about {rounded(found.expected)} requests a month {model} on your own machines"
        f"{_which(own, found.expected, situation)} is cheaper than {name}."
    )


def _which(own: CostCurve, requests: float, situation: Situation) -> str:
    """The machines that carry so many requests."""
    carried = with_requests(situation, requests)
    found = hosted(own.offer, carried.plan.profile, carried)
    return f" ({found.plan.gpus} x {found.plan.gpu.name})" if found else ""


def _bounds(found: Crossing) -> str:
    ends = ("never" if at is None else f"from {rounded(at)}" for at in (found.at_best, found.at_worst))
    return "With low rents and twice the speed: {}. With high rents and half the speed: {}.".format(*ends)


def rounded(requests: float) -> str:
    """Two digits: the speed is an estimate."""
    return _volume(float(f"{requests:.2g}"))


def _volume(requests: float) -> str:
    return f"{number(requests / 1e6)} million" if requests >= 1e6 else number(requests)
