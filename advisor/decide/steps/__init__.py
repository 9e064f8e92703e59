"""The six decisions in order, and the plan they add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from advisor.case import Case, Workload
from advisor.cost.profile import ZERO, TokenProfile
from advisor.decide.advice import Advice, Comparison, Constraint, Effect
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
    profile = _after(effects, base)
    typical = _after(effects, replace(base, largest_input_tokens=base.input_tokens)).largest_input_tokens
    room = _context_need(case, advice, typical)
    effort = reasoning.effort_of(next(said.choice for said in advice if said.step == reasoning.KEY))
    return Plan(_joined(advice, room), base, profile, effects, effort)


def _after(effects: tuple[Effect, ...], profile: TokenProfile) -> TokenProfile:
    for effect in effects:
        profile = effect.apply(profile)
    return profile


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


def _joined(advice: tuple[Advice, ...], room: tuple[Constraint, ...]) -> tuple[Advice, ...]:
    """The same advice, decision 3 also holding what only all six together can say.

    That is the weights the other decisions ask for, and room for the longest prompt.
    """
    weights = _highest(said.importance for said in advice)
    return tuple(
        replace(said, importance=weights, constraints=said.constraints + room)
        if said.step == attributes.KEY
        else said
        for said in advice
    )


def _highest(proposals: Iterable[dict[str, float] | None]) -> dict[str, float]:
    """Each criterion at the highest importance any decision gives it."""
    weights: dict[str, float] = {}
    for proposal in proposals:
        for key, value in (proposal or {}).items():
            weights[key] = max(weights.get(key, 0.0), value)
    return weights


def _context_need(case: Case, advice: tuple[Advice, ...], typical: Interval | None) -> tuple[Constraint, ...]:
    """Room for a typical prompt with all that the plan adds (`typical`), and for the longest input.

    Only where retrieval stands in for the longest input need that not fit.
    """
    longest = case.workload.largest_input_tokens
    if longest is not None and (typical is None or longest > typical.mid):
        if typical is None or not _passages_stand_in(case, advice):
            return (_room(longest, f"your longest input has {longest:,.0f} tokens"),)
        sent = f"retrieval sends passages, in prompts of about {typical.mid:,.0f} tokens,"
        return (_room(typical.mid, f"{sent} in place of your longest input of {longest:,.0f}"),)
    if typical is None:
        return ()
    about = "" if typical.known else "about "
    because = f"a typical prompt has {about}{typical.mid:,.0f} tokens, with all that the plan adds to it"
    return (_room(typical.mid, because),)


def _passages_stand_in(case: Case, advice: tuple[Advice, ...]) -> bool:
    retrieval = next(said.choice for said in advice if said.step == knowledge.KEY)
    return retrieval in ("rag", "advanced_rag") and case.answer(attributes.KEY, "long_input") == "pieces"


def _room(tokens: float, because: str) -> Constraint:
    return Constraint("context", Comparison.AT_LEAST, tokens, attributes.KEY, because)
