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
from advisor.probe.statistics import differs_at_most, t_quantile, wilson

POWER = 0.8
"""Chance to see a difference that is there."""
TYPICAL_SD = 0.2
"""Spread of agreement between prompts; 0.13 to 0.32 in nine published set-ups that were not fully stable."""
TYPICAL_MEAN = 0.8
"""Agreement the reach is told for; at 0.9 it is about one point wider."""
FEWEST_PROMPTS = 5
"""Below this no interval over prompts is worth saying."""
_GOOD = 0.9
_LADDER = (0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)


def prompts_to_tell(one: float, other: float, pairs: int = 1) -> int:
    """Prompts per offer that tell two pass rates apart: two-sided 5 %, power 80 %, different prompts.

    The usual normal approximation of two proportions (Fleiss, Levin & Paik 2003, section 4.2, without
    continuity correction). Same prompts for both offers need fewer.

    Args:
        one: A pass rate.
        other: Another one.
        pairs: Comparisons the run makes; the 5 % are shared out over them, as its result does.

    Raises:
        ValueError: The rates are equal.
    """
    if one == other:
        raise ValueError("equal rates cannot be told apart")
    middle = (one + other) / 2
    null = NormalDist().inv_cdf(1 - 0.025 / pairs) * math.sqrt(2 * middle * (1 - middle))
    real = NormalDist().inv_cdf(POWER) * math.sqrt(one * (1 - one) + other * (1 - other))
    return math.ceil(((null + real) / (one - other)) ** 2)


def agreement_reach(prompts: int) -> float:
    """Half the width of the interval a run reports of one offer's agreement, for the typical spread.

    That interval holds two pseudo-prompts, 0 and 1 (see `statistics.prompts_interval`), so it is wider than
    Student's over the prompts alone.
    """
    n, mean = prompts + 2, (prompts * TYPICAL_MEAN + 1) / (prompts + 2)
    squares = (prompts - 1) * TYPICAL_SD**2 + prompts * (TYPICAL_MEAN - mean) ** 2
    variance = (squares + mean**2 + (1 - mean) ** 2) / (n - 1)
    return t_quantile(0.975, n - 1) * math.sqrt(variance / n)


def smallest_change(prompts: int, pairs: int = 1) -> float:
    """Smallest difference of agreement between two settings seen in 4 of 5 runs, on the same prompts.

    Args:
        prompts: How many.
        pairs: Comparisons the run makes; the 5 % are shared out over them, as its result does.
    """
    # Correlation of one half between two settings of the same prompts: the design note's middle case.
    reach = t_quantile(1 - 0.025 / pairs, prompts - 1) + t_quantile(POWER, prompts - 1)
    return reach * TYPICAL_SD / math.sqrt(prompts)


def promise(plan: RunPlan) -> str:
    """What the run can show and what it cannot, in a sentence or two."""
    if plan.embeds:
        return "It turns stored replies into numbers, for a second opinion on which say the same."
    prompts, design = len(plan.prompts), DESIGNS[plan.design]
    for applies, words in (
        (bool(plan.rungs), _of_load),
        (design.takes_wordings, _of_wordings),
        (design.takes_document, _of_lengths),
    ):
        if applies:
            return words(plan)
    if prompts == 1:
        return _of_one_prompt(plan)
    if prompts < FEWEST_PROMPTS:
        return (
            f"With {prompts} prompts it shows single prompts only: fewer than {FEWEST_PROMPTS} say nothing "
            "about an offer as a whole."
        )
    if design.sweeps and design.sweeps != "effort":
        return wording.sentence(_of_changes(plan))
    return f"{wording.sentence(_of_pass_rates(plan))} {wording.sentence(_of_agreement(plan))}"


def _pairs(plan: RunPlan) -> int:
    """Comparisons of two offers or settings the result makes."""
    return max(1, len(plan.comparisons))


def _among(some: int, plan: RunPlan, what: str) -> str:
    """How many of the prompts count, such as "With the 12 of 30 prompts that are judged"."""
    every = len(plan.prompts)
    return f"with {every} prompts" if some == every else f"with the {some} of {every} prompts {what}"


def _of_pass_rates(plan: RunPlan) -> str:
    judged = sum(prompt.judged_alone for prompt in plan.prompts)
    waiting = sum(prompt.graded for prompt in plan.prompts) - judged
    if not waiting:
        return _told_apart(judged, plan)
    if not judged:
        wait = "waits" if waiting == 1 else "wait"
        return (
            f"{wording.count(waiting, 'prompt')} {wait} for a judge model: the pass rate is unknown until it "
            "has read the replies"
        )
    return f"{_told_apart(judged, plan)}; {waiting} more count once a judge model has read their replies"


def _told_apart(judged: int, plan: RunPlan) -> str:
    if not judged:
        return "no prompt has an expected answer or a grader, so the pass rate stays unknown"
    start = _among(judged, plan, "that are judged")
    if judged < FEWEST_PROMPTS:
        return f"{start}, the pass rate holds for these alone"
    if judged >= prompts_to_tell(_GOOD, 0.95, _pairs(plan)):
        return f"{start} it tells a pass rate of 90 from 95 % in 4 of 5 runs"
    told = next((one for one in _LADDER if judged >= prompts_to_tell(one, _GOOD, _pairs(plan))), None)
    if told is None:
        return f"{start} it tells no two pass rates apart unless they are all and nothing"
    missed = "90 from 95" if told == _LADDER[0] else f"{100 * (told + 0.1):.0f} from 90"
    return f"{start} it tells a pass rate of {100 * told:.0f} from 90 % in 4 of 5 runs, not {missed} %"


def _of_agreement(plan: RunPlan) -> str:
    typed = _typed(plan)
    if plan.samples_per_prompt < 2:
        return "agreement stays unknown, for it takes two samples of a prompt"
    if not typed:
        return "agreement is approximate, for every prompt is answered in free text"
    start = _among(typed, plan, "that declare an answer type")
    if typed < FEWEST_PROMPTS:
        return f"{start}, agreement holds for these alone"
    return f"{start}, agreement is known to about ± {_points(agreement_reach(typed))}"


def _of_changes(plan: RunPlan) -> str:
    typed = _typed(plan)
    if not typed:
        return "every prompt is answered in free text, so a change of agreement shows only approximately"
    start = _among(typed, plan, "that declare an answer type")
    if typed < FEWEST_PROMPTS:
        return f"{start}, it shows single prompts only"
    return (
        f"{start}, it sees a change of agreement of about {_points(smallest_change(typed, _pairs(plan)))} "
        "between two settings in 4 of 5 runs, not a smaller one"
    )


def _typed(plan: RunPlan) -> int:
    return sum(prompt.answer_type != "free" for prompt in plan.prompts)


def _of_one_prompt(plan: RunPlan) -> str:
    samples, rough = plan.samples_per_prompt, "" if _typed(plan) else " (free text, compared approximately)"
    return (
        f"If all {samples} answers are equal{rough}, the next one may still differ in up to "
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
    rough = "" if _typed(plan) else " (free text, compared approximately)"
    return (
        f"With {wording.count(len(plan.prompts), 'wording')} it shows, at best to about "
        f"± {_points((high - low) / 2)}, how far the answer to this question{rough} hangs on its wording; "
        "about other questions it says nothing."
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
