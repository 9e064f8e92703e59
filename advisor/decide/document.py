"""A decision as one JSON document, and the schema of that document.

Both are worked out from the decision's own types, so neither can fall behind them. Offers appear as a
brief (ids, names), an effect without its function, days and hours as ISO texts, bounds as low, mid and high.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time
from enum import Enum, StrEnum
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin, get_type_hints

from advisor.catalog.entries import CatalogOffer
from advisor.decide.advice import Effect
from advisor.decide.decision import Decision

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

DOCUMENT_VERSION = 1
SCHEMA_ID = "advisor:decision:1"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OfferBrief:
    """An offer as documents name it."""

    id: str
    label: str
    model: str
    provider: str
    litellm_id: str


@dataclass(frozen=True, slots=True)
class EffectBrief:
    """An effect without its function."""

    step: str
    because: str


_STAND_INS: dict[type, type] = {CatalogOffer: OfferBrief, Effect: EffectBrief}


def decision_document(decision: Decision) -> Json:
    """The whole decision as JSON-ready values, in a fixed order of keys."""
    winner = decision.recommended
    head = {
        "document": "decision",
        "version": DOCUMENT_VERSION,
        "fits": decision.winner is not None,
        "winner": winner.id if winner else None,
    }
    return {**head, **_fields(decision)}


def _encoded(value: object) -> object:
    if isinstance(value, CatalogOffer):
        model, provider = value.model.id, value.provider.id
        return _encoded(OfferBrief(value.id, value.label, model, provider, value.offer.litellm_id))
    if isinstance(value, Effect):
        return _encoded(EffectBrief(value.step, value.because))
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(key): _encoded(item) for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, tuple | list):
        return [_encoded(item) for item in cast("tuple[object, ...]", value)]
    return _plain(value)


def _fields(value: DataclassInstance) -> Json:
    return {field.name: _encoded(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | time) else value


def decision_schema() -> Json:
    """JSON Schema (draft 2020-12) of `decision_document`."""
    shapes: dict[str, Json] = {}
    body = _object(Decision, shapes)
    head: Json = {
        "document": {"const": "decision"},
        "version": {"const": DOCUMENT_VERSION},
        "fits": {"type": "boolean", "description": "Whether any offer meets every hard need."},
        "winner": {
            "type": ["string", "null"],
            "description": "Id of the recommended offer; null when none fits or the case states nothing.",
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Decision",
        **body,
        "properties": {**head, **body["properties"]},
        "required": [*head, *body["required"]],
        "$defs": shapes,
    }


_SCALES: dict[tuple[str, str], str] = {
    ("Ranked", "score"): "0 to 1; times 100 it is the points out of 100 that pages and tables show.",
    ("Ranked", "p_first"): "Share of the draws, 0 to 1.",
    ("Contribution", "value"): "Worth on the fixed scale, 0 to 1; times the weight and 100 it is the points.",
    ("Decision", "weights"): "Shares that sum to 1.",
}
"""Type and field -> the scale of a figure whose name does not say it."""


def _object(shape: type, shapes: dict[str, Json]) -> Json:
    hints = get_type_hints(shape)
    properties: Json = {}
    for field in fields(shape):
        scale = _SCALES.get((shape.__name__, field.name))
        said = {"description": scale} if scale else {}
        properties[field.name] = _schema(hints[field.name], shapes) | said
    return {
        "type": "object",
        "description": (shape.__doc__ or "").split("\n")[0],
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_SIMPLE: dict[object, Json] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
    date: {"type": "string", "format": "date"},
    time: {"type": "string"},
}


def _schema(hint: object, shapes: dict[str, Json]) -> Json:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    kind = get_origin(hint)
    for origins, build in _GENERIC:
        if kind in origins:
            return build(get_args(hint), shapes)
    assert isinstance(hint, type)
    if issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    return _reference(_STAND_INS.get(hint, hint), shapes)


def _reference(shape: type, shapes: dict[str, Json]) -> Json:
    if shape.__name__ not in shapes:
        shapes[shape.__name__] = {}
        shapes[shape.__name__] = _object(shape, shapes)
    return {"$ref": f"#/$defs/{shape.__name__}"}


def _either(parts: tuple[Any, ...], shapes: dict[str, Json]) -> Json:
    return {"anyOf": [_schema(part, shapes) for part in parts]}


def _list(parts: tuple[Any, ...], shapes: dict[str, Json]) -> Json:
    return {"type": "array", "items": _schema(parts[0], shapes)}


def _map(parts: tuple[Any, ...], shapes: dict[str, Json]) -> Json:
    return {"type": "object", "additionalProperties": _schema(parts[1], shapes)}


_GENERIC: tuple[tuple[tuple[Any, ...], Callable[[tuple[Any, ...], dict[str, Json]], Json]], ...] = (
    ((UnionType, Union), _either),
    ((tuple, list), _list),
    ((Mapping, dict), _map),
)
