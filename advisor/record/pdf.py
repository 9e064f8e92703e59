"""Renders a record as a tagged PDF through Typst: fonts embedded, equal records give equal bytes.

The Typst source is a constant. All texts travel as JSON in an input, never inside the source, so no
text can become a command.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Literal

from advisor.record.blocks import (
    Bars,
    Block,
    Bullets,
    Code,
    Content,
    Paragraph,
    Section,
    Table,
    one_line,
    visible,
)
from advisor.record.content import content_of
from advisor.record.record import Record
from advisor.record.svg import bars_svg
from advisor.record.typeset import TYPST

_MISSING_LETTERS = "Some signs of this record have no font on this machine; the HTML file shows them."
_WIDEST = 34
"""Letters beyond which a cell asks for no more width."""


def record_pdf(record: Record) -> bytes:
    """The record as PDF, dated with the record's own day; accessible (PDF/UA-1) when fonts allow."""
    import typst

    midnight = datetime(record.created.year, record.created.month, record.created.day, tzinfo=UTC)
    document = _document(content_of(record))

    def typeset(caution: str, standard: Literal["ua-1"] | None) -> bytes:
        return typst.compile(
            TYPST.encode(),
            format="pdf",
            sys_inputs={"record": json.dumps(document | {"caution": caution})},
            timestamp=int(midnight.timestamp()),
            pdf_standards=standard,
        )

    try:
        return typeset("", "ua-1")
    except typst.TypstError:
        # The accessibility standard refuses letters that no font here can draw. Still tagged.
        return typeset(_MISSING_LETTERS, None)


def _document(content: Content) -> dict[str, Any]:
    title = one_line(content.title)
    return {
        "title": title,
        "short": title if len(title) <= 80 else f"{title[:79]}…",
        "facts": [[one_line(label), one_line(value)] for label, value in content.facts],
        "sections": [_section(section) for section in content.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    blocks = [_block(block, f"{section.key}-{number}") for number, block in enumerate(section.blocks)]
    return {"heading": one_line(section.heading), "blocks": blocks}


def _block(block: Block, ident: str) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "text": one_line(block.text), "strong": block.strong}
        case Bullets():
            items = [one_line(item) for item in block.items]
            return {"kind": "bullets", "items": items, "checklist": block.checklist}
        case Table():
            return _table(block)
        case Bars():
            caption, said = one_line(block.caption), one_line(block.description)
            return {"kind": "bars", "caption": caption, "description": said, "svg": bars_svg(block, ident)}
        case Code():
            return {"kind": "code", "text": visible(block.text)}


def _table(block: Table) -> dict[str, Any]:
    rows = [[one_line(cell) for cell in row] for row in block.rows]
    columns = [one_line(column) for column in block.columns]
    return {
        "kind": "table",
        "caption": one_line(block.caption),
        "columns": columns,
        "rows": rows,
        "numeric": sorted(block.numeric),
        "widths": [_width(columns[i], [row[i] for row in rows]) for i in range(len(columns))],
    }


def _width(heading: str, cells: list[str]) -> int:
    """Share of the page a column asks for: the letters of its longest cell, within reason; no word of its
    heading is wider."""
    word = max((len(part) for part in heading.split()), default=0)
    return max(7, word + 3, min(_WIDEST, max(map(len, (heading, *cells)))))
