"""Accelerators, what renting them costs, and the shapes of models that run on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeVar, cast

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from advisor.catalog.complaints import complaint
from advisor.catalog.entries import Slug
from advisor.catalog.facts import Sourced, SourceEntry
from advisor.documents import KeysOnce
from advisor.errors import BadCatalog, NotFound
from advisor.frozen import Frozen
from advisor.interval import Interval

Positive = Annotated[float, Field(gt=0)]
Whole = Annotated[int, Field(gt=0)]

HOURS_PER_MONTH = 730
"""365 x 24 / 12."""


class Rent(Sourced):
    """What one hour of one accelerator costs, as seen in one place on one day."""

    kind: Literal["offers", "index", "rate_card", "aggregated"]
    """A list of offers, a market index, one seller's list price, or such a price at second hand."""
    seller: str | None = None
    low: Positive | None = None
    mid: Positive
    """US dollars per GPU-hour."""
    high: Positive | None = None
    sellers: Whole | None = None
    """How many sellers the figure rests on."""


class Gpu(Sourced):
    """One accelerator. Rates are dense peak rates; an absent one is unknown or not native."""

    id: Slug
    name: str
    vendor: str
    memory_gib: Positive
    bandwidth_gb_s: Positive
    """Memory bandwidth, 10^9 bytes per second."""
    bf16_tflops: Positive | None = None
    fp8_tflops: Positive | None = None
    fp4_tflops: Positive | None = None
    power_w: Positive | None = None
    link_gb_s: Positive | None = None
    """Bandwidth between GPUs of one machine, 10^9 bytes per second and direction."""
    confidence: Literal["high", "medium"] = "high"
    rents: tuple[Rent, ...] = ()

    @property
    def newest_rent(self) -> Rent | None:
        """The price to show with its date: the newest index, else offers, else a list price."""
        order = {"index": 3, "offers": 2, "rate_card": 1, "aggregated": 0}
        return max(self.rents, key=lambda rent: (order[rent.kind], rent.as_of), default=None)

    @property
    def rent_usd_per_hour(self) -> Interval | None:
        """Low, middle and high price of a GPU-hour; None when none is known.

        Second-hand prices of one seller do not count: the ones seen look like old list prices.
        """
        newest = self.newest_rent
        seen = [rent for rent in self.rents if rent.kind != "aggregated"]
        if newest is None or not seen:
            return None
        ends = [end for rent in seen for end in (rent.low, rent.mid, rent.high) if end is not None]
        return Interval(min(ends), newest.mid, max(ends))


class Latent(Frozen):
    """Multi-head latent attention: what the cache keeps, and the widths of its projections."""

    kv_rank: Whole
    rope_dim: Whole
    q_rank: Whole | None = None
    nope_dim: Whole | None = None
    v_dim: Whole | None = None


class ModelShape(Sourced):
    """What memory and speed of one open-weight model follow from."""

    id: str
    """Repository of the published configuration."""
    names: Annotated[tuple[str, ...], Field(min_length=1)]
    attention: Literal["full", "latent", "windowed", "hybrid", "compressed"]
    attention_text: str = ""
    layers: Whole
    hidden: Whole | None = None
    q_heads: Whole | None = None
    kv_heads: Whole
    head_dim: Whole | None = None
    latent: Latent | None = None
    experts: Whole | None = None
    experts_per_token: Whole | None = None
    shared_experts: int = 0
    expert_width: Whole | None = None
    dense_layers: int = 0
    """Leading layers of a mixture-of-experts model that have no experts."""
    dense_width: Whole | None = None
    vocab: Whole | None = None
    tied_embeddings: bool = False
    max_tokens: Whole
    total_b: Positive | None = None
    """All parameters, billions; with experts all of them, because all stay in memory."""
    active_b: Positive | None = None
    params_basis: str = ""
    kv_bytes: Positive | None = None
    """KV cache bytes per token of context, 16-bit values, layers that keep every token."""
    window_kv_bytes: Positive | None = None
    """The same for layers that keep only the last `window_tokens` tokens."""
    window_tokens: Whole | None = None
    no_formula: str | None = None
    """Why no bytes per token can be given."""

    @model_validator(mode="after")
    def _law_or_reason(self) -> Self:
        if (self.kv_bytes is None) == (self.no_formula is None):
            raise ValueError("needs either kv_bytes or no_formula: give the number, or say why there is none")
        if (self.window_kv_bytes is None) != (self.window_tokens is None):
            raise ValueError("window_kv_bytes and window_tokens go together: give both, or neither")
        return self


AnyModel = TypeVar("AnyModel", bound=BaseModel)
Entry = TypeVar("Entry", Gpu, ModelShape)


class Hardware(Frozen):
    """All accelerators and shapes, checked together."""

    gpus: tuple[Gpu, ...]
    shapes: tuple[ModelShape, ...]
    sources: dict[str, SourceEntry]

    def gpu(self, key: str) -> Gpu:
        """One accelerator by id.

        Raises:
            NotFound: There is none.
        """
        found = next((gpu for gpu in self.gpus if gpu.id == key), None)
        if found is None:
            known = ", ".join(gpu.id for gpu in self.gpus)
            raise NotFound(f"There is no accelerator {key}.", f"Choose one of {known}.")
        return found

    def shape(self, name: str) -> ModelShape:
        """One model by repository or by one of its names.

        Raises:
            NotFound: There is none.
        """
        found = next((shape for shape in self.shapes if name == shape.id or name in shape.names), None)
        if found is None:
            hint = "Give parameters and KV bytes per token instead."
            raise NotFound(f"The shape of {name} is not in the catalog.", hint)
        return found


def parse_hardware(texts: Mapping[str, str]) -> Hardware:
    """Reads `gpus.yaml`, `shapes.yaml` and `sources.yaml`, given by name.

    Raises:
        BadCatalog: An entry breaks a rule, names an unknown source, or appears twice.
    """
    sources: dict[str, SourceEntry] = {
        key: checked("sources.yaml", key, SourceEntry, entry)
        for key, entry in parse_yaml("sources.yaml", texts["sources.yaml"]).items()
    }
    gpus = _entries("gpus.yaml", texts["gpus.yaml"], Gpu)
    shapes = _entries("shapes.yaml", texts["shapes.yaml"], ModelShape)
    blocks: list[tuple[str, str, Sourced]] = [("gpus.yaml", gpu.id, gpu) for gpu in gpus]
    blocks += [("gpus.yaml", gpu.id, rent) for gpu in gpus for rent in gpu.rents]
    blocks += [("shapes.yaml", shape.id, shape) for shape in shapes]
    check_sources(blocks, sources)
    return Hardware(gpus=gpus, shapes=shapes, sources=sources)


def parse_yaml(name: str, text: str) -> Any:  # noqa: ANN401 - YAML is untyped until it is validated
    """Plain values of a YAML document.

    Raises:
        BadCatalog: It is not valid YAML.
    """
    try:
        return yaml.load(text, KeysOnce)  # noqa: S506  a safe loader made stricter
    except yaml.YAMLError as error:
        raise BadCatalog(name, "", f"not valid YAML: {error}.", "Correct the file.") from error


def checked(file: str, key: str, kind: type[AnyModel], entry: object) -> AnyModel:
    """One entry, validated.

    Raises:
        BadCatalog: It breaks a rule.
    """
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        raise complaint(file, key, kind, error) from error


def check_sources(blocks: list[tuple[str, str, Sourced]], sources: Mapping[str, SourceEntry]) -> None:
    """Every block names a listed source.

    Raises:
        BadCatalog: One does not.
    """
    for file, key, block in blocks:
        if block.source not in sources:
            hint = f"Use one of {', '.join(sorted(sources))}, or add it to sources.yaml."
            raise BadCatalog(file, f"{key}: source", f"there is no source {block.source}.", hint)


def _entries(file: str, text: str, kind: type[Entry]) -> tuple[Entry, ...]:
    raw = parse_yaml(file, text)
    if not isinstance(raw, list):
        raise BadCatalog(file, "", "must be a list of entries.", "Start each entry with '- id: ...'.")
    found: dict[str, Entry] = {}
    for index, entry in enumerate(cast(list[dict[str, Any]], raw)):
        key = str(entry.get("id", f"entry {index + 1}"))
        if key in found:
            raise BadCatalog(file, key, "duplicate id.", "Merge the two, or rename one.")
        found[key] = checked(file, key, kind, entry)
    return tuple(found.values())
