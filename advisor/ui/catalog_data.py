"""The catalog as rows of tables: offers, facts with their sources, prices over prompt length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

import pandas as pd

from advisor import wording
from advisor.catalog.entries import Attribute, Catalog, CatalogOffer, Model
from advisor.catalog.estimate import profile, results
from advisor.catalog.facts import Sourced
from advisor.catalog.gates import ages, findings
from advisor.catalog.prices import Price
from advisor.catalog.sources.litellm_map import Uncurated
from advisor.decide.criteria import CRITERIA
from advisor.ui.charts import Line

PROMPT_LENGTHS = (1, 8, 32, 64, 128, 129, 200, 201, 256, 257, 272, 273, 400, 512, 513, 1_000)
"""Thousands of tokens the price chart is read at: both sides of the usual tier boundaries."""

TABLE_COLUMNS = (
    "Offer",
    "Vendor",
    "Host",
    "Weights",
    "Context, tokens",
    "USD per million in",
    "USD per million out",
    "Accuracy",
    "Code",
    "Agent work",
    "Reasoning",
    "Released",
    "Note",
)
START_COLUMNS = (
    "Offer",
    "Weights",
    "Context, tokens",
    "USD per million in",
    "USD per million out",
    "Accuracy",
    "Code",
    "Released",
)
_SPELLED = {
    "deepseek": "DeepSeek",
    "minimax": "MiniMax",
    "mistral": "Mistral AI",
    "moonshot": "Moonshot AI",
    "nvidia": "NVIDIA",
    "openai": "OpenAI",
    "stepfun": "StepFun",
    "xai": "xAI",
    "zai": "Z.ai",
}
"""Vendors whose name is more than their id with a capital."""


def _feature_name(key: str) -> str:
    return key.replace("_", " ").capitalize().replace("Json", "JSON")


def vendor_name(vendor: str) -> str:
    """A vendor as it writes itself."""
    return _SPELLED.get(vendor) or vendor.capitalize()


def offer_table(catalog: Catalog, day: date) -> pd.DataFrame:
    """One row per offer, its id as the index; unknown numbers are empty, never zero."""
    lines = {row.id: _offer_line(catalog, row, day) for row in catalog.offers}
    return pd.DataFrame.from_dict(lines, orient="index", columns=list(TABLE_COLUMNS))


def _offer_line(catalog: Catalog, row: CatalogOffer, day: date) -> list[object]:
    price = row.price(day)
    return [
        row.label,
        vendor_name(row.model.vendor),
        row.provider.name,
        weights_words(row.model),
        row.offer.limits.context_in,
        price.rates.input if price else None,
        price.rates.output if price else None,
        *(_mid(catalog, row, one) for one in (Attribute.ACCURACY, Attribute.CODE, Attribute.AGENTIC)),
        row.model.reasoning.mode or wording.UNKNOWN_WORD,
        row.model.identity.released,
        "; ".join(notes(row, day)),
    ]


def _mid(catalog: Catalog, row: CatalogOffer, attribute: Attribute) -> float | None:
    found = profile(catalog, row.model.id).get(attribute)
    return None if found is None else round(found.mid)


def weights_words(model: Model) -> str:
    """Open or closed weights, with the licence."""
    if model.weights.open is None:
        return wording.UNKNOWN_WORD
    if not model.weights.open:
        return "closed"
    return f"open, {model.weights.licence}" if model.weights.licence else "open, licence not checked"


def notes(row: CatalogOffer, day: date) -> list[str]:
    """What to know before trusting an offer's facts: retirement, age, moving alias, overlay."""
    said = [age.words for age in ages(row, day)]
    retirement = row.offer.retirement
    if retirement is not None:
        left = (retirement.last_day - day).days
        said.insert(0, f"retires on {retirement.last_day.isoformat()}" if left >= 0 else "retired")
    if row.offer.moving_alias:
        said.append("the id may be re-pointed to another checkpoint")
    if row.offer.overlay:
        said.append(f"from overlay {row.offer.overlay}")
    return said


def notes_of(catalog: Catalog, offers: Iterable[str], day: date) -> dict[str, str]:
    """Offer id -> what to know before trusting its facts; offers without a note are left out."""
    known = cast("dict[str, str]", catalog.memo.setdefault(f"notes on {day}", {}))
    wanted = [key for key in offers if key in catalog.by_id]
    for key in wanted:
        if key not in known:
            known[key] = "; ".join(notes(catalog.by_id[key], day))
    return {key: known[key] for key in wanted if known[key]}


def finding_table(catalog: Catalog, model: Model, day: date) -> pd.DataFrame:
    """What the catalog's own gates find suspicious about the offers of a model."""
    return pd.DataFrame(
        [
            {
                "Offer": row.label,
                "Kind": finding.severity,
                "What": finding.gate.value,
                "Field": finding.field,
                "Found": finding.what,
                "What to do": finding.to_do,
            }
            for row in catalog.offers
            if row.model.id == model.id
            for finding in findings(row, day)
        ]
    )


def extended_table(found: Iterable[Uncurated]) -> pd.DataFrame:
    """Models LiteLLM lists and the catalog does not describe; unknown numbers are empty, never zero."""
    return pd.DataFrame(
        [
            {
                "LiteLLM id": one.litellm_id,
                "Provider": one.provider,
                "Context, tokens": one.context_in,
                "Longest answer, tokens": one.max_out,
                "USD per million in": one.rates.input if one.rates else None,
                "USD per million out": one.rates.output if one.rates else None,
                "Last day": one.last_day,
                "Note": one.mark,
            }
            for one in found
        ]
    )


def side_by_side(catalog: Catalog, rows: Sequence[CatalogOffer], day: date) -> pd.DataFrame:
    """The same facts of a few offers in columns; the first column says where they differ."""
    facts = [dict(_comparison(catalog, row, day)) for row in rows]
    return pd.DataFrame(
        [
            {
                "Fact": name,
                "": "differs" if len({fact[name] for fact in facts}) > 1 else "same",
                **{row.label: fact[name] for row, fact in zip(rows, facts, strict=True)},
            }
            for name in facts[0]
        ]
    )


def _comparison(catalog: Catalog, row: CatalogOffer, day: date) -> Iterable[tuple[str, str]]:
    price, estimates = row.price(day), profile(catalog, row.model.id)
    yield "Vendor", vendor_name(row.model.vendor)
    yield "Weights", weights_words(row.model)
    yield "Context", wording.tokens(row.offer.limits.context_in)
    yield "Longest answer", wording.tokens(row.offer.limits.max_out)
    yield "Per million tokens in", wording.usd(price.rates.input if price else None)
    yield "Per million tokens out", wording.usd(price.rates.output if price else None)
    yield "Cache read, per million", wording.usd(price.rates.cache_read if price else None)
    yield "Audio in, per million", _audio_in(row, price)
    yield "Inputs", ", ".join(row.inputs)
    for name in ("tools", "json_schema", "web_search", "prompt_cache", "fine_tuning", "logprobs"):
        yield _feature_name(name), wording.yes_no(row.feature(name))
    for attribute in Attribute:
        found = estimates.get(attribute)
        words = f"{found.mid:.0f} ({found.low:.0f} to {found.high:.0f})" if found else wording.UNKNOWN_WORD
        yield f"{CRITERIA[attribute.value].label}, of 100", words
    yield "Quantisation", row.offer.quantisation or wording.UNKNOWN_WORD
    yield "Released", row.model.identity.released.isoformat()
    yield "Note", "; ".join(notes(row, day)) or "none"


def fact_table(catalog: Catalog, model: Model) -> pd.DataFrame:
    """Every fact of a model with its source, date and origin, then what its hosts say about data."""
    own = [
        {"Fact": name, "Value": value, **_source(catalog, block)}
        for block, facts in _blocks(model)
        for name, value in facts
    ]
    hosts = [row for row in catalog.offers if row.model.id == model.id]
    return pd.DataFrame([*own, *(line for row in hosts for line in _policy(catalog, row))])


def _policy(catalog: Catalog, row: CatalogOffer) -> list[dict[str, str]]:
    """What a host states about data sent to this model; "unknown" where nobody has read a policy."""
    said = row.provider.policy
    trains = said.trains_by_default if said else None
    text = said.retention_text if said else None
    kept = wording.UNKNOWN_WORD if row.retention_days is None else wording.count(row.retention_days, "day")
    facts = {
        "processing inside the EU": wording.yes_no(said.eu_processing if said else None),
        "no training on your data": wording.yes_no(None if trains is None else not trains),
        "zero retention can be had": wording.yes_no(row.zero_retention),
        "data kept by default": kept if row.offer.retention_days is not None or not text else text,
    }
    unread = dict.fromkeys(("Source", "Read", "Origin"), wording.UNKNOWN_WORD) | {"Caveat": ""}
    where = _source(catalog, said) if said else unread
    return [
        {"Fact": f"{row.provider.name}: {name}", "Value": value, **where} for name, value in facts.items()
    ]


def _blocks(model: Model) -> Iterable[tuple[Sourced, list[tuple[str, str]]]]:
    identity, weights, features, reasoning = model.identity, model.weights, model.features, model.reasoning
    yield (
        identity,
        [
            ("Released", identity.released.isoformat()),
            ("Knowledge cutoff", identity.knowledge_cutoff or wording.UNKNOWN_WORD),
            ("Status", identity.status),
        ],
    )
    yield (
        weights,
        [
            ("Weights", weights_words(model)),
            ("Commercial use", wording.yes_no(weights.commercial)),
            ("Parameters, billions", _billions(weights.total_b)),
            ("Active parameters, billions", _billions(weights.active_b)),
        ],
    )
    yield (
        model.modalities,
        [("Takes", ", ".join(model.modalities.input)), ("Gives", ", ".join(model.modalities.output))],
    )
    names = ("tools", "json_schema", "web_search", "prompt_cache", "computer_use", "fine_tuning", "logprobs")
    yield (
        features,
        [(_feature_name(name), wording.yes_no(getattr(features, name))) for name in names],
    )
    yield (
        reasoning,
        [
            ("Reasoning", reasoning.mode or wording.UNKNOWN_WORD),
            ("Efforts", ", ".join(reasoning.efforts) or wording.UNKNOWN_WORD),
        ],
    )


def _billions(value: float | None) -> str:
    return wording.UNKNOWN_WORD if value is None else wording.number(value)


def _source(catalog: Catalog, block: Sourced) -> dict[str, str]:
    entry = catalog.sources.get(block.source)
    return {
        "Source": entry.name if entry else block.source,
        "Read": block.as_of.isoformat(),
        "Origin": block.origin.value,
        "Caveat": block.note or "",
    }


def estimate_table(catalog: Catalog, model: Model) -> pd.DataFrame:
    """Estimates of every attribute with what they rest on; no evidence is said, not guessed."""
    found = profile(catalog, model.id)
    return pd.DataFrame(
        [
            {
                "Attribute": CRITERIA[attribute.value].label,
                "Estimate": found[attribute].words if attribute in found else "no evidence",
            }
            for attribute in Attribute
        ]
    )


def evidence_table(catalog: Catalog, model: Model) -> pd.DataFrame:
    """Every published result, raw, with its reporter and its place among the models of its source."""
    return pd.DataFrame(
        [
            {
                "Benchmark": item.benchmark.name,
                "Attribute": CRITERIA[item.benchmark.attribute.value].label,
                "Result": f"{item.score.value:g} {item.benchmark.unit}",
                "Effort": item.score.effort or "not stated",
                "Reported by": item.score.reporter,
                "Place, 0 to 100": "not ranked" if item.place is None else f"{item.place:.0f}",
                **_source(catalog, item.score),
            }
            for item in results(catalog, model)
        ]
    )


def host_table(catalog: Catalog, model: Model, day: date) -> pd.DataFrame:
    """Who sells the model, and on what terms."""
    rows = [row for row in catalog.offers if row.model.id == model.id]
    return pd.DataFrame([_host_line(catalog, row, day) for row in rows])


def _host_line(catalog: Catalog, row: CatalogOffer, day: date) -> dict[str, str]:
    price = row.price(day)
    return {
        "Host": row.provider.name,
        "LiteLLM id": row.offer.litellm_id,
        "Context": wording.tokens(row.offer.limits.context_in),
        "Longest answer": wording.tokens(row.offer.limits.max_out),
        "Per million in": wording.usd(price.rates.input if price else None),
        "Per million out": wording.usd(price.rates.output if price else None),
        "Batch in": wording.usd(price.batch.input if price and price.batch else None),
        "Audio in": _audio_in(row, price),
        "Price source": _source(catalog, price)["Source"] if price else wording.UNKNOWN_WORD,
        "Price read": price.as_of.isoformat() if price else wording.UNKNOWN_WORD,
        "Note": "; ".join(notes(row, day)),
    }


def _audio_in(row: CatalogOffer, price: Price | None) -> str:
    """Rate of audio in the prompt, where the offer takes any or a rate is stated."""
    rate = price.rates.audio_input if price else None
    return "not taken" if rate is None and "audio" not in row.inputs else wording.usd(rate)


def price_lines(catalog: Catalog, model: Model, day: date) -> list[Line]:
    """US dollars per million input tokens over prompt length, for every host with a known price."""
    priced = [(row, row.price(day)) for row in catalog.offers if row.model.id == model.id]
    return [
        Line(row.provider.name, lengths, tuple(price.rates_for(length).input for length in lengths))
        for row, price in priced
        if price is not None and (lengths := _lengths(row.offer.limits.context_in or 0))
    ]


def _lengths(context: int) -> tuple[float, ...]:
    """Prompt lengths that fit into a context."""
    return tuple(1000.0 * n for n in PROMPT_LENGTHS if 1000 * n <= context)


def price_history(catalog: Catalog, model: Model) -> pd.DataFrame:
    """Every price schedule known, old ones included."""
    return pd.DataFrame(
        [
            {
                "Host": row.provider.name,
                "From": price.valid_from.isoformat() if price.valid_from else "not stated",
                "To": price.valid_to.isoformat() if price.valid_to else "open",
                "Per million in": wording.usd(price.rates.input),
                "Per million out": wording.usd(price.rates.output),
                **_source(catalog, price),
            }
            for row in catalog.offers
            if row.model.id == model.id
            for price in row.offer.prices
        ]
    )
