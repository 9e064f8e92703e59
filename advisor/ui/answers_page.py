"""Every answer on one page, each with the way to change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.case import Case
from advisor.decide.questions import Question, Step
from advisor.decide.steps import STEPS, summary
from advisor.record.names import answer_words
from advisor.ui import state
from advisor.ui.brief import FIELDS, number_words
from advisor.ui.inert import inert
from advisor.ui.navigation import link

NOT_PROVIDED = ":gray[*not\u00a0provided*]"


class Answered(NamedTuple):
    """One line of the page: what was asked and answered, and whether an empty answer leaves a gap."""

    label: str
    answer: str
    preset: bool = False
    optional: bool = False


def brief() -> None:
    """The brief's answers."""
    case = state.case()
    numbers = [
        Answered(row.label, number_words(row, case), f"workload.{row.name}" in case.from_preset, row.optional)
        for row in FIELDS
    ]
    texts = [Answered("Name", case.name), Answered("What it has to do", case.purpose)]
    with st.container(border=True):
        _answers("Brief", "brief", [*texts, *numbers])


def steps() -> None:
    """The answers of the six decisions, with where each decision stands."""
    case = state.case()
    for step in STEPS:
        asked = [question for question in step.questions if question.applies(case)]
        with st.container(border=True):
            lines = [_answered(case, step, question) for question in asked]
            _answers(f"{step.number} {step.short}", step.key, lines, summary(step.key, case))


def _answered(case: Case, step: Step, question: Question) -> Answered:
    answer = case.answer(step.key, question.key)
    words = "" if answer is None else answer_words(question, answer)
    preset = f"{step.key}.{question.key}" in case.from_preset
    return Answered(question.label, words[:1].upper() + words[1:], preset)


def _answers(title: str, path: str, lines: Sequence[Answered], stands: str = "") -> None:
    """Where a part stands in a line; its answers open by themselves only where one is missing."""
    missing = sum(not line.answer and not line.optional for line in lines)
    mark = f":orange-badge[{missing} not provided]" if missing else ":green-badge[complete]"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"## {inert(title)} {mark}", width="content")
        st.space("stretch")
        link(path, f"Change {title}", icon=":material/edit:")
    if stands:
        st.markdown(f"**{inert(stands)}**")
    preset = sum(line.preset for line in lines)
    with st.expander(_how_many(lines, preset), expanded=bool(missing), type="compact", key=f"given-{path}"):
        shown = [(f":gray[{inert(line.label)}]", _shown(line, preset < len(lines))) for line in lines]
        st.table(
            pd.DataFrame(shown),
            border="horizontal",
            hide_index=True,
            hide_header=True,
            alt=f"Answers: {title}.",
        )


def _how_many(lines: Sequence[Answered], preset: int) -> str:
    given = wording.count(sum(bool(line.answer) for line in lines), "answer")
    if not preset:
        return given
    return f"{given}, {'all' if preset == len(lines) else preset} from the preset"


def _shown(line: Answered, mixed: bool) -> str:
    words = inert(line.answer) if line.answer else NOT_PROVIDED
    return words + (" :gray-badge[from preset]" if line.preset and mixed else "")
