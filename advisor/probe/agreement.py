"""How steady and how right: every figure of repeated replies, per prompt, per model, between models.

Values of free text, compared without a judge, are approximate; they are never averaged or ranked with
exact ones. Bounds are 95 %; None is unknown or undefined, never zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from advisor.case import GraderKind, ProbePrompt
from advisor.frozen import Frozen
from advisor.probe import consistency
from advisor.probe.consistency import Accuracy
from advisor.probe.diversity import chao1, chao_shen, negentropy
from advisor.probe.equality import BY_TEXT, Category, Judged, Outcome, judge_outcomes
from advisor.probe.grading import Mark, marks
from advisor.probe.samples import Reply
from advisor.probe.statistics import differs_at_most
from advisor.probe.tool_calls import said
from advisor.probe.wording_view import phrasing_stability


class CheckOut(Frozen):
    """What one grader says of one reply."""

    kind: GraderKind
    passed: bool | None
    """Null: a rubric no judge model has read."""
    words: str


class AnswerOut(Frozen):
    """What one reply was taken for."""

    category: Category
    rule: str
    """What decided: the answer type, `text` (no such answer found), `words (approximate)`, or `tool call`."""
    answer: str
    """The answer as found; empty when the reply is no valid one."""
    unit: str
    cluster: int | None
    """Number of the answer among those to this prompt, most common first; equal numbers are equal answers."""
    right: bool | None
    """Whether it is what was expected; null when nothing was, the call failed, or a judge is missing."""
    checks: tuple[CheckOut, ...] = ()
    """One per grader of the prompt."""


class PromptAgreement(Frozen):
    """Repeated replies of one model to one prompt."""

    prompt: str
    model: str
    answer_type: str
    approximate: bool
    """Whether answers were compared without a judge, as free text."""
    asked: int
    valid: int
    categories: dict[str, int]
    """Outcome -> replies: valid, empty, truncated, refused, error, pending."""
    distinct: int
    majority: tuple[str, ...]
    """The most common answer; several when they tie."""
    majority_share: float | None
    majority_low: float | None
    """Wilson's interval of the share, for comparison with other tools."""
    majority_high: float | None
    majority_exact_low: float | None
    """The interval that is reported: Clopper and Pearson's, covering 95 % or more."""
    majority_exact_high: float | None
    agree: tuple[float, ...]
    """agree@2, agree@3, … up to the number of valid replies, at most agree@10."""
    differs_at_most: float | None
    """All answers were equal: the next one still differs with at most this chance (one-sided 95 %)."""
    unseen_share: float | None
    entropy: float | None
    """Plug-in, in nats."""
    entropy_miller_madow: float | None
    entropy_chao_shen: float | None
    negentropy: float | None
    chao1: float | None
    phrasing: float | None
    """Likeness of the replies as wording."""
    unparsed: int
    """Valid replies without an answer of the declared type."""
    graded: int
    right: int
    answers: tuple[AnswerOut, ...]

    @property
    def agree_2(self) -> float | None:
        """Chance that two replies give the same answer."""
        return self.agree[0] if self.agree else None

    def agree_at(self, k: int) -> float | None:
        """Chance that `k` replies all give the same answer; None when there are fewer."""
        return self.agree[k - 2] if 2 <= k < len(self.agree) + 2 else None

    @property
    def accuracy(self) -> Accuracy | None:
        """Right replies of those graded; None when nothing was expected."""
        return Accuracy(self.right, self.graded) if self.graded else None


LARGEST_K = 10
"""Largest k of the agree@k curve."""


@dataclass(frozen=True, slots=True)
class Studied:
    """One prompt's figures, with what figures over prompts are computed from."""

    figures: PromptAgreement
    keys: tuple[Hashable, ...]
    """Of the valid answers."""
    replies: tuple[Reply, ...]
    """The valid ones as they came."""
    prompt: ProbePrompt
    rewords: str | None

    @property
    def texts(self) -> tuple[str, ...]:
        """What the valid replies say, word for word; tool calls as JSON."""
        return tuple(map(said, self.replies))


def study(
    prompt_id: str, model: str, prompt: ProbePrompt, outcomes: Sequence[Outcome], rewords: str | None = None
) -> Studied:
    """Judge and count the replies of one model to one prompt."""
    judged = judge_outcomes(outcomes, prompt)
    marked = marks(outcomes, prompt)
    grades = [mark.right for mark in marked]
    valid = [one for one in judged if one.category is Category.VALID]
    keys = tuple(one.key for one in valid)
    replies = tuple(
        one
        for one, its in zip(outcomes, judged, strict=True)
        if its.category is Category.VALID and isinstance(one, Reply)
    )
    figures = PromptAgreement(
        prompt=prompt_id,
        model=model,
        answer_type=prompt.answer_type,
        approximate=prompt.answer_type == "free",
        asked=len(outcomes),
        valid=len(valid),
        categories=dict(Counter(one.category.value for one in judged)),
        phrasing=phrasing_stability(list(map(said, replies))),
        unparsed=sum(one.rule == BY_TEXT for one in valid) if prompt.answer_type != "free" else 0,
        graded=sum(right is not None for right in grades),
        right=sum(right is True for right in grades),
        answers=_answers(judged, marked),
        **_counts(keys, valid),
    )
    return Studied(figures, keys, replies, prompt, rewords)


def _counts(keys: Sequence[Hashable], valid: Sequence[Judged]) -> dict[str, Any]:
    leaders = consistency.majority(keys)
    shown = {one.key: one.shown for one in reversed(valid)}
    agree = [consistency.agree_at(keys, k) for k in range(2, min(len(keys), LARGEST_K) + 1)]
    equal = len(set(keys)) == 1
    return {
        "distinct": len(set(keys)),
        "majority": tuple(shown[key] for key in leaders.keys) if leaders else (),
        "majority_share": leaders.share if leaders else None,
        "majority_low": leaders.bounds.low if leaders and len(keys) > 1 else None,
        "majority_high": leaders.bounds.high if leaders and len(keys) > 1 else None,
        "majority_exact_low": leaders.exact.low if leaders and len(keys) > 1 else None,
        "majority_exact_high": leaders.exact.high if leaders and len(keys) > 1 else None,
        "agree": tuple(value for value in agree if value is not None),
        "differs_at_most": differs_at_most(len(keys)) if equal and len(keys) > 1 else None,
        "unseen_share": consistency.unseen_share(keys),
        "entropy": consistency.entropy(keys),
        "entropy_miller_madow": consistency.miller_madow(keys),
        "entropy_chao_shen": chao_shen(keys),
        "negentropy": negentropy(keys),
        "chao1": chao1(keys),
    }


def _answers(judged: Sequence[Judged], marked: Sequence[Mark]) -> tuple[AnswerOut, ...]:
    common = Counter(one.key for one in judged if one.category is Category.VALID).most_common()
    place = {key: number for number, (key, _) in enumerate(common, start=1)}
    return tuple(
        AnswerOut(
            category=one.category,
            rule=one.rule,
            answer=one.shown,
            unit=one.unit,
            cluster=place.get(one.key) if one.category is Category.VALID else None,
            right=mark.right,
            checks=tuple(CheckOut(kind=it.kind, passed=it.passed, words=it.words) for it in mark.verdicts),
        )
        for one, mark in zip(judged, marked, strict=True)
    )


def mean_of(values: Sequence[float | None]) -> float | None:
    """Mean of the known values; None when none is known."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
