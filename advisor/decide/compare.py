"""Two decisions side by side: the difference in sentences first, then offer by offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor import wording
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import Decision, Ranked
from advisor.decide.relax import need_words
from advisor.interval import Interval

NOTICED = 0.05
"""Changes of a weight below five points of a hundred are not put into words."""


@dataclass(frozen=True, slots=True)
class Move:
    """One offer in both decisions; None where it is excluded or not a candidate."""

    offer: str
    label: str
    rank_a: int | None
    rank_b: int | None
    score_a: Interval | None
    score_b: Interval | None
    usd_per_month_a: Interval | None
    usd_per_month_b: Interval | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one decision to the other."""

    sentences: tuple[str, ...]
    """The most important first; never empty."""
    same_winner: bool
    moves: tuple[Move, ...]
    """Every offer that fits in at least one of them, by its rank in the second, then the first."""


def compare(a: Decision, b: Decision) -> Difference:
    """What changed from decision A to decision B."""
    name_a, name_b = _names(a, b)
    sentences = (
        *_winners(a, b, name_a, name_b),
        *_choices(a, b, name_a, name_b),
        *_needs(a, b, name_a, name_b),
        *_weights(a, b, name_a, name_b),
        *_field(a, b, name_a, name_b),
    )
    same = (a.winner.id if a.winner else None) == (b.winner.id if b.winner else None)
    return Difference(tuple(wording.sentence(text) for text in sentences), same, _moves(a, b))


def _names(a: Decision, b: Decision) -> tuple[str, str]:
    if not a.case_name or not b.case_name or a.case_name == b.case_name:
        return "the first case", "the second case"
    return f"“{a.case_name}”", f"“{b.case_name}”"


def _winners(a: Decision, b: Decision, name_a: str, name_b: str) -> Iterator[str]:
    one, two = a.winner, b.winner
    if one is None or two is None:
        yield _one_sided(one, two, name_a, name_b)
        return
    if one.id == two.id:
        yield (
            f"{one.offer.label} leads in both: first in {wording.probability(one.p_first)} of the trials in "
            f"{name_a} and in {wording.probability(two.p_first)} in {name_b}."
        )
    else:
        yield f"{name_a} leads to {one.offer.label}, {name_b} to {two.offer.label}."
    yield from _bills(one, two, name_a, name_b)


def _one_sided(one: Ranked | None, two: Ranked | None, name_a: str, name_b: str) -> str:
    leader = one or two
    if leader is None:
        return "No model fits in either case."
    fits, misses = (name_a, name_b) if one else (name_b, name_a)
    return f"In {misses} no model fits; in {fits} {leader.offer.label} leads."


def _bills(one: Ranked, two: Ranked, name_a: str, name_b: str) -> Iterator[str]:
    if one.usd_per_month is None or two.usd_per_month is None:
        if one.usd_per_request and two.usd_per_request:
            before, after = (wording.usd_interval(row.usd_per_request) for row in (one, two))
            yield f"One finished task costs {before} in {name_a} and {after} in {name_b}."
        return
    before, after = (wording.interval_in_unit(row.usd_per_month, "USD/month") for row in (one, two))
    yield f"The leader costs {before} in {name_a} and {after} in {name_b}."


def _choices(a: Decision, b: Decision, name_a: str, name_b: str) -> Iterator[str]:
    theirs = {advice.step: advice for advice in b.plan.advice}
    for mine in a.plan.advice:
        other = theirs.get(mine.step)
        if other is not None and other.choice != mine.choice:
            yield (
                f"On {mine.step}, {name_a} has {mine.choice_label!r} and {name_b} has {other.choice_label!r}."
            )


def _needs(a: Decision, b: Decision, name_a: str, name_b: str) -> Iterator[str]:
    mine, other = ([need_words(need) for need in one.constraints] for one in (a, b))
    for name, only in ((name_a, set(mine) - set(other)), (name_b, set(other) - set(mine))):
        if only:
            yield f"Only {name} needs: {wording.joined(sorted(only))}."


def _weights(a: Decision, b: Decision, name_a: str, name_b: str) -> Iterator[str]:
    keys = dict.fromkeys((*a.criteria, *b.criteria))
    changes = {key: b.weights.get(key, 0.0) - a.weights.get(key, 0.0) for key in keys}
    noticed = sorted(
        (key for key in keys if abs(changes[key]) >= NOTICED), key=lambda key: -abs(changes[key])
    )
    for key in noticed:
        was, now = (wording.percent(one.weights.get(key, 0.0)) for one in (a, b))
        yield f"{CRITERIA[key].label} counts for {was} in {name_a} and {now} in {name_b}."


def _field(a: Decision, b: Decision, name_a: str, name_b: str) -> Iterator[str]:
    mine, other = {row.id for row in a.ranking}, {row.id for row in b.ranking}
    if mine == other:
        yield f"The same {wording.count(len(mine), 'offer')} fit in both."
        return
    yield (
        f"{wording.count(len(mine), 'offer')} fit in {name_a} and {len(other):,} in {name_b}; "
        f"{len(mine & other):,} fit in both."
    )


def _moves(a: Decision, b: Decision) -> tuple[Move, ...]:
    mine, other = {row.id: row for row in a.ranking}, {row.id: row for row in b.ranking}
    last = len(a.ranking) + len(b.ranking)
    moves = [_move(mine.get(key), other.get(key)) for key in {**mine, **other}]
    return tuple(sorted(moves, key=lambda move: (move.rank_b or last, move.rank_a or last, move.offer)))


def _move(one: Ranked | None, two: Ranked | None) -> Move:
    known = one or two
    assert known is not None
    return Move(
        offer=known.id,
        label=known.offer.label,
        rank_a=one.rank if one else None,
        rank_b=two.rank if two else None,
        score_a=one.score if one else None,
        score_b=two.score if two else None,
        usd_per_month_a=one.usd_per_month if one else None,
        usd_per_month_b=two.usd_per_month if two else None,
    )
