"""Offers with known prices, for tests of the arithmetic."""

from __future__ import annotations

from datetime import date, time
from typing import Any, Literal

from advisor.catalog.entries import CatalogOffer, Model, Offer, Provider
from advisor.catalog.prices import OffPeak, Price, Rates, SearchFee, Tier, Window

DAY = date(2026, 11, 24)
_BLOCK: dict[str, Any] = {"source": "test", "as_of": "2026-11-22"}


def price(
    usd_in: float,
    usd_out: float,
    *,
    cache_read: float | None = None,
    cache_write: float | None = None,
    reasoning: float | None = None,
    batch: Rates | None = None,
    tiers: tuple[Tier, ...] = (),
    off_peak: OffPeak | None = None,
    search: SearchFee | None = None,
    regional_uplift: float | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Price:
    """A price schedule in USD per million tokens."""
    rates = Rates(
        input=usd_in, output=usd_out, cache_read=cache_read, cache_write=cache_write, reasoning=reasoning
    )
    return Price(
        source="test",
        as_of=date(2026, 11, 22),
        rates=rates,
        batch=batch,
        tiers=tiers,
        off_peak=off_peak,
        search=search,
        regional_uplift=regional_uplift,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def night(usd_in: float, usd_out: float) -> OffPeak:
    """Off-peak rates from 16:30 to 00:30 UTC."""
    window = Window(start=time(16, 30), end=time(0, 30))
    return OffPeak(rates=Rates(input=usd_in, output=usd_out), windows_utc=(window,))


def offer(*prices: Price, mode: Literal["never", "optional", "always"] | None = "optional") -> CatalogOffer:
    """An offer with a price history and a way of reasoning."""
    sold = Offer.model_validate(
        {"provider": "host", "litellm_id": "host/model", "limits": _BLOCK, "prices": prices}
    )
    model = Model.model_validate(
        {
            "id": "model",
            "name": "Model",
            "vendor": "host",
            "identity": {**_BLOCK, "released": "2026-01-01"},
            "weights": {**_BLOCK, "open": False},
            "modalities": {**_BLOCK, "input": ["text"]},
            "features": _BLOCK,
            "reasoning": {**_BLOCK, "mode": mode},
            "offers": [sold],
        }
    )
    host = Provider(id="host", name="Host", url="https://host.example", key_env=None)
    return CatalogOffer(offer=sold, model=model, provider=host)
