"""What a record is made of, as plain data: every format renders the same blocks.

Texts in blocks are plain text without any markup: each format escapes all of it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_JOINERS = "\u200c\u200d"
"""Invisible signs that scripts and emoji need; every other one can only hide or reorder text."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `strong` marks the sentence a reader must not miss."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences; `checklist` draws an empty box before each."""

    items: tuple[str, ...]
    checklist: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain text under a caption that says what the table shows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    """Columns set flush right."""


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured piece of a bar."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar, with a whisker from `low` to `high`."""

    label: str
    value: float
    low: float
    high: float
    text: str
    """The figure in words, at the end of the bar."""
    parts: tuple[Part, ...] = ()
    """Pieces that add up to `value`; empty draws one piece."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart. A table with the same numbers always stands beside it."""

    caption: str
    description: str
    """What the chart says, for those who cannot see it."""
    bars: tuple[Bar, ...]
    maximum: float
    """Right end of the scale."""


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be shown letter by letter."""

    text: str
    language: str = ""


Block = Paragraph | Bullets | Table | Bars | Code


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered part of the record; the appendix has no number."""

    key: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """The whole record in reading order."""

    title: str
    facts: tuple[tuple[str, str], ...]
    """Label and value pairs under the title."""
    sections: tuple[Section, ...]


def one_line(text: str) -> str:
    """`text` on one line, without control characters and invisible signs."""
    return " ".join(visible(text).split())


def visible(text: str) -> str:
    """`text` with line breaks kept; other control characters and invisible signs become a mark."""
    return "".join(_shown(char) for char in text.replace("\r\n", "\n").replace("\r", "\n"))


def _shown(char: str) -> str:
    if char in "\n\t":
        return char
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in _JOINERS
    return "\N{REPLACEMENT CHARACTER}" if hidden else char
