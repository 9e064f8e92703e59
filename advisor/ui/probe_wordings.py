"""Other wordings of one prompt: typed by the user, or proposed by a model and approved one by one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from advisor import wording
from advisor.case import Case, ProbePrompt
from advisor.errors import AdvisorError
from advisor.host.runs import progress, samples
from advisor.probe.designs import LEAST_WORDINGS, focus_of
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.targets import LITELLM
from advisor.ui import loaded, state
from advisor.ui.inert import inert
from advisor.ui.probe_run import begin_run
from advisor.ui.probe_setup import planned, set_plan

PROPOSALS = 6
"""Wordings asked for at once."""
_PROPOSE = (
    "Write {count} other wordings of the question below, as different people would ask it. Keep its meaning "
    "exactly: every name, number, date and question word must stay. One wording on each line, nothing else."
    "\n\nQuestion: {question}"
)
_RUN = "probe:wordings-run"


def wordings() -> None:
    """The wordings so far, one more, and proposals."""
    prompt = focus_of(state.case().probe)
    if prompt is None:
        return
    mine = [one for one in state.case().probe.prompts if one.rewords == prompt.id]
    st.markdown(f"**Wordings of {inert(prompt.id)}** · {len(mine) + 1} with the original")
    st.code(prompt.text, language=None, wrap_lines=True)
    for one in mine:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.code(one.text, language=None, wrap_lines=True)
            st.button("Remove", key=f"remove-wording:{one.id}", on_click=_remove, args=(one.id,))
    _typed(prompt)
    _proposals(prompt)


def _typed(prompt: ProbePrompt) -> None:
    with st.form("own-wording", border=False, clear_on_submit=True):
        text = st.text_area(
            "Another wording of the same question",
            max_chars=100_000,
            height=80,
            help=f"{LEAST_WORDINGS} wordings or more. It must ask for exactly the same answer: a changed "
            "question would be counted as a wavering model.",
        )
        if st.form_submit_button("Add this wording") and text.strip():
            approve(prompt, text)
            st.rerun()


def approve(prompt: ProbePrompt, text: str) -> None:
    """Take a wording of `prompt` into the case; everything but the text is the original's."""
    prompts = state.case().probe.prompts
    taken = {one.id for one in prompts}
    name = next(
        f"{prompt.id[:50]}-w{n}" for n in range(1, len(prompts) + 2) if f"{prompt.id[:50]}-w{n}" not in taken
    )
    new = prompt.model_copy(update={"id": name, "text": text.strip(), "rewords": prompt.id})
    set_plan(prompts=(*prompts, new))


def _remove(prompt_id: str) -> None:
    set_plan(prompts=tuple(one for one in state.case().probe.prompts if one.id != prompt_id))


def _proposals(prompt: ProbePrompt) -> None:
    ask = _proposer(state.case(), prompt)
    if ask is not None:
        cost = wording.usd(ask.worst_case_total_usd)
        st.button(
            f"Let {ask.targets[0].label} propose {PROPOSALS} wordings (1 call, at most {cost})",
            on_click=partial(_begin, ask),
            icon=":material/edit_note:",
        )
    run = state.remembered(_RUN, None)
    if run is None:
        return
    now = progress(loaded.store(), run)
    if now.live:
        st.caption("The proposals are on their way.")
        st.button("Look again", key="wordings-again")
        return
    _offered(prompt, samples(loaded.store(), run))


def _offered(prompt: ProbePrompt, found: tuple[Sample, ...]) -> None:
    """Each proposal with a button of its own: nothing is taken unread."""
    reply = next((one.reply for one in found if one.reply is not None), None)
    if reply is None:
        st.caption("The model brought no proposal.")
        return
    known = {one.text for one in state.case().probe.prompts}
    for number, text in enumerate(lines_of(reply.text)):
        if text in known:
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.code(text, language=None, wrap_lines=True)
            st.button(
                "Approve",
                key=f"approve-wording:{number}",
                on_click=approve,
                args=(prompt, text),
                type="primary",
            )


def lines_of(reply: str) -> tuple[str, ...]:
    """The wordings in a reply, one a line, without numbers or dashes in front."""
    bare = (line.strip().lstrip("-*•0123456789.) ").strip().strip('"') for line in reply.splitlines())
    return tuple(dict.fromkeys(line for line in bare if line))[:PROPOSALS]


def _proposer(case: Case, prompt: ProbePrompt) -> RunPlan | None:
    """One call to the first chosen offer that is no simulation and whose key is there; None without one."""
    text = _PROPOSE.format(count=PROPOSALS, question=prompt.text)
    question = ProbePrompt(id="propose-wordings", text=text, system=prompt.system)
    for ref in case.probe.offers:
        once = {"offers": (ref,), "prompts": (question,), "design": "own", "samples_per_prompt": 1}
        quiet = {"latency_samples": 0, "warm_up": False, "temperature": None, "adaptive": False}
        probe = case.probe.model_copy(update=once | quiet)
        try:
            plan = planned(case.model_copy(update={"probe": probe}))
        except AdvisorError:
            continue
        known = not plan.simulated and not plan.missing_keys and not ref.startswith(LITELLM)
        if known and plan.worst_case_total_usd is not None:
            return plan
    return None


def _begin(plan: RunPlan) -> None:
    try:
        state.remember(_RUN, begin_run(plan))
    except AdvisorError as error:
        state.refuse(error)
