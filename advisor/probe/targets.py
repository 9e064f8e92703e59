"""Whom a run asks: offers of the catalog, own endpoints, practice models, and models nobody curated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from advisor.case import Case, OwnEndpoint
from advisor.catalog.entries import Catalog, CatalogOffer
from advisor.catalog.facts import Origin
from advisor.catalog.prices import Price, Rates
from advisor.errors import BadCase
from advisor.frozen import Frozen
from advisor.probe.pace import account_of
from advisor.probe.practice import PRACTICE_ADDRESS, PRACTICE_MODELS, PracticeModel
from advisor.probe.settings import Variant

OWN, PRACTICE, LITELLM = "own:", "practice:", "litellm:"


class Target(Frozen):
    """One offer as the worker calls it. Holds no key: only the name of the variable that does."""

    ref: str
    """`model@provider`, `own:NAME`, `practice:NAME`, or `litellm:ID` for a model outside the catalog.

    Under a variant `#` and its id follow: each setting of an offer is a lane of its own.
    """
    label: str
    model: str
    """Id LiteLLM calls it by."""
    base_url: str | None = None
    """None: LiteLLM knows the address, or the practice server is asked."""
    key_env: str | None = None
    price: Price | None = None
    """None is unknown, never free."""
    simulated: bool = False
    key_missing: bool = False
    """Whether `key_env` was not set when the run was planned."""
    variant: Variant | None = None
    """Settings of this lane where the design goes through several; None is the plan's own."""

    @property
    def offer(self) -> str:
        """The offer alone, without the variant."""
        return self.ref if self.variant is None else self.ref.removesuffix(f"#{self.variant.id}")

    def under(self, variant: Variant) -> Target:
        """The same offer as a lane of its own under other settings."""
        ref, label = f"{self.ref}#{variant.id}", f"{self.label}, {variant.label}"
        return self.model_copy(update={"ref": ref, "label": label, "variant": variant})

    @property
    def practice(self) -> bool:
        """Whether the practice server answers for it."""
        return self.ref.startswith(PRACTICE) or self.base_url == PRACTICE_ADDRESS

    @property
    def account(self) -> str:
        """Whose limits and bill its calls fall under."""
        return account_of(self.offer, self.base_url, self.key_env)


def target_of(ref: str, case: Case, catalog: Catalog, day: date, environment: Mapping[str, str]) -> Target:
    """The offer a reference names.

    Raises:
        BadCase: There is none of that name.
    """
    if ref.startswith(PRACTICE):
        return _practice(ref)
    if ref.startswith(OWN):
        return _own(ref, case.own_endpoints, day, environment)
    row = next((row for row in catalog.offers if row.id == ref), None)
    if row is None:
        raise BadCase("case", "probe.offers", f"{ref} is not in the catalog", "Choose an offer it lists.")
    return _listed(row, day, environment)


def uncurated_target(ref: str, known: Mapping[str, Price | None]) -> Target:
    """A model LiteLLM lists; which key it needs LiteLLM knows when it is called."""
    name = ref.removeprefix(LITELLM)
    if name not in known:
        hint = "Choose one the extended list of the catalog page finds."
        raise BadCase("case", "probe.offers", f"{name} is no chat model LiteLLM lists", hint)
    return Target(ref=ref, label=f"{name} (uncurated)", model=name, price=known[name])


def _practice(ref: str) -> Target:
    model: PracticeModel | None = PRACTICE_MODELS.get(ref.removeprefix(PRACTICE))
    if model is None:
        names = ", ".join(PRACTICE_MODELS)
        raise BadCase("case", "probe.offers", f"{ref} is no practice model", f"Choose one of {names}.")
    return Target(ref=ref, label=model.label, model=f"openai/{model.name}", price=model.price, simulated=True)


def _own(ref: str, endpoints: Iterable[OwnEndpoint], day: date, environment: Mapping[str, str]) -> Target:
    name = ref.removeprefix(OWN)
    mine = next((endpoint for endpoint in endpoints if endpoint.name == name), None)
    if mine is None:
        raise BadCase("case", "probe.offers", f"{ref} is not among own_endpoints", "Add the endpoint first.")
    return Target(
        ref=ref,
        label=f"{mine.name} (simulated)" if mine.simulated else mine.name,
        model=f"openai/{mine.model}",
        base_url=mine.base_url,
        key_env=mine.key_env,
        price=_own_price(mine, day),
        simulated=mine.simulated,
        key_missing=_missing(mine.key_env, environment),
    )


def _own_price(mine: OwnEndpoint, day: date) -> Price | None:
    if mine.input_usd_per_mtok is None or mine.output_usd_per_mtok is None:
        return None
    rates = Rates(input=mine.input_usd_per_mtok, output=mine.output_usd_per_mtok)
    return Price(
        source="own endpoint",
        as_of=day,
        origin=Origin.ASSUMED,
        rates=rates,
        free=rates.input == rates.output == 0,
    )


def _listed(row: CatalogOffer, day: date, environment: Mapping[str, str]) -> Target:
    return Target(
        ref=row.id,
        label=row.label,
        model=row.offer.litellm_id,
        key_env=row.provider.key_env,
        price=row.price(day),
        key_missing=_missing(row.provider.key_env, environment),
    )


def _missing(key_env: str | None, environment: Mapping[str, str]) -> bool:
    return key_env is not None and not environment.get(key_env)
