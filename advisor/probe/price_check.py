"""Two price tables over the same tokens: ours and LiteLLM's, and what to think when they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor import wording
from advisor.probe.metrics import by_offer
from advisor.probe.money import CostParts, cost_parts, unpriced_audio
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.targets import Target

SAME_WITHIN = 0.005
"""Relative difference up to which two price tables agree."""


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """Our dollars and LiteLLM's for the calls of one offer that both can price."""

    offer: str
    label: str
    calls: int
    ours_usd: float
    litellm_usd: float

    @property
    def agrees(self) -> bool:
        """Whether both tables say the same."""
        return abs(self.litellm_usd - self.ours_usd) <= SAME_WITHIN * max(self.ours_usd, self.litellm_usd)

    @property
    def words(self) -> str:
        """One sentence."""
        priced = f"for the same tokens of {wording.count(self.calls, 'call')}"
        if self.agrees:
            return f"{self.label}: LiteLLM's price table says the same {priced}."
        apart = wording.percent(abs(self.litellm_usd / self.ours_usd - 1)) if self.ours_usd else "all"
        ours, theirs = wording.usd(self.ours_usd), wording.usd(self.litellm_usd)
        way = "more" if self.litellm_usd > self.ours_usd else "less"
        return (
            f"{self.label}: {ours} by our price table, {theirs} by LiteLLM's {priced}: {apart} {way}. "
            "One of the two lists is out of date; the invoice decides."
        )


def price_checks(plan: RunPlan, samples: Sequence[Sample]) -> tuple[PriceCheck, ...]:
    """One check for each offer of which any call can be priced by both."""
    groups = by_offer(samples)
    checks = (_check(target, groups.get(target.ref, [])) for target in plan.targets)
    return tuple(check for check in checks if check is not None)


def _check(target: Target, mine: Sequence[Sample]) -> PriceCheck | None:
    both = [
        (attempt.cost_usd, attempt.litellm_usd)
        for sample in mine
        for attempt in sample.attempts
        if attempt.cost_usd is not None and attempt.litellm_usd is not None
    ]
    if not both:
        return None
    ours, theirs = (sum(side) for side in zip(*both, strict=True))
    return PriceCheck(target.ref, target.label, len(both), ours, theirs)


@dataclass(frozen=True, slots=True)
class OfferCost:
    """What the calls of one offer cost, by part."""

    offer: str
    label: str
    calls: int
    """Calls whose cost is known."""
    unknown: int
    """Calls that were sent and whose cost is not."""
    parts: CostParts
    unpriced_audio: int = 0
    """Calls of unknown cost because their sound has no price."""
    unpriced_text_usd: float = 0.0
    """What the text of those calls costs: they cost more than that."""

    @property
    def audio_words(self) -> str:
        """What is not priced, in one sentence; empty when everything is."""
        if not self.unpriced_audio:
            return ""
        calls = wording.count(self.unpriced_audio, "call")
        return (
            f"{self.label}: {calls} with audio tokens not priced: no audio price is known. "
            f"Together they cost more than {wording.usd(self.unpriced_text_usd)}, the price of their text."
        )


def costs_by_part(plan: RunPlan, samples: Sequence[Sample]) -> tuple[OfferCost, ...]:
    """Dollars of every offer's calls by part, warm-ups and repeated attempts included."""
    groups = by_offer(samples)
    return tuple(_cost(target, groups.get(target.ref, [])) for target in plan.targets)


def _cost(target: Target, mine: Sequence[Sample]) -> OfferCost:
    attempts = [attempt for sample in mine for attempt in sample.attempts]
    parts = [cost_parts(attempt.usage, target.price) for attempt in attempts]
    known = [part for part in parts if part is not None]
    unknown = sum(attempt.cost_usd is None for attempt in attempts)
    texts = [unpriced_audio(attempt.usage, target.price) for attempt in attempts]
    unpriced = [text for text in texts if text is not None]
    parts_usd = sum(known, CostParts())
    return OfferCost(target.ref, target.label, len(known), unknown, parts_usd, len(unpriced), sum(unpriced))
