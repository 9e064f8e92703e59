"""Flip points in closed form: which weight or which uncertain fact, at what value, changes the winner.

Weight k goes to t while the others keep their proportions, so an offer scores
t * v_k + (1 - t) * R with R = rest score / (1 - w_k). Offers A and B meet at
t = (R_B - R_A) / ((a_k - b_k) + (R_B - R_A)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from advisor import wording
from advisor.decide.criteria import CRITERIA, scale_of
from advisor.decide.decision import Contribution, FlipPoint
from advisor.decide.scales import Objective
from advisor.decide.value import EVERYONE, Row

CHALLENGERS = 30
"""Uncertain facts are looked at for the first so many offers of the ranking."""
_TINY = 1e-12
_EDGE = 1e-9
"""A weight of 0 or 1 itself is no flip point: nothing lies beyond it."""
_LEVEL_WEIGHT = 0.001
"""A change of weight below a tenth of a percentage point is told as "slightly", not in figures."""


def crossing(a: float, b: float, rest_a: float, rest_b: float) -> float | None:
    """The weight at which A and B score the same; may lie outside 0..1, None when they never cross.

    Args:
        a: A's worth on the criterion.
        b: B's worth on the criterion.
        rest_a: A's score on the other criteria, weights summing to 1.
        rest_b: The same of B.
    """
    slope = (a - b) + (rest_b - rest_a)
    return None if abs(slope) < _TINY else (rest_b - rest_a) / slope


def rest_score(row: Row, k: int) -> float:
    """Score on all criteria but one, with the others' weights summing to 1."""
    part = row.contributions[k]
    return (row.score.mid - part.weight * part.value.mid) / (1 - part.weight)


def weight_crossing(challenger: Row, leader: Row, k: int) -> float | None:
    """The weight of criterion k at which the challenger meets the leader."""
    if leader.contributions[k].weight > 1 - _TINY:
        return None
    mine, other = challenger.contributions[k].value.mid, leader.contributions[k].value.mid
    return crossing(mine, other, rest_score(challenger, k), rest_score(leader, k))


def weight_flips(rows: Sequence[Row]) -> list[FlipPoint]:
    """For each weight, the nearest value above and below at which another offer leads."""
    if not rows:
        return []
    leader, found = rows[0], list[FlipPoint]()
    for k, part in enumerate(leader.contributions):
        crossings = [(weight_crossing(row, leader, k), row) for row in rows[1:]]
        inside = [(t, row) for t, row in crossings if t is not None and _EDGE < t < 1 - _EDGE]
        above = min((x for x in inside if x[0] > part.weight), key=_by_point, default=None)
        below = max((x for x in inside if x[0] < part.weight), key=_by_point, default=None)
        found += [_weight_flip(part, at, row) for at, row in filter(None, (above, below))]
    return _near_ties_in_one_breath(found, rows)


def sentences(flips: Sequence[FlipPoint]) -> tuple[str, ...]:
    """What would change the answer, each thing once: near ties share a sentence."""
    return tuple(dict.fromkeys(flip.words for flip in flips))


def nearest_first(flips: Sequence[FlipPoint]) -> tuple[FlipPoint, ...]:
    """The same points: weights by the size of their move, then the uncertain facts as they stand."""
    return tuple(sorted(flips, key=_move))


def _move(flip: FlipPoint) -> tuple[bool, float]:
    of_weight = flip.kind == "weight"
    return not of_weight, abs(flip.at - flip.current) if of_weight else 0.0


def _near_ties_in_one_breath(found: list[FlipPoint], rows: Sequence[Row]) -> list[FlipPoint]:
    """Offers that are all but level change places on many weights: one sentence names all of them."""
    groups: dict[tuple[str, bool], list[FlipPoint]] = {}
    for flip in found:
        if _is_level(flip.current, flip.at):
            groups.setdefault((flip.challenger, flip.at > flip.current), []).append(flip)
    by_id = {row.id: row for row in rows}
    words = {
        key: _level_words([(flip.criterion, flip.current) for flip in group], key[1], rows[0], by_id[key[0]])
        for key, group in groups.items()
    }
    return [
        replace(flip, words=words[flip.challenger, flip.at > flip.current])
        if _is_level(flip.current, flip.at)
        else flip
        for flip in found
    ]


def _is_level(current: float, at: float) -> bool:
    return abs(at - current) < _LEVEL_WEIGHT


def _level_words(weights: Sequence[tuple[str, float]], more: bool, leader: Row, challenger: Row) -> str:
    named = [f"{CRITERIA[key].label} ({wording.percent(current)})" for key, current in weights]
    every = f"{', '.join(named[:-1])} or {named[-1]}" if named[1:] else named[0]
    return (
        f"{_all_but_level(leader, challenger)}: if {every} counted for slightly {'more' if more else 'less'} "
        f"than now, {challenger.offer.label} would lead."
    )


def _by_point(found: tuple[float, Row]) -> float:
    return found[0]


def _weight_flip(part: Contribution, at: float, challenger: Row) -> FlipPoint:
    words = _weight_words(CRITERIA[part.criterion].label, part.weight, at, challenger)
    return FlipPoint("weight", part.criterion, None, challenger.id, part.weight, at, words)


def _weight_words(label: str, current: float, at: float, challenger: Row) -> str:
    side = "more" if at > current else "less"
    then, now = wording.percents_apart(at, current)
    return f"If {label} counted for {side} than {then} (now {now}), {challenger.offer.label} would lead."


def _all_but_level(leader: Row, challenger: Row) -> str:
    return f"{leader.offer.label} and {challenger.offer.label} score all but the same"


def fact_flips(rows: Sequence[Row]) -> list[FlipPoint]:
    """For each uncertain fact, the value inside its bounds at which another offer leads.

    The user's own workload moves every bill the same way and is no fact about an offer: it is left out.
    """
    found = [*_leader_falls(rows), *_challengers_rise(rows)]
    return sorted(_near_ties_of_facts(found, rows), key=_distance)


def _near_ties_of_facts(found: list[FlipPoint], rows: Sequence[Row]) -> list[FlipPoint]:
    """Offers that are all but level change places on any figure of either: one sentence for each pair."""
    pairs: dict[str, dict[str, Contribution]] = {}
    by_id = {row.id: row for row in rows}
    for flip in found:
        if _level_figures(flip):
            part = next(p for p in by_id[flip.offer or ""].contributions if p.criterion == flip.criterion)
            pairs.setdefault(flip.challenger, {}).setdefault(flip.criterion, part)
    words = {key: _turns_on(rows[0], by_id[key], tuple(parts.values())) for key, parts in pairs.items()}
    return [replace(flip, words=words[flip.challenger]) if _level_figures(flip) else flip for flip in found]


def _level_figures(flip: FlipPoint) -> bool:
    """Whether the two figures read the same: then the smallest change is enough."""
    unit = CRITERIA[flip.criterion].unit
    return wording.in_unit(flip.at, unit) == wording.in_unit(flip.current, unit)


def _turns_on(leader: Row, challenger: Row, parts: Sequence[Contribution]) -> str:
    named = [f"{CRITERIA[part.criterion].label} ({_taken_as(part)})" for part in parts]
    return (
        f"{_all_but_level(leader, challenger)}: the smallest difference in {wording.joined(named, 'or')} "
        "decides between them."
    )


def _leader_falls(rows: Sequence[Row]) -> Iterator[FlipPoint]:
    for k, part in enumerate(rows[0].contributions) if rows else ():
        others = [row for row in rows[1:] if row.owners[k] != rows[0].owners[k]]
        if not others or rows[0].owners[k] == EVERYONE or part.value.low == part.value.mid:
            continue
        worth = part.value.mid - (rows[0].score.mid - others[0].score.mid) / part.weight
        if worth >= part.value.low:
            yield _fact_flip(rows[0], part, worth, others[0])


def _challengers_rise(rows: Sequence[Row]) -> Iterator[FlipPoint]:
    seen: set[tuple[str, int]] = set()
    for row in rows[1 : CHALLENGERS + 1]:
        for k, part in enumerate(row.contributions):
            shared = row.owners[k] in (EVERYONE, rows[0].owners[k]) or (row.owners[k], k) in seen
            seen.add((row.owners[k], k))
            worth = part.value.mid + (rows[0].score.mid - row.score.mid) / part.weight
            if not shared and part.value.mid < worth <= part.value.high:
                yield _fact_flip(row, part, worth, row)


def _fact_flip(whose: Row, part: Contribution, worth: float, challenger: Row) -> FlipPoint:
    """The flip of one offer's fact."""
    scale = scale_of(part.criterion)
    at, current = (
        scale.figure(worth),
        part.reading.value.mid if part.reading else scale.figure(part.value.mid),
    )
    words = _fact_words(whose, part, at, challenger)
    return FlipPoint("fact", part.criterion, whose.id, challenger.id, current, at, words)


def _fact_words(whose: Row, part: Contribution, at_figure: float, challenger: Row) -> str:
    """Only a better figure can lift the challenger and only a worse one can lower the leader."""
    criterion = CRITERIA[part.criterion]
    rises = challenger is whose
    leads = "it" if rises else challenger.offer.label
    at = wording.in_unit(at_figure, criterion.unit)
    subject = f"{criterion.label} of {whose.offer.label}"
    side = "more" if rises == (criterion.objective is Objective.MAX) else "less"
    return f"If {subject} is {at} or {side} ({_taken_as(part)}), {leads} would lead."


def _taken_as(part: Contribution) -> str:
    unit = CRITERIA[part.criterion].unit
    if part.reading is None:
        return "it is unknown"
    value = part.reading.value
    span = wording.interval_in_unit(value, unit)
    return f"now taken as {wording.in_unit(value.mid, unit)}, between {span.replace(' to ', ' and ')}"


def _distance(flip: FlipPoint) -> tuple[float, str, str]:
    scale = scale_of(flip.criterion)
    return abs(scale.worth(flip.at) - scale.worth(flip.current)), flip.criterion, flip.offer or ""
