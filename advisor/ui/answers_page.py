"""Every answer on one page, each with the way to change it."""

from __future__ import annotations

import streamlit as st

from advisor.case import Case
from advisor.decide.questions import Question, Step
from advisor.decide.steps import STEPS, summary
from advisor.record.names import answer_words
from advisor.ui import state
from advisor.ui.brief import FIELDS, number_words
from advisor.ui.inert import inert
from advisor.ui.navigation import link

NOT_PROVIDED = ":gray[*not provided*]"


def brief() -> None:
    """The brief's answers."""
    case = state.case()
    with st.container(border=True):
        _title("Brief", "brief", [case.name, case.purpose, *[number_words(row, case) for row in FIELDS]])
        _line("Name", case.name)
        _line("What it has to do", case.purpose)
        for row in FIELDS:
            _line(row.label, number_words(row, case), f"workload.{row.name}" in case.from_preset)


def steps() -> None:
    """The answers of the six decisions, with where each decision stands."""
    case = state.case()
    for step in STEPS:
        asked = [question for question in step.questions if question.applies(case)]
        with st.container(border=True):
            _title(f"{step.number} {step.short}", step.key, [_answer(case, step, one) for one in asked])
            for question in asked:
                preset = f"{step.key}.{question.key}" in case.from_preset
                _line(question.label, _answer(case, step, question), preset)
            st.markdown(f"**{inert(summary(step.key, case))}**")


def _answer(case: Case, step: Step, question: Question) -> str:
    answer = case.answer(step.key, question.key)
    return "" if answer is None else answer_words(question, answer)


def _title(title: str, path: str, answers: list[str]) -> None:
    missing = sum(not answer for answer in answers)
    mark = f":orange-badge[{missing} not provided]" if missing else ":green-badge[complete]"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"## {inert(title)}", width="content")
        st.markdown(mark, width="content")
        st.space("stretch")
        link(path, f"Change {title}", icon=":material/edit:")


def _line(label: str, answer: str, preset: bool = False) -> None:
    shown = inert(answer) if answer else NOT_PROVIDED
    st.markdown(f":gray[{inert(label)}]  \n{shown}" + (" :gray-badge[from preset]" if preset else ""))
