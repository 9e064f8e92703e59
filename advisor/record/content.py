"""What a record says, in reading order: every format renders this one list."""

from __future__ import annotations

from collections.abc import Callable

from advisor.record.blocks import Content, Section
from advisor.record.record import Record
from advisor.record.sections import appendix, choice, comparison, duties, money, proof
from advisor.wording import joined

SECTIONS: tuple[Callable[[Record], Section], ...] = (
    choice.decision,
    choice.answers,
    comparison.drivers,
    comparison.options,
    comparison.excluded,
    choice.against,
    choice.changes,
    money.cost,
    proof.evidence,
    duties.guardrails,
    proof.confirmation,
    duties.revisit,
    duties.collect,
    appendix.appendix,
)
"""Sections 1 to 13 and the appendix."""


def content_of(record: Record) -> Content:
    """The whole record as plain data."""
    return Content(
        title=record.title,
        facts=_facts(record),
        sections=tuple(section(record) for section in SECTIONS),
    )


def _facts(record: Record) -> tuple[tuple[str, str], ...]:
    case = record.case
    facts = [
        ("Status", record.status),
        ("Date", record.created.isoformat()),
        ("Deciders", joined(record.deciders) or "not named yet"),
        ("Job", case.name or "not named"),
        ("Purpose", case.purpose or "not stated"),
        ("Catalog", f"version {record.catalog_version}, read on {record.outcome.day.isoformat()}"),
    ]
    if case.notes:
        facts.append(("Notes", case.notes))
    if record.simulated:
        facts.append(("Caution", "contains simulated figures"))
    return tuple(facts)
