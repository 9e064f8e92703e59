"""Enough evidence, no more: when an offer need not be asked any further, valid however often one looks.

Right or wrong (or: two answers agree or not) is 0 or 1, so a running sum of it less its mean is
sub-Gaussian with variance 1/4 a step, and the difference of two offers asked separately with 1/2. For such
sums Robbins' normal mixture gives a boundary that is crossed at any time with probability `alpha` at most
(Robbins 1970; in this form Howard, Ramdas, McAuliffe & Sekhon 2021, "Time-uniform, nonparametric,
nonasymptotic confidence sequences", equation 14). It holds for prompts of different difficulty too: what it
bounds is the mean over the calls made, on these very prompts, and says nothing of other ones. The error
rate is shared out over all comparisons of a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from advisor.probe.equality import Category, judge
from advisor.probe.grading import grade
from advisor.probe.metrics import by_offer, by_prompt, identical
from advisor.probe.plan import RunPlan, wanted
from advisor.probe.samples import Sample
from advisor.wording import count, percent

ERROR_RATE = 0.05
"""Chance that any offer of a run is stopped wrongly."""
TOLERANCE = 0.10
"""Difference that does not matter: offers that close to each other are decided too."""
TUNED = 6.0
"""Where the boundary is tightest: at about 50 units of variance (rho of the source, v / 8.2)."""

RIGHTNESS = "pass rate"

Values = Mapping[tuple[str, int], float]
"""(prompt, number of the answer or pair) -> 0 or 1."""


def reach(variance: float, alpha: float) -> float:
    """How far a sum may lie from its mean at any time, two-sided, with error `alpha` over all times.

    Args:
        variance: Sum of the variance bounds of the steps so far.
        alpha: Error rate.
    """
    grown = variance + TUNED
    return math.sqrt(grown * math.log(grown / (TUNED * alpha * alpha)))


@dataclass(frozen=True, slots=True)
class Bound:
    """A mean with bounds that hold at all times together."""

    mean: float
    low: float
    high: float
    n: int


def own_bound(values: Sequence[float], alpha: float) -> Bound | None:
    """Bounds of a mean of values from 0 to 1; None without any."""
    return _bound(values, 0.25, alpha)


def paired_bound(first: Values, second: Values, alpha: float) -> Bound | None:
    """Bounds of the mean difference over the calls both offers answered; None without any."""
    both = [first[key] - second[key] for key in first if key in second]
    return _bound(both, 0.5, alpha)


def _bound(values: Sequence[float], variance: float, alpha: float) -> Bound | None:
    n = len(values)
    if n == 0:
        return None
    mean, away = sum(values) / n, reach(variance * n, alpha) / n
    return Bound(mean, mean - away, mean + away, n)


@dataclass(frozen=True, slots=True)
class Decided:
    """One lane that need not be asked any further."""

    lane: str
    why: Literal["beaten", "close", "passed", "missed"]
    words: str
    n: int
    """Answers, or pairs of them, it was decided on."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is looked at, and over how many prompts: the bounds hold for these, not for others like them."""

    what: str
    prompts: int

    @property
    def where(self) -> str:
        return "this one prompt" if self.prompts == 1 else f"these {self.prompts:,} prompts"

    def words(self, n: int) -> str:
        one, many = ("call", "calls") if self.what == RIGHTNESS else ("pair of calls", "pairs of calls")
        return f"{count(n, one, many)} on {self.where}"


def decided(plan: RunPlan, samples: Sequence[Sample], error_rate: float = ERROR_RATE) -> tuple[Decided, ...]:
    """Lanes that need no further call, in the order of the plan.

    A lane is decided when another is clearly better, when it clearly reaches or misses the pass mark, or,
    without a mark, when it lies within the tolerance of every lane that is not beaten itself.
    """
    what, values = observations(plan, samples)
    seen = _Seen(what, len({prompt for each in values.values() for prompt, _ in each}))
    lanes = [target.ref for target in plan.targets]
    mark = plan.minimum_pass_rate if what == RIGHTNESS else plan.minimum_agreement
    tests = max(1, len(lanes) * (len(lanes) - 1) // 2 + (len(lanes) if mark is not None else 0))
    alpha = error_rate / tests
    pairs = dict(_pairs(lanes, values, alpha))
    beaten = dict(_beaten(lanes, pairs, plan, seen))
    found = dict(beaten)
    for lane in lanes:
        if lane in beaten:
            continue
        told = _against_mark(lane, values, mark, alpha, seen) if mark is not None else None
        told = told or (_close(lane, lanes, beaten, pairs, seen) if mark is None else None)
        if told is not None:
            found[lane] = told
    return tuple(found[lane] for lane in lanes if lane in found)


def observations(plan: RunPlan, samples: Sequence[Sample]) -> tuple[str, dict[str, Values]]:
    """What is looked at, and its values by lane: right answers where some are judged, else agreement.

    Agreement of free text is looked at only where no prompt has a declared answer type, and is called
    approximate.
    """
    prompts = {prompt.id: prompt for prompt in plan.prompts}
    expects = any(prompt.judged_alone for prompt in plan.prompts)
    typed = {prompt.id for prompt in plan.prompts if prompt.answer_type != "free"}
    counted = set(prompts) if expects or not typed else typed
    values: dict[str, Values] = {}
    for lane, mine in by_offer(identical(samples)).items():
        seen: dict[tuple[str, int], float] = {}
        for prompt_id, replies in by_prompt(mine).items():
            if prompt_id not in counted:
                continue
            if expects:
                grades = grade(replies, prompts[prompt_id])
                pairs = zip(replies, grades, strict=True)
                seen |= {(prompt_id, one.repeat): float(right) for one, right in pairs if right is not None}
            else:
                judged = judge(replies, prompts[prompt_id])
                keys = {
                    one.repeat: its.key
                    for one, its in zip(replies, judged, strict=True)
                    if its.category is Category.VALID
                }
                # Disjoint pairs: each says independently whether two answers agree.
                seen |= {
                    (prompt_id, first // 2): float(keys[first] == keys[first + 1])
                    for first in keys
                    if first % 2 == 0 and first + 1 in keys
                }
        values[lane] = seen
    return (RIGHTNESS if expects else "agreement" if typed else "agreement (approximate)"), values


def _pairs(
    lanes: Sequence[str], values: Mapping[str, Values], alpha: float
) -> Iterator[tuple[tuple[str, str], Bound]]:
    for one, other in combinations(lanes, 2):
        found = paired_bound(values.get(one, {}), values.get(other, {}), alpha)
        if found is not None:
            yield (one, other), found
            yield (other, one), Bound(-found.mean, -found.high, -found.low, found.n)


def _beaten(
    lanes: Sequence[str], pairs: Mapping[tuple[str, str], Bound], plan: RunPlan, seen: _Seen
) -> Iterator[tuple[str, Decided]]:
    names = {target.ref: target.label for target in plan.targets}
    for lane in lanes:
        better = [(bound, rival) for rival in lanes if (bound := pairs.get((rival, lane))) and bound.low > 0]
        if better:
            bound, rival = max(better, key=lambda one: one[0].low)
            words = (
                f"its {seen.what} lies {_points(bound.mean)} below that of {names[rival]} (at least "
                f"{_points(bound.low)}, {seen.words(bound.n)})"
            )
            yield lane, Decided(lane, "beaten", words, bound.n)


def _against_mark(
    lane: str, values: Mapping[str, Values], mark: float, alpha: float, seen: _Seen
) -> Decided | None:
    bound = own_bound(list(values.get(lane, {}).values()), alpha)
    if bound is None or bound.low < mark <= bound.high:
        return None
    passed = bound.low >= mark
    verb, limit = ("reaches", f"at least {percent(bound.low)}") if passed else ("misses", _most(bound))
    words = f"its {seen.what} {verb} the mark of {percent(mark)} ({limit}, {seen.words(bound.n)})"
    return Decided(lane, "passed" if passed else "missed", words, bound.n)


def _most(bound: Bound) -> str:
    return f"at most {percent(max(0.0, bound.high))}"


def _close(
    lane: str,
    lanes: Sequence[str],
    beaten: Mapping[str, Decided],
    pairs: Mapping[tuple[str, str], Bound],
    seen: _Seen,
) -> Decided | None:
    rivals = [other for other in lanes if other != lane and other not in beaten]
    bounds = [pairs.get((lane, other)) for other in rivals]
    if not bounds or not all(bound and max(-bound.low, bound.high) <= TOLERANCE for bound in bounds):
        # The last one standing has nobody left to be compared with.
        alone = not rivals and len(lanes) > 1
        words = f"every other offer is behind on {seen.where}"
        return Decided(lane, "passed", words, min(one.n for one in beaten.values())) if alone else None
    n = min(bound.n for bound in bounds if bound)
    words = f"its {seen.what} is within {_points(TOLERANCE)} of every other one's ({seen.words(n)})"
    return Decided(lane, "close", words, n)


def _points(share: float) -> str:
    return count(round(100 * share), "point")


@dataclass(frozen=True, slots=True)
class Saved:
    """What stopping early kept from being spent."""

    calls: int
    usd: float | None
    """By the mean cost of each lane's calls so far; None when one of them is unknown."""


def saved(plan: RunPlan, samples: Sequence[Sample]) -> Saved:
    """Calls of the plan that are no longer part of the run, and about what they would have cost."""
    left = _left_out(plan, samples)
    usd: float | None = 0.0
    for lane, number in left.items():
        costs = [one.cost_usd for one in samples if one.offer == lane and one.reply is not None]
        known = [cost for cost in costs if cost is not None]
        usd = None if usd is None or not known else usd + number * sum(known) / len(known)
    return Saved(sum(left.values()), usd)


def _left_out(plan: RunPlan, samples: Sequence[Sample]) -> dict[str, int]:
    """Lane -> planned calls that are not part of the run any more."""
    there = {(one.offer, one.prompt, one.repeat, one.purpose) for one in samples}
    left: dict[str, int] = {}
    for want in wanted(plan):
        if (want.target.ref, want.prompt.id, want.repeat, want.purpose) not in there:
            left[want.target.ref] = left.get(want.target.ref, 0) + 1
    return left


STOPPED_CAVEAT = (
    "An offer is looked at until it is clear, so the figures of a stopped one are a little too far from "
    "the others', and their intervals do not allow for that; the reasons given here do. They hold for the "
    "prompts asked; the intervals, and so the pass marks, are about other prompts like them, and may leave "
    "open what is decided for these."
)
"""What stopping early does to the other figures (a known bias of sequential designs)."""


def stopped(plan: RunPlan, samples: Sequence[Sample]) -> tuple[str, ...]:
    """For each lane that was asked no further, why, in a sentence."""
    left, names = _left_out(plan, samples), {target.ref: target.label for target in plan.targets}
    why = {one.lane: one.words for one in decided(plan, samples)}
    other = "it was decided for these prompts"
    return tuple(f"{names[lane]} was asked no further: {why.get(lane, other)}." for lane in left)
