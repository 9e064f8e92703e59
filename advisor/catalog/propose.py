"""A reviewable diff between the catalog and what upstreams say. It proposes; a person edits the YAML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from advisor.catalog.entries import Catalog, CatalogOffer
from advisor.catalog.gates import DISAGREE, UNIT_ERROR, Finding, Gate, against
from advisor.catalog.upstream import Reading, Unreadable, Upstream, UpstreamOffer

DISTRUST_SHARE = 0.3
"""An upstream that lacks, or is a factor off for, this share of our offers is broken, not newer."""
_WITHHELD = {Gate.PRICE_UNIT, Gate.PRICE_ZERO, Gate.ALIAS_MOVED}


@dataclass(frozen=True, slots=True)
class Change:
    """One value an upstream would change."""

    offer: str
    """`model@provider`, or a model id when the value belongs to the model."""
    field: str
    old: float | int | date | None
    new: float | int | date
    source: str
    as_of: date
    url: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything a reviewer needs: what was read, what would change, and what looks wrong."""

    today: date
    read: tuple[str, ...]
    """One sentence per upstream: read, or why not."""
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]

    @property
    def text(self) -> str:
        """The diff as text; lines with - and + are values of YAML fields."""
        head = [f"# Proposed changes of {self.today.isoformat()}. Nothing was edited: edit the YAML by hand."]
        head += [f"# {line}" for line in self.read]
        body = [line for offer in self._offers() for line in self._block(offer)]
        return "\n".join([*head, *(body or ["# No change is proposed."])]) + "\n"

    def _offers(self) -> list[str]:
        named = [change.offer for change in self.changes] + [finding.offer for finding in self.findings]
        return sorted(set(named))

    def _block(self, offer: str) -> Iterator[str]:
        yield f"\n{offer}"
        for change in self.changes:
            if change.offer == offer:
                yield f"  {change.field}:"
                yield f"-   {_shown(change.old)}"
                origin = f"{change.source} {change.as_of.isoformat()}{f' {change.url}' if change.url else ''}"
                yield f"+   {_shown(change.new)}  # {origin}"
        for finding in self.findings:
            if finding.offer == offer:
                yield f"  ! {finding.gate}: {finding.field}: {finding.what} {finding.to_do}"


def _shown(value: float | int | date | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:g}" if isinstance(value, float) else str(value)


def propose(catalog: Catalog, readings: tuple[Reading, ...], today: date) -> Proposal:
    """The diff of the catalog against every upstream that could be read.

    A broken upstream is named with its reason and proposes nothing. A single field that trips a gate for
    wrong units, zero prices or a re-pointed name is shown as a finding and not proposed.
    """
    read: list[str] = []
    changes: list[Change] = []
    findings: list[Finding] = []
    for reading in readings:
        reason = reading.reason if isinstance(reading, Unreadable) else _distrust(catalog, reading, today)
        if reason is not None or isinstance(reading, Unreadable):
            read.append(f"{reading.source}: {reason} Nothing is proposed from it.")
            continue
        read.append(f"{reading.source}: read, {len(reading.offers)} offers, as of {reading.as_of}.")
        read += [f"{reading.source}: {complaint}" for complaint in reading.complaints]
        for row in catalog.offers:
            own = tuple(against(row, reading, today))
            findings += own
            changes += _changes(row, reading, own, today)
        changes += _speeds(catalog, reading)
    return Proposal(today, tuple(read), tuple(changes), tuple(findings))


def _distrust(catalog: Catalog, upstream: Upstream, today: date) -> str | None:
    """Why a whole upstream is not believed, None when it is."""
    rows = catalog.offers
    if not upstream.offers and not upstream.speeds:
        return "it lists nothing."
    gone = [row for row in rows if row.offer.litellm_id not in upstream.offers]
    if upstream.complete and len(gone) > DISTRUST_SHARE * len(rows):
        return f"it lacks {len(gone)} of our {len(rows)} ids: truncated, or the ids changed."
    gaps = [gap for row in rows if (gap := _factor(row, upstream, today)) is not None]
    off = [gap for gap in gaps if gap >= UNIT_ERROR]
    if gaps and len(off) > DISTRUST_SHARE * len(gaps):
        return f"{len(off)} of {len(gaps)} prices are off by a factor of {min(off):.0f} or more: wrong unit."
    return None


def _factor(row: CatalogOffer, upstream: Upstream, today: date) -> float | None:
    """How many times apart the input prices are, None when one of them is unknown."""
    ours, told = row.price(today), upstream.offers.get(row.offer.litellm_id)
    if ours is None or told is None or told.rates is None or not ours.rates.input or not told.rates.input:
        return None
    return max(ours.rates.input / told.rates.input, told.rates.input / ours.rates.input)


def _changes(
    row: CatalogOffer, upstream: Upstream, own: tuple[Finding, ...], today: date
) -> Iterator[Change]:
    told = upstream.offers.get(row.offer.litellm_id)
    if told is None or any(finding.gate is Gate.ALIAS_MOVED for finding in own):
        return
    withheld = {finding.field for finding in own if finding.gate in _WITHHELD}
    for field, old, new in _pairs(row, told, today):
        if new is not None and field not in withheld and _differ(old, new):
            yield Change(row.id, field, old, new, upstream.source, upstream.as_of, told.url)


def _speeds(catalog: Catalog, upstream: Upstream) -> Iterator[Change]:
    """Fresh output speeds of models, beside the newest one we cite."""
    for model_id, speeds in upstream.speeds.items():
        cited = max(catalog.model_by_id[model_id].speeds, key=lambda speed: speed.as_of, default=None)
        for speed in speeds:
            if speed.output_tps is not None:
                old = cited.output_tps if cited else None
                field = "speeds.output_tps"
                yield Change(
                    model_id, field, old, speed.output_tps, upstream.source, upstream.as_of, speed.url
                )


def _pairs(row: CatalogOffer, told: UpstreamOffer, today: date) -> Iterator[tuple[str, Any, Any]]:
    """Field, our value and theirs; a value the upstream does not state is None and never proposed."""
    price = row.price(today)
    peak_only = price is not None and price.off_peak is not None and told.off_peak is None
    if told.rates is not None and not peak_only and (told.rates.input or told.rates.output):
        for side in ("input", "output", "cache_read", "cache_write"):
            ours = None if price is None else getattr(price.rates, side)
            yield f"prices.rates.{side}", ours, getattr(told.rates, side)
    yield "limits.context_in", row.offer.limits.context_in, told.context_in
    yield "limits.max_out", row.offer.limits.max_out, told.max_out
    ours_day = row.offer.retirement.last_day if row.offer.retirement else None
    yield "retirement.last_day", ours_day, told.last_day


def _differ(old: float | int | date | None, new: float | int | date) -> bool:
    if isinstance(old, int | float) and isinstance(new, int | float) and old:
        return abs(new - old) / old > DISAGREE
    return old != new
