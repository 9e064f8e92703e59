"""Renders a record as Markdown in the shape of an architecture decision record (MADR) with front matter.

Every text is escaped, so that names, notes and model replies can neither mark up nor link nor break a
table. Charts become their description; the table beside them has the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

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

FrontValue = str | bool | list[str] | None
"""What front matter may hold."""

_HARMLESS = re.compile(r"[A-Za-z0-9 .,:/@+'-]")
_MARKUP = re.compile(r"([\\`*_\[\]|~])")
_MENTION = re.compile(r"(?<!\S)@")
"""An address of a person, which code hosts would notify; `model@provider` stays as it is."""
_LEADING = re.compile(r"^(#{1,6}(?=\s|$)|[+=-](?=[+=\s-]|$)|\d{1,9}(?=[.)](?:\s|$)))")
"""What makes a heading, list or rule at the start of a line, and only there."""


def content_to_markdown(content: Content, front_matter: Mapping[str, FrontValue]) -> str:
    """The whole record as Markdown; `front_matter` is written as YAML between the dashes."""
    head = "".join(f"{key}: {_yaml(value)}\n" for key, value in front_matter.items())
    facts = "\n".join(f"- {escaped(label)}: {escaped(value)}" for label, value in content.facts)
    sections = "\n\n".join(_section(section) for section in content.sections)
    return f"---\n{head}---\n\n# {escaped(content.title)}\n\n{facts}\n\n{sections}\n"


def _yaml(value: FrontValue) -> str:
    """A value as YAML on one line. Signs of markup become escape sequences, because some renderers
    show front matter as if it were text."""
    if isinstance(value, str):
        letters = (char if _HARMLESS.match(char) else _code_point(char) for char in value)
        return f'"{"".join(letters)}"'
    if isinstance(value, list):
        return f"[{', '.join(_yaml(item) for item in value)}]"
    return {None: "null", True: "true", False: "false"}[value]


def _code_point(char: str) -> str:
    return f"\\U{ord(char):08x}"


def escaped(text: str) -> str:
    """`text` on one line with nothing left that Markdown or HTML would act on."""
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub("&#64;", _MARKUP.sub(r"\\\1", line))


def line_start(text: str) -> str:
    """Like `escaped`, for text that begins a line or a list item."""
    return _LEADING.sub(_escape_leading, escaped(text))


def _escape_leading(match: re.Match[str]) -> str:
    marker = match.group(0)
    return f"{marker}\\" if marker[0].isdigit() else f"\\{marker}"


def _section(section: Section) -> str:
    blocks = "\n\n".join(_block(block) for block in section.blocks)
    return f"## {escaped(section.heading)}\n\n{blocks}"


def _block(block: Block) -> str:
    return _RENDERERS[type(block)](block)


def _paragraph(block: Paragraph) -> str:
    text = line_start(block.text)
    return f"**{text}**" if block.strong and text else text


def _bullets(block: Bullets) -> str:
    mark = "- [ ]" if block.checklist else "-"
    return "\n".join(f"{mark} {line_start(item)}" for item in block.items)


def _table(block: Table) -> str:
    rule = ("---:" if index in block.numeric else "---" for index in range(len(block.columns)))
    lines = [_cells(block.columns), f"| {' | '.join(rule)} |", *(_cells(row) for row in block.rows)]
    return f"*{escaped(block.caption)}*\n\n" + "\n".join(lines)


def _cells(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"


def _bars(block: Bars) -> str:
    return f"*{escaped(block.caption)}*: {escaped(block.description)}"


def _code(block: Code) -> str:
    """A fence longer than any run of backticks that starts a line inside."""
    text = visible(block.text).rstrip("\n")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{block.language}\n{text}\n{fence}"


_RENDERERS: dict[type[Block], Callable[[Any], str]] = {
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
    Bars: _bars,
    Code: _code,
}
