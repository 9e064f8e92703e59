"""Gates: suspicious facts found in the shipped catalog, and in what upstreams say about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Literal, cast

from advisor.catalog.entries import Catalog, CatalogOffer
from advisor.catalog.prices import Price, Rates
from advisor.catalog.upstream import Upstream, UpstreamOffer

JUMP = 0.30
"""A price change above this share wants a second look."""
DISAGREE = 0.005
"""Two sources further apart than this share disagree."""
UNIT_ERROR = 5.0
"""A factor that looks like a wrong unit, not like a price change."""
RETIRING_DAYS = 60
MOVED_DAYS = 14
"""Release days further apart than this are different checkpoints, not different time zones."""
AGE_LIMIT_DAYS = {"price": 60, "score": 180, "policy": 90}


class Gate(StrEnum):
    """What a finding is about."""

    PRICE_MISSING = "price missing"
    PRICE_ZERO = "price zero"
    PRICE_JUMP = "price jump"
    PRICE_UNIT = "price off by a factor"
    INPUT_ABOVE_OUTPUT = "input above output price"
    TIER_ABOVE_WINDOW = "tier above window"
    OUTPUT_ABOVE_INPUT = "output limit above input limit"
    DISAGREEMENT = "sources disagree"
    RETIRED = "retired"
    RETIRING = "retires soon"
    ID_GONE = "id gone"
    ALIAS_MOVED = "alias re-pointed"


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One suspicious fact: where, what, and what to do."""

    gate: Gate
    severity: Severity
    offer: str
    """`model@provider`."""
    field: str
    what: str
    to_do: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.offer}: {self.field}: {self.what} {self.to_do}"


@dataclass(frozen=True, slots=True)
class Age:
    """A fact older than its badge limit."""

    kind: Literal["price", "score", "policy"]
    days: int
    limit_days: int
    as_of: date

    @property
    def words(self) -> str:
        """The badge's text."""
        return f"{self.kind} read {self.days} days ago ({self.as_of.isoformat()})"


def newest_price_day(catalog: Catalog) -> date | None:
    """The day the newest price of a catalog was read; None when it has no price."""
    known = catalog.memo.get("newest price")
    if known is None:
        days = (price.as_of for row in catalog.offers for price in row.offer.prices)
        known = catalog.memo["newest price"] = max(days, default=None)
    return cast("date | None", known)


def ages(row: CatalogOffer, today: date) -> tuple[Age, ...]:
    """Badges of facts that are old enough to doubt: price 60 days, newest score 180, policy 90."""
    price = row.price(today)
    newest = max((score.as_of for score in row.model.scores), default=None)
    policy = row.provider.policy
    read: tuple[tuple[Literal["price", "score", "policy"], date | None], ...] = (
        ("price", price.as_of if price else None),
        ("score", newest),
        ("policy", policy.as_of if policy else None),
    )
    return tuple(
        Age(kind, (today - day).days, AGE_LIMIT_DAYS[kind], day)
        for kind, day in read
        if day is not None and (today - day).days > AGE_LIMIT_DAYS[kind]
    )


def check(catalog: Catalog, today: date, upstreams: tuple[Upstream, ...] = ()) -> tuple[Finding, ...]:
    """Every finding of every gate, errors first: on the catalog alone, then against each upstream."""
    found = [finding for row in catalog.offers for finding in findings(row, today)]
    for upstream in upstreams:
        found += [finding for row in catalog.offers for finding in against(row, upstream, today)]
    return tuple(
        sorted(found, key=lambda finding: (finding.severity, finding.offer, finding.gate, finding.field))
    )


def findings(row: CatalogOffer, today: date) -> Iterator[Finding]:
    """Gates that need nothing but the offer itself: for a badge beside it, such as a retirement warning."""
    yield from _prices(row, today)
    yield from _windows(row, today)
    yield from _retirement(row, today)


def _prices(row: CatalogOffer, today: date) -> Iterator[Finding]:
    current = row.price(today)
    if current is None:
        todo = "Find the provider's price page, or leave it: the offer shows an unknown price."
        yield Finding(Gate.PRICE_MISSING, "warning", row.id, "prices", "no price is known today.", todo)
        return
    for name, rates in _all_rates(current):
        yield from _rates(row.id, name, rates, current.free)
    ordered = sorted(row.offer.prices, key=lambda price: price.valid_from or date.min)
    for before, after in pairwise(ordered):
        yield from _jump(row.id, before.rates, after.rates, "warning", "in the price history")


def _all_rates(price: Price) -> Iterator[tuple[str, Rates]]:
    yield "rates", price.rates
    if price.batch is not None:
        yield "batch", price.batch
    if price.off_peak is not None:
        yield "off_peak.rates", price.off_peak.rates
    for index, tier in enumerate(price.tiers):
        yield f"tiers.{index}.rates", tier.rates


def _rates(offer: str, name: str, rates: Rates, free: bool) -> Iterator[Finding]:
    if not free and (rates.input == 0 or rates.output == 0):
        todo = "A zero price is unknown unless a source says free: remove it or set free: true."
        yield Finding(Gate.PRICE_ZERO, "error", offer, f"prices.{name}", "a rate is zero.", todo)
    if rates.input > rates.output:
        what = f"input {rates.input:g} is above output {rates.output:g} USD per million tokens."
        todo = "Check that the two are not swapped."
        yield Finding(Gate.INPUT_ABOVE_OUTPUT, "warning", offer, f"prices.{name}", what, todo)


def _jump(offer: str, before: Rates, after: Rates, severity: Severity, where: str) -> Iterator[Finding]:
    for side in ("input", "output"):
        old, new = getattr(before, side), getattr(after, side)
        if old and abs(new - old) / old > JUMP:
            what = f"{side} goes from {old:g} to {new:g} USD per million tokens {where}."
            todo = "Confirm it on the provider's price page."
            yield Finding(Gate.PRICE_JUMP, severity, offer, f"prices.rates.{side}", what, todo)


def _windows(row: CatalogOffer, today: date) -> Iterator[Finding]:
    limits, current = row.offer.limits, row.price(today)
    window = limits.context_in
    if window is not None and limits.max_out is not None and limits.max_out > window:
        what = f"max_out {limits.max_out:,} is above context_in {window:,}."
        todo = "Check both on the provider's model page."
        yield Finding(Gate.OUTPUT_ABOVE_INPUT, "warning", row.id, "limits.max_out", what, todo)
    for index, tier in enumerate(current.tiers if current else ()):
        if window is not None and tier.above_input_tokens >= window:
            what = f"the tier starts at {tier.above_input_tokens:,} tokens, the window ends at {window:,}."
            field = f"prices.tiers.{index}.above_input_tokens"
            yield Finding(
                Gate.TIER_ABOVE_WINDOW,
                "error",
                row.id,
                field,
                what,
                "Remove the tier, or correct the window.",
            )


def _retirement(row: CatalogOffer, today: date) -> Iterator[Finding]:
    retirement = row.offer.retirement
    if retirement is None:
        return
    left = (retirement.last_day - today).days
    if left < 0:
        what = f"the last day was {retirement.last_day}."
        yield Finding(
            Gate.RETIRED, "error", row.id, "retirement.last_day", what, "Remove the offer or correct it."
        )
    elif left <= RETIRING_DAYS:
        what = f"the last day is {retirement.last_day}, in {left} days."
        todo = "Name a successor; people who chose it are warned."
        yield Finding(Gate.RETIRING, "warning", row.id, "retirement.last_day", what, todo)


def against(row: CatalogOffer, upstream: Upstream, today: date) -> Iterator[Finding]:
    """Gates that compare one offer with what an upstream says about the same id."""
    told = upstream.offers.get(row.offer.litellm_id)
    if told is None:
        if upstream.complete:
            what = f"{upstream.source} no longer lists {row.offer.litellm_id}."
            todo = "Find its new id, or remove the offer."
            yield Finding(Gate.ID_GONE, "error", row.id, "litellm_id", what, todo)
        return
    yield from _moved(row, upstream.source, told)
    yield from _other_price(row, upstream.source, told, today)
    known = row.offer.retirement
    if told.last_day is not None and (known is None or known.last_day != told.last_day):
        what = f"{upstream.source} says the last day is {told.last_day}."
        todo = "Take it over after confirming it."
        yield Finding(Gate.DISAGREEMENT, "warning", row.id, "retirement.last_day", what, todo)
    for field in ("context_in", "max_out"):
        ours, theirs = getattr(row.offer.limits, field), getattr(told, field)
        if ours is not None and theirs is not None and abs(ours - theirs) / ours > DISAGREE:
            what = f"{ours:,} here, {theirs:,} in {upstream.source}."
            todo = "Probe or read the provider's page before changing it."
            yield Finding(Gate.DISAGREEMENT, "warning", row.id, f"limits.{field}", what, todo)


def _moved(row: CatalogOffer, source: str, told: UpstreamOffer) -> Iterator[Finding]:
    ours = row.model.identity.released
    if told.released is not None and (told.released - ours).days > MOVED_DAYS:
        severity: Severity = "warning" if row.offer.moving_alias else "error"
        what = f"{source} says the id serves a checkpoint of {told.released}, this model is of {ours}."
        todo = "Make it a new model, or mark the offer as a moving alias."
        yield Finding(Gate.ALIAS_MOVED, severity, row.id, "litellm_id", what, todo)


def _other_price(row: CatalogOffer, source: str, told: UpstreamOffer, today: date) -> Iterator[Finding]:
    ours, theirs = row.price(today), told.rates
    if ours is None or theirs is None:
        return
    off_peak = ours.off_peak.rates if ours.off_peak is not None else None
    for side in ("input", "output"):
        old, new = getattr(ours.rates, side), getattr(theirs, side)
        if off_peak is not None and new == getattr(off_peak, side):
            continue  # The other list shows the off-peak price of the same schedule.
        yield from _price_gap(row.id, side, source, old, new)


def _price_gap(offer: str, side: str, source: str, old: float, new: float) -> Iterator[Finding]:
    field, told = f"prices.rates.{side}", f"{old:g} here, {new:g} in {source} (USD per million tokens)."
    if new == 0:
        todo = "Keep ours: a zero price is unknown."
        yield Finding(Gate.PRICE_ZERO, "warning", offer, field, told, todo)
    elif old and max(new / old, old / new) >= UNIT_ERROR:
        yield Finding(
            Gate.PRICE_UNIT, "warning", offer, field, told, "Looks like a wrong unit: not proposed."
        )
    elif old and abs(new - old) / old > JUMP:
        todo = "Confirm it on the provider's price page."
        yield Finding(Gate.PRICE_JUMP, "warning", offer, field, told, todo)
    elif old and abs(new - old) / old > DISAGREE:
        yield Finding(Gate.DISAGREEMENT, "warning", offer, field, told, "Read the provider's price page.")
