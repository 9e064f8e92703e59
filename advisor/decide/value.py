"""The additive value of an offer on fixed scales: what it is worth, criterion by criterion.

Equal to one minus SPOTIS with the ideal at the scale ends (Dezert et al. 2020), hence free of rank
reversal: an offer's score depends on nothing but that offer, the scales and the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

from advisor.catalog.entries import CatalogOffer
from advisor.catalog.facts import Origin
from advisor.decide.criteria import CRITERIA, Shared, scale_of
from advisor.decide.decision import Contribution, Reading
from advisor.decide.plan import Situation
from advisor.decide.weights import Weights
from advisor.interval import Interval

WHOLE_SCALE = Interval(0.0, 0.5, 1.0)
"""Worth of an unknown fact: anything from the worst end to the best."""

EVERYONE = "all"
"""Owner of a figure that is uncertain for all offers alike: the user's own workload."""


@dataclass(frozen=True, slots=True)
class Row:
    """One offer valued: its contributions, in the order of the weights, and their sum."""

    offer: CatalogOffer
    contributions: tuple[Contribution, ...]
    score: Interval
    owners: tuple[str, ...]
    """Who shares each figure: offers with the same owner of a figure are right or wrong together."""

    @property
    def id(self) -> str:
        """Id of the offer."""
        return self.offer.id


def valued(offer: CatalogOffer, situation: Situation, weights: Weights) -> Row:
    """Read, scale and weigh one offer."""
    return situation.once(
        (weights.keys, weights.values, offer.id), lambda: _valued(offer, situation, weights)
    )


def _valued(offer: CatalogOffer, situation: Situation, weights: Weights) -> Row:
    parts = tuple(
        contribution(key, weight, CRITERIA[key].read(offer, situation))
        for key, weight in zip(weights.keys, weights.values, strict=True)
    )
    return row_of(offer, parts)


def row_of(offer: CatalogOffer, parts: tuple[Contribution, ...]) -> Row:
    """An offer's row from its contributions."""
    owners = tuple(owner(part, offer) for part in parts)
    return Row(offer, parts, total(parts), owners)


def contribution(key: str, weight: float, reading: Reading | None) -> Contribution:
    """One criterion's part of the score."""
    if reading is None:
        return Contribution(key, weight, None, WHOLE_SCALE, clipped=False)
    scale = scale_of(key)
    return Contribution(
        key, weight, reading, scale.worth_between(reading.value), scale.outside(reading.value)
    )


def total(parts: tuple[Contribution, ...]) -> Interval:
    """The score: what the contributions add up to."""
    low = fsum(part.weight * part.value.low for part in parts)
    mid = fsum(part.weight * part.value.mid for part in parts)
    high = fsum(part.weight * part.value.high for part in parts)
    return Interval(low, mid, high)


def owner(part: Contribution, offer: CatalogOffer) -> str:
    """Whose figure it is: the offer's own, its model's, or (a user's unknown workload) everyone's.

    A measurement was made on one offer, so it is that offer's own.
    """
    shared = CRITERIA[part.criterion].shared
    was_measured = part.reading is not None and part.reading.provenance.origin is Origin.MEASURED
    if shared is Shared.OFFER or was_measured:
        return offer.id
    if shared is Shared.MODEL:
        return offer.model.id
    return offer.id if part.reading is None else EVERYONE


def in_order(rows: list[Row]) -> list[Row]:
    """Best middle score first; equal scores by id, so that the order never depends on the input's."""
    return sorted(rows, key=lambda one: (-one.score.mid, one.id))
