"""The decision in words: reasons for and against, what its confidence rests on, what to verify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor import wording
from advisor.catalog.estimate import EFFORTS
from advisor.catalog.facts import Origin, Provenance, SourceEntry
from advisor.decide.advice import Comparison
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import Check, Contribution, FlipPoint, Ranked, Verdict
from advisor.decide.lead import lead_of
from advisor.decide.measured import replaced
from advisor.decide.value import Row

REASONS = 3
"""Reasons named on each side."""
MATTERS = 0.005
"""Half a point of a hundred: smaller differences are not named."""


Names = Mapping[str, SourceEntry]
"""Sources of the catalog by key."""
Valued = Row | Ranked
"""An offer with its contributions, on its way to the ranking or in it."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One criterion of an offer beside the same criterion of its rival."""

    ours: Contribution
    theirs: Contribution | None
    gain: float
    """Points ahead of the rival, negative when behind; 0 without a rival."""


def reasons_for(row: Valued, rival: Valued | None, names: Names) -> tuple[str, ...]:
    """The three strongest reasons for an offer: where it beats its rival, then where it is good."""
    contrasts = _contrasts(row, rival)
    ahead = sorted((c for c in contrasts if c.gain > MATTERS and c.ours.reading), key=lambda c: -c.gain)
    level = [c for c in contrasts if abs(c.gain) <= MATTERS and c.ours.reading and c.ours.value.mid >= 0.6]
    level.sort(key=lambda c: -c.ours.weight * c.ours.value.mid)
    return _reasons(ahead, level, rival, names)


def reasons_against(row: Valued, rival: Valued | None, names: Names) -> tuple[str, ...]:
    """The three strongest reasons against an offer: where it is beaten, unknown or weak."""
    contrasts = _contrasts(row, rival)
    behind = sorted((c for c in contrasts if c.gain < -MATTERS and c.ours.reading), key=lambda c: c.gain)
    blank = [c for c in contrasts if not c.ours.reading]
    weak = [c for c in contrasts if abs(c.gain) <= MATTERS and c.ours.reading and c.ours.value.mid < 0.4]
    rest = sorted(blank + weak, key=lambda c: c.ours.weight * (c.ours.value.mid - 1))
    return _reasons(behind, rest, rival, names)


def _reasons(
    against_rival: Sequence[Contrast], on_scale: Sequence[Contrast], rival: Valued | None, names: Names
) -> tuple[str, ...]:
    first = [_against_rival(contrast, rival, names) for contrast in against_rival[:REASONS]]
    return (*first, *(_on_scale(contrast, names) for contrast in on_scale[: REASONS - len(first)]))


def _contrasts(row: Valued, rival: Valued | None) -> list[Contrast]:
    if rival is None:
        return [Contrast(part, None, 0.0) for part in row.contributions]
    pairs = zip(row.contributions, rival.contributions, strict=True)
    return [
        Contrast(ours, theirs, ours.weight * (ours.value.mid - theirs.value.mid)) for ours, theirs in pairs
    ]


def figure(part: Contribution) -> str:
    """A contribution's figure in words, without its source."""
    if part.reading is None:
        return wording.UNKNOWN_WORD
    return wording.interval_in_unit(part.reading.value, CRITERIA[part.criterion].unit)


def source(where: Provenance, names: Names) -> str:
    """A source in words: its name and the day."""
    told = [names[key].name if key in names else key for key in where.source.split(", ")]
    kind = ", assumed" if where.origin is Origin.ASSUMED else ""
    dated = where.as_of is None or any(where.as_of.isoformat() in name for name in told)
    return f"source: {wording.joined(told)}{'' if dated else f', {wording.day(where.as_of)}'}{kind}"


def _told(part: Contribution, names: Names) -> str:
    if part.reading is None:
        return ""
    evidence = replaced(part.reading, CRITERIA[part.criterion].unit)
    return f" ({evidence}{'; ' if evidence else ''}{source(part.reading.provenance, names)})"


def _against_rival(contrast: Contrast, rival: Valued | None, names: Names) -> str:
    ours, theirs = contrast.ours, contrast.theirs
    assert theirs is not None
    assert rival is not None
    side = "better" if contrast.gain > 0 else "worse"
    ahead = f"{wording.points(abs(contrast.gain))} {side}"
    mine = f"{CRITERIA[ours.criterion].label} {figure(ours)}"
    if theirs.reading is None:
        return (
            f"{mine}{_told(ours, names)}; unknown for {rival.offer.label}, which counts as anything from "
            f"worst to best: {ahead} than the middle of that"
        )
    return f"{mine}, against {figure(theirs)} for {rival.offer.label}: {ahead}{_told(ours, names)}"


def _on_scale(contrast: Contrast, names: Names) -> str:
    part = contrast.ours
    label = CRITERIA[part.criterion].label
    if part.reading is None:
        return f"{label} is unknown: it counts as anything from the worst to the best end of its scale"
    got = f"{100 * part.points.mid:.1f} of {100 * part.weight:.1f} possible points"
    return f"{label} {figure(part)}: {got}{_told(part, names)}"


def verify(row: Row, checks: Sequence[Check]) -> tuple[str, ...]:
    """What to check before signing: needs and criteria whose facts are not known well enough."""
    open_needs = [wording.sentence(check.words) for check in checks if check.verdict is Verdict.UNKNOWN]
    needed = {check.constraint.criterion for check in checks if check.verdict is Verdict.UNKNOWN}
    blank = [
        f"Probe or look up {CRITERIA[part.criterion].label}: no figure is known."
        for part in row.contributions
        if part.reading is None and part.criterion not in needed
    ]
    return tuple(open_needs + blank + _at_another_effort(row))


def _at_another_effort(row: Row) -> list[str]:
    """Criteria whose published figures belong to a model that thinks more, or less, than was chosen."""
    found = [(part.criterion, part.reading.efforts) for part in row.contributions if part.reading]
    labels = [CRITERIA[key].label for key, efforts in found if efforts]
    stated = {effort for _, efforts in found for effort in efforts}
    if not labels:
        return []
    named = wording.joined([effort for effort in EFFORTS if effort in stated])
    where = f"published, in part at least, at {named} effort, not at the one you chose"
    return [f"{wording.joined(labels)}: {where}; probe it."]


NOTHING_TO_GO_ON = "Fill in the brief or answer any decision, and the offers are weighed for your job."
"""What stands in place of any confidence when a case says nothing."""


def confidence(ranking: Sequence[Ranked], flips: Sequence[FlipPoint], access: str = "unknown") -> str:
    """What is not confirmed for the leader, what the confidence rests on and what would change it.

    Args:
        ranking: The ranking, best first.
        flips: What would change it.
        access: Outcome of decision 1.
    """
    if not ranking:
        return "Hard needs alone decide this; weights cannot change it."
    told = [*_not_confirmed(ranking), *_against_leaning(ranking[0], access), *_standing(ranking, flips)]
    return " ".join(told)


_LEANINGS = {
    "closed_api": (True, "a closed model behind an API", "has open weights"),
    "hosted_open": (False, "open weights at a host", "is closed"),
}
"""Outcome of decision 1: openness that speaks against it, the outcome and the leader in words."""


def _against_leaning(leader: Ranked, access: str) -> list[str]:
    """Where the ranking and the first decision point different ways, both are named."""
    against, leaning, is_ = _LEANINGS.get(access, (None, "", ""))
    if against is None or leader.offer.model.weights.open is not against:
        return []
    return [
        f"Decision 1 leans to {leaning}, which is no hard need: {leader.offer.label} {is_} and still leads "
        "by what you said counts."
    ]


def _standing(ranking: Sequence[Ranked], flips: Sequence[FlipPoint]) -> list[str]:
    if len(ranking) == 1:
        return ["No second offer is left after the hard needs, so weights cannot change the answer."]
    last = "No change of a single weight or uncertain fact puts another offer in front."
    return [*_oftener_first(ranking), nearest_flip(flips).words if flips else last]


def _oftener_first(ranking: Sequence[Ranked]) -> list[str]:
    """Why the leader leads although another model comes first in more trials."""
    front = lead_of(ranking)
    if not front.rivals or front.rivals[0].share <= front.leader.share:
        return []
    words = " against ".join(wording.percents_apart(front.rivals[0].share, front.leader.share))
    return [
        f"{front.rivals[0].name} comes first more often ({words}) and still stands behind, because the order "
        "is by the score with every unknown at its middle."
    ]


def _not_confirmed(ranking: Sequence[Ranked]) -> list[str]:
    """What is open about the leader, and the first offer about which nothing is."""
    found = unconfirmed(ranking[0])
    if not found:
        return []
    sure = next((row for row in ranking[1:] if not unconfirmed(row)), None)
    other = (
        "No offer is known to meet every hard need."
        if sure is None
        else f"The first offer known to meet every hard need is {sure.offer.label}, number {sure.rank}."
    )
    return [f"Not yet confirmed for {ranking[0].offer.label}: {'; '.join(found)}.", other]


def unconfirmed(leader: Ranked) -> tuple[str, ...]:
    """Hard needs an offer is not known to meet, each in a few words."""
    return tuple(_open_need(check) for check in leader.checks if check.verdict is Verdict.UNKNOWN)


def _open_need(check: Check) -> str:
    criterion, need = CRITERIA[check.constraint.criterion], check.constraint
    label = criterion.label[0].lower() + criterion.label[1:]
    if check.reading is None:
        return f"{label} (unknown)"
    span = wording.interval_in_unit(check.reading.value, criterion.unit)
    level = wording.in_unit(need.level, criterion.unit)
    asked = level if need.comparison is Comparison.IS else f"{need.comparison.value} {level}"
    missed = check.margin is not None and check.margin < 0
    return f"{label} ({span}; {asked} needed{', more likely missed than met' if missed else ''})"


def nearest_flip(flips: Sequence[FlipPoint]) -> FlipPoint:
    """The flip point that takes the smallest change of a weight, else the first uncertain fact."""
    of_weights = [flip for flip in flips if flip.kind == "weight"]
    return min(of_weights, key=lambda flip: abs(flip.at - flip.current), default=flips[0])
