"""The formats a record can be had in: the one place to add another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from advisor.record.content import content_of
from advisor.record.html import content_to_html
from advisor.record.markdown import content_to_markdown
from advisor.record.pdf import record_pdf
from advisor.record.record import Record, record_json


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a record down."""

    label: str
    mime: str
    suffix: str
    """File ending with its dot."""
    render: Callable[[Record], bytes]


def record_markdown(record: Record) -> bytes:
    """The record as Markdown (MADR shape), UTF-8."""
    front_matter = {
        "status": record.status,
        "date": record.created.isoformat(),
        "decision-makers": list(record.deciders),
        "review-date": record.revisit.review_day.isoformat(),
        "chosen": record.chosen,
        "catalog": record.catalog_version,
        "simulated": record.simulated,
    }
    return content_to_markdown(content_of(record), front_matter).encode()


def record_html(record: Record) -> bytes:
    """The record as one standalone HTML file, UTF-8."""
    return content_to_html(content_of(record)).encode()


FORMATS: dict[str, Format] = {
    "md": Format("Markdown", "text/markdown", ".md", record_markdown),
    "html": Format("HTML", "text/html", ".html", record_html),
    "pdf": Format("PDF", "application/pdf", ".pdf", record_pdf),
    "json": Format("JSON", "application/json", ".json", record_json),
}
"""Format key -> how to write it."""
