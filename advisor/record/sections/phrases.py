"""Phrases that several sections share."""

from __future__ import annotations

from advisor.interval import Interval
from advisor.probe.practice import PRACTICE_MODELS
from advisor.probe.targets import PRACTICE
from advisor.record.blocks import Block, Bullets, Paragraph
from advisor.record.names import criterion_name
from advisor.record.outcome import Figure, Range, Source
from advisor.record.record import Record
from advisor.wording import UNKNOWN_WORD, Number, about, interval_in_unit, usd

MOVING = "the provider may put another checkpoint behind it"
"""What a moving alias means."""


def range_words(value: Range | None, words: Number) -> str:
    """Middle and bounds in words, or "unknown"."""
    return about(value.interval if value else None, words)


def cost_words(value: Range | None) -> str:
    """US dollars with bounds, or "unknown"."""
    return range_words(value, usd)


def measured_words(value: float, low: float | None, high: float | None, unit: str) -> str:
    """A figure with its interval; "no interval" is said, not hidden."""
    middle = interval_in_unit(Interval.exact(value), unit)
    if low is None or high is None:
        return f"{middle} (no interval)"
    bounds = Interval(min(low, value), value, max(high, value))
    return f"{middle} ({interval_in_unit(bounds, unit)})"


def source_words(source: Source | None) -> str:
    """Source, date and origin: "Artificial Analysis, 2026-11-20, published"."""
    if source is None:
        return UNKNOWN_WORD
    day = source.as_of.isoformat() if source.as_of else "no date"
    dated = source.name if source.name.endswith(day) else f"{source.name}, {day}"
    return f"{dated}, {source.origin}"


def figure_words(figure: Figure | None, unit: str) -> str:
    """A reading with unit, source and date, or "unknown"."""
    if figure is None:
        return UNKNOWN_WORD
    note = f"; {figure.note}" if figure.note else ""
    return f"{interval_in_unit(figure.value.interval, unit)} ({source_words(figure.source)}{note})"


def bullets_or(items: tuple[str, ...], otherwise: str) -> list[Block]:
    """The items as a list, or one sentence when there are none."""
    return [Bullets(items)] if items else [Paragraph(otherwise)]


def marked(text: str, simulated: bool) -> str:
    """`text` with the word that every simulated figure carries."""
    return f"{text} (simulated)" if simulated else text


def name_of(record: Record, offer: str) -> str:
    """The offer's name on screen, its id when the record does not know it."""
    rows = (*record.outcome.ranking, *record.outcome.excluded)
    practice = PRACTICE_MODELS.get(offer.removeprefix(PRACTICE))
    other = practice.label.removesuffix(" (simulated)") if practice and offer.startswith(PRACTICE) else offer
    return next((row.label for row in rows if row.id == offer), other)


def with_names(record: Record, criteria: tuple[str, ...]) -> tuple[str, ...]:
    """Names of criteria as they were when the record was made."""
    labels = {driver.criterion: driver.label for driver in record.outcome.drivers}
    return tuple(labels.get(key) or criterion_name(key).label for key in criteria)
