"""Is an answer the expected one? The expected answer is read by the same rule as the reply."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.case import ProbePrompt
from advisor.probe.equality import Category, Outcome, category_of, judge_texts
from advisor.probe.extract import bare, normalised
from advisor.probe.samples import Reply, Sample


def grade(samples: Sequence[Sample], prompt: ProbePrompt) -> tuple[bool | None, ...]:
    """For each sample of one offer and prompt whether it gave the expected answer.

    None: nothing is expected, or the call failed for a reason that says nothing about the answer.
    Empty, refused and truncated replies are wrong.
    """
    return grade_outcomes([sample.reply or sample.failure for sample in samples], prompt)


def grade_outcomes(outcomes: Sequence[Outcome], prompt: ProbePrompt) -> tuple[bool | None, ...]:
    """The same for outcomes of any origin."""
    if prompt.expected is None:
        return (None,) * len(outcomes)
    return tuple(_grade(outcome, prompt, prompt.expected) for outcome in outcomes)


def _grade(outcome: Outcome, prompt: ProbePrompt, expected: str) -> bool | None:
    kind = category_of(outcome)
    if kind in (Category.PENDING, Category.ERROR):
        return None
    if kind is not Category.VALID or not isinstance(outcome, Reply):
        return False
    if prompt.answer_type == "free":
        return normalised(expected) in normalised(outcome.text)
    both = judge_texts([expected, bare(outcome.text)], prompt)
    return both[0].key == both[1].key
