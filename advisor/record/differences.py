"""What differs between two decisions, and between two records, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from advisor.record.case_changes import case_changes
from advisor.record.names import criterion_name
from advisor.record.outcome import Facts, Figure, Outcome, OutOfRace, Placed
from advisor.record.record import Record
from advisor.record.sections.phrases import source_words
from advisor.wording import (
    count,
    interval_in_unit,
    joined,
    percent,
    probability,
    sentence,
    tokens,
    usd,
)

_SMALLEST_MOVE = 1e-9
"""Relative change below which two figures are the same."""


class ChangeKind(StrEnum):
    """What sort of thing changed."""

    NEW = "new offer"
    GONE = "vanished offer"
    RETIREMENT = "retirement"
    PRICE = "price"
    LIMITS = "limits"
    EVIDENCE = "evidence"
    FIT = "hard needs"
    RANKING = "ranking"
    CASE = "case"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    kind: ChangeKind
    words: str
    """One sentence."""
    offer: str | None = None
    """The offer it is about, None when it is about none."""


def outcome_changes(
    old: Outcome, new: Outcome, facts_now: Mapping[str, Facts] | None = None
) -> tuple[Change, ...]:
    """Everything that differs between two decisions.

    Args:
        old: The earlier decision.
        new: The later decision.
        facts_now: Catalog rows of offers the later decision excluded; their prices are compared too.
    """
    rows = {row.id: row.facts for row in new.ranking} | dict(facts_now or {})
    return (
        *_ranking_changes(old, new),
        *_comings_and_goings(old, new),
        *_fit_changes(old, new),
        *(change for row in old.ranking if row.id in rows for change in _facts_changes(row, rows[row.id])),
        *_evidence_changes(old, new),
    )


def _ranking_changes(old: Outcome, new: Outcome) -> Iterator[Change]:
    before = old.ranking[0] if old.ranking else None
    after = new.ranking[0] if new.ranking else None
    if before and after and before.id == after.id:
        was, now = probability(before.p_first), probability(after.p_first)
        if was != now:
            words = f"{after.label} still leads; its probability of being first went from {was} to {now}."
            yield Change(ChangeKind.RANKING, words, after.id)
        return
    was, now = before.label if before else "no offer", after.label if after else "no offer"
    if was != now:
        yield Change(ChangeKind.RANKING, sentence(f"{was} led before; {now} leads now"))


def _everyone(outcome: Outcome) -> dict[str, Placed | OutOfRace]:
    return {row.id: row for row in (*outcome.ranking, *outcome.excluded)}


def _comings_and_goings(old: Outcome, new: Outcome) -> Iterator[Change]:
    before, after = _everyone(old), _everyone(new)
    for offer, row in after.items():
        if offer not in before:
            place = f"it ranks {row.rank}" if isinstance(row, Placed) else f"it is out: {_why_out(row)}"
            yield Change(ChangeKind.NEW, f"New in the catalog: {row.label}; {place}.", offer)
    for offer, row in before.items():
        if offer not in after:
            yield Change(ChangeKind.GONE, f"No longer in the catalog: {row.label}.", offer)


def _why_out(row: OutOfRace) -> str:
    failed = [need.words for need in row.needs if need.verdict == "fail"]
    return "; ".join(failed) or row.words


def _fit_changes(old: Outcome, new: Outcome) -> Iterator[Change]:
    before, after = _everyone(old), _everyone(new)
    for offer, was in before.items():
        now = after.get(offer)
        if isinstance(was, Placed) and isinstance(now, OutOfRace):
            words = f"{now.label} no longer meets every hard need: {_why_out(now)}."
            yield Change(ChangeKind.FIT, words, offer)
        if isinstance(was, OutOfRace) and isinstance(now, Placed):
            yield Change(
                ChangeKind.FIT, f"{now.label} now meets every hard need; it ranks {now.rank}.", offer
            )


def _facts_changes(row: Placed, now: Facts) -> Iterator[Change]:
    was = row.facts
    yield from _price_changes(row, now)
    if was.last_day != now.last_day:
        last = now.last_day.isoformat() if now.last_day else "no longer announced"
        words = f"The last day of {row.label} is {last}; it was {was.last_day or 'not announced'} before."
        yield Change(ChangeKind.RETIREMENT, words, row.id)
    if was.context_tokens != now.context_tokens:
        before, after = tokens(was.context_tokens), tokens(now.context_tokens)
        words = f"The context window of {row.label} went from {before} to {after}."
        yield Change(ChangeKind.LIMITS, words, row.id)


def _price_changes(row: Placed, now: Facts) -> Iterator[Change]:
    was = row.facts
    pairs = (
        ("input", was.input_usd_per_mtok, now.input_usd_per_mtok),
        ("output", was.output_usd_per_mtok, now.output_usd_per_mtok),
    )
    moves = [f"{name} {_move(before, after)}" for name, before, after in pairs if before != after]
    if moves:
        source = source_words(now.price_source)
        words = f"The price of {row.label} per million tokens moved: {joined(moves)} ({source})."
        yield Change(ChangeKind.PRICE, words, row.id)


def _move(before: float | None, after: float | None) -> str:
    share = relative_move(before, after)
    step = f"{usd(before)} to {usd(after)}"
    if share is None:
        return step
    return f"{step} ({'up' if share > 0 else 'down'} {percent(abs(share))})"


def relative_move(before: float | None, after: float | None) -> float | None:
    """Change relative to the earlier figure; None when one is unknown or the earlier one is zero."""
    if before is None or after is None or before == 0:
        return None
    return (after - before) / before


def _evidence_changes(old: Outcome, new: Outcome) -> Iterator[Change]:
    """Readings that moved, for offers both decisions hold in detail; cost follows price and is left out."""
    after = {row.id: row for row in new.ranking}
    for row in old.ranking:
        now = {part.criterion: part.figure for part in after[row.id].weighings} if row.id in after else {}
        for part in row.weighings:
            if part.criterion != "cost" and part.criterion in now:
                yield from _figure_change(row, part.criterion, part.figure, now[part.criterion])


def _figure_change(row: Placed, criterion: str, was: Figure | None, now: Figure | None) -> Iterator[Change]:
    before, after = was.value.interval if was else None, now.value.interval if now else None
    if _same(before.mid if before else None, after.mid if after else None):
        return
    name = criterion_name(criterion)
    move = f"{interval_in_unit(before, name.unit)} to {interval_in_unit(after, name.unit)}"
    source = source_words(now.source if now else None)
    words = f"{name.label} of {row.label} went from {move} (source: {source})."
    yield Change(ChangeKind.EVIDENCE, words, row.id)


def _same(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    return abs(after - before) <= _SMALLEST_MOVE * max(abs(before), abs(after))


def diff(old: Record, new: Record) -> tuple[str, ...]:
    """Two records compared, in sentences: the record itself, the case, then the outcome."""
    changes = (
        *_record_changes(old, new),
        *(Change(ChangeKind.CASE, words) for words in case_changes(old.case, new.case)),
        *outcome_changes(old.outcome, new.outcome),
    )
    return tuple(change.words for change in changes)


def _chosen(record: Record) -> str:
    """The choice by its name, by its id where the ranking no longer holds it."""
    return record.choice.label if record.choice else record.chosen or "none"


def _record_changes(old: Record, new: Record) -> Iterator[Change]:
    pairs = (
        ("title", old.title, new.title),
        ("status", old.status, new.status),
        ("date", old.created.isoformat(), new.created.isoformat()),
        ("choice", _chosen(old), _chosen(new)),
        ("list of deciders", joined(old.deciders) or "empty", joined(new.deciders) or "empty"),
        ("catalog version", old.catalog_version, new.catalog_version),
        ("product version", old.app_version, new.app_version),
        ("review day", old.revisit.review_day.isoformat(), new.revisit.review_day.isoformat()),
    )
    for name, before, after in pairs:
        if before != after:
            yield Change(ChangeKind.RECORD, f"The {name} went from {before} to {after}.")
    runs = {run.run for run in new.evidence} - {run.run for run in old.evidence}
    if runs:
        yield Change(ChangeKind.RECORD, f"{count(len(runs), 'probe run')} came in as evidence.")
