"""The expert's way round: the whole case as YAML, checked before it counts."""

from __future__ import annotations

import streamlit as st

from advisor import wording
from advisor.decide.intake import dump_case, read_case
from advisor.documents import line_of
from advisor.errors import BadInput
from advisor.ui import state
from advisor.ui.inert import inert

_TEXT = "expert:yaml"
_FOLLOWS = "expert:follows"
_ERROR = "expert:error"
_SOURCE = "text"


def expert_panel() -> None:
    """Edit the case as YAML; download it."""
    opened = st.expander("Edit as YAML, or download the case", key="expert", on_change="rerun")
    if problem := state.remembered(_ERROR, ""):
        st.error(inert(problem), icon=":material/error:")
    if not opened.open:
        return
    with opened:
        text, plain = dump_case(state.case(), "yaml"), dump_case(state.case(), "json")
        # The field follows the case, but never an edit that was not used yet.
        if state.remembered(_TEXT, None) is None or state.remembered(_FOLLOWS, "") != text:
            state.remember(_TEXT, text)
            state.remember(_FOLLOWS, text)
        st.text_area("The case as YAML", key=_TEXT, height=420)
        with st.container(horizontal=True):
            st.button("Use this text", on_click=_apply, type="primary")
            st.download_button("Download YAML", text, "case.yaml", "application/yaml", on_click="ignore")
            st.download_button("Download JSON", plain, "case.json", "application/json", on_click="ignore")


def _apply() -> None:
    text = str(state.remembered(_TEXT, ""))
    try:
        state.change(read_case(text, _SOURCE))
    except BadInput as error:
        state.remember(_ERROR, _told(text, error))
        return
    state.remember(_ERROR, "")


def _told(text: str, error: BadInput) -> str:
    """What is wrong and on which line, and that the case is as it was."""
    line = line_of(text, error.field) if error.field else None
    what = str(error).removeprefix(f"{_SOURCE}: ")
    place = f"Line {line}: {what}" if line else wording.sentence(what)
    return f"{place} The case is as it was."
