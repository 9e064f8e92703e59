"""Text of any origin, made safe to stand inside Markdown: it shows exactly as written, and does nothing."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=])")
_PERCENT = re.compile(r"(?<=\d) %")
_BREAKS = re.compile(r"\s*[\r\n]+\s*")


def inert(text: str) -> str:
    """One line of Markdown that shows `text` as written: no link, image, formula, colour or markup.

    A percent sign stays on the line of its number.
    """
    return _SPECIAL.sub(r"\\\1", _PERCENT.sub("\u00a0%", _BREAKS.sub(" ", text)))
