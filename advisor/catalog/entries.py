"""The catalog's records: providers, models, and offers (a model as sold by one provider)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from advisor.catalog.facts import Sourced, SourceEntry, Tri
from advisor.catalog.prices import Price, price_on
from advisor.frozen import Frozen

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
Count = Annotated[int, Field(gt=0)]
Modality = Literal["text", "image", "pdf", "audio", "video"]


def _as_text(value: object) -> object:
    """YAML reads a full day as a date; a cutoff may also be only a month or a year."""
    return value.isoformat() if isinstance(value, date) else value


PartialDay = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""A year, a month or a day, as published."""


class Attribute(StrEnum):
    """What a benchmark result is evidence for."""

    ACCURACY = "accuracy"
    CODE = "code"
    AGENTIC = "agentic"
    LONG_CONTEXT = "long_context"
    MULTIMODAL = "multimodal"
    WEB_SEARCH = "web_search"
    TOOL_USE = "tool_use"
    INSTRUCTION_FOLLOWING = "instruction_following"
    FAITHFULNESS = "faithfulness"


class Identity(Sourced):
    """What was trained, and when."""

    released: date
    knowledge_cutoff: PartialDay | None = None
    status: Literal["active", "preview", "deprecated"] = "active"
    successor: Slug | None = None


class Weights(Sourced):
    """Whether the weights can be had, and on what terms. Open weights is not open source."""

    open: Tri
    repo: str | None = None
    licence: str | None = None
    licence_class: Literal["permissive", "conditional", "non-commercial"] | None = None
    commercial: Tri = None
    """Commercial use allowed; None is unknown."""
    commercial_terms: str | None = None
    total_b: Annotated[float, Field(gt=0)] | None = None
    """Total parameters, billions."""
    active_b: Annotated[float, Field(gt=0)] | None = None
    """Parameters active per token, billions."""
    kv_bytes_per_token_16bit: Annotated[float, Field(gt=0)] | None = None
    window_bytes_per_token_16bit: Annotated[float, Field(gt=0)] | None = None
    """KV bytes per token of layers that keep only the last `window_tokens` tokens."""
    window_tokens: Count | None = None
    min_vram_gb: dict[str, Annotated[float, Field(gt=0)]] = {}
    """Smallest GPU memory in GB by precision, as the serving recipe states it."""


class Modalities(Sourced):
    """What goes in and comes out."""

    input: tuple[Modality, ...]
    output: tuple[Modality, ...] = ("text",)


class Features(Sourced):
    """Tri-state capabilities: yes, no, or unknown (absent)."""

    tools: Tri = None
    json_schema: Tri = None
    web_search: Tri = None
    prompt_cache: Tri = None
    computer_use: Tri = None
    fine_tuning: Tri = None
    logprobs: Tri = None


class Reasoning(Sourced):
    """Whether the model thinks before it answers, and what can be chosen."""

    mode: Literal["never", "optional", "always"] | None
    efforts: tuple[str, ...] = ()
    """Effort levels as the provider names them, lowest first."""
    default_effort: str | None = None


class Score(Sourced):
    """One published benchmark result, raw. Percentiles are computed, never stored."""

    benchmark: Slug
    """Key in `catalog/benchmarks.yaml`."""
    value: float
    effort: str | None = None
    harness: str | None = None
    reporter: Literal["owner", "third-party", "crowd", "vendor", "aggregator"]


class Speed(Sourced):
    """Published speed at one effort."""

    effort: str | None = None
    output_tps: Annotated[float, Field(gt=0)] | None = None
    """Output tokens per second after the first token."""
    ttft_s: Annotated[float, Field(gt=0)] | None = None
    """Seconds to the first token of any kind."""
    ttfat_s: Annotated[float, Field(gt=0)] | None = None
    """Seconds to the first answer token."""


class TaskCost(Sourced):
    """Published dollars per task of one benchmark at one effort: the honest price."""

    benchmark: Slug
    effort: str | None = None
    usd_per_task: Annotated[float, Field(gt=0)]
    tokens_per_task: Annotated[float, Field(gt=0)] | None = None


class Limits(Sourced):
    """Token limits of an offer; None is unknown."""

    context_in: Count | None = None
    max_out: Count | None = None


class Retirement(Sourced):
    """The announced last day of an offer."""

    last_day: date
    successor: Slug | None = None


class Offer(Frozen):
    """A model sold by one provider: what a user shortlists and probes."""

    provider: Slug
    litellm_id: str
    """The exact id LiteLLM calls it by."""
    moving_alias: bool = False
    """True when the provider may point this id at another checkpoint."""
    limits: Limits
    prices: tuple[Price, ...] = ()
    """Price history, one schedule per period; empty when unknown."""
    features: Features | None = None
    """What this host adds or lacks; overrides the model's features field by field."""
    modalities_in: tuple[Modality, ...] | None = None
    """Inputs this host takes, when they differ from the model's."""
    retirement: Retirement | None = None
    quantisation: str | None = None
    regions: tuple[str, ...] = ()
    zero_retention: Tri = None
    """Set where this model is an exception to the provider's policy on this host; else None."""
    retention_days: Annotated[int, Field(ge=0)] | None = None
    """Days this model's data is kept on this host, where it differs from the provider's policy."""
    note: str | None = None
    overlay: str | None = None
    """Overlay that added or corrected this offer; None when it is the shipped one. Set by the loader."""


class Model(Frozen):
    """What was trained: identity, facts and evidence, with the offers that sell it."""

    id: Slug
    name: str
    vendor: Slug
    family: str | None = None
    identity: Identity
    weights: Weights
    modalities: Modalities
    features: Features
    reasoning: Reasoning
    scores: tuple[Score, ...] = ()
    speeds: tuple[Speed, ...] = ()
    task_costs: tuple[TaskCost, ...] = ()
    offers: tuple[Offer, ...]
    notes: tuple[str, ...] = ()
    overlay: str | None = None
    """Overlay that added or corrected this model; None when it is the shipped one. Set by the loader."""

    @model_validator(mode="after")
    def _one_offer_per_host(self) -> Self:
        hosts = [offer.provider for offer in self.offers]
        if len(hosts) != len(set(hosts)):
            raise ValueError("two offers name the same provider: merge them, or drop one")
        return self


class DataPolicy(Sourced):
    """What a provider says it does with API data. Never legal advice; None is unknown."""

    service: str
    trains_by_default: Tri
    retention_days: Annotated[int, Field(ge=0)] | None = None
    retention_text: str | None = None
    zero_retention: Tri = None
    zero_retention_how: str | None = None
    exceptions: tuple[str, ...] = ()
    eu_processing: Tri = None
    regions_text: str | None = None
    baa: Tri = None
    certifications: tuple[str, ...] = ()
    confidence: Literal["high", "medium", "low"]


class Provider(Frozen):
    """Who sells offers."""

    id: Slug
    name: str
    url: str
    key_env: str | None
    """Environment variable LiteLLM reads the key from; None when no single one exists."""
    headquarters: str | None = None
    policy: DataPolicy | None = None
    batch_api: Tri = None


class Reference(Sourced):
    """How every model of one source did on one date: it fixes the scale of estimates.

    Results are ranked against these stored numbers, never against the models that happen to be in
    the catalog, so adding or removing a model cannot move another model's estimate.
    """

    n: Annotated[int, Field(ge=5)]
    """Models (and efforts) in the source's table."""
    quantiles: Annotated[tuple[float, ...], Field(min_length=3)]
    """Raw values at equal steps from the lowest to the highest model, in the benchmark's unit."""
    ability: tuple[float, ...] | None = None
    """General ability, 0-100, of the same table's models at the same steps; None when it is not known
    or does not apply, and the rank inside the table stands for itself."""

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if list(self.quantiles) != sorted(self.quantiles):
            raise ValueError("quantiles must rise: order them from the lowest value to the highest")
        if self.ability is not None and len(self.ability) != len(self.quantiles):
            raise ValueError("ability needs as many numbers as quantiles")
        return self


class Benchmark(Frozen):
    """What one benchmark measures."""

    id: Slug
    name: str
    attribute: Attribute
    unit: Literal["percent", "fraction", "index", "elo", "seconds", "score"]
    higher_is_better: bool = True
    general: bool = False
    """True when results say how able a model is in general, not only in `attribute`."""
    url: str | None = None
    note: str | None = None
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogOffer:
    """An offer together with its model and provider: one row of every table and ranking."""

    offer: Offer
    model: Model
    provider: Provider

    @property
    def id(self) -> str:
        """Our stable id, `model@provider`."""
        return f"{self.model.id}@{self.provider.id}"

    @property
    def label(self) -> str:
        """Name on screen."""
        return f"{self.model.name} ({self.provider.name})"

    def price(self, day: date) -> Price | None:
        """The price schedule in force on `day`, None when unknown."""
        return price_on(self.offer.prices, day)

    def feature(self, name: str) -> Tri:
        """Tri-state capability by field name of `Features`, the host's word first."""
        if self.offer.features is not None:
            here: Tri = getattr(self.offer.features, name)
            if here is not None:
                return here
        there: Tri = getattr(self.model.features, name)
        return there

    @property
    def zero_retention(self) -> Tri:
        """Whether zero data retention can be had: the model's exception first, then the provider's policy."""
        if self.offer.zero_retention is not None:
            return self.offer.zero_retention
        return self.provider.policy.zero_retention if self.provider.policy else None

    @property
    def retention_days(self) -> int | None:
        """Days data is kept by default: the model's exception first, then the provider's policy."""
        if self.offer.retention_days is not None:
            return self.offer.retention_days
        return self.provider.policy.retention_days if self.provider.policy else None

    @property
    def inputs(self) -> tuple[Modality, ...]:
        """Modalities this host takes."""
        return self.offer.modalities_in or self.model.modalities.input


class Catalog(Frozen):
    """All facts, checked together."""

    version: str
    """Calendar version of the shipped data, such as 2026.11.24."""
    digest: str
    """SHA-256 of the source files, first 16 hex digits."""
    models: tuple[Model, ...]
    providers: tuple[Provider, ...]
    benchmarks: tuple[Benchmark, ...]
    sources: dict[str, SourceEntry]

    @cached_property
    def offers(self) -> tuple[CatalogOffer, ...]:
        """Every offer with its model and provider, ordered by id."""
        providers = {provider.id: provider for provider in self.providers}
        rows = [
            CatalogOffer(offer=offer, model=model, provider=providers[offer.provider])
            for model in self.models
            for offer in model.offers
        ]
        return tuple(sorted(rows, key=lambda row: row.id))

    @cached_property
    def model_by_id(self) -> dict[str, Model]:
        """Models by their id."""
        return {model.id: model for model in self.models}

    @cached_property
    def benchmark_by_id(self) -> dict[str, Benchmark]:
        """Benchmarks by their id."""
        return {benchmark.id: benchmark for benchmark in self.benchmarks}

    @cached_property
    def memo(self) -> dict[object, object]:
        """Results of pure functions over this catalog, kept with it so that they are computed once."""
        return {}

    @cached_property
    def by_id(self) -> dict[str, CatalogOffer]:
        """Offers by `model@provider`."""
        return {row.id: row for row in self.offers}
