"""Text damaged by a wrong encoding: found by its traces, repaired where the damage can be undone."""

from __future__ import annotations

import re

_TRACES = re.compile(
    "\ufffd"  # something was lost for good
    "|[\x00-\x08\x0b\x0c\x0e-\x1f]"  # control characters no text has
    "|[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]"
    "|\u00e2(?:\u20ac|\u0080|\u201a)[\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]?"
    "|\u00ef\u00bb\u00bf"
    "|&amp;(?:amp|lt|gt|quot|nbsp|#\\d)"  # escaped twice
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_RUN = re.compile(r"[\u0080-\uffff]{2,}")


def damage(text: str) -> str | None:
    """The first damaged place, with a few characters around it; None when there is none."""
    pattern = _CONTROL if text.isascii() and "&amp;" not in text else _TRACES
    found = pattern.search(text)
    if found is None:
        return None
    return text[max(0, found.start() - 20) : found.end() + 20]


def repaired(text: str) -> str:
    """The text with UTF-8 that was read as Windows-1252 put right; other damage stays as it is."""
    return _RUN.sub(lambda found: _undone(found.group()), text)


def _undone(piece: str) -> str:
    for encoding in ("cp1252", "latin-1"):
        try:
            return piece.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return piece
