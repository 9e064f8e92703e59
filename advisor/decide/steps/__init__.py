"""The six decisions in order, and the plan they add up to."""

from __future__ import annotations

from dataclasses import replace

from advisor.case import Case, Workload
from advisor.cost.profile import ZERO, TokenProfile
from advisor.decide.advice import Advice, Comparison, Constraint
from advisor.decide.plan import Plan
from advisor.decide.questions import Step
from advisor.decide.steps import access, attributes, autonomy, knowledge, reasoning, tuning
from advisor.errors import NotFound
from advisor.interval import Interval, exact_or_none

STEPS: tuple[Step, ...] = (
    access.STEP,
    reasoning.STEP,
    attributes.STEP,
    knowledge.STEP,
    tuning.STEP,
    autonomy.STEP,
)


def step(key: str) -> Step:
    """A step by its key.

    Raises:
        NotFound: There is none.
    """
    for one in STEPS:
        if one.key == key:
            return one
    known = ", ".join(one.key for one in STEPS)
    raise NotFound(f"There is no decision called {key}.", f"Choose one of {known}.")


def summary(key: str, case: Case) -> str:
    """One sentence on where a decision stands, for lists of answers."""
    advice = step(key).advise(case)
    return advice.headline if advice.choice == advice.recommended else f"You decided: {advice.choice_label}."


def plan_for(case: Case) -> Plan:
    """The advice of all six steps, and one task's tokens before and after what follows from it."""
    advice = tuple(one.advise(case) for one in STEPS)
    effects = tuple(effect for said in advice for effect in said.effects)
    base = base_profile(case.workload)
    profile = base
    for effect in effects:
        profile = effect.apply(profile)
    effort = reasoning.effort_of(next(said.choice for said in advice if said.step == reasoning.KEY))
    return Plan(_with_context_need(advice, profile), base, profile, effects, effort)


def base_profile(workload: Workload) -> TokenProfile:
    """One plain call as the brief describes it; what is not given stays unknown."""
    longest = workload.largest_input_tokens
    return TokenProfile(
        input_tokens=exact_or_none(workload.input_tokens),
        output_tokens=exact_or_none(workload.output_tokens),
        cached_share=exact_or_none(workload.cached_input_share) or ZERO,
        largest_input_tokens=exact_or_none(workload.input_tokens if longest is None else longest),
        batch_share=exact_or_none(workload.batch_share) or ZERO,
    )


def _with_context_need(advice: tuple[Advice, ...], profile: TokenProfile) -> tuple[Advice, ...]:
    """The same advice, decision 3 also demanding room for the longest prompt after all effects."""
    need = profile.largest_input_tokens
    if need is None:
        return advice
    constraint = Constraint("context", Comparison.AT_LEAST, need.mid, attributes.KEY, _context_words(need))
    return tuple(
        replace(said, constraints=(*said.constraints, constraint)) if said.step == attributes.KEY else said
        for said in advice
    )


def _context_words(need: Interval) -> str:
    about = "" if need.known else "about "
    return f"the longest prompt has {about}{need.mid:,.0f} tokens, with all that the plan adds to it"
