"""The cleaned set: a second pass over the file that drops, masks and repairs what the report found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from advisor.dataset import encoding, personal
from advisor.dataset.findings import BadRow, DatasetReport
from advisor.dataset.reading import read_examples
from advisor.dataset.rows import Example

DROPPED = ("exact_duplicate", "near_duplicate", "contamination", "echo", "licence")
"""Checks whose rows the cleaned set leaves out by default."""
_NEVER_KEPT = (
    "no_messages",
    "no_user",
    "last_not_assistant",
    "empty_message",
    "unknown_role",
    "content_not_text",
)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What to do to the set. Conflicting answers stay unless asked for: a person has to decide them."""

    drop: tuple[str, ...] = DROPPED
    """Keys of checks whose rows are left out; unreadable and malformed rows always are."""
    mask: bool = True
    """Replace secrets and personal data by their kind in brackets."""
    repair: bool = True
    """Undo encoding damage that can be undone."""
    layout: str = "chat"
    """Layout written: `chat`, `contents` or `pairs`."""

    def dropped_rows(self, report: DatasetReport) -> frozenset[int]:
        """Rows of the file that are left out."""
        checks = {*self.drop, *_NEVER_KEPT}
        return frozenset(
            row for finding in report.findings if finding.check in checks for row in finding.rows
        )


def cleaned(
    chunks: Iterable[bytes], report: DatasetReport, cleaning: Cleaning | None = None
) -> Iterator[bytes]:
    """The cleaned set as JSONL, line by line.

    Args:
        chunks: The same file again.
        report: Of a complete check of it.
        cleaning: What to do.

    Raises:
        ValueError: The report is of a cancelled check: rows not yet seen would pass unchecked.
    """
    if not report.complete:
        raise ValueError("the check was cancelled: run it to its end before exporting a cleaned set")
    plan = cleaning or Cleaning()
    dropped = plan.dropped_rows(report)
    for item in read_examples(chunks, report.name):
        if not isinstance(item, BadRow) and item.row not in dropped:
            yield json.dumps(_written(item, plan), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _written(example: Example, plan: Cleaning) -> dict[str, object]:
    turns = [(turn.role, _text(turn.text, plan)) for turn in example.turns]
    if plan.layout == "contents":
        return _contents(turns)
    if plan.layout == "pairs":
        return {"prompt": "\n".join(text for _, text in turns[:-1]), "completion": turns[-1][1]}
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


def _contents(turns: list[tuple[str, str]]) -> dict[str, object]:
    spoken = [
        {"role": "model" if role == "assistant" else "user", "parts": [{"text": text}]}
        for role, text in turns
        if role != "system"
    ]
    system = [{"text": text} for role, text in turns if role == "system"]
    written: dict[str, object] = {"contents": spoken}
    return {"systemInstruction": {"parts": system}, **written} if system else written


def _text(text: str, plan: Cleaning) -> str:
    if plan.repair and not text.isascii():
        text = encoding.repaired(text)
    return personal.without(text, personal.find(text)) if plan.mask else text
