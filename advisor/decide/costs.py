"""What the six outcomes do to the bill: cost per task and month, and how each choice moved it."""

from __future__ import annotations

from collections.abc import Sequence

from advisor import wording
from advisor.catalog.entries import CatalogOffer
from advisor.cost.profile import TokenProfile
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import CostStep
from advisor.decide.hosting import SELF, hosted
from advisor.decide.plan import Situation
from advisor.decide.readings import monthly_cost, per_success, total_under
from advisor.interval import Interval


def usd_per_task(offer: CatalogOffer, situation: Situation) -> Interval | None:
    """US dollars per finished task: measured where it was, else computed; None when unknown."""
    reading = situation.once(("task", offer.id), lambda: CRITERIA["cost"].read(offer, situation))
    return reading.value if reading else None


def usd_per_month(offer: CatalogOffer, situation: Situation) -> Interval | None:
    """US dollars per month at the brief's number of requests; None when unknown."""
    reading = situation.once(("month", offer.id), lambda: monthly_cost(offer, situation))
    return reading.value if reading else None


def cost_steps(offer: CatalogOffer, situation: Situation) -> tuple[CostStep, ...]:
    """How each choice moved the cost of one task with this offer, in the order the choices apply."""
    profile = situation.plan.base_profile
    before = _usd(offer, profile, situation)
    steps = [_moved_home(offer, before, situation)] if offer.provider.id == SELF else []
    for effect in situation.plan.effects:
        profile = effect.apply(profile)
        after = _usd(offer, profile, situation)
        words = _words(effect.because, before, after, profile)
        steps.append(CostStep(effect.step, effect.because, before, after, words))
        before = after
    return tuple(steps)


def moves(steps: Sequence[CostStep]) -> tuple[str, ...]:
    """The steps that moved the cost, or may have, in words; what left it as it was is not told."""
    return tuple(step.words for step in steps if step.usd_after is None or step.usd_before != step.usd_after)


def _moved_home(offer: CatalogOffer, rent: Interval | None, situation: Situation) -> CostStep:
    """From the cheapest host of the same model to GPU rent."""
    profile = situation.plan.base_profile
    hosts = [one for one in situation.catalog.offers if one.model.id == offer.model.id]
    bills = [usd for host in hosts if (usd := _usd(host, profile, situation)) is not None]
    cheapest = min(bills, key=lambda usd: usd.mid, default=None)
    because = "your own machines instead of the cheapest host of the same model"
    return CostStep("access", because, cheapest, rent, _words(because, cheapest, rent, profile))


def _usd(offer: CatalogOffer, profile: TokenProfile, situation: Situation) -> Interval | None:
    if offer.provider.id == SELF:
        found = hosted(offer, profile, situation)
        rent = found.usd_per_task if found else None
        return None if rent is None else per_success(rent, profile) or rent
    total = total_under(offer, profile, situation)
    return None if total is None else per_success(total, profile) or total


def _words(because: str, before: Interval | None, after: Interval | None, profile: TokenProfile) -> str:
    start = f"Because you chose {because}, cost per request"
    if before is None and after is not None:
        return f"{start} went from an unknown amount to {wording.about(after, wording.usd)}."
    if before is None or after is None:
        why = "the price is not known" if profile.input_tokens else "the tokens per request are not known"
        return f"{start} changes, but by how much is unknown: {why}."
    if before == after:
        return f"{start} stays at {wording.usd_interval(after)}."
    was, now = (wording.about(value, wording.usd) for value in (before, after))
    return f"{start} went from {was} to {now}."
