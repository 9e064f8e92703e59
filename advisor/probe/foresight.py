"""What a run can and cannot show, and how long it takes, said before it costs anything."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from advisor import wording
from advisor.interval import Interval
from advisor.probe.designs import DESIGNS, calls_at
from advisor.probe.plan import RunPlan
from advisor.probe.statistics import Z_95, differs_at_most, t_quantile, wilson

POWER = 0.8
"""Chance to see a difference that is there."""
TYPICAL_SD = 0.2
"""Spread of agreement between prompts; 0.13 to 0.32 in nine published set-ups that were not fully stable."""
FEWEST_PROMPTS = 5
"""Below this no interval over prompts is worth saying."""
_GOOD = 0.9
_LADDER = (0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)


def prompts_to_tell(one: float, other: float) -> int:
    """Prompts per offer that tell two pass rates apart: two-sided 5 %, power 80 %, different prompts.

    The usual normal approximation of two proportions (Fleiss, Levin & Paik 2003, section 4.2, without
    continuity correction). Same prompts for both offers need fewer.

    Raises:
        ValueError: The rates are equal.
    """
    if one == other:
        raise ValueError("equal rates cannot be told apart")
    middle = (one + other) / 2
    null = Z_95 * math.sqrt(2 * middle * (1 - middle))
    real = NormalDist().inv_cdf(POWER) * math.sqrt(one * (1 - one) + other * (1 - other))
    return math.ceil(((null + real) / (one - other)) ** 2)


def agreement_reach(prompts: int) -> float:
    """Half the width of the interval of one offer's agreement, for the typical spread between prompts."""
    return t_quantile(0.975, prompts - 1) * TYPICAL_SD / math.sqrt(prompts)


def smallest_change(prompts: int) -> float:
    """Smallest difference of agreement between two settings seen in 4 of 5 runs, on the same prompts."""
    # Correlation of one half between two settings of the same prompts: the design note's middle case.
    return (Z_95 + NormalDist().inv_cdf(POWER)) * TYPICAL_SD / math.sqrt(prompts)


def promise(plan: RunPlan) -> str:
    """What the run can show and what it cannot, in one sentence."""
    prompts, design = len(plan.prompts), DESIGNS[plan.design]
    for applies, words in (
        (bool(plan.rungs), _of_load),
        (design.takes_wordings, _of_wordings),
        (design.takes_document, _of_lengths),
    ):
        if applies:
            return words(plan)
    if prompts == 1:
        return _of_one_prompt(plan.samples_per_prompt)
    if prompts < FEWEST_PROMPTS:
        return (
            f"With {prompts} prompts it shows single prompts only: fewer than {FEWEST_PROMPTS} say nothing "
            "about an offer as a whole."
        )
    if design.sweeps:
        return (
            f"With {prompts} prompts it sees a change of agreement of about "
            f"{_points(smallest_change(prompts))} between two settings in 4 of 5 runs, not a smaller one."
        )
    return f"{_of_pass_rates(prompts)}; agreement is known to about ± {_points(agreement_reach(prompts))}."


def _of_pass_rates(prompts: int) -> str:
    start = f"With {prompts} prompts it tells a pass rate of"
    if prompts >= prompts_to_tell(_GOOD, 0.95):
        return f"{start} 90 from 95 % in 4 of 5 runs"
    told = next((share for share in _LADDER if prompts >= prompts_to_tell(share, _GOOD)), None)
    if told is None:
        return f"With {prompts} prompts it tells no two pass rates apart unless they are all and nothing"
    missed = "90 from 95" if told == _LADDER[0] else f"{100 * (told + 0.1):.0f} from 90"
    return f"{start} {100 * told:.0f} from 90 % in 4 of 5 runs, not {missed} %"


def _of_one_prompt(samples: int) -> str:
    return (
        f"If all {samples} answers are equal, the next one may still differ in up to "
        f"{wording.percent(differs_at_most(samples))} of cases; about other prompts it says nothing."
    )


def _of_load(plan: RunPlan) -> str:
    return (
        f"It shows tokens per second and waiting times with up to {plan.rungs[-1]} calls at once, at one "
        "moment; it says nothing about the answers."
    )


def _of_wordings(plan: RunPlan) -> str:
    answers = len(plan.prompts) * plan.samples_per_prompt
    low, high = wilson(answers // 2, answers)
    return (
        f"With {wording.count(len(plan.prompts), 'wording')} it shows to about ± {_points((high - low) / 2)} "
        "how far the answer to this question hangs on its wording; about other questions it says nothing."
    )


def _of_lengths(plan: RunPlan) -> str:
    samples = plan.samples_per_prompt
    return (
        f"It shows time and cost at each length; a change of the answer only when it is gross: "
        f"{samples} equal answers still leave room for {wording.percent(differs_at_most(samples))} of others."
    )


def _points(share: float) -> str:
    return f"{100 * share:.0f} points"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one offer is expected to answer."""

    first_s: float
    """Seconds to the first token."""
    per_token_s: float


def time_needed(plan: RunPlan, paces: Mapping[str, Pace | None]) -> Interval | None:
    """Seconds the run takes, from answers of a few words to the longest allowed; None when a pace is unknown.

    Args:
        plan: What is asked.
        paces: Pace by offer, without variants.
    """
    known = [paces.get(target.offer) for target in plan.targets]
    each = [pace for pace in known if pace is not None]
    if len(each) < len(known):
        return None
    short, long = (
        sum(pace.first_s + tokens * pace.per_token_s for pace in each)
        for tokens in (min(10, plan.max_output_tokens), plan.max_output_tokens)
    )
    share = plan.calls_per_offer / min(plan.concurrency, plan.calls)
    if plan.rungs:
        # One offer after the other, each step at its own number of calls at once.
        share = plan.warm_up + sum(calls_at(rung) / rung for rung in plan.rungs)
    return Interval(short * share, (short * long) ** 0.5 * share, long * share)
