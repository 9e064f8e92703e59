"""The decision in words: reasons for and against, the headline with its confidence, what to verify."""

from __future__ import annotations

from collections.abc import Sequence

from advisor import wording
from advisor.catalog.facts import Provenance
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import Check, Contribution, Excluded, FlipPoint, Ranked, Relaxation, Verdict
from advisor.decide.value import Row

REASONS = 3
"""Reasons named on each side."""
MATTERS = 0.005
"""Half a point of a hundred: smaller differences are not named."""


def reasons_for(row: Row, rival: Row | None) -> tuple[str, ...]:
    """The three strongest reasons for an offer, against the offer it is compared with."""
    gains = [(ours.points.mid - theirs.points.mid, ours, theirs) for ours, theirs in _pairs(row, rival)]
    best = sorted((g for g in gains if g[0] > MATTERS), key=lambda g: -g[0])[:REASONS]
    words = [_better(ours, theirs, gain, rival) for gain, ours, theirs in best]
    named = {ours.criterion for _, ours, _ in best}
    strong = [p for p in row.contributions if p.criterion not in named and p.reading and p.value.mid >= 0.6]
    strong.sort(key=lambda part: -part.points.mid)
    return tuple(words + [_strong(part) for part in strong])[:REASONS]


def reasons_against(row: Row, rival: Row | None) -> tuple[str, ...]:
    """The three strongest reasons against an offer, unknown facts among them."""
    losses = [(theirs.points.mid - ours.points.mid, ours, theirs) for ours, theirs in _pairs(row, rival)]
    worst = sorted((g for g in losses if g[0] > MATTERS and g[1].reading), key=lambda g: -g[0])[:REASONS]
    words = [_worse(ours, theirs, loss, rival) for loss, ours, theirs in worst]
    named = {ours.criterion for _, ours, _ in worst}
    rest = [p for p in row.contributions if p.criterion not in named and (not p.reading or p.value.mid < 0.4)]
    rest.sort(key=lambda part: part.points.mid - part.weight)
    return tuple(words + [_weak(part) for part in rest])[:REASONS]


def _pairs(row: Row, rival: Row | None) -> list[tuple[Contribution, Contribution]]:
    return [] if rival is None else list(zip(row.contributions, rival.contributions, strict=True))


def figure(part: Contribution) -> str:
    """A contribution's figure in words, without its source."""
    if part.reading is None:
        return wording.UNKNOWN_WORD
    return wording.interval_in_unit(part.reading.value, CRITERIA[part.criterion].unit)


def source(where: Provenance) -> str:
    """A source in words."""
    return f"source: {where}"


def _fact(part: Contribution) -> str:
    told = f" [{source(part.reading.provenance)}]" if part.reading else ""
    return f"{CRITERIA[part.criterion].label}: {figure(part)}{told}"


def _better(ours: Contribution, theirs: Contribution, gain: float, rival: Row | None) -> str:
    assert rival is not None
    return f"{_fact(ours)}, against {figure(theirs)} for {rival.offer.label} (+{wording.points(gain)})"


def _worse(ours: Contribution, theirs: Contribution, loss: float, rival: Row | None) -> str:
    assert rival is not None
    return f"{_fact(ours)}, against {figure(theirs)} for {rival.offer.label} (-{wording.points(loss)})"


def _strong(part: Contribution) -> str:
    return f"{_fact(part)}, good on its scale ({wording.points(part.points.mid)} of {_most(part)})"


def _weak(part: Contribution) -> str:
    if part.reading is None:
        return f"{CRITERIA[part.criterion].label} is unknown: it counts as anything from worst to best"
    return f"{_fact(part)}, weak on its scale ({wording.points(part.points.mid)} of {_most(part)})"


def _most(part: Contribution) -> str:
    return f"{100 * part.weight:.1f} possible"


def verify(row: Row, checks: Sequence[Check]) -> tuple[str, ...]:
    """What to check before signing: needs and criteria whose facts are not known well enough."""
    open_needs = [
        wording.sentence(f"Verify before signing: {check.words}")
        for check in checks
        if check.verdict is Verdict.UNKNOWN
    ]
    needed = {check.constraint.criterion for check in checks if check.verdict is Verdict.UNKNOWN}
    blank = [
        f"Probe or look up {CRITERIA[part.criterion].label}: no figure is known."
        for part in row.contributions
        if part.reading is None and part.criterion not in needed
    ]
    return tuple(open_needs + blank)


def headline(
    ranking: Sequence[Ranked], excluded: Sequence[Excluded], relaxations: Sequence[Relaxation]
) -> str:
    """The recommendation in one sentence with its confidence, or that nothing fits and why."""
    if not ranking:
        return _nothing_fits(excluded, relaxations)
    leader = ranking[0]
    if len(ranking) == 1:
        return f"{leader.offer.label} is the only offer that meets every hard need."
    close = [row.offer.label for row in ranking[1:] if row.tie_group == leader.tie_group]
    first = f"it comes first in {wording.probability(leader.p_first)} of the draws"
    if not close:
        return f"{leader.offer.label} fits best: {first}."
    names = wording.joined(close[:2] + ([wording.count(len(close) - 2, "more")] if len(close) > 2 else []))
    return f"{leader.offer.label} is ahead, but too close to call with {names}: {first}."


def _nothing_fits(excluded: Sequence[Excluded], relaxations: Sequence[Relaxation]) -> str:
    if not excluded:
        return "No model fits: the catalog holds no offer."
    start = f"No model fits: each of {wording.count(len(excluded), 'offer')} misses at least one hard need."
    if relaxations:
        return f"{start} {relaxations[0].words}"
    nearest = excluded[0]
    return f"{start} No single need stands in the way; the nearest is {nearest.offer.label}: {nearest.words}"


def confidence(ranking: Sequence[Ranked], flips: Sequence[FlipPoint], draws: int) -> str:
    """What the confidence rests on and what would change the answer."""
    if len(ranking) < 2:
        return "No second offer survived the hard needs, so weights cannot change the answer."
    second = ranking[1]
    rests = (
        f"Based on {draws:,} draws over weights and unknown facts; the runner-up {second.offer.label} "
        f"comes first in {wording.probability(second.p_first)}."
    )
    if not flips:
        return f"{rests} No single weight or uncertain fact changes the leader."
    return f"{rests} {flips[0].words}"
