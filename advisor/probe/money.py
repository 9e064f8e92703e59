"""Tokens of one call to money. One dollar per million tokens is one micro-dollar per token."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, replace

from advisor.catalog.prices import Price, Rates
from advisor.probe.samples import MICROUSD_PER_USD, Usage

FIXED_PROMPT_TOKENS = 64
"""Tokens a chat template may add around the messages."""
BYTES_PER_TOKEN = 2.0
"""Fewest UTF-8 bytes a token stands for in text of any script, on the safe side."""
PROMPT_MARGIN = 1.1


@dataclass(frozen=True, slots=True)
class CostParts:
    """Dollars of one call, or of several, by what was paid for."""

    fresh: float = 0.0
    """Prompt tokens read afresh."""
    cached: float = 0.0
    """Prompt tokens from the provider's cache."""
    written: float = 0.0
    """Prompt tokens written to it."""
    reasoning: float = 0.0
    visible: float = 0.0
    """Answer tokens."""
    audio: float = 0.0
    """Sound, in prompt and answer."""

    @property
    def total(self) -> float:
        """All parts together."""
        return sum(astuple(self))

    def __add__(self, other: CostParts) -> CostParts:
        """Both together, part by part."""
        return CostParts(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


def cost_usd(usage: Usage | None, price: Price | None) -> float | None:
    """Cost of a call; None when its price or its prompt or completion count is unknown.

    Cached tokens without a cache rate of their own are charged as ordinary input. Sound without an audio
    rate leaves the cost unknown: that rate is mostly several times the one of text.
    """
    parts = cost_parts(usage, price)
    return None if parts is None else parts.total


def cost_parts(usage: Usage | None, price: Price | None) -> CostParts | None:
    """Cost of a call by part; None as for `cost_usd`."""
    if usage is None or price is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    rates = price.rates_for(usage.prompt_tokens)
    heard, spoken = usage.audio_prompt_tokens or 0, usage.audio_completion_tokens or 0
    if (heard and rates.audio_input is None) or (spoken and rates.audio_output is None):
        return None
    sound = heard * (rates.audio_input or 0.0) + spoken * (rates.audio_output or 0.0)
    return replace(_text_parts(usage, rates), audio=sound / MICROUSD_PER_USD)


def unpriced_audio(usage: Usage | None, price: Price | None) -> float | None:
    """Dollars of the text of a call whose sound has no price: it costs more; None for any other call."""
    if usage is None or price is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    if cost_parts(usage, price) is not None:
        return None
    return _text_parts(usage, price.rates_for(usage.prompt_tokens)).total


def _text_parts(usage: Usage, rates: Rates) -> CostParts:
    """Dollars of everything but sound."""
    prompt = (usage.prompt_tokens or 0) - (usage.audio_prompt_tokens or 0)
    completion = (usage.completion_tokens or 0) - (usage.audio_completion_tokens or 0)
    read, write = usage.cached_tokens or 0, usage.cache_write_tokens or 0
    thought = usage.reasoning_tokens or 0
    return CostParts(
        # Part of the sound may have come from the cache: nothing is charged less than nothing.
        fresh=max(0, prompt - read - write) * rates.input / MICROUSD_PER_USD,
        cached=read * _or(rates.cache_read, rates.input) / MICROUSD_PER_USD,
        written=write * _or(rates.cache_write, rates.input) / MICROUSD_PER_USD,
        reasoning=thought * _or(rates.reasoning, rates.output) / MICROUSD_PER_USD,
        visible=max(0, completion - thought) * rates.output / MICROUSD_PER_USD,
    )


def _or(rate: float | None, ordinary: float) -> float:
    return ordinary if rate is None else rate


def worst_case_microusd(prompt_bytes: int, max_output_tokens: int, price: Price) -> int:
    """The most one call can cost: a generous count of its prompt, and every output token allowed."""
    prompt_tokens = math.ceil(prompt_bytes / BYTES_PER_TOKEN * PROMPT_MARGIN) + FIXED_PROMPT_TOKENS
    rates = price.rates_for(prompt_tokens)
    input_rate = max(rates.input, rates.cache_write or 0.0)
    output_rate = max(rates.output, rates.reasoning or 0.0)
    return math.ceil(prompt_tokens * input_rate + max_output_tokens * output_rate)


def ceil_microusd(usd: float) -> int:
    """Dollars as whole micro-dollars, rounded up: the ledger never counts less than was spent."""
    # The small subtraction keeps binary fractions such as 0.1 + 0.2 from costing a micro-dollar more.
    return math.ceil(usd * MICROUSD_PER_USD - 1e-6)
