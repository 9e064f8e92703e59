"""The guide: one chapter at a time, each section with the decisions it bears on."""

from __future__ import annotations

import streamlit as st

from advisor.decide.guide import Chapter, Section, with_links
from advisor.decide.steps import STEPS
from advisor.host.shelf import guide
from advisor.ui import state
from advisor.ui.inert import inert
from advisor.ui.navigation import PAGES, link
from advisor.ui.terms import address_of

PARAMETER = "g"
_TITLES = {row.path: row.title for row in PAGES} | {
    step.key: f"decision {step.number}: {step.short}" for step in STEPS
}


def chosen_chapter() -> Chapter:
    """The chapter chosen; the address keeps it."""
    chapters = {chapter.key: chapter for chapter in guide()}
    asked = state.asked_for(PARAMETER)
    key = asked if asked in chapters else next(iter(chapters))
    st.segmented_control(
        "Chapter",
        list(chapters),
        required=True,
        format_func=lambda name: chapters[name].title if name in chapters else str(name),
        wrap=True,
        label_visibility="collapsed",
        **state.controlled("guide:chapter", key, _take),
    )
    return chapters[key]


def _take(key: str) -> None:
    state.put_in_address(PARAMETER, key)


def show(chapter: Chapter) -> None:
    """A whole chapter."""
    st.markdown(f"## {inert(chapter.title)}")
    st.markdown(with_links(chapter.opening, address_of))
    for section in chapter.sections:
        _section(section)


def _section(section: Section) -> None:
    st.markdown(f"### {inert(section.title)}")
    st.markdown(with_links(section.text, address_of))
    st.markdown(f"Read on: {section.read_on}")
    with st.container(horizontal=True):
        for path in section.bears_on:
            link(path, f"Bears on {_TITLES[path]}", icon=":material/arrow_forward:")
