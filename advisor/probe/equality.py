"""When are two replies the same answer? The first rule that applies decides, and its name is kept.

1. Validity: errors, empty, truncated and refused replies are counted apart and never agree.
2. The declared answer type finds the answer in the reply.
3. No unique answer found: the normalised reply itself is the key.
4. Free text: clusters of content words, approximate.

A reply that calls tools is its calls, whatever the declared type: name and arguments are compared exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from advisor.case import ProbePrompt
from advisor.errors import FailureKind
from advisor.probe import extract
from advisor.probe.freetext import clusters
from advisor.probe.samples import Failure, Reply, Sample
from advisor.probe.tool_calls import call_key, shown

NUMBER_TOLERANCE = Decimal("1e-6")
"""Relative difference up to which two numbers are one answer, unless the prompt says otherwise."""


BY_TEXT = "text"
"""Rule: no answer of the declared type was found, so the normalised reply is the key."""
BY_WORDS = "words (approximate)"
"""Rule: free text, compared by its content words."""
BY_HAND = "words and your word (approximate)"
"""Rule: the same, where a person called the reply equal to or different from another one."""
BY_CALL = "tool call"
"""Rule: the reply calls tools, compared by their names and arguments."""


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
    """What decided: an answer type, `text` (the normalised reply), `words (approximate)`, or `tool call`."""
    shown: str = ""
    """The answer as found, for people."""
    unit: str = ""
    """Unit after a number."""


Outcome = Reply | Failure | None
"""What came of one wanted answer; None is not there yet."""


def judge(samples: Sequence[Sample], prompt: ProbePrompt) -> tuple[Judged, ...]:
    """Judge all samples of one offer and one prompt together, in their order."""
    return judge_outcomes([sample.reply or sample.failure for sample in samples], prompt)


def judge_outcomes(outcomes: Sequence[Outcome], prompt: ProbePrompt) -> tuple[Judged, ...]:
    """The same for outcomes of any origin."""
    kinds = [category_of(outcome) for outcome in outcomes]
    valid = [
        outcome
        for outcome, kind in zip(outcomes, kinds, strict=True)
        if kind is Category.VALID and isinstance(outcome, Reply)
    ]
    answers = iter(judge_replies(valid, prompt))
    return tuple(next(answers) if kind is Category.VALID else Judged(kind) for kind in kinds)


def judge_replies(replies: Sequence[Reply], prompt: ProbePrompt) -> tuple[Judged, ...]:
    """Judge complete replies to one prompt, none of them empty."""
    words = [extract.bare(reply.text) for reply in replies if not reply.tool_calls]
    answers = iter(judge_texts(words, prompt))
    return tuple(_judge_calls(reply) if reply.tool_calls else next(answers) for reply in replies)


def _judge_calls(reply: Reply) -> Judged:
    calls = reply.tool_calls
    return Judged(Category.VALID, (BY_CALL, call_key(calls)), BY_CALL, shown(calls))


def judge_texts(texts: Sequence[str], prompt: ProbePrompt) -> tuple[Judged, ...]:
    """Judge complete, non-empty reply texts to one prompt."""
    if prompt.answer_type == "number":
        return _judge_numbers(texts, prompt)
    if prompt.answer_type == "free":
        return _judge_free(texts, prompt)
    return tuple(_judge_one(text, prompt) for text in texts)


def _judge_free(texts: Sequence[str], prompt: ProbePrompt) -> tuple[Judged, ...]:
    numbers = clusters(texts, prompt.text, prompt.verdicts)
    named = {text for one in prompt.verdicts for text in (one.one, one.other)}
    if numbers is None:
        return tuple(_by_text(text) for text in texts)
    return tuple(
        Judged(Category.VALID, number, BY_HAND if text in named else BY_WORDS, text)
        for number, text in zip(numbers, texts, strict=True)
    )


def category(sample: Sample) -> Category:
    """What kind of outcome one sample is."""
    return category_of(sample.reply or sample.failure)


def category_of(outcome: Outcome) -> Category:
    """What kind of outcome this is."""
    if outcome is None:
        return Category.PENDING
    if isinstance(outcome, Failure):
        return _FAILED.get(outcome.kind, Category.ERROR)
    if outcome.refused:
        return Category.REFUSED
    if outcome.truncated:
        return Category.TRUNCATED
    return Category.VALID if outcome.tool_calls or extract.bare(outcome.text) else Category.EMPTY


_FAILED = {FailureKind.EMPTY_REPLY: Category.EMPTY, FailureKind.CONTENT_FILTER: Category.REFUSED}


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
    "json": lambda text, prompt: extract.canonical_json(text, unordered=prompt.arrays_are_sets),
    "code": lambda text, _: extract.canonical_code(text),
    "date": lambda text, _: extract.iso_date(text),
    "short": _short,
}


def _judge_numbers(texts: Sequence[str], prompt: ProbePrompt) -> tuple[Judged, ...]:
    found = [extract.number(text) for text in texts]
    tolerance = NUMBER_TOLERANCE if prompt.tolerance is None else Decimal(str(prompt.tolerance))
    keys = _number_keys([each for each in found if each is not None], tolerance)
    return tuple(
        _by_text(text) if each is None else _numeric(each, keys[each])
        for text, each in zip(texts, found, strict=True)
    )


def _numeric(number: extract.Number, key: tuple[str, bool, str]) -> Judged:
    shown = f"{number.value} {number.unit}".strip()
    return Judged(Category.VALID, key, "number", shown, number.unit)


def _number_keys(
    numbers: Sequence[extract.Number], tolerance: Decimal
) -> dict[extract.Number, tuple[str, bool, str]]:
    """A key per number: sorted values are cut where a gap exceeds the tolerance, whatever their order."""
    keys: dict[extract.Number, tuple[str, bool, str]] = {}
    before: extract.Number | None = None
    for each in sorted(numbers, key=lambda one: (one.unit == "%", one.value)):
        joined = (
            before is not None
            and _percent(before) == _percent(each)
            and near(before.value, each.value, tolerance)
        )
        keys[each] = keys[before] if joined and before else ("answer", _percent(each), str(each.value))
        before = each
    return keys


def _percent(number: extract.Number) -> bool:
    return number.unit == "%"


def near(one: Decimal, other: Decimal, tolerance: Decimal) -> bool:
    """Whether two numbers differ by at most this share of the larger one."""
    return abs(one - other) <= tolerance * max(abs(one), abs(other))
