"""models.dev: a community list of models per provider. An alarm, not the truth: confirm at the vendor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

from pydantic import BaseModel, ConfigDict, ValidationError

from advisor.catalog.entries import Catalog
from advisor.catalog.prices import Rates
from advisor.catalog.sources.fetch import FetchFailed, fetch_json
from advisor.catalog.upstream import Reading, Unreadable, Upstream, UpstreamOffer

SOURCE = "models-dev"
ADDRESS = "https://models.dev/api.json"
PROVIDERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "google",
    "xai": "xai",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "alibaba": "alibaba",
    "zai": "zai",
    "moonshot": "moonshotai",
    "minimax": "minimax",
    "meta": "meta",
    "cohere": "cohere",
    "perplexity": "perplexity",
    "xiaomi": "xiaomi",
    "groq": "groq",
    "cerebras": "cerebras",
}
"""Our provider to theirs, where both sell under the same model ids."""
_BARE = {"openai", "anthropic", "cohere"}
"""Providers whose LiteLLM ids carry no prefix."""


class _Cost(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    input: float | None = None
    output: float | None = None
    cache_read: float | None = None
    cache_write: float | None = None


class _Limit(BaseModel):
    model_config = ConfigDict(extra="ignore")

    context: int | None = None
    output: int | None = None


class _Model(BaseModel):
    """The fields of one foreign record that we read; dollars per million tokens."""

    model_config = ConfigDict(extra="ignore")

    id: str
    release_date: str | None = None
    cost: _Cost | None = None
    limit: _Limit


def fetch(catalog: Catalog, today: date, address: str = ADDRESS) -> Reading:
    """What models.dev says today about the catalog's offers."""
    try:
        raw = fetch_json(address)
    except FetchFailed as failure:
        return Unreadable(source=SOURCE, reason=str(failure))
    return read(raw, catalog, today)


def read(raw: object, catalog: Catalog, day: date) -> Reading:
    """An upstream from the parsed document, for the ids our offers use."""
    if not isinstance(raw, dict):
        return Unreadable(source=SOURCE, reason="the format changed: not a mapping of providers.")
    offers: dict[str, UpstreamOffer] = {}
    complaints: list[str] = []
    for row in catalog.offers:
        record = _record(cast(Mapping[str, object], raw), row.provider.id, row.offer.litellm_id)
        if record is None:
            continue
        try:
            offers[row.offer.litellm_id] = _offer(row.offer.litellm_id, _Model.model_validate(record))
        except ValidationError:
            complaints.append(f"{row.offer.litellm_id} could not be read; nothing is taken from it.")
    if not offers:
        return Unreadable(source=SOURCE, reason="the format changed: none of our models could be read.")
    return Upstream(source=SOURCE, as_of=day, offers=offers, complaints=tuple(complaints))


def _record(raw: Mapping[str, object], provider: str, litellm_id: str) -> object | None:
    """The foreign record of one of our offers, None when they do not list it."""
    section = raw.get(PROVIDERS.get(provider, ""))
    models = cast(Mapping[str, object], section).get("models") if isinstance(section, dict) else None
    if not isinstance(models, dict):
        return None
    name = litellm_id if provider in _BARE else litellm_id.partition("/")[2]
    return cast(Mapping[str, object], models).get(name)


def _offer(litellm_id: str, record: _Model) -> UpstreamOffer:
    cost = record.cost
    priced = cost is not None and cost.input is not None and cost.output is not None
    rates = None
    if cost is not None and priced and (cost.input or cost.output):
        rates = Rates(
            input=cost.input or 0.0,
            output=cost.output or 0.0,
            cache_read=cost.cache_read or None,
            cache_write=cost.cache_write or None,
        )
    return UpstreamOffer(
        litellm_id=litellm_id,
        rates=rates,
        context_in=record.limit.context or None,
        max_out=record.limit.output or None,
        released=_day(record.release_date),
    )


def _day(text: str | None) -> date | None:
    """A full day; a month alone, and the list's placeholder, say nothing."""
    if text is None or len(text) != len("2026-01-31") or text == "2024-01-01":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
