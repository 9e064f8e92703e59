"""Which token rates one request pays: long-context tier, batch, off-peak."""

from __future__ import annotations

from datetime import time

from advisor.catalog.prices import OffPeak, Price, Rates, Window

MTOK = 1e6
"""Tokens in the unit prices are given in."""


def request_rates(
    price: Price, input_tokens: float, *, batch: bool = False, at: time | None = None
) -> Rates | None:
    """Rates of a request whose whole prompt has `input_tokens` tokens.

    None comes back for a batch request where no batch price is known. Off-peak rates hold only when
    `at`, a UTC time of day, is given and lies in a window.
    """
    return batch_rates(price, input_tokens) if batch else standard_rates(price, input_tokens, at)


def standard_rates(price: Price, input_tokens: float, at: time | None = None) -> Rates:
    """Rates outside the batch API: off-peak ones when `at` is in a window, else by the prompt's size."""
    if at is not None and price.off_peak is not None and is_off_peak(price.off_peak, at):
        return price.off_peak.rates
    return price.rates_for(input_tokens)


def batch_rates(price: Price, input_tokens: float) -> Rates | None:
    """Batch rates; past a long-context tier the tier's rates times the schedule's own batch discount."""
    if price.batch is None:
        return None
    tier = price.rates_for(input_tokens)
    if tier is price.rates:
        return price.batch
    into = price.batch.input / price.rates.input if price.rates.input else 1.0
    out = price.batch.output / price.rates.output if price.rates.output else 1.0
    return Rates(
        input=tier.input * into,
        output=tier.output * out,
        cache_read=None if tier.cache_read is None else tier.cache_read * into,
        cache_write=None if tier.cache_write is None else tier.cache_write * into,
        reasoning=None if tier.reasoning is None else tier.reasoning * out,
    )


WORKDAY = 3
"""ISO weekday assumed for a time of day without a date: a window for weekends only must not count then."""


def is_off_peak(off_peak: OffPeak, at: time, weekday: int = WORKDAY) -> bool:
    """Whether a UTC time of day lies in an off-peak window; the start belongs to it, the end does not."""
    return any(
        _inside(window, at)
        for window in off_peak.windows_utc
        if not window.weekdays or weekday in window.weekdays
    )


def _inside(window: Window, at: time) -> bool:
    if window.start < window.end:
        return window.start <= at < window.end
    return at >= window.start or at < window.end


def cache_read_rate(rates: Rates) -> float:
    """Rate of cached prompt tokens; the full input rate where no cache price is known."""
    return rates.input if rates.cache_read is None else rates.cache_read


def cache_write_rate(rates: Rates) -> float:
    """Rate of tokens written to the cache; the input rate where writing has no price of its own."""
    return rates.input if rates.cache_write is None else rates.cache_write


def reasoning_rate(rates: Rates) -> float:
    """Rate of reasoning tokens; the output rate unless the schedule has one of its own."""
    return rates.output if rates.reasoning is None else rates.reasoning
