"""The screen: each hard need against each offer, with three outcomes - pass, fail, unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from sys import intern
from typing import cast

from advisor import wording
from advisor.case import Case
from advisor.catalog.entries import CatalogOffer
from advisor.decide.advice import Advice, Comparison, Constraint
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import Check, Excluded, Reading, Verdict
from advisor.decide.plan import Situation
from advisor.decide.readings import NOTICE_DAYS
from advisor.decide.scales import Objective
from advisor.errors import BadCase
from advisor.interval import Interval

LASTING = f"what ends within {NOTICE_DAYS} days would have to be replaced at once"
ACTIVE = Constraint("active", Comparison.IS, 1.0, "brief", LASTING)
"""Always in force."""

CHECKS_KEPT = 50_000
"""Checks kept with the catalog: some hundred needs over all offers, a few dozen megabytes."""

PREFERENCES = "preferences"
"""Step key of minimum levels the user set on a criterion."""


@dataclass(frozen=True, slots=True)
class Screened:
    """An offer with its checks."""

    offer: CatalogOffer
    checks: tuple[Check, ...]

    def failed(self) -> tuple[Check, ...]:
        """Needs it does not meet."""
        return tuple(check for check in self.checks if check.verdict is Verdict.FAIL)

    def unknown(self) -> tuple[Check, ...]:
        """Needs it is not known to meet."""
        return tuple(check for check in self.checks if check.verdict is Verdict.UNKNOWN)

    def survives(self, exclude_unknown: bool) -> bool:
        """Whether it stays in the ranking."""
        return not self.failed() and not (exclude_unknown and self.unknown())


def constraints_for(case: Case, advice: Sequence[Advice]) -> tuple[Constraint, ...]:
    """Every hard need: the steps', the brief's and the minimum levels; the strictest of each kind.

    Raises:
        BadCase: A minimum level names no criterion.
    """
    stated = [constraint for one in advice for constraint in one.constraints]
    strictest: dict[tuple[str, Comparison], Constraint] = {}
    for need in [*stated, *_minimum_levels(case), *_brief(case), ACTIVE]:
        kind = (need.criterion, need.comparison)
        strictest[kind] = _stricter(strictest[kind], need) if kind in strictest else need
    return tuple(strictest.values())


def _brief(case: Case) -> list[Constraint]:
    """The budget and the latency target of the brief."""
    budget, target = case.workload.monthly_budget_usd, case.workload.latency_target_s
    needs: list[Constraint] = []
    if budget is not None:
        because = f"your budget is {wording.usd_per_month(budget)}"
        needs.append(Constraint("monthly_cost", Comparison.AT_MOST, budget, "brief", because))
    if target is not None:
        because = f"the complete answer may take {wording.seconds(target)}"
        needs.append(Constraint("answer_time", Comparison.AT_MOST, target, "brief", because))
    return needs


def _minimum_levels(case: Case) -> list[Constraint]:
    needs: list[Constraint] = []
    for key, level in case.preferences.minimum_levels.items():
        if key not in CRITERIA:
            hint = f"Use keys out of {', '.join(CRITERIA)}."
            raise BadCase("case", "preferences.minimum_levels", f"{key!r} is not a criterion.", hint)
        most = CRITERIA[key].objective is Objective.MIN
        comparison = Comparison.AT_MOST if most else Comparison.AT_LEAST
        needs.append(Constraint(key, comparison, level, PREFERENCES, "you set this minimum level"))
    return needs


def _stricter(a: Constraint, b: Constraint) -> Constraint:
    if a.level == b.level:
        both = a.because if b.because in a.because else f"{a.because}; {b.because}"
        return replace(a, because=both)
    lower = b if b.level < a.level else a
    upper = a if lower is b else b
    return lower if a.comparison is Comparison.AT_MOST else upper


def screened(offer: CatalogOffer, needs: Sequence[Constraint], situation: Situation) -> Screened:
    """One offer held against every hard need."""
    return Screened(offer, tuple(check(need, offer, situation) for need in needs))


def check(need: Constraint, offer: CatalogOffer, situation: Situation) -> Check:
    """One hard need held against one offer.

    What depends on the offer alone is looked up once for all cases; own endpoints are each case's own.
    """
    catalog = situation.catalog
    if not CRITERIA[need.criterion].timeless or offer.model.id not in catalog.model_by_id:
        return situation.once((need, offer.id), lambda: _checked(need, offer, situation))
    known = cast("dict[tuple[Constraint, str], Check]", catalog.memo.setdefault("checks", {}))
    if len(known) > CHECKS_KEPT:
        known.clear()
    found = known.get((need, offer.id))
    if found is None:
        found = known[need, offer.id] = _checked(need, offer, situation)
    return found


def verdict_on(need: Constraint, offer: CatalogOffer, situation: Situation) -> Verdict:
    """The verdict of `check`, without its words where they would have to be written anew."""
    if CRITERIA[need.criterion].timeless:
        return check(need, offer, situation).verdict
    reading = CRITERIA[need.criterion].read(offer, situation)
    return Verdict.UNKNOWN if reading is None else _VERDICTS[need.comparison](reading.value, need.level)


def _checked(need: Constraint, offer: CatalogOffer, situation: Situation) -> Check:
    reading = CRITERIA[need.criterion].read(offer, situation)
    if reading is None:
        words = f"{CRITERIA[need.criterion].label} is not known; {_needed(need)}"
        return Check(need, Verdict.UNKNOWN, None, None, intern(words))
    verdict = _VERDICTS[need.comparison](reading.value, need.level)
    return Check(
        need, verdict, reading, margin(need, reading.value.mid), intern(_words(need, reading, verdict))
    )


def _at_least(value: Interval, level: float) -> Verdict:
    if value.low >= level:
        return Verdict.PASS
    return Verdict.FAIL if value.high < level else Verdict.UNKNOWN


def _at_most(value: Interval, level: float) -> Verdict:
    if value.high <= level:
        return Verdict.PASS
    return Verdict.FAIL if value.low > level else Verdict.UNKNOWN


def _is(value: Interval, level: float) -> Verdict:
    if value.known:
        return Verdict.PASS if value.mid == level else Verdict.FAIL
    return Verdict.UNKNOWN if value.low <= level <= value.high else Verdict.FAIL


_VERDICTS: dict[Comparison, Callable[[Interval, float], Verdict]] = {
    Comparison.AT_LEAST: _at_least,
    Comparison.AT_MOST: _at_most,
    Comparison.IS: _is,
}


def margin(need: Constraint, figure: float) -> float:
    """How far inside (positive) or outside (negative) the level a figure is, in the criterion's unit."""
    if need.comparison is Comparison.AT_LEAST:
        return figure - need.level
    if need.comparison is Comparison.AT_MOST:
        return need.level - figure
    return 0.0 - abs(figure - need.level)  # a bare minus would make an exact hit -0.0


def _needed(need: Constraint) -> str:
    level = wording.in_unit(need.level, CRITERIA[need.criterion].unit)
    if need.comparison is Comparison.IS:
        return f"{level} is needed because {need.because}"
    return f"{need.comparison.value} {level} is needed because {need.because}"


_SIGNS: dict[tuple[Comparison, Verdict], str] = {
    (Comparison.AT_LEAST, Verdict.PASS): "≥",
    (Comparison.AT_LEAST, Verdict.FAIL): "<",
    (Comparison.AT_MOST, Verdict.PASS): "≤",
    (Comparison.AT_MOST, Verdict.FAIL): ">",
}


def _words(need: Constraint, reading: Reading, verdict: Verdict) -> str:
    criterion = CRITERIA[need.criterion]
    span = wording.interval_in_unit(reading.value, criterion.unit)
    sign = _SIGNS.get((need.comparison, verdict))
    if sign is None:
        return f"{criterion.label}: {span}; {_needed(need)}"
    level = wording.in_unit(need.level, criterion.unit)
    asked = "needed" if need.comparison is Comparison.AT_LEAST else "allowed"
    return f"{criterion.label} {span} {sign} {level} {asked}: {need.because}"


def excluded(one: Screened) -> Excluded:
    """An offer that is out, with the reasons in one sentence."""
    grounds = one.failed() or one.unknown()
    # Many decisions are in memory at once and say the same of the same offers: one text serves all.
    words = intern(wording.sentence("; ".join(check.words for check in grounds)))
    return Excluded(one.offer, one.failed(), one.unknown(), words)


def nearest_first(rows: list[Excluded]) -> tuple[Excluded, ...]:
    """Nearest misses first: fewest failed needs, then the smallest shortfall against the level."""
    return tuple(sorted(rows, key=lambda row: (len(row.failed), _shortfall(row), row.offer.id)))


def _shortfall(row: Excluded) -> float:
    return max((_relative(check) for check in row.failed), default=0.0)


def _relative(check: Check) -> float:
    if check.margin is None:
        return 0.0
    return abs(check.margin) / max(abs(check.constraint.level), 1e-12)
