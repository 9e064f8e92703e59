"""The glossary: search, one term in full, and the terms of a field."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from advisor.decide.glossary import Term
from advisor.host.shelf import glossary
from advisor.ui import state
from advisor.ui.inert import inert
from advisor.ui.navigation import PAGES, link
from advisor.ui.terms import PARAMETER, address_of, explained

_TITLES = {row.path: row.title for row in PAGES}


def chosen_term() -> None:
    """The term named in the address, in full; a word about a name that is none."""
    asked = state.asked_for(PARAMETER)
    if not asked:
        return
    term = glossary().terms.get(asked)
    if term is None:
        st.info(f"There is no term {inert(asked)}; search below.", icon=":material/search:")
        return
    with st.container(border=True):
        st.markdown(f"## {inert(term.name)}")
        st.markdown(_body(term))
        if term.see:
            st.markdown(f"See also {_links(term.see)}.")
        with st.container(horizontal=True):
            for path in term.bears_on:
                if path in _TITLES:
                    link(path, f"Bears on {_TITLES[path]}", icon=":material/arrow_forward:")


def search_and_list() -> None:
    """The terms of one field, or those of all fields that hold the words searched for."""
    book = glossary()
    text = st.text_input("Search", key="w", bind="query-params", placeholder="Word, abbreviation or meaning")
    if text and text.strip():
        found = book.search(text)
        st.markdown(f"**{len(found)} of {len(book.terms)} terms**")
        if not found:
            st.info("No term has all of these words; try one word less.", icon=":material/search_off:")
        _terms(found)
        return
    field = _field(list(book.fields))
    st.markdown(f"## {inert(field)}")
    _terms(book.fields[field])


def _field(fields: list[str]) -> str:
    """The field shown: the chosen one, else that of the term in the address, else the first."""
    asked = state.asked_for(PARAMETER)
    around = next((name for name, keys in glossary().fields.items() if asked in keys), fields[0])
    chosen = st.pills(
        "Field",
        fields,
        default=around,
        required=True,
        key=f"glossary-field-{around}",
        label_visibility="collapsed",
    )
    return chosen if chosen in fields else around


def _terms(keys: Iterable[str]) -> None:
    for key in keys:
        term = glossary().terms[key]
        st.subheader(inert(term.name), anchor=key)
        st.markdown(_body(term))


def _body(term: Term) -> str:
    also = f"Also: {inert(', '.join(term.also))}. " if term.also else ""
    bears = ", ".join(_TITLES[path] for path in term.bears_on if path in _TITLES)
    source = f"] [{inert(term.source)}]({term.url})" if term.url else f" {inert(term.source)}]"
    return f"{explained(term)}  \n:gray[{also}Bears on: {inert(bears)}. Source:{source}"


def _links(keys: Iterable[str]) -> str:
    terms = glossary().terms
    return ", ".join(f"[{inert(terms[key].name)}]({address_of(key)})" for key in keys)
