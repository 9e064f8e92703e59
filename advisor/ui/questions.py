"""Draws any decision step from its declared questions, and what the answers point to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from advisor.case import UNKNOWN, Answer, Case
from advisor.decide.questions import Kind, Option, Question, Step
from advisor.ui import state
from advisor.ui.inert import inert

UNKNOWN_LABEL = "I don't know yet"
GROUPED_FROM = 10_000
"""A field shows its number without commas: from here on the words below it help to read it."""
NO_BOUND = 1_000_000
"""Upper ends beyond this only keep typing errors out."""
_YES_NO = {"yes": True, "no": False, UNKNOWN: UNKNOWN}
_YES_NO_LABELS = {"yes": "Yes", "no": "No", UNKNOWN: UNKNOWN_LABEL}


def draw_questions(step: Step) -> None:
    """Every question of the step that applies to the case, in order."""
    for question in step.questions:
        if question.applies(state.case()):
            with st.container(gap="xsmall"):
                _heading(step, question)
                _WIDGETS[question.kind](step, question)
                _why(question)


def give(step: Step, key: str, answer: Answer | None) -> None:
    """Put one answer into the case, or remove it; an answer outside the question's range is refused."""
    question = step.question(key)
    problem = question.problem(answer) if question and answer is not None else None
    if problem:
        state.notice(f"That answer was not kept: {problem}.")
        return
    state.change(state.case().with_answer(step.key, key, answer))


def _heading(step: Step, question: Question) -> None:
    preset = f"{step.key}.{question.key}" in state.case().from_preset
    mark = " :gray-badge[from preset]" if preset else ""
    st.markdown(f"### {inert(question.label)}{mark}")
    if question.hint:
        st.caption(inert(question.hint))


def _why(question: Question) -> None:
    if question.why:
        with st.expander("Why we ask", type="compact"):
            st.markdown(inert(question.why))


def _label(option: Option) -> str:
    """An option with its hint on the same line."""
    return inert(option.label) + (f" :gray[{inert(option.hint)}]" if option.hint else "")


def _key(step: Step, question: Question, part: str = "") -> str:
    return f"answer:{step.key}.{question.key}{':' + part if part else ''}"


def _stored(step: Step, question: Question) -> Answer | None:
    return state.case().answer(step.key, question.key)


def _one(step: Step, question: Question) -> None:
    labels = {option.value: _label(option) for option in question.options} | {UNKNOWN: UNKNOWN_LABEL}
    stored = _stored(step, question)
    st.radio(
        question.label,
        list(labels),
        index=None,
        format_func=lambda value: labels.get(value) or str(value),
        label_visibility="collapsed",
        **state.controlled(
            _key(step, question), stored if stored in labels else None, partial(give, step, question.key)
        ),
    )


def _yes_no(step: Step, question: Question) -> None:
    stored = _stored(step, question)
    shown = next((word for word, answer in _YES_NO.items() if answer == stored), None)

    def take(word: str | None) -> None:
        give(step, question.key, _YES_NO.get(word) if word else None)

    st.radio(
        question.label,
        list(_YES_NO),
        index=None,
        format_func=lambda word: _YES_NO_LABELS.get(word) or str(word),
        horizontal=True,
        label_visibility="collapsed",
        **state.controlled(_key(step, question), shown, take),
    )


def _many(step: Step, question: Question) -> None:
    stored = _stored(step, question)
    chosen = stored if isinstance(stored, tuple) else ()
    for option in question.options:
        take = partial(_toggled, step, question, option.value)
        key = _key(step, question, option.value)
        st.checkbox(_label(option), **state.controlled(key, option.value in chosen, take))
    _alternative(step, question, "None of these", ())
    _alternative(step, question, UNKNOWN_LABEL, UNKNOWN)


def _alternative(step: Step, question: Question, label: str, answer: Answer) -> None:
    """A tick that stands for an answer of its own instead of an option."""

    def take(on: bool) -> None:
        give(step, question.key, answer if on else None)

    key = _key(step, question, label)
    st.checkbox(label, **state.controlled(key, _stored(step, question) == answer, take))


def _toggled(step: Step, question: Question, value: str, on: bool) -> None:
    """Add or remove one option; the last one removed leaves the question unanswered."""
    stored = _stored(step, question)
    chosen = {*(stored if isinstance(stored, tuple) else ())} - {value} | ({value} if on else set())
    ordered = tuple(option.value for option in question.options if option.value in chosen)
    give(step, question.key, ordered or None)


def _number(step: Step, question: Question) -> None:
    stored = _stored(step, question)
    number = float(stored) if isinstance(stored, int | float) and not isinstance(stored, bool) else None
    st.number_input(
        f"{question.label} ({question.unit})" if question.unit else question.label,
        min_value=float(question.minimum),
        max_value=float(question.maximum),
        value=None,
        step=_step_width(question),
        format="%0.6g",
        placeholder=f"Number in {question.unit}" if question.unit else "Number",
        label_visibility="collapsed",
        icon=None,
        width=280,
        **state.controlled(_key(step, question), number, partial(give, step, question.key)),
    )
    if question.unit:
        st.caption(_unit_words(question, number))
    _alternative(step, question, UNKNOWN_LABEL, UNKNOWN)


def _unit_words(question: Question, number: float | None) -> str:
    """A long number with its thousands apart and its unit; else the unit, with bounds that mean something."""
    if number is not None and number >= GROUPED_FROM:
        return inert(f"{number:,.15g} {question.unit}")
    bounds = f", from {question.minimum:,.15g} to {question.maximum:,.15g}"
    return inert(f"In {question.unit}{bounds if question.maximum <= NO_BOUND else ''}.")


def _step_width(question: Question) -> float:
    """Width of one press on plus: small ranges go by ones or tenths, large ones by hundreds."""
    span = question.maximum - question.minimum
    return 0.1 if span <= 2 else 1.0 if span <= 10_000 else 100.0


_WIDGETS: dict[Kind, Callable[[Step, Question], None]] = {
    Kind.ONE: _one,
    Kind.MANY: _many,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
}


def answered(step: Step, case: Case) -> bool:
    """Whether every question of the step that applies has an answer, "I don't know yet" included."""
    return all(
        case.answer(step.key, question.key) is not None
        for question in step.questions
        if question.applies(case)
    )
