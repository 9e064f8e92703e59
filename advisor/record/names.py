"""Names of criteria, steps, questions and answers, looked up where a record is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from advisor.case import UNKNOWN, Answer, Case
from advisor.decide.advice import Comparison, Constraint
from advisor.decide.criteria import CRITERIA
from advisor.decide.questions import Kind, Question
from advisor.decide.steps import STEPS
from advisor.wording import in_unit, number

NOT_ANSWERED = "not answered"


class CriterionName(NamedTuple):
    """How a criterion is called, its unit, and the ends of its fixed scale."""

    label: str
    unit: str
    worst: float | None
    best: float | None


def criterion_name(key: str) -> CriterionName:
    """The criterion's name; a key nobody knows stands for itself."""
    row = CRITERIA.get(key)
    if row is None:
        return CriterionName(key, "", None, None)
    scale = row.scale
    return CriterionName(row.label, row.unit, scale.worst if scale else None, scale.best if scale else None)


def need_words(constraint: Constraint) -> str:
    """A hard need in words: "Context: at least 200,000 tokens"."""
    name = criterion_name(constraint.criterion)
    if constraint.comparison is Comparison.IS:
        return f"{name.label}: {'yes' if constraint.level else 'no'}"
    return f"{name.label}: {constraint.comparison.value} {in_unit(constraint.level, name.unit)}"


def step_title(key: str) -> str:
    """The step's question; a key nobody knows stands for itself."""
    return next((step.title for step in STEPS if step.key == key), key)


def questions_of(case: Case) -> Iterator[tuple[str, str, Question]]:
    """Step name, step key and question, for every question that applies; own decisions where given."""
    for step in STEPS:
        for question in step.questions:
            if question.applies(case):
                yield step.short, step.key, question
        own = step.question("decision")
        if own and case.answer(step.key, "decision") is not None:
            yield step.short, step.key, own


def answer_words(question: Question, answer: Answer | None) -> str:
    """An answer in the words of its options."""
    if answer is None:
        return NOT_ANSWERED
    if answer == UNKNOWN:
        return "not known yet"
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, tuple):
        return ", ".join(_option(question, value) for value in answer) or "none of them"
    if question.kind is Kind.NUMBER and not isinstance(answer, str):
        return f"{number(answer)} {question.unit}".strip()
    return _option(question, str(answer))


def _option(question: Question, value: str) -> str:
    return next((option.label for option in question.options if option.value == value), value)
