"""Tokens of one call to money. One dollar per million tokens is one micro-dollar per token."""

from __future__ import annotations

import math

from advisor.catalog.prices import Price, Rates
from advisor.probe.samples import MICROUSD_PER_USD, Usage

FIXED_PROMPT_TOKENS = 64
"""Tokens a chat template may add around the messages."""
BYTES_PER_TOKEN = 2.0
"""Fewest UTF-8 bytes a token stands for in text of any script, on the safe side."""
PROMPT_MARGIN = 1.1


def cost_usd(usage: Usage | None, price: Price | None) -> float | None:
    """Cost of a call; None when its price or its prompt or completion count is unknown.

    Cached tokens without a cache rate of their own are charged as ordinary input.
    """
    if usage is None or price is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    rates = price.rates_for(usage.prompt_tokens)
    return (_input_cost(usage, rates) + _output_cost(usage, rates)) / MICROUSD_PER_USD


def _input_cost(usage: Usage, rates: Rates) -> float:
    read, write = usage.cached_tokens or 0, usage.cache_write_tokens or 0
    plain = (usage.prompt_tokens or 0) - read - write
    read_rate = rates.input if rates.cache_read is None else rates.cache_read
    write_rate = rates.input if rates.cache_write is None else rates.cache_write
    return plain * rates.input + read * read_rate + write * write_rate


def _output_cost(usage: Usage, rates: Rates) -> float:
    thought = usage.reasoning_tokens or 0
    visible = (usage.completion_tokens or 0) - thought
    return visible * rates.output + thought * (rates.output if rates.reasoning is None else rates.reasoning)


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
