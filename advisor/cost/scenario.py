"""One corner of the uncertainty: every quantity of a task at its cheap, middle or dear end."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import NamedTuple

from advisor.catalog.prices import Price, Rates
from advisor.cost.profile import TokenProfile
from advisor.cost.rates import batch_rates, cache_read_rate, cache_write_rate, reasoning_rate, standard_rates
from advisor.interval import Interval


class End(StrEnum):
    """Which end of every interval is taken."""

    LOW = "low"
    MID = "mid"
    HIGH = "high"

    def of(self, quantity: Interval) -> float:
        """A quantity that makes the task dearer as it grows."""
        figure: float = getattr(quantity, self)
        return figure

    def saving(self, quantity: Interval) -> float:
        """A quantity that makes the task cheaper as it grows: the ends change places."""
        return _OTHER[self].of(quantity)


_OTHER = {End.LOW: End.HIGH, End.MID: End.MID, End.HIGH: End.LOW}


class Part(NamedTuple):
    """Tokens of one kind in one scenario, and what they are charged."""

    tokens: float
    usd_per_mtok: float


def token_parts(
    price: Price, profile: TokenProfile, reasoning_per_output: Interval, end: End
) -> dict[str, Part] | None:
    """Tokens and rates by kind of one task in one scenario; None when its tokens are unknown."""
    if profile.input_tokens is None or profile.output_tokens is None:
        return None
    prompt, visible = end.of(profile.input_tokens), end.of(profile.output_tokens)
    cached, written = end.saving(profile.cached_share), end.of(profile.cache_written_share)
    rates = _mixed(price, _request_size(profile, end), end.saving(profile.batch_share), profile.at)
    uplift = (price.regional_uplift or 1.0) if profile.regional else 1.0
    kinds = {
        "input": (prompt * (1 - cached - written), rates.input),
        "cached": (prompt * cached, cache_read_rate(rates)),
        "cache_write": (prompt * written, cache_write_rate(rates)),
        "output": (visible, rates.output),
        "reasoning": (visible * end.of(reasoning_per_output), reasoning_rate(rates)),
    }
    return {kind: Part(tokens, rate * uplift) for kind, (tokens, rate) in kinds.items()}


def _request_size(profile: TokenProfile, end: End) -> float:
    """Prompt tokens of the request that decides the tier: a typical call, an agent's last one at worst.

    The longest prompt of the brief is rare and decides only what must fit, so it does not set the
    tier of a single call.
    """
    assert profile.input_tokens is not None
    typical = end.of(profile.input_tokens) / max(1.0, end.of(profile.calls))
    if end is End.HIGH and profile.calls.high > 1 and profile.largest_input_tokens is not None:
        return max(typical, profile.largest_input_tokens.high)
    return typical


def _mixed(price: Price, request_tokens: float, batch_share: float, at: time | None) -> Rates:
    """Rates when a share of the requests goes through the batch API, where there is one."""
    plain = standard_rates(price, request_tokens, at)
    batch = batch_rates(price, request_tokens)
    if batch is None or batch_share == 0:
        return plain

    def mix(now: float, later: float) -> float:
        return now * (1 - batch_share) + later * batch_share

    return Rates(
        input=mix(plain.input, batch.input),
        output=mix(plain.output, batch.output),
        cache_read=mix(cache_read_rate(plain), cache_read_rate(batch)),
        cache_write=mix(cache_write_rate(plain), cache_write_rate(batch)),
        reasoning=mix(reasoning_rate(plain), reasoning_rate(batch)),
    )
