"""Evaluation cases on the probe page: upload, edit as a table, take away again. All of it is inert text."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any, cast

import pandas as pd
import streamlit as st

from advisor.case import Grader, ProbePrompt
from advisor.errors import BadInput
from advisor.probe.assertions import grader_of
from advisor.probe.attachments import ATTACHMENT_KINDS
from advisor.probe.evaluation import Evaluation, from_table, read_evaluation, spread_sample
from advisor.probe.evaluation_export import (
    TABLE,
    beside_table,
    cases_csv,
    cases_jsonl,
    cases_yaml,
    table_rows,
)
from advisor.probe.graders import CHECKS, problem
from advisor.ui import state
from advisor.ui.inert import inert
from advisor.wording import count, joined

Put = Callable[[tuple[ProbePrompt, ...]], None]
"""Takes the new prompts of the plan."""
MOST_ASKED = 2_000
"""Most cases one probe keeps."""
USUAL = 30
"""Cases taken from a larger file unless said otherwise: the standard design."""
MOST_MB = 64
MOST_ATTACHED_MB = 6
"""Size of one image or document a prompt carries."""
Named = tuple[tuple[str, bytes], ...]
"""Files brought along, by name."""
FILE_KINDS = ["csv", "tsv", "jsonl", "ndjson", "yaml", "yml", "json"]
_ABOUT = (
    "CSV, JSONL, YAML, or promptfoo's test files. A column named prompt holds the prompt; expected, type, "
    "options and graders judge the reply; turns and tools hold JSON, files the names of images and "
    "documents; every other column fills its {{place}} in the prompt."
)


def graders_help() -> str:
    """How graders are written in one cell, as Markdown."""
    rough = {True: " Approximate: words are compared, meaning is not.", False: ""}
    lines = [f"- `{kind}`: {check.about}{rough[check.approximate]}" for kind, check in CHECKS.items()]
    lead = "One per line, such as `contains: Lima`, `number(0.5): 42` or `not-regex: sorry`. All must pass."
    return "\n".join([lead, *lines, "", "`icontains`, `iregex` and `iexact` ignore case."])


def upload(put: Put) -> None:
    """Bring cases from a file: what was understood, what was not, and how many of them to ask."""
    opened = st.expander("Bring your own cases", type="compact", key="cases-upload", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.caption(_ABOUT)
        file = st.file_uploader("File of cases", type=FILE_KINDS, key="cases-file", max_upload_size=MOST_MB)
        template = st.text_area(
            "Prompt for every row, if the file holds only values",
            key="cases-template",
            placeholder="Answer this question from our shop: {{question}}",
            height=80,
            max_chars=100_000,
        )
        named = st.file_uploader(
            "Images and documents its column files names",
            type=list(ATTACHMENT_KINDS),
            accept_multiple_files=True,
            key="cases-files",
            max_upload_size=MOST_ATTACHED_MB,
        )
        if file is not None:
            others = tuple((one.name, one.getvalue()) for one in named)
            _understood(file.name, file.getvalue(), template.strip() or None, others, put)


@st.cache_data(show_spinner="Reading the cases", max_entries=2, scope="session")
def _read(name: str, body: bytes, template: str | None, others: Named) -> Evaluation:
    return read_evaluation(name, body, template, dict(others).get)


def _understood(name: str, body: bytes, template: str | None, others: Named, put: Put) -> None:
    try:
        found = _read(name, body, template, others)
    except BadInput as error:
        st.error(inert(str(error)), icon=":material/error:")
        return
    judged = sum(prompt.graded for prompt in found.prompts)
    st.markdown(f"**{found.form}: {count(len(found.prompts), 'case')}**, {judged:,} of them can be judged.")
    _listed("Not used, or read in another way", found.notes)
    _listed(f"Left out: {count(found.broken, 'row')}", found.problems)
    if found.prompts:
        _take(found.prompts, put)


def _listed(title: str, lines: Sequence[str]) -> None:
    if lines:
        st.warning("\n".join([f"{title}:", "", *(f"- {inert(line)}" for line in lines)]))


def _take(prompts: tuple[ProbePrompt, ...], put: Put) -> None:
    most = min(len(prompts), MOST_ASKED)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = st.number_input(
            "Cases to ask",
            1,
            most,
            min(USUAL, most),
            key="cases-size",
            width=160,
            help="Fewer than the file holds are spread evenly over it.",
        )
        chosen = spread_sample(prompts, int(size))
        st.button("Ask these", on_click=put, args=(chosen,), type="primary")
        st.button("Add to the prompts", on_click=_add, args=(chosen, put))


def _add(chosen: tuple[ProbePrompt, ...], put: Put) -> None:
    mine = state.case().probe.prompts
    taken = {prompt.id for prompt in mine}
    fresh = tuple(prompt for prompt in chosen if prompt.id not in taken)
    if len(fresh) < len(chosen):
        state.notice(f"{count(len(chosen) - len(fresh), 'case')} left out: a prompt has that id already.")
    put((*mine, *fresh))


def table(prompts: tuple[ProbePrompt, ...], put: Put) -> None:
    """The prompts as a table to edit, with downloads."""
    opened = st.expander("Edit as a table, download", type="compact", key="cases-table", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.markdown(graders_help())
        rows = table_rows(prompts) or [dict.fromkeys(TABLE, "")]
        edited = st.data_editor(
            pd.DataFrame(rows, dtype=str),
            num_rows="dynamic",
            hide_index=True,
            column_config=_columns(),
            # A new table for new prompts: edits belong to the rows they were made on.
            key=f"cases-editor:{zlib.crc32(cases_jsonl(prompts).encode())}",
            alt="One row per prompt: id, text, system prompt, expected answer, kind, options, graders.",
        )
        hidden = {kind for prompt in prompts for kind in beside_table(prompt)}
        if hidden:
            st.caption(inert(f"Not shown here, kept as they are: {joined(sorted(hidden))}."))
        if st.button("Keep the table", type="primary"):
            _keep(edited, prompts, put)
        _downloads(prompts)


def _columns() -> dict[str, Any]:
    return {
        "id": st.column_config.TextColumn("Id", width="small"),
        "text": st.column_config.TextColumn("Prompt", width="large"),
        "system": st.column_config.TextColumn("System prompt"),
        "expected": st.column_config.TextColumn("Expected answer"),
        "answer_type": st.column_config.SelectboxColumn(
            "Kind of answer", options=["choice", "number", "json", "code", "date", "short", "free"]
        ),
        "options": st.column_config.TextColumn("Options", help="Separated by |"),
        "graders": st.column_config.TextColumn("Graders", help="One per line, such as contains: Lima"),
    }


def _keep(edited: pd.DataFrame, before: tuple[ProbePrompt, ...], put: Put) -> None:
    rows = cast("list[dict[str, Any]]", edited.fillna("").to_dict("records"))
    found = from_table(rows, before)
    _listed(f"Not kept: {count(found.broken, 'row')}", found.problems)
    if not found.broken:
        put(found.prompts)
        for note in found.notes:
            state.notice(note)
        st.rerun()


def _downloads(prompts: tuple[ProbePrompt, ...]) -> None:
    if not prompts:
        return
    with st.container(horizontal=True):
        for form, text in (
            ("yaml", cases_yaml(prompts)),
            ("jsonl", cases_jsonl(prompts)),
            ("csv", cases_csv(prompts)),
        ):
            st.download_button(
                f"Download {form.upper()}",
                text.encode(),
                file_name=f"cases.{form}",
                mime="text/csv" if form == "csv" else "application/octet-stream",
                icon=":material/download:",
                on_click="ignore",
                key=f"cases-{form}",
            )
    st.caption(
        "CSV holds the table, turns and tools; YAML and JSONL hold everything, images and documents included."
    )


def graders_in(text: str) -> tuple[Grader, ...]:
    """The graders of a field, one per line.

    Raises:
        ValueError: A line is no grader, or one that cannot work.
    """
    found: list[Grader] = []
    for line in filter(str.strip, text.splitlines()):
        grader = grader_of(line)
        if grader is None:
            raise ValueError(
                f"“{line:.80}” is no grader. Write one of {', '.join(CHECKS)}, then : and its value."
            )
        if trouble := problem(grader):
            raise ValueError(f"“{line:.80}” {trouble}.")
        found.append(grader)
    return tuple(found)


def judged_by(prompt: ProbePrompt) -> None:
    """What goes with one prompt beside its text, and how its replies are judged."""
    if prompt.turns:
        st.caption(count(len(prompt.turns), "earlier turn"))
    for one in prompt.attachments:
        st.caption(inert(f"{one.name} ({one.media_type})"))
    if prompt.tools:
        st.caption(inert(f"Tools: {joined([tool.name for tool in prompt.tools])}"))
    if prompt.vars:
        st.caption("Values")
        st.code(
            "\n".join(f"{name}: {value}" for name, value in prompt.vars.items()),
            language=None,
            wrap_lines=True,
        )
    if prompt.graders:
        st.caption("Graders: all must pass")
        st.code(table_rows([prompt])[0]["graders"], language=None, wrap_lines=True)
