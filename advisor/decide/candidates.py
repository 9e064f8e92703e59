"""Which offers compete: the catalog's, your own machines when you host yourself, your own endpoints.

An own endpoint competes once it has prices or a measurement; without either nothing can be said about
it. Its facts are what the user stated, everything else is unknown. Practice models compete only when
they were added as own endpoints, and then everything about them is marked simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from re import sub
from typing import cast

from advisor.case import OwnEndpoint
from advisor.catalog.entries import (
    Catalog,
    CatalogOffer,
    Features,
    Identity,
    Limits,
    Modalities,
    Model,
    Offer,
    Provider,
    Reasoning,
    Weights,
)
from advisor.catalog.facts import Origin
from advisor.catalog.prices import Price, Rates
from advisor.decide.hosting import SELF
from advisor.decide.plan import Situation

OWN = "own"
"""Provider id of your own endpoints."""


@dataclass(frozen=True, slots=True)
class OwnOffer(CatalogOffer):
    """An endpoint of the user's own, under the id probes know it by."""

    name: str = ""

    @property
    def id(self) -> str:
        """`own:NAME`."""
        return f"own:{self.name}"

    @property
    def label(self) -> str:
        """Name on screen."""
        return f"{self.name} (your endpoint)"


def candidates(situation: Situation) -> tuple[CatalogOffer, ...]:
    """Every offer that competes in this case, in a fixed order."""
    at_home = situation.plan.choice("access") == "self_hosted"
    rented = self_hosted(situation.catalog) if at_home else situation.catalog.offers
    return (*rented, *_own(situation))


def self_hosted(catalog: Catalog) -> tuple[CatalogOffer, ...]:
    """Every model of open weights, on your own machines."""
    known = catalog.memo.get("self_hosted")
    if known is None:
        opened = sorted((model for model in catalog.models if model.weights.open), key=lambda one: one.id)
        known = tuple(at_home(model) for model in opened)
        catalog.memo["self_hosted"] = known
    return cast("tuple[CatalogOffer, ...]", known)


def at_home(model: Model) -> CatalogOffer:
    """One model on your own machines.

    Your own server offers what the weights can do; GPU rent replaces its price list.
    """
    weights = model.weights
    longest = max((offer.limits.context_in or 0 for offer in model.offers), default=0)
    limits = Limits(context_in=longest or None, source=weights.source, as_of=weights.as_of)
    may = Features(fine_tuning=True, logprobs=True, source=weights.source, as_of=weights.as_of)
    offer = Offer(
        provider=SELF, litellm_id=f"hosted_vllm/{weights.repo or model.id}", limits=limits, features=may
    )
    provider = Provider(id=SELF, name="your own machines", url="", key_env=None)
    return CatalogOffer(offer, model, provider)


def unlisted(name: str, weights: Weights, day: date) -> CatalogOffer:
    """A model that the catalog does not hold, on your own machines; of it only the weights are known.

    Args:
        name: On screen.
        weights: Its size and cache, or the repository of a known shape.
        day: The day this is stated.
    """
    return at_home(_stated(_slug("model", name), name, weights, day, ()))


def _own(situation: Situation) -> tuple[CatalogOffer, ...]:
    tested = {offer for offer, _ in situation.measured}
    return tuple(
        _endpoint(endpoint, situation.day)
        for endpoint in sorted(situation.case.own_endpoints, key=lambda one: one.name)
        if _priced(endpoint) or f"own:{endpoint.name}" in tested
    )


def _priced(endpoint: OwnEndpoint) -> bool:
    return endpoint.input_usd_per_mtok is not None and endpoint.output_usd_per_mtok is not None


def _endpoint(endpoint: OwnEndpoint, day: date) -> OwnOffer:
    stated = _stated_by_you(day)
    offer = Offer(
        provider=OWN,
        litellm_id=f"openai/{endpoint.model}",
        limits=Limits.model_validate(stated),
        prices=_prices(endpoint, day),
    )
    slug = _slug("endpoint", endpoint.name)
    model = _stated(slug, endpoint.name, Weights.model_validate({"open": None, **stated}), day, (offer,))
    provider = Provider(id=OWN, name="your endpoint", url=endpoint.base_url, key_env=endpoint.key_env)
    return OwnOffer(offer, model, provider, endpoint.name)


def _slug(kind: str, name: str) -> str:
    return "own-" + (sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or kind)[:70]


def _stated_by_you(day: date) -> dict[str, object]:
    return {"source": "you", "as_of": day, "origin": Origin.ASSUMED}


def _stated(slug: str, name: str, weights: Weights, day: date, offers: tuple[Offer, ...]) -> Model:
    """A model of which nothing is known but what the user says."""
    stated = _stated_by_you(day)
    return Model(
        id=slug,
        name=name,
        vendor=OWN,
        identity=Identity.model_validate({"released": day, **stated}),
        weights=weights,
        modalities=Modalities.model_validate({"input": ("text",), **stated}),
        features=Features.model_validate(stated),
        reasoning=Reasoning.model_validate({"mode": None, **stated}),
        offers=offers,
    )


def _prices(endpoint: OwnEndpoint, day: date) -> tuple[Price, ...]:
    if endpoint.input_usd_per_mtok is None or endpoint.output_usd_per_mtok is None:
        return ()
    rates = Rates(input=endpoint.input_usd_per_mtok, output=endpoint.output_usd_per_mtok)
    free = rates.input == 0 and rates.output == 0
    return (Price(rates=rates, free=free, source="you", as_of=day, origin=Origin.ASSUMED),)
