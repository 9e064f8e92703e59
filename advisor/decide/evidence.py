"""What a case's own measurements did: declared beside measured, and why the order changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor import wording
from advisor.case import Measurement
from advisor.catalog.entries import CatalogOffer
from advisor.decide.candidates import candidates
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import Contribution, Decision, Ranked, Reading
from advisor.decide.measured import reading_of, replaced, unlike
from advisor.decide.plan import Situation
from advisor.decide.standing import Left, Standing
from advisor.interval import Interval

PRACTICE = "practice:"
"""Beginning of the id of a practice model; none of them is in the catalog."""
REASONS = 2
"""Criteria named for a changed order."""
MATTERS = 0.005
"""Half a point of a hundred: smaller changes are not named."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One measured figure beside the one it replaces."""

    offer: str
    """Id of the offer."""
    label: str
    criterion: str
    name: str
    declared: Interval | None
    """What the catalog says, in the criterion's unit; None is unknown."""
    measured: Interval
    unit: str
    basis: str
    """What the measurement rests on."""
    left_out: str
    """Why it does not count; empty when it does."""
    simulated: bool


def compared(situation: Situation) -> tuple[Compared, ...]:
    """Every measurement that is also a criterion, for the offers that compete, in their fixed order."""
    return tuple(
        _compared(offer, key, situation)
        for offer in candidates(situation)
        for key in CRITERIA
        if (offer.id, key) in situation.measured
    )


def _compared(offer: CatalogOffer, key: str, situation: Situation) -> Compared:
    found, row = situation.measured[offer.id, key], CRITERIA[key]
    taken = row.read(offer, situation)
    why = unlike(found, situation.plan.profile)
    declared = taken if why else (taken.was if taken else None)
    mine = reading_of(found, situation.plan.profile)
    return Compared(
        offer=offer.id,
        label=offer.label,
        criterion=key,
        name=row.label,
        declared=declared.value if declared else None,
        measured=mine.value,
        unit=row.unit,
        basis=mine.basis,
        left_out=why,
        simulated=found.simulated,
    )


def practice_words(measurements: Sequence[Measurement]) -> str:
    """That figures of practice models rank nobody; empty when there are none."""
    models = {one.offer for one in measurements if one.offer.startswith(PRACTICE)}
    if not models:
        return ""
    verb = "was" if len(models) == 1 else "were"
    return (
        f"{wording.count(len(models), 'practice model')} {verb} measured; simulated figures do not count in "
        "the ranking."
    )


def moved(before: Standing, after: Decision) -> str:
    """What the measurements did to the order, in one or two sentences.

    Args:
        before: Where the same case stands without its measurements.
        after: The decision with them.
    """
    old, new = before.winner, after.winner
    if old is None or new is None:
        return _around_nothing(old, new)
    if new.id == old.id:
        return _same_leader(before, after)
    was = next((row for row in before.ranking if row.id == new.id), None)
    start = f"Before your measurements {old.offer.label} led"
    place = f"from place {was.rank} " if was else "as a new entry "
    then = next((row for row in after.ranking if row.id == old.id), None)
    why = _why(new, then)
    return f"{start}; with them {new.offer.label} comes {place}to the lead{_because(why)}."


def _around_nothing(old: Left | None, new: Ranked | None) -> str:
    if new is not None:
        return f"Before your measurements no offer fitted; with them {new.offer.label} leads."
    return (
        "With your measurements no offer fits any more." if old is not None else "No offer fits either way."
    )


def _same_leader(before: Standing, after: Decision) -> str:
    leader = after.ranking[0].offer.label
    old, new = _order(before), _order(after)
    if old == new and not any(_evidence(row.contributions) for row in after.ranking):
        return (
            f"{leader} led before your measurements and leads with them: no offer that meets the hard needs "
            "has a measured figure that carries weight."
        )
    if old == new:
        return f"Your measurements do not change the order: {leader} led before and leads with them."
    places = {row.id: row.rank for row in before.ranking}
    climbed = [row for row in after.ranking if row.id in places and places[row.id] != row.rank]
    named = [row for row in climbed if _evidence(row.contributions)] or climbed
    shift = max(named, key=lambda row: abs(places[row.id] - row.rank), default=None)
    if shift is None:
        return f"{leader} led before your measurements and leads with them; offers below it came or went."
    return (
        f"{leader} led before your measurements and leads with them; {shift.offer.label} goes from place "
        f"{places[shift.id]} to {shift.rank}{_because(_evidence(shift.contributions)[:REASONS])}."
    )


def _order(decision: Decision | Standing) -> tuple[str, ...]:
    return tuple(row.id for row in decision.ranking)


def _why(new: Ranked, old: Ranked | None) -> list[str]:
    """The measured criteria that put `new` before `old`, strongest first."""
    if old is None:
        return [*_evidence(new.contributions)[:REASONS], "the former leader no longer fits"]
    gains = sorted(
        (
            (ours.points.mid - theirs.points.mid, ours, theirs)
            for ours, theirs in zip(new.contributions, old.contributions, strict=True)
            if _is_measured(ours.reading) or _is_measured(theirs.reading)
        ),
        key=lambda one: -one[0],
    )
    return [
        _both(ours, theirs, new, old) for gain, ours, theirs in gains[:REASONS] if gain > MATTERS
    ] or _evidence(new.contributions)[:REASONS]


def _both(ours: Contribution, theirs: Contribution, new: Ranked, old: Ranked) -> str:
    name = CRITERIA[ours.criterion].label
    return f"{name} of {new.offer.label} {_said(ours)}, of {old.offer.label} {_said(theirs)}"


def _said(part: Contribution) -> str:
    if part.reading is None:
        return "is unknown"
    unit = CRITERIA[part.criterion].unit
    figure = wording.about(part.reading.value, lambda value: wording.in_unit(value, unit))
    told = replaced(part.reading, unit)
    return f"is {figure} ({told})" if told else f"is {figure}"


def _evidence(parts: Sequence[Contribution]) -> list[str]:
    return [
        f"{CRITERIA[part.criterion].label} {_said(part)}"
        for part in sorted(parts, key=lambda one: -one.weight)
        if _is_measured(part.reading)
    ]


def _is_measured(reading: Reading | None) -> bool:
    return reading is not None and bool(reading.basis)


def _because(reasons: Sequence[str]) -> str:
    return f", because {'; '.join(reasons)}" if reasons else ""
