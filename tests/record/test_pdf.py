"""The PDF: tagged, fonts embedded, the same bytes for the same record, hostile texts inert."""

from __future__ import annotations

import re
import zlib

import pytest

from advisor.record.pdf import record_pdf
from advisor.record.record import Evidence, Record
from tests.record.test_hostile import ATTACKS, poisoned


def test_equal_records_give_equal_bytes(record: Record) -> None:
    """Typesetting twice gives the same file; another record gives another."""
    first = record_pdf(record)
    assert first.startswith(b"%PDF-")
    assert record_pdf(record) == first
    assert record_pdf(record.with_changes(status="accepted")) != first


def test_pdf_is_tagged_titled_and_dated(record: Record) -> None:
    """The file has a structure tree, a language, its title, and the record's day as its date."""
    page = _objects(record_pdf(record))
    assert b"/StructTreeRoot" in page
    assert re.search(rb"/Lang\s*\(en", page)
    assert b"Language model for Letters" in page
    assert b"20261124" in page
    assert b"pdfuaid:part" in page


def test_fonts_are_embedded(record: Record) -> None:
    """Every font of the file comes with its letters."""
    page = _objects(record_pdf(record))
    fonts = len(re.findall(rb"/Type\s*/FontDescriptor", page))
    assert fonts > 0
    assert len(re.findall(rb"/FontFile[23]?\s", page)) == fonts


def _objects(file: bytes) -> bytes:
    """The file with its compressed parts laid open."""
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL)
    return file + b"".join(zlib.decompress(part) for part in parts if part[:1] == b"\x78")


def test_charts_have_alternative_text(record: Record, evidence: Evidence) -> None:
    """The chart can be read by those who cannot see it."""
    page = _objects(record_pdf(record.with_changes(evidence=(evidence,))))
    assert b"/Alt" in page


@pytest.mark.parametrize("attack", [*ATTACKS, "#panic()", "*bold* _it_ $ 1 + $ = Title", "\\ #[ ] { }"])
def test_no_text_becomes_a_command(attack: str) -> None:
    """Typst commands in texts are printed, not run: an executed panic or a broken bracket would fail."""
    assert record_pdf(poisoned(attack)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "text", ["\u65e5\u672c\u8a9e", "\U0001f389 party", "\u0378 \ue000 \U0010ffff", "\ufeff\u200b\xad"]
)
def test_letters_without_a_font_still_give_a_tagged_pdf(text: str) -> None:
    """Whatever the script, there is a tagged PDF, and the same one twice."""
    record = poisoned(text)
    made = record_pdf(record)
    assert b"/StructTreeRoot" in _objects(made)
    assert record_pdf(record) == made


def test_letters_with_a_font_give_no_caution(record: Record) -> None:
    """Latin text keeps to the accessibility standard; the fallback is for missing letters only."""
    assert b"pdfuaid:part" not in _objects(record_pdf(record.with_changes(title="\u0378")))
    assert b"pdfuaid:part" in _objects(
        record_pdf(record.with_changes(title="\xc5ngstr\xf6m \u2013 na\xefve"))
    )
