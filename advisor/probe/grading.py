"""Is a reply right? It must give the expected answer, if there is one, and pass every grader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.case import ProbePrompt
from advisor.probe.equality import Category, Outcome, category_of, judge_texts
from advisor.probe.extract import bare, normalised
from advisor.probe.graders import Verdict, verdict
from advisor.probe.samples import Reply, Sample
from advisor.probe.tool_calls import said


@dataclass(frozen=True, slots=True)
class Mark:
    """What one reply is worth, with everything that decided."""

    right: bool | None
    """None: nothing is expected, the call failed for a reason that says nothing, or a judge is missing."""
    expected: bool | None
    """Whether it gave the expected answer; None when there is none, or no reply."""
    verdicts: tuple[Verdict, ...] = ()
    """One per grader; empty when there is no reply to check."""


def grade(samples: Sequence[Sample], prompt: ProbePrompt) -> tuple[bool | None, ...]:
    """For each sample of one offer and prompt whether it is right; see `Mark.right`.

    Empty, refused and truncated replies are wrong, unless a refusal is what is wanted.
    """
    return grade_outcomes([sample.reply or sample.failure for sample in samples], prompt)


def grade_outcomes(outcomes: Sequence[Outcome], prompt: ProbePrompt) -> tuple[bool | None, ...]:
    """The same for outcomes of any origin."""
    return tuple(mark.right for mark in marks(outcomes, prompt))


def marks(outcomes: Sequence[Outcome], prompt: ProbePrompt) -> tuple[Mark, ...]:
    """What each reply is worth. Pure: stored replies can be marked again without a new call."""
    return tuple(_mark(outcome, prompt) for outcome in outcomes)


def _mark(outcome: Outcome, prompt: ProbePrompt) -> Mark:
    kind = category_of(outcome)
    if kind in (Category.PENDING, Category.ERROR) or not prompt.graded:
        return Mark(None, None)
    if kind is Category.REFUSED and any(grader.kind == "refusal" for grader in prompt.graders):
        return _mark_refusal(prompt)
    if kind is not Category.VALID or not isinstance(outcome, Reply):
        return Mark(False, None if prompt.expected is None else False)
    given = None if prompt.expected is None else _gives(said(outcome), prompt, prompt.expected)
    told = tuple(_verdict(outcome, place, prompt) for place in range(len(prompt.graders)))
    return Mark(_all_of([given] if given is not None else [], told), given, told)


def _verdict(reply: Reply, place: int, prompt: ProbePrompt) -> Verdict:
    grader = prompt.graders[place]
    if grader.kind != "rubric" or place not in reply.judged:
        return verdict(said(reply), grader, prompt)
    met = reply.judged[place]
    return Verdict(
        "rubric", met is not grader.negate, "met, says the judge" if met else "not met, says the judge"
    )


def _mark_refusal(prompt: ProbePrompt) -> Mark:
    """The provider itself marked the reply as a refusal: only graders about refusals say something."""
    told = tuple(
        Verdict(one.kind, not one.negate if one.kind == "refusal" else True, "refused, as the provider says")
        for one in prompt.graders
    )
    return Mark(all(one.passed for one in told), None, told)


def _all_of(answers: Sequence[bool], told: Sequence[Verdict]) -> bool | None:
    every = [*answers, *(one.passed for one in told)]
    if any(one is False for one in every):
        return False
    return None if any(one is None for one in every) else True


def _gives(text: str, prompt: ProbePrompt, expected: str) -> bool:
    if prompt.answer_type == "free":
        return normalised(expected) in normalised(text)
    both = judge_texts([expected, bare(text)], prompt)
    return both[0].key == both[1].key
