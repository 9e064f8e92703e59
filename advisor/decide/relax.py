"""What dropping one hard need would bring back, and what that would cost."""

from __future__ import annotations

from collections.abc import Sequence

from advisor import wording
from advisor.catalog.entries import Attribute
from advisor.decide.advice import Comparison, Constraint
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import Relaxation, Verdict
from advisor.decide.plan import Situation
from advisor.decide.readings import monthly_cost
from advisor.decide.screen import ACTIVE, Screened
from advisor.decide.value import in_order, valued
from advisor.decide.weights import Weights

_QUALITY = frozenset(kind.value for kind in Attribute)
FEW = 3
"""With fewer survivors than this, relaxations are worked out."""


def relaxations(
    screened: Sequence[Screened], needs: Sequence[Constraint], situation: Situation, weights: Weights
) -> tuple[Relaxation, ...]:
    """Single needs whose dropping brings offers back. A retired offer stays out.

    Those that keep the level of the answers come first, then those that bring back most offers.
    """
    strict = situation.case.preferences.exclude_unknown
    found = [
        _relaxation(need, back, situation, weights)
        for need in needs
        if need.criterion != ACTIVE.criterion and (back := _only_in_the_way(screened, need, strict))
    ]
    return tuple(sorted(found, key=least_given_up))


def least_given_up(one: Relaxation) -> tuple[bool, int, str]:
    """Order of relaxations: a level of quality is the last thing to give up, then most offers first."""
    return one.constraint.criterion in _QUALITY, -len(one.brings_back), one.constraint.criterion


def _only_in_the_way(screened: Sequence[Screened], need: Constraint, strict: bool) -> list[Screened]:
    bad = (Verdict.FAIL, Verdict.UNKNOWN) if strict else (Verdict.FAIL,)
    return [
        one
        for one in screened
        if [check.constraint for check in one.checks if check.verdict in bad] == [need]
    ]


def _relaxation(
    need: Constraint, back: Sequence[Screened], situation: Situation, weights: Weights
) -> Relaxation:
    rows = in_order([valued(one.offer, situation, weights) for one in back])
    best = rows[0].offer
    ids = tuple(sorted(one.offer.id for one in back))
    bill = monthly_cost(best, situation)
    price = f" at {wording.interval_in_unit(bill.value, 'USD/month')}" if bill else " at an unknown cost"
    budget = situation.case.workload.monthly_budget_usd
    limit = f" (budget {wording.usd_per_month(budget)})" if budget is not None else ""
    words = (
        f"Dropping the need {need_words(need)!r} would bring back {wording.count(len(ids), 'offer')}"
        f"{_first_back(need, back)}; the best of them is {best.label}{price}{limit}."
    )
    return Relaxation(need, ids, best.id, words)


def _first_back(need: Constraint, back: Sequence[Screened]) -> str:
    """To where a limit would have to move for the first of them, where its figure is known."""
    if need.comparison is not Comparison.AT_MOST:
        return ""
    checks = (check for one in back for check in one.checks if check.constraint == need)
    lowest = [check.reading.value.low for check in checks if check.reading is not None]
    unit = CRITERIA[need.criterion].unit
    first = min((low for low in lowest if low > need.level), default=None)
    if first is None:
        return ""
    return f", a limit of about {wording.in_unit(first, unit)} in its place the first of them"


def need_words(need: Constraint) -> str:
    """A hard need in words: "Context window at least 200,000 tokens"."""
    criterion = CRITERIA[need.criterion]
    level = wording.in_unit(need.level, criterion.unit)
    if need.comparison is Comparison.IS:
        return criterion.label if need.level else f"not: {criterion.label}"
    return f"{criterion.label} {need.comparison.value} {level}"
