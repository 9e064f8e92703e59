"""Pure rules that no single entry can check: names that must exist, ids that must be one, dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from advisor.catalog.complaints import models_in
from advisor.catalog.entries import Benchmark, Catalog, Model, Provider
from advisor.catalog.facts import Sourced

Part = Literal["sources", "benchmarks", "providers", "models"]

_FUTURE_ALLOWED = {"last_day", "valid_from", "valid_to"}
"""Announced days; every other date says when something happened or was read."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken rule: where, which, and what to do."""

    part: Part
    key: str
    field: str
    rule: str
    hint: str


def check_together(catalog: Catalog, today: date) -> Broken | None:
    """The first rule the entries break together, None when they keep them all."""
    return next(_broken(catalog, today), None)


def _broken(catalog: Catalog, today: date) -> Iterator[Broken]:
    yield from _names(catalog)
    yield from _one_checkpoint_per_id(catalog)
    yield from _scores_of_aliases(catalog)
    for part, entries in _parts(catalog):
        for entry in entries:
            for path, block in sourced_blocks(entry):
                yield from _block(catalog, today, _At(part, entry.id, path), block)


def _parts(catalog: Catalog) -> Iterator[tuple[Part, tuple[Model | Provider | Benchmark, ...]]]:
    yield "models", catalog.models
    yield "providers", catalog.providers
    yield "benchmarks", catalog.benchmarks


@dataclass(frozen=True, slots=True)
class _At:
    part: Part
    key: str
    path: str


def _names(catalog: Catalog) -> Iterator[Broken]:
    """Providers, benchmarks and successors that do not exist."""
    providers = {provider.id for provider in catalog.providers}
    for model in catalog.models:
        for offer in model.offers:
            if offer.provider not in providers:
                field = f"offers.{offer.provider}.provider"
                hint = "Add providers/<id>.yaml, or correct the name."
                yield Broken("models", model.id, field, f"unknown provider {offer.provider}.", hint)
        for kind, results in (("scores", model.scores), ("task_costs", model.task_costs)):
            for index, result in enumerate(results):
                if result.benchmark not in catalog.benchmark_by_id:
                    field = f"{kind}.{index}.benchmark"
                    hint = "Add it to benchmarks.yaml, or correct the name."
                    yield Broken("models", model.id, field, f"unknown benchmark {result.benchmark}.", hint)
        successor = model.identity.successor
        if successor is not None and successor not in catalog.model_by_id:
            hint = "Name a model of the catalog, or leave it out."
            yield Broken("models", model.id, "identity.successor", f"unknown model {successor}.", hint)


def _one_checkpoint_per_id(catalog: Catalog) -> Iterator[Broken]:
    """An id that LiteLLM would call cannot serve two models."""
    seen: dict[str, str] = {}
    for row in catalog.offers:
        other = seen.setdefault(row.offer.litellm_id, row.model.id)
        if other != row.model.id:
            field = f"offers.{row.provider.id}.litellm_id"
            rule = f"{row.offer.litellm_id} also points at {other}."
            yield Broken("models", row.model.id, field, rule, "An id serves one checkpoint: correct one.")


def _scores_of_aliases(catalog: Catalog) -> Iterator[Broken]:
    """A model sold only under moving names is no checkpoint that could have been measured."""
    for model in catalog.models:
        if model.scores and model.offers and all(offer.moving_alias for offer in model.offers):
            hint = "Move the scores to the checkpoint they were measured on."
            yield Broken("models", model.id, "scores", "a moving alias carries scores of its own.", hint)


def _block(catalog: Catalog, today: date, at: _At, block: Sourced) -> Iterator[Broken]:
    """Unknown sources and dates in the future."""
    if block.source not in catalog.sources:
        hint = "Add it to sources.yaml, or correct the name."
        yield Broken(at.part, at.key, f"{at.path}source", f"unknown source {block.source}.", hint)
    for name in _date_fields(type(block)):
        day = getattr(block, name)
        if day is not None and day > today:
            rule = f"{day} is in the future."
            yield Broken(at.part, at.key, f"{at.path}{name}", rule, "Write the day it was read or happened.")


@cache
def _date_fields(kind: type[BaseModel]) -> tuple[str, ...]:
    """Fields of `kind` that hold a day in the past."""
    dated = (name for name, info in kind.model_fields.items() if _is_day(info.annotation))
    return tuple(name for name in dated if name not in _FUTURE_ALLOWED)


def _is_day(annotation: object) -> bool:
    return annotation is date or annotation == date | None


def sourced_blocks(value: BaseModel, path: str = "") -> Iterator[tuple[str, Sourced]]:
    """Every block of facts inside `value`, with its dotted path (ending in a dot)."""
    if isinstance(value, Sourced):
        yield path, value
    for name in _nested_fields(type(value)):
        inner: Any = getattr(value, name)
        if isinstance(inner, BaseModel):
            yield from sourced_blocks(inner, f"{path}{name}.")
        elif isinstance(inner, tuple):
            for index, item in enumerate(inner):
                if isinstance(item, BaseModel):
                    yield from sourced_blocks(item, f"{path}{name}.{index}.")


@cache
def _nested_fields(kind: type[BaseModel]) -> tuple[str, ...]:
    """Fields of `kind` that may hold blocks of facts; the leaf values are skipped for speed."""
    return tuple(
        name
        for name, info in kind.model_fields.items()
        if any(_holds_facts(inner) for inner in models_in(info.annotation))
    )


def _holds_facts(kind: type[BaseModel]) -> bool:
    return issubclass(kind, Sourced) or bool(_nested_fields(kind))
