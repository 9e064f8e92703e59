"""The record: who decided what and why, its downloads and text, and an older record held against today."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import get_args

import pandas as pd
import streamlit as st

import advisor
from advisor import wording
from advisor.decide.decision import Decision
from advisor.errors import AdvisorError
from advisor.host.evidence import evidence_behind
from advisor.host.hardware import load_hardware
from advisor.record.blocks import Bars, Block, Bullets, Code, Content, Paragraph, Table
from advisor.record.content import content_of
from advisor.record.differences import diff
from advisor.record.formats import FORMATS
from advisor.record.next_steps import next_steps
from advisor.record.recheck import recheck
from advisor.record.record import Record, Status, make_record
from advisor.ui import brief, loaded, state
from advisor.ui.exhibit import WRAPPED_PX
from advisor.ui.inert import inert
from advisor.ui.navigation import go
from advisor.ui.opening import opened_record

_ANNEX = {"yes": "Yes", "no": "No", "unknown": "I don't know yet"}
SENTENCES = 20
_READ_WHOLE = (3, 40)
"""Columns and rows of the largest table shown without a frame of its own."""
_LINE = 60
"""Letters of a cell from which on the rows of a table in a frame take a second line."""
_EARLIER = "record:earlier-one"
"""The record a visitor opened on the first page, in this session."""


def signature(decision: Decision) -> dict[str, object]:
    """Ask for status, deciders and the choice; returns the record's fields that follow from them."""
    case = state.case()
    status = st.selectbox("Status", get_args(Status), key="record:status", persist_state="session")
    st.text_input(
        "Deciders, separated by commas",
        **state.controlled("record:deciders", ", ".join(case.deciders), _set_deciders),
    )
    if not decision.ranking:
        return {"status": status, "chosen": None}
    labels = {row.id: row.offer.label for row in decision.ranking}
    chosen = st.selectbox(
        "Offer decided for",
        list(labels),
        index=0 if decision.stated else None,
        format_func=lambda key: labels.get(key) or str(key),
        key="record:chosen",
        persist_state="session",
        placeholder="Nobody: the case states nothing to decide by",
        help="The leading offer unless you decide otherwise.",
    )
    because = st.text_area(
        "Why this one, in your words", max_chars=2000, key="record:because", persist_state="session"
    )
    annex = st.radio(
        "Could this use fall under Annex III of the EU AI Act (high-risk uses)?",
        list(_ANNEX),
        index=None,
        format_func=lambda key: _ANNEX.get(key) or str(key),
        horizontal=True,
        key="record:annex",
        persist_state="session",
    )
    return {"status": status, "chosen": chosen, "chosen_because": because or "", "annex_iii": annex}


def _set_deciders(entered: str) -> None:
    brief.set_field("deciders", tuple(name.strip() for name in entered.split(",") if name.strip()))


def record_of(decision: Decision, fields: dict[str, object]) -> Record:
    """The record of the case at hand, the runs behind its measurements included."""
    case = state.case()
    record = make_record(
        case,
        decision,
        loaded.catalog(),
        app_version=advisor.__version__,
        created=loaded.today(),
        evidence=evidence_behind(loaded.store(), case),
        hardware=load_hardware(),
    )
    return record.with_changes(**fields)


def downloads(record: Record) -> None:
    """Every format; a file is made only when it is asked for."""
    with st.container(horizontal=True):
        for key, form in FORMATS.items():
            st.download_button(
                f"Download {form.label}",
                data=partial(form.render, record),
                file_name=f"decision-record{form.suffix}",
                mime=form.mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"record:download:{key}",
            )


def files_to_start_from(record: Record) -> None:
    """What puts the choice to work: proxy configuration, code, evaluation set."""
    files = next_steps(record)
    if not files:
        return
    st.markdown("## Files to start from")
    st.caption("Made from this record. They name the environment variables of keys, and never hold a key.")
    with st.container(horizontal=True):
        for file in files:
            st.download_button(
                file.label,
                data=file.content,
                file_name=file.name,
                mime=file.mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"record:start:{file.name}",
            )


def preview(record: Record) -> None:
    """The record as it reads."""
    content: Content = content_of(record)
    simulated = " :orange-badge[simulated figures]" if record.simulated else ""
    st.markdown(f"## {inert(content.title)}{simulated}")
    st.markdown("  \n".join(f"**{inert(label)}** {inert(value)}" for label, value in content.facts))
    for section in content.sections:
        st.markdown(f"### {inert(section.heading)}")
        for block in section.blocks:
            _DRAWN[type(block)](block)


def _paragraph(block: Paragraph) -> None:
    st.markdown(f"**{inert(block.text)}**" if block.strong else inert(block.text))


def _bullets(block: Bullets) -> None:
    box = "☐ " if block.checklist else ""
    st.markdown("\n".join(f"- {box}{inert(item)}" for item in block.items))


def _table(block: Table) -> None:
    """A small table is read whole, its words in lines; a large one scrolls in its frame."""
    st.caption(inert(block.caption))
    if len(block.columns) <= _READ_WHOLE[0] and len(block.rows) <= _READ_WHOLE[1]:
        rows = [[inert(cell) for cell in row] for row in block.rows]
        names = [inert(name) for name in block.columns]
        table = pd.DataFrame(rows, columns=names)
        st.table(table, border="horizontal", hide_index=True, alt=block.caption)
        return
    table = pd.DataFrame(list(block.rows), columns=list(block.columns))
    wrapped = WRAPPED_PX if table.map(len).to_numpy().max(initial=0) > _LINE else None
    st.dataframe(table, hide_index=True, alt=block.caption, row_height=wrapped)


def _bars(block: Bars) -> None:
    # A table with the same numbers stands beside it in every record; the chart is on the result page.
    st.caption(inert(block.description))


def _code(block: Code) -> None:
    st.code(block.text, language=None, wrap_lines=True, height=320)


_DRAWN: dict[type[Block], Callable[..., None]] = {
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
    Bars: _bars,
    Code: _code,
}


def held_against_today(record: Record) -> bool:
    """The case of a record decided again: whether the choice stands, and what changed; False on a fault."""
    try:
        result = recheck(record, loaded.catalog(), loaded.today(), hardware=load_hardware())
    except AdvisorError as error:
        st.error(inert(str(error)), icon=":material/error:")
        return False
    verdict = st.success if result.stands else st.warning
    verdict(inert(result.verdict))
    st.markdown("\n".join(f"- {inert(words)}" for words in result.sentences[1 : SENTENCES + 1]))
    return True


def _compared(earlier: Record, current: Record) -> None:
    """What differs between an earlier record and the one on this page."""
    label = "Compared with the record on this page"
    with st.expander(label, type="compact", on_change="rerun", key="record:compared") as opened:
        if opened.open:
            sentences = diff(earlier, current)
            st.markdown("\n".join(f"- {inert(words)}" for words in sentences) or "Nothing differs.")


def reopen(current: Record) -> None:
    """Hold an older record against today's catalog and against `current`, and open its case."""
    st.markdown("## Open an earlier record")
    file = st.file_uploader("Record (JSON)", type=["json"], key="record:file", max_upload_size=5)
    kept = state.remembered(_EARLIER, None)
    if file is None and kept is None:
        return
    try:
        record: Record = opened_record(file.getvalue(), file.name) if file is not None else kept
    except AdvisorError as error:
        st.error(inert(str(error)), icon=":material/error:")
        return
    st.markdown(f"**{inert(record.title)}**, {record.status}, {wording.day(record.created)}")
    if not held_against_today(record):
        return
    _compared(record, current)
    with st.expander("The earlier record", type="compact", on_change="rerun", key="record:earlier") as opened:
        if opened.open:
            preview(record)
    if st.button("Open its case", key="record:open", type="primary"):
        state.start(record.case)
        go("check")


def show_again(record: Record) -> None:
    """Begin with the case of an earlier record, and have the record itself at hand, held against today."""
    state.remember(_EARLIER, record)
    state.notice(
        f"The file is the record “{inert(record.title)}”. Its case is open, decided over today's catalog; "
        "the record as it was, and what has changed since, stand at the end of this page."
    )
    state.start(record.case)
    go("record")
