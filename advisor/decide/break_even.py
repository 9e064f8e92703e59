"""From how many requests a month your own machines beat an API, over rents and the estimate's error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.catalog.entries import CatalogOffer
from advisor.decide.bills import bill_for
from advisor.decide.hosting import FACTOR_2, SELF
from advisor.decide.plan import Situation
from advisor.decide.what_if import with_requests
from advisor.interval import Interval

REQUESTS = (*(m * 10.0**power for power in range(2, 9) for m in (1, 2, 3, 5)), 1e9)
"""Requests a month at which both ways are priced."""


@dataclass(frozen=True, slots=True)
class CostCurve:
    """US dollars a month of one offer over the requests a month; None where they are unknown."""

    offer: CatalogOffer
    requests: tuple[float, ...]
    usd: tuple[Interval | None, ...]


def cost_curve(offer: CatalogOffer, situation: Situation, requests: Sequence[float] = REQUESTS) -> CostCurve:
    """One offer priced at every number of requests; own machines grow by whole copies.

    A speed within a factor 2 of the estimate makes the bounds of own machines: half the speed is as many
    copies as twice the requests take.
    """
    spread = FACTOR_2 if offer.provider.id == SELF else Interval.exact(1.0)
    months = tuple(_month(offer, situation, count, spread) for count in requests)
    return CostCurve(offer, tuple(requests), months)


def _month(offer: CatalogOffer, situation: Situation, requests: float, spread: Interval) -> Interval | None:
    ends = [
        bill_for(offer, with_requests(situation, requests * factor)).per_month.usd
        for factor in sorted({spread.low, spread.mid, spread.high})
    ]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return None
    # The cheapest machines may change with the load, so the ends are put in order.
    low, mid, high = known[0].low, known[len(known) // 2].mid, known[-1].high
    return Interval(min(low, mid), mid, max(mid, high))


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
    """Where the own machines' month falls below the API's for good."""
    return Crossing(
        _from(own.requests, [_end(one, "low") for one in own.usd], [_end(one, "mid") for one in api.usd]),
        _from(own.requests, [_end(one, "mid") for one in own.usd], [_end(one, "mid") for one in api.usd]),
        _from(own.requests, [_end(one, "high") for one in own.usd], [_end(one, "mid") for one in api.usd]),
    )


def _end(cost: Interval | None, end: str) -> float | None:
    return None if cost is None else float(getattr(cost, end))


def _from(
    requests: Sequence[float], own: Sequence[float | None], api: Sequence[float | None]
) -> float | None:
    """First number of requests from which on `own` stays at or below `api`; unknown is not cheaper."""
    found: float | None = None
    before: tuple[float, float] | None = None
    for count, mine, theirs in zip(requests, own, api, strict=True):
        if mine is None or theirs is None:
            found, before = None, None
            continue
        excess = mine - theirs
        if excess > 0:
            found = None
        elif found is None:
            found = count if before is None else _zero(before, (count, excess))
        before = (count, excess)
    return found


def _zero(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Where a straight line between the two is zero: exact while rent stands still."""
    (start, above), (end, below) = before, after
    return start + (end - start) * above / (above - below)
