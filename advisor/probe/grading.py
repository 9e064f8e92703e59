"""Is an answer the expected one? The expected answer is read by the same rule as the reply."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.case import ProbePrompt
from advisor.probe.equality import Category, Judged, judge, judge_texts
from advisor.probe.extract import bare, normalised
from advisor.probe.samples import Sample


def grade(samples: Sequence[Sample], prompt: ProbePrompt) -> tuple[bool | None, ...]:
    """For each sample of one offer and prompt whether it gave the expected answer.

    None: nothing is expected, or the call failed for a reason that says nothing about the answer.
    Empty, refused and truncated replies are wrong.
    """
    if prompt.expected is None:
        return (None,) * len(samples)
    judged = judge(samples, prompt)
    return tuple(_grade(sample, one, prompt) for sample, one in zip(samples, judged, strict=True))


def _grade(sample: Sample, judged: Judged, prompt: ProbePrompt) -> bool | None:
    if judged.category in (Category.PENDING, Category.ERROR):
        return None
    reply = sample.reply
    if judged.category is not Category.VALID or reply is None or prompt.expected is None:
        return False
    if prompt.answer_type == "free":
        return normalised(prompt.expected) in normalised(reply.text)
    both = judge_texts([prompt.expected, bare(reply.text)], prompt)
    return both[0].key == both[1].key
