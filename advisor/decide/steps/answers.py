"""Typed access to the answers of one step, and the frame every step's advice is built in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.case import UNKNOWN, Answer, Case
from advisor.decide.advice import Advice, Constraint, Effect, Guardrail, Reason
from advisor.decide.questions import Option, Question
from advisor.interval import Interval

UNDECIDED_LABEL = "Not decided yet"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to one step's questions. Follow-ups that no longer apply count as not answered."""

    case: Case
    step: str
    questions: tuple[Question, ...]

    def _raw(self, key: str) -> Answer | None:
        question = next(question for question in self.questions if question.key == key)
        return self.case.answer(self.step, key) if question.applies(self.case) else None

    def one(self, key: str) -> str | None:
        """The option chosen; None when it is not known or not answered."""
        raw = self._raw(key)
        return raw if isinstance(raw, str) and raw != UNKNOWN else None

    def many(self, key: str) -> frozenset[str]:
        """The options chosen; empty when none was, or it is not known."""
        raw = self._raw(key)
        return frozenset(raw) if isinstance(raw, tuple) else frozenset()

    def answered(self, key: str) -> bool:
        """Whether there is an answer other than "I don't know yet"."""
        raw = self._raw(key)
        return raw is not None and raw != UNKNOWN

    def number(self, key: str) -> float | None:
        """The number given; None when it is not known or not answered."""
        raw = self._raw(key)
        return float(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else None

    def interval(self, key: str, otherwise: Interval) -> Interval:
        """The number given exactly, else bounds that hold for lack of it."""
        value = self.number(key)
        return otherwise if value is None else Interval.exact(value)

    def yes(self, key: str) -> bool | None:
        """The yes or no given; None when it is not known or not answered."""
        raw = self._raw(key)
        return raw if isinstance(raw, bool) else None

    @property
    def own_decision(self) -> str | None:
        """The user's own final word on the step."""
        raw = self.case.answer(self.step, "decision")
        return raw if isinstance(raw, str) and raw != UNKNOWN else None

    def in_force(self, recommended: str) -> str:
        """The outcome that counts: the user's own, else the recommended one."""
        return self.own_decision or recommended

    @property
    def open_questions(self) -> tuple[str, ...]:
        """What was answered "I don't know yet", and why it matters."""
        return tuple(
            f"{question.label} You do not know yet. {question.why}".strip()
            for question in self.questions
            if self._raw(question.key) == UNKNOWN
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a step recommends before the user's own word is heard."""

    choice: str
    headline: str
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()


def conclude(
    given: Answers,
    choices: Sequence[Option],
    verdict: Verdict,
    *,
    constraints: tuple[Constraint, ...] = (),
    importance: dict[str, float] | None = None,
    effects: tuple[Effect, ...] = (),
    guardrails: tuple[Guardrail, ...] = (),
    next_steps: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    open_questions: tuple[str, ...] = (),
) -> Advice:
    """The advice of a step: its verdict together with what follows from the outcome in force.

    `open_questions` come after those the user does not know the answer to.
    """
    labels = {option.value: option.label for option in choices}
    choice = given.in_force(verdict.choice)
    label = labels.get(choice, UNDECIDED_LABEL)
    differs = () if verdict.choice in (choice, UNKNOWN) else (_differs(label, verdict, labels),)
    return Advice(
        step=given.step,
        choice=choice,
        choice_label=label,
        recommended=verdict.choice,
        headline=verdict.headline,
        reasons_for=verdict.reasons_for,
        reasons_against=verdict.reasons_against,
        constraints=constraints,
        importance=importance,
        effects=effects,
        guardrails=guardrails,
        next_steps=next_steps,
        warnings=differs + warnings,
        open_questions=given.open_questions + open_questions,
    )


def _differs(label: str, verdict: Verdict, labels: dict[str, str]) -> str:
    return (
        f'Your own decision is "{label}"; your answers point to "{labels[verdict.choice]}". '
        "Everything below follows your decision."
    )
