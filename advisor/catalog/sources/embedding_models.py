"""Embedding models of LiteLLM's bundled map, of the providers whose key the catalog knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from advisor.catalog.entries import Catalog
from advisor.catalog.facts import Origin
from advisor.catalog.prices import Price, Rates
from advisor.catalog.sources.litellm_map import SOURCE, installed_map_path


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """One embedding model and how it is paid for."""

    litellm_id: str
    key_env: str
    price: Price | None
    """None is unknown."""


def embedding_models(catalog: Catalog, day: date) -> dict[str, EmbeddingModel]:
    """LiteLLM id -> embedding model, in the order of their ids; empty when no map can be read."""
    entries = _entries()
    keys = {
        str(entries[offer.offer.litellm_id]["litellm_provider"]): offer.provider.key_env
        for offer in catalog.offers
        if offer.offer.litellm_id in entries and offer.provider.key_env is not None
    }
    return {
        name: EmbeddingModel(name, key_env, _price(entry, day))
        for name, entry in sorted(entries.items())
        if entry.get("mode") == "embedding"
        and _callable(name, entry)
        and (key_env := keys.get(str(entry.get("litellm_provider")))) is not None
    }


def _callable(name: str, entry: Mapping[str, Any]) -> bool:
    """Whether the id is a model, and a key is all its provider needs."""
    provider = entry.get("litellm_provider")
    return provider == "openai" or ("/" in name and provider != "azure_ai")


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, Mapping[str, Any]]:
    path = installed_map_path()
    try:
        raw: object = json.loads(path.read_bytes()) if path else {}
    except (OSError, ValueError):
        return {}
    return (
        {str(name): entry for name, entry in raw.items() if isinstance(entry, dict)}
        if isinstance(raw, dict)
        else {}
    )


def _price(entry: Mapping[str, Any], day: date) -> Price | None:
    """The price of a text's tokens; a flat zero or none at all is unknown."""
    rate = entry.get("input_cost_per_token")
    if not isinstance(rate, int | float) or rate <= 0:
        return None
    rates = Rates(input=round(float(rate) * 1e6, 6), output=0.0)
    return Price(source=SOURCE, as_of=day, origin=Origin.PUBLISHED, rates=rates)
