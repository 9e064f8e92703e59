"""A decision step as data: its questions, and the function that turns answers into advice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from advisor.case import UNKNOWN, Answer, Case
from advisor.decide.advice import Advice


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "one"
    """One option."""
    MANY = "many"
    """Any number of options."""
    NUMBER = "number"
    """A number in `unit`, between `minimum` and `maximum`."""
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a step. "I don't know yet" is always possible."""

    key: str
    label: str
    kind: Kind
    options: tuple[Option, ...] = ()
    hint: str = ""
    why: str = ""
    """Why we ask, one or two sentences."""
    unit: str = ""
    minimum: float = 0.0
    maximum: float = 1e12
    ask_if: Callable[[Case], bool] | None = None
    """Whether the question applies to a case; None means always."""

    def applies(self, case: Case) -> bool:
        """Whether the question is asked for `case`."""
        return self.ask_if is None or self.ask_if(case)

    def problem(self, answer: Answer) -> str | None:
        """What is wrong with `answer`, None when it is allowed."""
        if answer == UNKNOWN:
            return None
        return _CHECKS[self.kind](self, answer)


def _check_one(question: Question, answer: Answer) -> str | None:
    allowed = [option.value for option in question.options]
    return None if answer in allowed else f"choose one of {', '.join(allowed)} or {UNKNOWN}"


def _check_many(question: Question, answer: Answer) -> str | None:
    allowed = {option.value for option in question.options}
    if isinstance(answer, tuple) and set(answer) <= allowed and len(set(answer)) == len(answer):
        return None
    return f"give a list out of {', '.join(sorted(allowed))}, each once, or {UNKNOWN}"


def _check_number(question: Question, answer: Answer) -> str | None:
    inside = (
        isinstance(answer, int | float)
        and not isinstance(answer, bool)
        and question.minimum <= answer <= question.maximum
    )
    bounds = f"{question.minimum:,.15g} to {question.maximum:,.15g}"
    return None if inside else f"give a number from {bounds} {question.unit} or {UNKNOWN}"


def _check_yes_no(question: Question, answer: Answer) -> str | None:
    return None if isinstance(answer, bool) else f"answer yes or no (true or false) or {UNKNOWN}"


_CHECKS: dict[Kind, Callable[[Question, Answer], str | None]] = {
    Kind.ONE: _check_one,
    Kind.MANY: _check_many,
    Kind.NUMBER: _check_number,
    Kind.YES_NO: _check_yes_no,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six decisions."""

    key: str
    number: int
    title: str
    """The decision as a question, heading of its page."""
    short: str
    """Name in lists."""
    hint: str
    questions: tuple[Question, ...]
    choices: tuple[Option, ...]
    """Possible outcomes; the user may set one with question key `decision`."""
    advise: Callable[[Case], Advice]

    def question(self, key: str) -> Question | None:
        """A question by key; `decision` is the user's own final word."""
        if key == "decision":
            return Question("decision", "Your decision", Kind.ONE, self.choices)
        return next((question for question in self.questions if question.key == key), None)
