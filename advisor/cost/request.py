"""What one API request costs, exactly, from the tokens it used.

request = fresh input x in + cached reads x read + cache writes x write + visible x out
          + reasoning x (its own rate, else out), times the regional factor, + searches x fee.
A long-context tier is judged on the whole prompt, cached part included, and then holds for every token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from advisor.catalog.prices import Price, Rates
from advisor.cost.rates import MTOK, cache_read_rate, cache_write_rate, reasoning_rate, request_rates


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request, counted apart."""

    input_tokens: float
    """The whole prompt, cached and newly written parts included."""
    visible_tokens: float
    reasoning_tokens: float = 0.0
    cached_tokens: float = 0.0
    cache_write_tokens: float = 0.0
    searches: float = 0.0

    @classmethod
    def reported(
        cls,
        prompt_tokens: float,
        completion_tokens: float,
        reasoning_tokens: float = 0.0,
        *,
        reasoning_inside: bool = True,
        cached_tokens: float = 0.0,
        cache_write_tokens: float = 0.0,
    ) -> Usage:
        """Usage as a provider reports it.

        Args:
            prompt_tokens: The whole prompt.
            completion_tokens: Output as reported.
            reasoning_tokens: Reasoning as reported.
            reasoning_inside: Whether `completion_tokens` already counts the reasoning (OpenAI style).
            cached_tokens: Part of the prompt read from the cache.
            cache_write_tokens: Part of the prompt written to the cache.
        """
        visible = max(0.0, completion_tokens - reasoning_tokens) if reasoning_inside else completion_tokens
        return cls(prompt_tokens, visible, reasoning_tokens, cached_tokens, cache_write_tokens)


def request_cost(
    price: Price, usage: Usage, *, batch: bool = False, at: time | None = None, regional: bool = False
) -> float | None:
    """US dollars of one request; None when a price it needs is unknown, never 0.

    Args:
        price: The schedule in force.
        usage: Tokens of the request.
        batch: Through the batch API; None comes back where no batch price is known.
        at: Time of day in UTC; off-peak rates hold only when it is given.
        regional: Processed in a named region: the schedule's uplift applies, if it has one.
    """
    rates = request_rates(price, usage.input_tokens, batch=batch, at=at)
    if rates is None or (usage.searches and price.search is None):
        return None
    uplift = (price.regional_uplift or 1.0) if regional else 1.0
    fees = usage.searches * price.search.usd_per_1000 / 1000 if price.search else 0.0
    return _token_usd(rates, usage) * uplift + fees


def _token_usd(rates: Rates, usage: Usage) -> float:
    fresh = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
    return (
        fresh * rates.input
        + usage.cached_tokens * cache_read_rate(rates)
        + usage.cache_write_tokens * cache_write_rate(rates)
        + usage.visible_tokens * rates.output
        + usage.reasoning_tokens * reasoning_rate(rates)
    ) / MTOK
