"""When are two replies the same answer? The first rule that applies decides, and its name is kept.

1. Validity: errors, empty, truncated and refused replies are counted apart and never agree.
2. The declared answer type finds the answer in the reply.
3. No unique answer found: the normalised reply itself is the key.
4. Free text: clusters of content words, approximate.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from advisor.case import ProbePrompt
from advisor.probe import extract
from advisor.probe.freetext import clusters
from advisor.probe.samples import Reply, Sample

NUMBER_TOLERANCE = Decimal("1e-6")
"""Relative difference up to which two numbers are one answer."""


BY_TEXT = "text"
"""Rule: no answer of the declared type was found, so the normalised reply is the key."""
BY_WORDS = "words (approximate)"
"""Rule: free text, compared by its content words."""


class Category(StrEnum):
    """What kind of outcome a sample is."""

    VALID = "valid"
    PENDING = "pending"
    ERROR = "error"
    REFUSED = "refused"
    EMPTY = "empty"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Judged:
    """One sample's answer."""

    category: Category
    key: Hashable | None = None
    """Equal for equal answers to one prompt; None when the sample is not valid."""
    rule: str = ""
    """What decided: an answer type, `text` (the normalised reply), or `words (approximate)`."""
    shown: str = ""
    """The answer as found, for people."""
    unit: str = ""
    """Unit after a number."""


def judge(samples: Sequence[Sample], prompt: ProbePrompt) -> tuple[Judged, ...]:
    """Judge all samples of one offer and one prompt together, in their order."""
    replies = [_valid(sample) for sample in samples]
    texts = [extract.bare(reply.text) for reply in replies if reply is not None]
    answers = iter(judge_texts(texts, prompt))
    return tuple(
        Judged(category(sample)) if reply is None else next(answers)
        for sample, reply in zip(samples, replies, strict=True)
    )


def judge_texts(texts: Sequence[str], prompt: ProbePrompt) -> tuple[Judged, ...]:
    """Judge complete, non-empty reply texts to one prompt."""
    if prompt.answer_type == "number":
        return _judge_numbers(texts)
    if prompt.answer_type == "free":
        return _judge_free(texts, prompt)
    return tuple(_judge_one(text, prompt) for text in texts)


def _judge_free(texts: Sequence[str], prompt: ProbePrompt) -> tuple[Judged, ...]:
    numbers = clusters(texts, prompt.text)
    if numbers is None:
        return tuple(_by_text(text) for text in texts)
    return tuple(
        Judged(Category.VALID, number, BY_WORDS, text) for number, text in zip(numbers, texts, strict=True)
    )


def category(sample: Sample) -> Category:
    """What kind of outcome one sample is."""
    reply = sample.reply
    if reply is None:
        return Category.PENDING if sample.failure is None else _failed(sample)
    if reply.refused:
        return Category.REFUSED
    if reply.truncated:
        return Category.TRUNCATED
    return Category.VALID if extract.bare(reply.text) else Category.EMPTY


def _failed(sample: Sample) -> Category:
    kinds = {"empty_reply": Category.EMPTY, "content_filter": Category.REFUSED}
    kind = sample.failure.kind if sample.failure else ""
    return kinds.get(kind, Category.ERROR)


def _valid(sample: Sample) -> Reply | None:
    return sample.reply if category(sample) is Category.VALID else None


def _judge_one(text: str, prompt: ProbePrompt) -> Judged:
    found = _EXTRACTORS[prompt.answer_type](text, prompt)
    if found is not None:
        return Judged(Category.VALID, ("answer", found), prompt.answer_type, found)
    return _by_text(text)


def _by_text(text: str) -> Judged:
    return Judged(Category.VALID, ("text", extract.normalised(text)), BY_TEXT, text)


def _short(text: str, _prompt: ProbePrompt) -> str | None:
    return extract.normalised(extract.marked(text) or text) or None


_EXTRACTORS: dict[str, Callable[[str, ProbePrompt], str | None]] = {
    "choice": lambda text, prompt: extract.choice(text, prompt.options),
    "json": lambda text, _: extract.canonical_json(text),
    "code": lambda text, _: extract.canonical_code(text),
    "date": lambda text, _: extract.iso_date(text),
    "short": _short,
}


def _judge_numbers(texts: Sequence[str]) -> tuple[Judged, ...]:
    found = [extract.number(text) for text in texts]
    keys = _number_keys([each for each in found if each is not None])
    return tuple(
        _by_text(text) if each is None else _numeric(each, keys[each])
        for text, each in zip(texts, found, strict=True)
    )


def _numeric(number: extract.Number, key: tuple[str, bool, str]) -> Judged:
    shown = f"{number.value} {number.unit}".strip()
    return Judged(Category.VALID, key, "number", shown, number.unit)


def _number_keys(numbers: Sequence[extract.Number]) -> dict[extract.Number, tuple[str, bool, str]]:
    """A key per number: sorted values are cut where a gap exceeds the tolerance, whatever their order."""
    keys: dict[extract.Number, tuple[str, bool, str]] = {}
    before: extract.Number | None = None
    for each in sorted(numbers, key=lambda one: (one.unit == "%", one.value)):
        joined = before is not None and _percent(before) == _percent(each) and _near(before.value, each.value)
        keys[each] = keys[before] if joined and before else ("answer", _percent(each), str(each.value))
        before = each
    return keys


def _percent(number: extract.Number) -> bool:
    return number.unit == "%"


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= NUMBER_TOLERANCE * max(abs(one), abs(other))
