"""Reads JSONL and CSV from chunks of bytes, row by row: a large file is never held as a whole.

A row that cannot be read is reported with its line, and the next one is read.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from advisor.dataset.findings import BadRow
from advisor.dataset.layouts import UnknownLayout, example_of
from advisor.dataset.rows import Example
from advisor.errors import BadInput

NOT_UTF_8 = "is not valid UTF-8"
_CONTROL = bytes([*range(9), *range(14, 32)])
_MOST_CONTROL = 0.02
"""Share of control characters from which on a file is no text; a picture or archive has about a tenth."""
MAX_ROW_BYTES = 8 * 2**20
"""A longer row is skipped and reported: no provider takes it, and it would fill the memory."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, without its end; None when it was too long to keep."""

    number: int
    body: bytes | None


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row before it is understood: a JSON value or a CSV record."""

    row: int
    line: int
    value: object


def file_kind(name: str, start: bytes) -> str:
    """`jsonl` or `csv`, by name and first byte.

    Raises:
        BadInput: Neither; the text says what to do with this file.
    """
    lowered = name.lower()
    if lowered.endswith((".parquet", ".xlsx", ".xls", ".zip", ".gz")):
        raise BadInput(name, "", "this kind of file is not read.", "Save it as JSONL or as CSV in UTF-8.")
    head = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if lowered.endswith((".csv", ".tsv")):
        return "csv"
    if head.startswith(b"["):
        hint = "Write one object per line (JSONL) instead of one list."
        raise BadInput(name, "", "is one JSON list.", hint)
    if lowered.endswith((".jsonl", ".ndjson", ".json")) or head.startswith(b"{"):
        return "jsonl"
    return "csv"


def read_examples(chunks: Iterable[bytes], name: str) -> Iterator[Example | BadRow]:
    """Every row of a file, understood or with the reason why not.

    Args:
        chunks: The file in pieces of any size, in order.
        name: Its name, for messages and for the kind of file.

    Raises:
        BadInput: The whole file cannot be used: empty, another kind, a header without known columns.
    """
    for item in read_rows(chunks, name):
        if isinstance(item, BadRow):
            yield item
            continue
        try:
            yield example_of(item.row, item.value)
        except UnknownLayout as error:
            yield BadRow(item.row, item.line, str(error))


def read_rows(chunks: Iterable[bytes], name: str) -> Iterator[RawRow | BadRow]:
    """Every row of a file, parsed or with the reason why not.

    Raises:
        BadInput: The whole file cannot be used.
    """
    stream = _transcoded(iter(chunks))
    start = next(stream, b"")
    if not start.strip():
        start += b"".join(stream)
        if not start.strip():
            raise BadInput(name, "", "the file is empty.", "Choose a file with one example per row.")
    if _is_binary(start[:8192]):
        hint = "Save the examples as JSONL or CSV in UTF-8."
        raise BadInput(name, "", "is not text: it is full of bytes that no text has.", hint)
    kind = file_kind(name, start)
    lines = _lines(start, stream)
    return _csv_rows(lines, name) if kind == "csv" else _json_rows(lines)


def _is_binary(start: bytes) -> bool:
    """Whether a file begins like a program, picture, archive or UTF-16 without its mark."""
    control = len(start) - len(start.translate(None, _CONTROL))
    return control > max(4, _MOST_CONTROL * len(start))


def _transcoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-8 bytes of a file that may start with a byte-order mark or be UTF-16."""
    first = next(chunks, b"")
    while len(first) < 4 and (more := next(chunks, None)) is not None:
        first += more
    if not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    yield decoder.decode(first).encode()
    for chunk in chunks:
        yield decoder.decode(chunk).encode()


def _lines(start: bytes, rest: Iterable[bytes]) -> Iterator[Line]:
    """Lines ended by a newline; one longer than `MAX_ROW_BYTES` comes back without its body."""
    number, buffer, too_long = 1, start, False
    for chunk in chain((b"",), rest):
        buffer += chunk
        *whole, buffer = buffer.split(b"\n")
        for body in whole:
            yield Line(number, None if too_long or len(body) > MAX_ROW_BYTES else body.removesuffix(b"\r"))
            number, too_long = number + 1, False
        if len(buffer) > MAX_ROW_BYTES:
            buffer, too_long = b"", True
    if buffer or too_long:
        yield Line(number, None if too_long else buffer.removesuffix(b"\r"))


def _json_rows(lines: Iterable[Line]) -> Iterator[RawRow | BadRow]:
    row = 0
    for line in lines:
        if line.body is not None and not line.body.strip():
            continue  # Blank lines are no rows: every reader of JSONL skips them.
        row += 1
        text = _decoded(line)
        if isinstance(text, _Unreadable):
            yield BadRow(row, line.number, text.reason)
            continue
        try:
            yield RawRow(row, line.number, json.loads(text))
        except json.JSONDecodeError as error:
            yield BadRow(row, line.number, f"is not JSON: {error.msg} at column {error.colno}")
        except (RecursionError, ValueError):
            yield BadRow(row, line.number, "is JSON that is nested too deeply or has an absurd number")


@dataclass(frozen=True, slots=True)
class _Unreadable:
    reason: str


def _decoded(line: Line) -> str | _Unreadable:
    if line.body is None:
        return _Unreadable(f"is longer than {MAX_ROW_BYTES // 2**20} MB")
    try:
        return line.body.decode()
    except UnicodeDecodeError as error:
        return _Unreadable(f"{NOT_UTF_8} at byte {error.start + 1}")


def _csv_rows(lines: Iterable[Line], name: str) -> Iterator[RawRow | BadRow]:
    bad: list[BadRow] = []
    texts = _CsvText(lines, bad)
    header_line = next(iter(texts), "")
    delimiter = max(",;\t|", key=header_line.count)
    reader = csv.reader(texts, delimiter=delimiter)
    header = next(csv.reader([header_line], delimiter=delimiter), [])
    if len(header) < 2:
        hint = "The first line must name the columns, such as prompt,completion."
        raise BadInput(name, "line 1", "has fewer than two columns.", hint)
    columns = [column.strip() for column in header]
    row = 0
    while True:
        begin = texts.number + 1
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            row += 1
            yield BadRow(row, begin, f"is not CSV: {error}")
            continue
        if not record:
            continue
        row += 1
        yield from _moved(bad, row)
        row += len(bad)
        bad.clear()
        yield _csv_row(row, begin, columns, record)
    yield from _moved(bad, row + 1)


def _csv_row(row: int, line: int, columns: list[str], record: list[str]) -> RawRow | BadRow:
    if len(record) != len(columns):
        return BadRow(row, line, f"has {len(record)} columns, the header has {len(columns)}")
    return RawRow(row, line, dict(zip(columns, record, strict=True)))


def _moved(bad: list[BadRow], first_row: int) -> Iterator[BadRow]:
    """Lines that could not be decoded, with the row numbers they get."""
    for offset, problem in enumerate(bad):
        yield BadRow(first_row + offset, problem.line, problem.reason)


class _CsvText:
    """Lines as text for the CSV reader; undecodable ones are put aside."""

    def __init__(self, lines: Iterable[Line], bad: list[BadRow]) -> None:
        self._lines = iter(lines)
        self._bad = bad
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line in self._lines:
            self.number = line.number
            text = _decoded(line)
            if isinstance(text, str):
                return text + "\n"
            self._bad.append(BadRow(0, line.number, text.reason))
        raise StopIteration
