"""What would have to be true for an offer to win, and why it does not lead now - for any offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from advisor import wording
from advisor.decide import explain
from advisor.decide.candidates import candidates
from advisor.decide.criteria import CRITERIA, scale_of
from advisor.decide.decision import Check, Contribution, Decision, Excluded, Ranked
from advisor.decide.field import Inputs
from advisor.decide.flips import rest_score
from advisor.decide.scales import Objective
from advisor.decide.screen import screened
from advisor.decide.value import EVERYONE, Row, in_order, row_of, valued
from advisor.errors import NotFound

_TINY = 1e-12
_EDGE = 1e-9
"""A weight of 0 or 1 itself is no range."""


@dataclass(frozen=True, slots=True)
class PathToWin:
    """What would have to be true for one offer to come first."""

    offer: str
    gap: float
    """Points of score (0..1) behind the leader; 0 when it leads."""
    needs: tuple[str, ...]
    """Hard needs it misses, in words: they would have to go first."""
    weights: tuple[str, ...]
    """Each alone would put it first: a range of one weight; the smallest change first."""
    facts: tuple[str, ...]
    """Each alone would put it first: a better figure of its own; the smallest change first."""
    words: str
    """The nearest of them in two or three sentences."""


def path_to_win(inputs: Inputs, decision: Decision, offer_id: str) -> PathToWin:
    """What would have to be true for an offer to come first.

    Args:
        inputs: From `inputs_for`.
        decision: What was decided from them.
        offer_id: Any candidate, excluded ones included.

    Raises:
        NotFound: No candidate has this id.
    """
    missed, row, others = _standing(inputs, decision, offer_id)
    leader = max(others, key=lambda one: one.score.mid, default=None)
    gap = 0.0 if leader is None else max(0.0, leader.score.mid - row.score.mid)
    needs = tuple(check.words for check in missed)
    if leader is None or (gap == 0.0 and in_order([row, leader])[0] is row):
        words = _leads(row, needs)
        return PathToWin(row.id, 0.0, needs, (), (), words)
    weights, facts = tuple(_weight_ways(row, others)), tuple(_fact_ways(row, leader, others))
    path = PathToWin(row.id, gap, needs, weights, facts, "")
    return replace(path, words=_summary(row, leader, path))


def _standing(inputs: Inputs, decision: Decision, offer_id: str) -> tuple[tuple[Check, ...], Row, list[Row]]:
    situation = inputs.situation
    offer = next((one for one in candidates(situation) if one.id == offer_id), None)
    if offer is None:
        raise NotFound(f"No offer {offer_id!r} competes in this case.", "Use an id out of the ranking.")
    others = [row_of(one.offer, one.contributions) for one in decision.ranking if one.id != offer_id]
    found = screened(offer, inputs.needs, situation)
    strict = situation.case.preferences.exclude_unknown
    missed = (*found.failed(), *(found.unknown() if strict else ()))
    return missed, valued(offer, situation, inputs.weights), others


def leading_range(row: Row, others: Sequence[Row], k: int) -> tuple[float, float] | None:
    """The weights of criterion k with which an offer scores at least as much as every other.

    The other weights keep their proportions. None when there is no such weight, or no other criterion.
    """
    if row.contributions[k].weight > 1 - _TINY:
        return None
    low, high = 0.0, 1.0
    mine, rest = row.contributions[k].value.mid, rest_score(row, k)
    for other in others:
        # Lead over the other at weight t: at_zero + t * slope, which must not be negative.
        at_zero = rest - rest_score(other, k)
        slope = mine - other.contributions[k].value.mid - at_zero
        if abs(slope) < _TINY:
            low, high = (low, high) if at_zero >= -_TINY else (1.0, 0.0)
        elif slope > 0:
            low = max(low, -at_zero / slope)
        else:
            high = min(high, -at_zero / slope)
    return (low, high) if low <= high and high > _EDGE and low < 1 - _EDGE else None


def _weight_ways(row: Row, others: Sequence[Row]) -> list[str]:
    ways: list[tuple[float, str]] = []
    for k, part in enumerate(row.contributions):
        found = leading_range(row, others, k)
        if found is not None:
            ways.append(_weight_way(part, *found))
    return [words for _, words in sorted(ways)]


def _weight_way(part: Contribution, low: float, high: float) -> tuple[float, str]:
    """How far the weight has to move, and the words."""
    edge = low if part.weight < low else high
    then, now = wording.percents_apart(edge, part.weight)
    other = wording.percent(high if edge is low else low)
    if (edge is low and high >= 1) or (edge is high and low <= 0):
        span = f"{then} or {'more' if edge is low else 'less'}"
    else:
        span = f"between {then} and {other}" if edge is low else f"between {other} and {then}"
    return abs(edge - part.weight), f"{CRITERIA[part.criterion].label} counts for {span} (now {now})"


def _fact_ways(row: Row, leader: Row, others: Sequence[Row]) -> list[str]:
    ahead = [other for other in others if other.score.mid > row.score.mid]
    ways: list[tuple[float, str]] = []
    for k, part in enumerate(row.contributions):
        together = row.owners[k] != EVERYONE and any(other.owners[k] == row.owners[k] for other in ahead)
        gain = (leader.score.mid - row.score.mid) / part.weight
        if part.value.mid + gain <= 1 and not together:
            ways.append((gain, _fact_way(part, part.value.mid + gain)))
    return [words for _, words in sorted(ways)]


def _fact_way(part: Contribution, worth: float) -> str:
    criterion = CRITERIA[part.criterion]
    at = scale_of(part.criterion).figure(worth)
    now = wording.interval_in_unit(part.reading.value, criterion.unit) if part.reading else "unknown"
    side = "more" if criterion.objective is Objective.MAX else "less"
    return f"its {criterion.label} is {wording.in_unit(at, criterion.unit)} or {side} (now {now})"


def _leads(row: Row, needs: Sequence[str]) -> str:
    if not needs:
        return f"{row.offer.label} leads already."
    return f"{row.offer.label} would lead if these needs were dropped or shown met: {'; '.join(needs)}."


NAMED = 2
"""How many ways of each kind the summary names, the smallest changes first."""


def _summary(row: Row, leader: Row, path: PathToWin) -> str:
    first = f"First these needs would have to go or be shown met: {'; '.join(path.needs)}. "
    first = first if path.needs else ""
    behind = f"{row.offer.label} is {wording.points(path.gap)} behind {leader.offer.label}."
    ways = [*path.weights[:NAMED], *path.facts[:NAMED]]
    if not ways:
        return f"{first}{behind} No single weight and no single figure of its own puts it first."
    return f"{first}{behind} It would lead if {wording.joined(ways, 'or if')}."


def why_not(decision: Decision, offer_id: str, names: explain.Names) -> tuple[str, ...]:
    """Why an offer does not lead, in sentences; for the leader, what stands against it.

    Args:
        decision: The decision.
        offer_id: Any offer of it.
        names: Sources of the catalog by key, to be named beside figures.

    Raises:
        NotFound: The decision does not speak about this offer.
    """
    ranked = next((row for row in decision.ranking if row.id == offer_id), None)
    if ranked is not None:
        return tuple(_why_ranked(decision, ranked, names))
    out = next((row for row in decision.excluded if row.offer.id == offer_id), None)
    if out is not None:
        return tuple(_why_excluded(decision, out))
    raise NotFound(f"The decision does not speak about {offer_id!r}.", "Use an id out of its tables.")


def _why_ranked(decision: Decision, row: Ranked, names: explain.Names) -> Iterator[str]:
    leader = decision.ranking[0]
    if row is leader:
        yield f"{row.offer.label} leads; against it speaks:"
    else:
        gap = wording.points(leader.score.mid - row.score.mid)
        yield f"{row.offer.label} is number {row.rank}, {gap} behind {leader.offer.label}."
        if row.tie_group == leader.tie_group:
            yield "The two are too close to call: small changes of weights or facts turn them round."
    if leader.id in row.dominated_by:
        yield f"{leader.offer.label} is at least as good on everything that counts, whatever the weights."
    elif row.p_first == 0 and decision.robustness is not None:
        yield f"It was never the best choice in {decision.robustness.draws:,} trials of weights and facts."
    told = row.reasons_against or explain.reasons_against(row, None if row is leader else leader, names)
    yield from (wording.sentence(reason) for reason in told)


def _why_excluded(decision: Decision, row: Excluded) -> Iterator[str]:
    grounds = "fails a hard need" if row.failed else "cannot show that it meets a hard need"
    yield f"{row.offer.label} is out because it {grounds}. {row.words}"
    relaxed = next((one for one in decision.relaxations if row.offer.id in one.brings_back), None)
    if relaxed is not None:
        yield relaxed.words
    elif len(row.failed) == 1:
        yield "It is the only need it fails."
    if row.failed and row.unknown:
        yield f"Beside that, not shown by any source: {'; '.join(check.words for check in row.unknown)}."
