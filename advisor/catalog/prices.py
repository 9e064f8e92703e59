"""Price of an offer as a function of the request, in US dollars per million tokens."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Self

from pydantic import Field, model_validator

from advisor.catalog.facts import Sourced
from advisor.frozen import Frozen

UsdPerMTok = Annotated[float, Field(ge=0, le=2000)]
"""US dollars per million tokens."""


class Rates(Frozen):
    """Token rates in US dollars per million tokens; None is unknown, never free."""

    input: UsdPerMTok
    output: UsdPerMTok
    cache_read: UsdPerMTok | None = None
    cache_write: UsdPerMTok | None = None
    reasoning: UsdPerMTok | None = None
    """Rate of reasoning tokens where it differs from `output`."""
    audio_input: UsdPerMTok | None = None
    """Rate of sound in the prompt; None is unknown: it is mostly not the rate of text."""
    audio_output: UsdPerMTok | None = None


class Tier(Frozen):
    """Rates that replace the base for the *whole* request once its prompt passes a size."""

    above_input_tokens: Annotated[int, Field(gt=0)]
    inclusive: bool = False
    """True when a prompt of exactly `above_input_tokens` already pays this tier."""
    rates: Rates


class Window(Frozen):
    """A daily window in UTC; an end not after the start is on the next day."""

    start: time
    end: time
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    """ISO days the window holds on, Monday is 1; empty means every day."""


class OffPeak(Frozen):
    """Rates inside daily windows. Never applied from the wall clock: the caller names the hour."""

    rates: Rates
    windows_utc: tuple[Window, ...] = ()


class SearchFee(Frozen):
    """Price of live web search made by the provider."""

    usd_per_1000: Annotated[float, Field(ge=0)]
    free_per_month: Annotated[int, Field(ge=0)] = 0


class Price(Sourced):
    """One price schedule and the days it holds. A change is a new entry, never an overwrite."""

    rates: Rates
    batch: Rates | None = None
    """Rates of the batch API; None when there is none or it is unknown."""
    tiers: tuple[Tier, ...] = ()
    off_peak: OffPeak | None = None
    search: SearchFee | None = None
    regional_uplift: Annotated[float, Field(ge=1, le=3)] | None = None
    """Factor for processing in a named region, such as 1.1."""
    free: bool = False
    """True only when the source states that the offer costs nothing."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day the schedule holds, included."""

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.rates.input == 0 and self.rates.output == 0 and not self.free:
            raise ValueError("a zero price is unknown: remove the price, or set free: true with a source")
        starts = [tier.above_input_tokens for tier in self.tiers]
        if starts != sorted(set(starts)):
            raise ValueError("tiers must rise: order them by above_input_tokens, each once")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to: swap them")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether this schedule is in force on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def rates_for(self, input_tokens: float) -> Rates:
        """Rates of a request whose whole prompt, cached part included, has `input_tokens` tokens."""
        current = self.rates
        for tier in self.tiers:
            past = input_tokens > tier.above_input_tokens
            if past or (tier.inclusive and input_tokens == tier.above_input_tokens):
                current = tier.rates
        return current


def price_on(prices: tuple[Price, ...], day: date) -> Price | None:
    """The schedule in force on `day`: the latest-starting one that holds, None when there is none."""
    holding = [price for price in prices if price.holds_on(day)]
    return max(holding, key=lambda price: price.valid_from or date.min, default=None)
