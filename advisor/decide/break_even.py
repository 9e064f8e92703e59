"""From how many requests a month your own machines beat an API, over rents and the estimate's error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from advisor.catalog.entries import CatalogOffer
from advisor.decide.bills import bill_for
from advisor.decide.hosting import FACTOR_2, SELF, hosted
from advisor.decide.plan import Situation
from advisor.decide.what_if import with_requests
from advisor.interval import Interval

REQUESTS = (*(m * 10.0**power for power in range(2, 9) for m in (1, 2, 3, 5)), 1e9)
"""Requests a month at which both ways are priced."""
PRECISION = 0.01
"""A break-even is found within one percent; the estimate of speed alone is good to a factor 2."""


@dataclass(frozen=True, slots=True)
class CostCurve:
    """US dollars a month of one offer over the requests a month; None where they are unknown."""

    offer: CatalogOffer
    requests: tuple[float, ...]
    month: Callable[[float], Interval | None]
    """US dollars at any number of requests."""

    @property
    def usd(self) -> tuple[Interval | None, ...]:
        """US dollars at `requests`."""
        return tuple(self.month(count) for count in self.requests)


def cost_curve(offer: CatalogOffer, situation: Situation, requests: Sequence[float] = REQUESTS) -> CostCurve:
    """One offer priced at every number of requests; own machines grow by whole copies.

    A speed within a factor 2 of the estimate makes the bounds of own machines: half the speed is as many
    copies as twice the requests take. What is paid beside the rent grows with the requests alone.
    """
    at_home = offer.provider.id == SELF

    def month(count: float) -> Interval | None:
        if at_home:
            return _rented_month(offer, situation, count)
        return bill_for(offer, with_requests(situation, count)).per_month.usd

    return CostCurve(offer, tuple(requests), cache(month))


def fixed_curve(offer: CatalogOffer, rent: Interval, beside_usd: float) -> CostCurve:
    """Machines as they stand: one rent at any load, and what each request costs beside it."""
    return CostCurve(offer, REQUESTS, lambda count: rent + Interval.exact(beside_usd * count))


def _rented_month(offer: CatalogOffer, situation: Situation, requests: float) -> Interval | None:
    rents: list[Interval] = []
    beside = Interval.exact(0.0)
    for factor in (FACTOR_2.low, FACTOR_2.mid, FACTOR_2.high):
        carried = with_requests(situation, requests * factor)
        found = hosted(offer, carried.plan.profile, carried)
        rent = found.plan.monthly_usd if found else None
        if found is None or rent is None:
            return None
        rents.append(rent)
        beside = found.beside_usd.scaled(requests)
    # The cheapest machines may change with the load, so the ends are put in order.
    low, mid, high = rents[0].low, rents[1].mid, rents[2].high
    return Interval(min(low, mid), mid, max(mid, high)) + beside


def cheapest_offer(offers: Sequence[CatalogOffer], situation: Situation) -> CatalogOffer | None:
    """The offer with the smallest middle cost per request; None when no cost is known."""
    known = [
        (bill.per_request.usd.mid, offer.id, offer)
        for offer in offers
        if (bill := bill_for(offer, situation)).per_request.usd is not None
    ]
    return min(known, key=lambda row: row[:2])[2] if known else None


@dataclass(frozen=True, slots=True)
class Crossing:
    """Requests a month from which on own machines stay cheaper, as far as was looked."""

    at_best: float | None
    """With the lowest rent and twice the speed estimated; None when never."""
    expected: float | None
    at_worst: float | None
    """With the highest rent and half the speed."""


def crossing(own: CostCurve, api: CostCurve) -> Crossing:
    """Where the own machines' month falls below the API's for good, within `PRECISION`."""

    def at(end: str) -> float | None:
        return _from(own, api, lambda requests: _excess(own.month(requests), api.month(requests), end))

    return Crossing(at("low"), at("mid"), at("high"))


def _excess(own: Interval | None, api: Interval | None, end: str) -> float | None:
    """By how much one end of the own month passes the API's middle; None when either is unknown."""
    return None if own is None or api is None else float(getattr(own, end)) - api.mid


def _from(own: CostCurve, api: CostCurve, excess: Callable[[float], float | None]) -> float | None:
    """First number of requests from which on `own` stays at or below `api`; unknown is not cheaper.

    Found on the grid, then halved: copies that are added in between are counted as they come.
    """
    ahead = [excess(count) for count in own.requests]
    places = [place for place, one in enumerate(ahead) if one is None or one > 0]
    first = places[-1] + 1 if places else 0
    if first >= len(ahead):
        return None
    dear, cheap = own.requests[max(0, first - 1)], own.requests[first]
    while first and cheap / dear > 1 + PRECISION:
        middle = (dear * cheap) ** 0.5
        over = excess(middle)
        dear, cheap = (middle, cheap) if over is None or over > 0 else (dear, middle)
    return cheap
