"""Words of the field where they are used: short help on a label, and the words of a page at its foot."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from advisor.decide.glossary import Term
from advisor.host.shelf import glossary
from advisor.ui import state
from advisor.ui.inert import inert

PARAMETER = "t"


def meaning_of(key: str) -> str:
    """Help for a label: the term's meaning, its unit, and the way to its entry."""
    term = glossary().terms[key]
    return f"{explained(term)} [In the glossary]({address_of(key)})"


def explained(term: Term) -> str:
    """Meaning and unit as Markdown."""
    return inert(term.meaning) + (f" Unit: {inert(term.unit)}." if term.unit else "")


def address_of(key: str) -> str:
    """Address of the term's entry, from any page of the app; it keeps the draft."""
    return f"glossary?{urlencode({**state.address(), PARAMETER: key})}"


def words_of_page(path: str) -> None:
    """The terms that matter on this page, drawn only when opened."""
    terms = glossary().on_page(path)
    if not terms:
        return
    opened = st.expander("Words on this page", type="compact", key=f"words-{path}", on_change="rerun")
    if opened.open:
        with opened:
            st.markdown(
                "\n".join(
                    f"- **[{inert(term.name)}]({address_of(key)})**: {explained(term)}"
                    for key, term in terms.items()
                )
            )
