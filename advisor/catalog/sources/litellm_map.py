"""LiteLLM's bundled price map, read from the installed package's file without importing the package."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from advisor.catalog.entries import Catalog
from advisor.catalog.facts import Origin
from advisor.catalog.prices import OffPeak, Price, Rates, Tier
from advisor.catalog.upstream import Reading, Unreadable, Upstream, UpstreamOffer

SOURCE = "litellm"
FILE = "model_prices_and_context_window_backup.json"
MARK = "uncurated: price and limits from LiteLLM, no quality evidence"
CHANGED_FORMAT_SHARE = 0.2
"""More unreadable records than this share mean that the format changed."""
_TIER = re.compile(r"^input_cost_per_token_above_(\d+)k_tokens$")
_CHAT = ("chat", "responses")


class _Entry(BaseModel):
    """The fields of one foreign record that we read; dollars per token, tokens, ISO days."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    mode: str | None = None
    litellm_provider: str = ""
    input_cost_per_token: float | None = None
    output_cost_per_token: float | None = None
    max_input_tokens: float | None = None
    max_output_tokens: float | None = None
    deprecation_date: date | None = None
    source: str | None = None
    tiered_pricing: list[dict[str, Any]] = []
    off_peak_pricing: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Uncurated:
    """A chat model of the map that the catalog does not describe. No quality evidence exists for it."""

    litellm_id: str
    provider: str
    rates: Rates | None
    """None when the map gives no price or a zero, which is unknown."""
    context_in: int | None
    max_out: int | None
    last_day: date | None
    mark: str = MARK


def installed_map_path() -> Path | None:
    """Where the installed package keeps its map, None when it is not installed."""
    spec = importlib.util.find_spec("litellm")  # Finds the package without running it.
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / FILE
    return path if path.is_file() else None


def read_installed(today: date) -> Reading:
    """The map of the installed LiteLLM as an upstream, read today."""
    path = installed_map_path()
    if path is None:
        return Unreadable(source=SOURCE, reason="the package or its price map is not installed.")
    version = importlib.metadata.version("litellm")
    try:
        raw: object = json.loads(path.read_bytes())
    except ValueError:
        return Unreadable(source=SOURCE, reason=f"the map of {version} is truncated or not JSON.")
    return read_map(raw, today)


def read_map(raw: object, day: date) -> Reading:
    """An upstream from the parsed map: chat models only."""
    if not isinstance(raw, dict):
        return Unreadable(source=SOURCE, reason="the format changed: not a mapping of ids.")
    offers: dict[str, UpstreamOffer] = {}
    complaints: list[str] = []
    entries = cast(Mapping[str, object], raw)
    for key, value in entries.items():
        try:
            entry = _Entry.model_validate(value)
            if entry.mode in _CHAT:
                offers[key] = _offer(key, entry)
        except (ValidationError, KeyError, TypeError, ValueError):
            complaints.append(f"{key} could not be read; nothing is taken from it.")
    if not offers or len(complaints) > CHANGED_FORMAT_SHARE * len(entries):
        reason = f"the format changed: {len(complaints)} of {len(entries)} records could not be read."
        return Unreadable(source=SOURCE, reason=reason)
    return Upstream(source=SOURCE, as_of=day, offers=offers, complete=True, complaints=tuple(complaints))


def _offer(key: str, entry: _Entry) -> UpstreamOffer:
    fields: dict[str, Any] = entry.model_dump()
    ranges = [step for step in entry.tiered_pricing if "input_cost_per_token" in step]
    base, tiers = _rates(fields), _tiers(fields)
    if base is None and ranges:
        base = _rates(ranges[0])
        tiers = [(int(step["range"][0]), _rates(step)) for step in ranges[1:]]
    off_peak = _rates(entry.off_peak_pricing) if entry.off_peak_pricing else None
    inclusive = entry.litellm_provider == "xai"  # xAI charges the tier from the boundary on.
    return UpstreamOffer(
        litellm_id=key,
        provider=entry.litellm_provider,
        rates=base,
        batch=_rates(fields, suffix="_batches"),
        tiers=tuple(
            Tier(above_input_tokens=start, inclusive=inclusive, rates=rates)
            for start, rates in tiers
            if rates
        ),
        off_peak=OffPeak(rates=off_peak) if off_peak else None,
        context_in=_tokens(entry.max_input_tokens),
        max_out=_tokens(entry.max_output_tokens),
        last_day=entry.deprecation_date,
        url=entry.source if entry.source and entry.source.startswith("http") else None,
    )


def _tiers(fields: Mapping[str, Any]) -> list[tuple[int, Rates | None]]:
    starts = sorted(int(match.group(1)) for match in map(_TIER.match, fields) if match)
    return [(start * 1000, _rates(fields, above=f"_above_{start}k_tokens")) for start in starts]


def _rates(fields: Mapping[str, Any], above: str = "", suffix: str = "") -> Rates | None:
    """Rates in dollars per million tokens; None when the flat price is absent or zero."""

    def rate(name: str) -> float | None:
        value = fields.get(f"{name}{above}{suffix}")
        return None if value is None else round(float(value) * 1e6, 6)

    price_in, price_out = rate("input_cost_per_token"), rate("output_cost_per_token")
    if price_in is None or price_out is None or (price_in == 0 and price_out == 0):
        return None
    return Rates(
        input=price_in,
        output=price_out,
        cache_read=rate("cache_read_input_token_cost") or None,
        cache_write=rate("cache_creation_input_token_cost") or None,
        audio_input=rate("input_cost_per_audio_token") or None,
        audio_output=rate("output_cost_per_audio_token") or None,
    )


def _tokens(value: float | None) -> int | None:
    return int(value) if value else None


@lru_cache(maxsize=1)
def _installed() -> Reading:
    return read_installed(date.today())


def uncurated(query: str, catalog: Catalog, limit: int = 50) -> tuple[Uncurated, ...]:
    """Chat models of the installed map that no offer covers and whose id holds every word of `query`."""
    reading = _installed()
    if isinstance(reading, Unreadable):
        return ()
    known = {row.offer.litellm_id for row in catalog.offers}
    words = query.lower().split()
    found = (
        offer
        for key, offer in sorted(reading.offers.items())
        if key not in known and all(word in key.lower() for word in words)
    )
    return tuple(_take(found, limit))


def prices_of(litellm_ids: Iterable[str], day: date) -> dict[str, Price | None]:
    """Price of each chat model of the installed map, None where it is unknown; ids not in it are left out."""
    reading = _installed()
    listed = {} if isinstance(reading, Unreadable) else reading.offers
    return {key: _price(listed[key], day) for key in litellm_ids if key in listed}


def _price(offer: UpstreamOffer, day: date) -> Price | None:
    if offer.rates is None:
        return None
    return Price(source=SOURCE, as_of=day, origin=Origin.PUBLISHED, rates=offer.rates, tiers=offer.tiers)


def _take(offers: Iterator[UpstreamOffer], limit: int) -> Iterator[Uncurated]:
    for offer in islice(offers, limit):
        limits = (offer.context_in, offer.max_out, offer.last_day)
        yield Uncurated(offer.litellm_id, offer.provider, offer.rates, *limits)
