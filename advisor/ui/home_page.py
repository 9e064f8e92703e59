"""The ways in: an example, a preset, a blank case, a file."""

from __future__ import annotations

import streamlit as st

from advisor import wording
from advisor.case import Case
from advisor.errors import AdvisorError
from advisor.host.shelf import presets
from advisor.record.record import Record
from advisor.ui import loaded, record_page, state
from advisor.ui.inert import inert
from advisor.ui.navigation import go, link
from advisor.ui.opening import opened
from advisor.ui.preset_panel import preset_field, start_from


def welcome() -> None:
    """What the product does in one breath, and an example one click away."""
    st.title("Which model, used how, for our job?", anchor=False)
    st.markdown(
        "Six decisions about your job become a ranked shortlist of real language models, with reasons, costs "
        "and what would change the answer. Then you ask the best ones yourself and keep a record that proves "
        "it."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("See an example decision", type="primary", icon=":material/visibility:"):
            state.start(presets()[0])
            go("result")
        if state.case() != Case():
            name = state.case().name or "your draft"
            link("check", f"Go on with {inert(name)}", icon=":material/arrow_forward:")


def example() -> None:
    """What the first preset comes to over today's catalog, in a sentence."""
    case = presets()[0]
    decision = loaded.decision_of(case)
    leader = decision.recommended
    if leader is None:
        return
    fit, all_ = len(decision.ranking), len(decision.ranking) + len(decision.excluded)
    with st.container(border=True):
        st.caption("An example, decided over today's catalog")
        st.markdown(
            f"**{inert(case.name)}**: {fit} of {all_} offers meet every hard need. "
            f"**{inert(decision.title)}**, at {inert(wording.about_usd(leader.usd_per_month))} a month. "
            f"{inert(decision.headline)}"
        )


def ways_in() -> None:
    """Preset, blank, or a file."""
    st.markdown("## Start")
    columns = st.columns([10, 8, 13])  # a file field says what it takes on one line
    with columns[0], st.container(border=True, height="stretch"):
        _from_preset()
    with columns[1], st.container(border=True, height="stretch"):
        _blank()
    with columns[2], st.container(border=True, height="stretch"):
        _from_file()


def _from_preset() -> None:
    st.markdown("### From a preset")
    st.caption("Every answer is filled in and marked; change what differs.")
    start_from(preset_field(), "Start from it", "start-preset")


def _blank() -> None:
    st.markdown("### Blank")
    st.caption("One decision per page. “I don't know yet” is a real answer.")
    if st.button("Start blank", key="start-blank"):
        state.start(Case())
        go("brief")


def _from_file() -> None:
    st.markdown("### From a file")
    st.caption("A case as YAML or JSON, or the JSON of a record.")
    file = st.file_uploader(
        "Case or record", type=["yaml", "yml", "json"], key="open-file", max_upload_size=5
    )
    if file is not None and st.button("Open it", key="open-it"):
        try:
            found = opened(file.getvalue(), file.name)
        except AdvisorError as error:
            st.error(inert(str(error)), icon=":material/error:")
            return
        if isinstance(found, Record):
            record_page.show_again(found)
        else:
            state.start(found)
            go("check")


def journey() -> None:
    """What happens on the way, and what stands behind it."""
    st.markdown("## What happens then")
    st.markdown(
        "1. **Brief** and **six decisions**: access, reasoning, attributes, knowledge, tuning, autonomy. "
        "After each answer you see who is left, who leads and what it costs.\n"
        "2. **Result**: the ranking with reasons for and against, how sure it is, and what would flip it.\n"
        "3. **Probe**: the same prompts, several times, to the offers you choose: cost, speed, agreement, "
        "every reply. Simulated practice models let you try it without any key.\n"
        "4. **Record**: one document with every answer, source and measurement, which re-opens here."
    )
    facts = loaded.catalog()
    st.caption(
        f"Catalog {facts.version}: {len(facts.models)} models, {len(facts.offers)} offers of "
        f"{len(facts.providers)} providers, each fact with source and date. Nothing you enter leaves this "
        "server until you start a probe."
    )
