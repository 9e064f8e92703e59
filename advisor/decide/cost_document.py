"""Bills as one JSON document, with its schema."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.catalog.facts import Origin
from advisor.cost.breakdown import CostLine
from advisor.cost.profile import TokenProfile
from advisor.decide.bills import Basis, Bill, Figure
from advisor.decide.plan import Situation
from advisor.frozen import Frozen
from advisor.interval import Interval

Figured = Annotated[float, Field(ge=0)]


class Bounds(Frozen):
    """A quantity between bounds; all three equal when it is known exactly."""

    low: Figured
    mid: Figured
    high: Figured


class FigureOut(Frozen):
    """US dollars, and how they come about."""

    usd: Bounds | None
    """None when it cannot be worked out: never zero for unknown."""
    at_least_usd: Figured | None
    """Lower bound from the known part of an unknown figure."""
    formula: str
    """The middle figures, written out; the reason when it is unknown."""


class LineOut(Frozen):
    """One part of the cost of one request."""

    key: str
    label: str
    tokens: Bounds | None
    usd_per_mtok: Bounds | None
    """US dollars per million tokens, batch, tier, hour and region included."""
    usd: Bounds
    formula: str
    note: str
    source: str
    source_url: str | None
    as_of: date | None
    """Day the price was taken."""
    origin: Origin


class BillOut(Frozen):
    """What one offer costs."""

    id: str
    label: str
    litellm_id: str
    acceptable: bool
    """Whether it meets every hard need of the case."""
    basis: Basis
    simulated: bool
    """Whether it rests on a simulated measurement."""
    per_request: FigureOut
    """One attempted task, all its model calls together."""
    per_success: FigureOut
    """One task that ends well, failed attempts paid too."""
    per_month: FigureOut
    per_user: FigureOut
    """Per user and month."""
    lines: tuple[LineOut, ...]


class TaskOut(Frozen):
    """One task after all six decisions, in tokens and calls; None is not known."""

    calls: Bounds
    input_tokens: Bounds | None
    output_tokens: Bounds | None
    reasoning_per_output: Bounds
    """Hidden reasoning tokens per visible one, of a model that reasons."""
    cached_share: Bounds
    batch_share: Bounds
    searches: Bounds
    success_rate: Bounds
    """Share of tasks that end well, as far as the plan limits it."""


class CostOut(Frozen):
    """What `advisor cost CASE --json` prints."""

    document: Literal["cost"] = "cost"
    version: Literal[1] = 1
    case_name: str
    day: date
    catalog_version: str
    catalog_digest: str
    requests_per_month: Figured | None
    users: Figured | None
    task: TaskOut
    offers: tuple[BillOut, ...]
    """Cheapest first, unknown ones last."""


def cost_document(bills: Sequence[Bill], acceptable: Sequence[str], situation: Situation) -> dict[str, Any]:
    """Bills ready for JSON.

    Args:
        bills: In the order they are shown.
        acceptable: Ids of the offers that meet every hard need.
        situation: What they were worked out from.
    """
    work, catalog = situation.case.workload, situation.catalog
    return CostOut(
        case_name=situation.case.name,
        day=situation.day,
        catalog_version=catalog.version,
        catalog_digest=catalog.digest,
        requests_per_month=work.requests_per_month,
        users=work.users,
        task=_task(situation.plan.profile),
        offers=tuple(_bill(bill, acceptable=bill.offer.id in acceptable) for bill in bills),
    ).model_dump(mode="json")


def cost_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `cost_document`."""
    schema = CostOut.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "advisor:cost:1", **schema}


def _task(profile: TokenProfile) -> TaskOut:
    return TaskOut(
        calls=_bounds(profile.calls),
        input_tokens=_bounds_or_none(profile.input_tokens),
        output_tokens=_bounds_or_none(profile.output_tokens),
        reasoning_per_output=_bounds(profile.reasoning_per_output),
        cached_share=_bounds(profile.cached_share),
        batch_share=_bounds(profile.batch_share),
        searches=_bounds(profile.searches),
        success_rate=_bounds(profile.success_rate),
    )


def _bill(bill: Bill, *, acceptable: bool) -> BillOut:
    return BillOut(
        id=bill.offer.id,
        label=bill.offer.label,
        litellm_id=bill.offer.offer.litellm_id,
        acceptable=acceptable,
        basis=bill.basis,
        simulated=bill.simulated,
        per_request=_figure(bill.per_request),
        per_success=_figure(bill.per_success),
        per_month=_figure(bill.per_month),
        per_user=_figure(bill.per_user),
        lines=tuple(_line(line) for line in bill.lines),
    )


def _figure(figure: Figure) -> FigureOut:
    return FigureOut(
        usd=_bounds_or_none(figure.usd), at_least_usd=figure.at_least_usd, formula=figure.formula
    )


def _line(line: CostLine) -> LineOut:
    where = line.provenance
    return LineOut(
        key=line.key,
        label=line.label,
        tokens=_bounds_or_none(line.tokens),
        usd_per_mtok=_bounds_or_none(line.usd_per_mtok),
        usd=_bounds(line.usd),
        formula=line.formula,
        note=line.note,
        source=where.source,
        source_url=where.url,
        as_of=where.as_of,
        origin=where.origin,
    )


def _bounds(value: Interval) -> Bounds:
    return Bounds(low=value.low, mid=value.mid, high=value.high)


def _bounds_or_none(value: Interval | None) -> Bounds | None:
    return None if value is None else _bounds(value)
