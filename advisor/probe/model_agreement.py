"""Repeated replies of several models: figures over prompts, differences between models, other wordings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from itertools import combinations
from statistics import fmean
from typing import Literal

from advisor.frozen import Frozen
from advisor.probe import consistency
from advisor.probe.agreement import PromptAgreement, Studied, mean_of
from advisor.probe.equality import judge_replies
from advisor.probe.label_agreement import krippendorff_alpha
from advisor.probe.statistics import (
    Bounds,
    holm,
    paired_difference,
    paired_interval,
    paired_p_value,
    prompts_interval,
    wilson,
)

FEWEST_PROMPTS = 5
"""Prompts from which figures over prompts have an interval; below, only those per prompt are shown."""
KS = (1, 2, 3, 5, 10)
"""Values of k for pass@k and pass^k."""
Metric = Literal["agree_2", "agree_2_approximate", "pass_rate"]


class Figure(Frozen):
    """A mean over prompts with its 95 % interval."""

    value: float
    low: float | None
    """Null below five prompts."""
    high: float | None
    n: int
    """Prompts it rests on."""


class Total(Frozen):
    """Share of prompts whose replies were all equal; only comparable at the same number of replies."""

    share: float
    low: float
    high: float
    prompts: int
    replies: str
    """Replies per prompt, such as "5" or "4 to 5"."""


class PassAt(Frozen):
    """Chances of being right in several tries, over the prompts with at least k tries."""

    k: int
    any_of: Figure
    """pass@k: right in at least one of k tries."""
    all_of: Figure
    """pass^k: right in all of k tries."""


class RewordedOut(Frozen):
    """One question in several wordings."""

    question: str
    wordings: int
    approximate: bool
    """Whether answers were compared without a judge, as free text."""
    within: float
    """Chance of the same answer when one wording is asked twice."""
    between: float
    """Chance of the same answer when two people word it differently."""
    gap: float
    p: float
    """Chance of so large a gap if wording did not matter (permutation test)."""


class ModelAgreement(Frozen):
    """Everything the replies show about one model."""

    model: str
    prompts: int
    asked: int
    valid: int
    categories: dict[str, int]
    agree_2: Figure | None
    """Headline: ask twice, same answer. Over prompts whose answers are compared exactly."""
    agree_5: Figure | None
    agree_2_approximate: Figure | None
    """The same over free text, compared without a judge."""
    same_wording: Total | None
    """TARr@N: raw replies, of every prompt."""
    same_answer: Total | None
    """TARa@N: answers of a declared type; free text has no exact ones."""
    unseen_share: float | None
    """Mean over the prompts of `agree_2`: free text is left out."""
    entropy: float | None
    """Mean over the same prompts of Miller-Madow's, in nats."""
    phrasing: float | None
    unparsed_share: float | None
    """Share of valid replies without an answer of the declared type; above 0.1 the score describes format."""
    alpha: float | None
    """Krippendorff's, when all prompts are choices from the same options."""
    pass_rate: Figure | None
    graded: int
    """Replies judged right or wrong: empty, refused and cut ones are wrong, failed calls left out."""
    right: int
    """Those judged right."""
    passes: tuple[PassAt, ...]
    worst_accuracy: float | None
    """Share of prompts answered right every time."""
    best_accuracy: float | None
    """Share of prompts answered right at least once."""
    reworded: tuple[RewordedOut, ...]
    wording_between: float | None
    wording_gap: float | None


class PairDifference(Frozen):
    """Two models on the prompts both answered: first minus second."""

    metric: Metric
    first: str
    second: str
    prompts: int
    difference: float
    low: float
    high: float
    p: float
    """Paired t-test."""
    p_holm: float
    """Corrected for all pairs of this metric (Holm)."""
    shown: bool
    """Whether a difference is shown at the 5 % level after correction."""


def model_agreement(model: str, studied: Sequence[Studied]) -> ModelAgreement:
    """Figures of one model over its prompts."""
    figures = [one.figures for one in studied]
    exact = [one for one in figures if not one.approximate]
    valid = sum(one.valid for one in figures)
    counted = sum(one.valid for one in exact)
    tasks = [one.accuracy for one in figures if one.accuracy is not None]
    possible = consistency.possible_accuracy(tasks)
    reworded = _reworded(studied)
    return ModelAgreement(
        model=model,
        prompts=len(figures),
        asked=sum(one.asked for one in figures),
        valid=valid,
        categories=_summed([one.categories for one in figures]),
        agree_2=over_prompts([one.agree_2 for one in exact]),
        agree_5=over_prompts([one.agree_at(5) for one in exact]),
        agree_2_approximate=over_prompts([one.agree_2 for one in figures if one.approximate]),
        same_wording=_total([one.texts for one in studied]),
        same_answer=_total([one.keys for one in studied if not one.figures.approximate]),
        # One reply to a prompt says nothing about the next one.
        unseen_share=mean_of([one.unseen_share for one in exact if one.valid > 1]),
        entropy=mean_of([one.entropy_miller_madow for one in exact if one.valid > 1]),
        phrasing=mean_of([one.phrasing for one in figures]),
        unparsed_share=sum(one.unparsed for one in exact) / counted if counted else None,
        alpha=_alpha(studied),
        pass_rate=pass_rate_over(tasks),
        graded=sum(task.n for task in tasks),
        right=sum(task.right for task in tasks),
        passes=_passes(tasks),
        worst_accuracy=possible.worst if possible else None,
        best_accuracy=possible.best if possible else None,
        reworded=reworded,
        wording_between=mean_of([one.between for one in reworded]),
        wording_gap=mean_of([one.gap for one in reworded]),
    )


def over_prompts(values: Sequence[float | None]) -> Figure | None:
    """Mean over prompts of a share, with the interval of `prompts_interval`; None without a known value."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return _figure(
        fmean(known), prompts_interval(known) if len(known) >= FEWEST_PROMPTS else None, len(known)
    )


def _figure(value: float, bounds: Bounds | None, n: int) -> Figure:
    # The widened interval is centred nearer to one half and may miss the mean itself.
    low, high = (min(value, bounds.low), max(value, bounds.high)) if bounds else (None, None)
    return Figure(value=value, low=low, high=high, n=n)


def _total(groups: Sequence[consistency.Keys]) -> Total | None:
    seen = consistency.total_agreement(groups)
    if seen is None:
        return None
    bounds = {"low": seen.bounds.low, "high": seen.bounds.high}
    return Total(share=seen.share, prompts=seen.prompts, replies=seen.n, **bounds)


def _summed(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for each in counts for name in each)
    return {name: sum(each.get(name, 0) for each in counts) for name in names}


def _alpha(studied: Sequence[Studied]) -> float | None:
    one_set = len({one.prompt.options for one in studied}) == 1
    choices = all(one.figures.answer_type == "choice" for one in studied)
    return krippendorff_alpha([one.keys for one in studied]) if one_set and choices else None


def pass_rate_over(tasks: Sequence[consistency.Accuracy]) -> Figure | None:
    """Mean over prompts of the share of right replies; of one prompt, with Wilson's interval of its replies.

    Replies to one prompt are no independent trials: with several prompts, prompts are what varies.
    """
    if len(tasks) == 1:
        only = tasks[0]
        return _figure(only.right / only.n, wilson(only.right, only.n), 1)
    return over_prompts([task.right / task.n for task in tasks])


def _passes(tasks: Sequence[consistency.Accuracy]) -> tuple[PassAt, ...]:
    found: list[PassAt] = []
    for k in KS:
        any_of = over_prompts([task.any_of(k) for task in tasks])
        all_of = over_prompts([task.all_of(k) for task in tasks])
        if any_of is not None and all_of is not None:
            found.append(PassAt(k=k, any_of=any_of, all_of=all_of))
    return tuple(found)


def _reworded(studied: Sequence[Studied]) -> tuple[RewordedOut, ...]:
    groups: dict[str, list[Studied]] = {}
    for one in studied:
        groups.setdefault(one.rewords or one.figures.prompt, []).append(one)
    found = (_one_question(question, members) for question, members in groups.items() if len(members) > 1)
    return tuple(one for one in found if one is not None)


def _one_question(question: str, members: Sequence[Studied]) -> RewordedOut | None:
    groups = _judged_together(members)
    seen, p = consistency.wordings(groups), consistency.wording_p_value(groups, seed=0)
    if seen is None or p is None:
        return None
    return RewordedOut(
        question=question,
        wordings=len(groups),
        approximate=any(one.figures.approximate for one in members),
        within=seen.within,
        between=seen.between,
        gap=seen.gap,
        p=p,
    )


def _judged_together(members: Sequence[Studied]) -> list[list[Hashable]]:
    """Keys that compare across wordings: near numbers and free text are only equal within one judgement."""
    words = "\n".join(one.prompt.text for one in members)
    prompt = members[0].prompt.model_copy(update={"text": words})
    keys = iter(judge_replies([reply for one in members for reply in one.replies], prompt))
    return [[next(keys).key for _ in one.replies] for one in members]


_READ: dict[Metric, Callable[[PromptAgreement], float | None]] = {
    "agree_2": lambda one: None if one.approximate else one.agree_2,
    "agree_2_approximate": lambda one: one.agree_2 if one.approximate else None,
    "pass_rate": lambda one: one.right / one.graded if one.graded else None,
}


def pair_differences(
    figures: Sequence[PromptAgreement], wanted: Collection[tuple[str, str]] | None = None
) -> tuple[PairDifference, ...]:
    """Two models that share at least five prompts, per metric; p-values corrected by Holm.

    Args:
        figures: Of every model and prompt.
        wanted: The pairs to compare, first and second; None is every two. What is not compared needs no
            correction.
    """
    return tuple(found for metric in _READ for found in _corrected(_pairs_of(metric, figures, wanted)))


def _pairs_of(
    metric: Metric, figures: Sequence[PromptAgreement], wanted: Collection[tuple[str, str]] | None
) -> list[PairDifference]:
    values: dict[str, dict[str, float]] = {}
    for one in figures:
        value = _READ[metric](one)
        if value is not None:
            values.setdefault(one.model, {})[one.prompt] = value
    names = combinations(values, 2) if wanted is None else wanted
    pairs = (_pair(metric, a, b, values[a], values[b]) for a, b in names if a in values and b in values)
    return [pair for pair in pairs if pair is not None]


def _pair(
    metric: Metric, first: str, second: str, mine: dict[str, float], other: dict[str, float]
) -> PairDifference | None:
    common = [prompt for prompt in mine if prompt in other]
    if len(common) < FEWEST_PROMPTS:
        return None
    one, two = [mine[prompt] for prompt in common], [other[prompt] for prompt in common]
    bounds, p = paired_interval(one, two), paired_p_value(one, two)
    assert bounds is not None
    assert p is not None
    return PairDifference(
        metric=metric,
        first=first,
        second=second,
        prompts=len(common),
        difference=paired_difference(one, two)[0],
        low=bounds.low,
        high=bounds.high,
        p=p,
        p_holm=p,
        shown=False,
    )


def _corrected(pairs: Sequence[PairDifference]) -> list[PairDifference]:
    adjusted = holm([pair.p for pair in pairs])
    return [
        pair.model_copy(update={"p_holm": p, "shown": p < 0.05 and not pair.low <= 0 <= pair.high})
        for pair, p in zip(pairs, adjusted, strict=True)
    ]
