"""What the record rests on: the appendix."""

from __future__ import annotations

from advisor.record.blocks import Block, Bullets, Paragraph, Section, Table
from advisor.record.names import NOT_ANSWERED
from advisor.record.outcome import Placed
from advisor.record.record import Record, record_digest
from advisor.record.sections.phrases import source_words
from advisor.wording import UNKNOWN_WORD, count, number, tokens, usd, yes_no

SHOWN_ROWS = 12


def appendix(record: Record) -> Section:
    """Catalog rows with source and date, the answers as given, versions and seed."""
    blocks: list[Block] = []
    rows = record.outcome.ranking[:SHOWN_ROWS]
    if rows:
        blocks.append(_catalog_rows(rows))
    sources = _sources(rows)
    if sources:
        blocks.append(Table("Sources of the figures above", ("Source", "Address"), sources))
    blocks += _answers(record)
    blocks.append(Bullets(_versions(record)))
    return Section("appendix", "Appendix: what this record rests on", tuple(blocks))


def _answers(record: Record) -> list[Block]:
    """The answers as given; questions without one are counted."""
    given = [row for row in record.outcome.answers if row.answer != NOT_ANSWERED]
    cells = tuple((row.step, row.question, row.answer) for row in given)
    open_ = len(record.outcome.answers) - len(given)
    blocks: list[Block] = []
    if cells:
        blocks.append(Table("The answers as given", ("Step", "Question", "Answer"), cells))
    if open_:
        blocks.append(Paragraph(f"Not answered: {count(open_, 'question')} of the six decisions."))
    return blocks


def _catalog_rows(rows: tuple[Placed, ...]) -> Table:
    columns = (
        "Offer",
        "LiteLLM id",
        "Price per million tokens",
        "Price source",
        "Context",
        "Limits source",
        "Open weights",
        "Last day",
    )
    cells = tuple(_catalog_row(row) for row in rows)
    return Table("Catalog rows on the day of the decision", columns, cells)


def _catalog_row(row: Placed) -> tuple[str, ...]:
    facts = row.facts
    return (
        row.label,
        facts.litellm_id,
        f"{usd(facts.input_usd_per_mtok)} in, {usd(facts.output_usd_per_mtok)} out",
        source_words(facts.price_source),
        tokens(facts.context_tokens),
        source_words(facts.limits_source),
        yes_no(facts.open_weights),
        facts.last_day.isoformat() if facts.last_day else "none announced",
    )


def _sources(rows: tuple[Placed, ...]) -> tuple[tuple[str, str], ...]:
    """Every source named in the record, once, with its address."""
    figures = (part.figure.source for row in rows for part in row.weighings if part.figure)
    needs = (need.figure.source for row in rows for need in row.needs if need.figure)
    facts = (source for row in rows for source in (row.facts.price_source, row.facts.limits_source) if source)
    named = {(source.name, source.url or UNKNOWN_WORD) for source in (*figures, *needs, *facts)}
    return tuple(sorted(named))


def _versions(record: Record) -> tuple[str, ...]:
    outcome = record.outcome
    draws = "none" if outcome.draws is None else f"{number(outcome.draws, 6)} with seed {outcome.seed}"
    return (
        f"Catalog: version {record.catalog_version}, digest {record.catalog_digest}, "
        f"read on {outcome.day.isoformat()}.",
        f"Product: Advisor {record.app_version}; record version {record.version}.",
        f"Random draws: {draws}.",
        f"SHA-256 of this record's JSON file: {record_digest(record)}.",
    )
