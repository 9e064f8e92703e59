"""How often to ask: the design, what it needs, and what it can and cannot show before it costs anything."""

from __future__ import annotations

from functools import partial

import streamlit as st

from advisor import wording
from advisor.case import ProbePlan
from advisor.catalog.entries import CatalogOffer
from advisor.errors import BadCase
from advisor.probe.designs import DESIGNS, EFFORTS, Design, originals, shaped
from advisor.probe.foresight import Pace, promise, time_needed
from advisor.probe.plan import RunPlan
from advisor.probe.practice import practised
from advisor.probe.targets import Target
from advisor.ui import loaded, state
from advisor.ui.inert import inert
from advisor.ui.probe_setup import set_plan
from advisor.ui.probe_wordings import wordings
from advisor.ui.terms import meaning_of

_OWN = DESIGNS["own"]
_DOCUMENT_LETTERS = 400_000


def how_often() -> None:
    """The design with what it needs, then temperature, answer length and cap."""
    st.markdown("## 3. How often, and for how much")
    plan = state.case().probe
    design = DESIGNS.get(plan.design, _OWN)
    st.selectbox(
        "Design",
        list(DESIGNS),
        format_func=lambda key: DESIGNS[key].label if key in DESIGNS else str(key),
        **state.controlled("probe:design", design.key, _choose),
    )
    st.caption(inert(design.about))
    _needs(design, plan)
    _numbers(design, plan)
    if not design.sweeps and not design.loads:
        _adaptive(plan)


def _choose(key: str) -> None:
    set_plan(design=key, sweep=())


def _needs(design: Design, plan: ProbePlan) -> None:
    if design.one_prompt:
        _focus(plan)
    if design.loads:
        _calls_at_once(plan)
    if design.values:
        _values(design, plan)
    if design.sweeps == "effort":
        _efforts(plan)
    if design.takes_document:
        _document(plan)
    if design.takes_wordings:
        wordings()
    _notes(plan)


def _notes(plan: ProbePlan) -> None:
    try:
        notes = shaped(plan).notes if plan.prompts else ()
    except BadCase:
        # The plan says below what is missing.
        return
    for note in notes:
        st.caption(f":material/info: {inert(note)}")


def _focus(plan: ProbePlan) -> None:
    ids = [prompt.id for prompt in originals(plan)]
    if not ids:
        return
    chosen = plan.focus if plan.focus in ids else ids[0]
    st.selectbox(
        "Which prompt", ids, **state.controlled("probe:focus", chosen, lambda key: set_plan(focus=key))
    )


def _calls_at_once(plan: ProbePlan) -> None:
    st.number_input(
        "Most calls at once",
        1,
        64,
        help="The ladder goes up to it in steps of 1, 2, 4, 8 and 16.",
        width=240,
        **state.controlled("probe:concurrency", plan.concurrency, lambda n: set_plan(concurrency=n)),
    )


def _values(design: Design, plan: ProbePlan) -> None:
    shown = ", ".join(wording.number(value) for value in plan.sweep or design.values)
    st.text_input(
        f"Values of {design.label.removesuffix(' sweep').lower()}, separated by commas",
        **state.controlled("probe:sweep", shown, _take_values),
    )


def _take_values(text: str) -> None:
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    try:
        values = tuple(float(part) for part in parts)
    except ValueError:
        state.notice("That was not kept: give numbers separated by commas, such as 0, 0.5, 1.")
        return
    set_plan(sweep=values)


def _efforts(plan: ProbePlan) -> None:
    listed = dict.fromkeys(plan.efforts or EFFORTS)
    every = list(dict.fromkeys(("none", "minimal", *EFFORTS, "xhigh", "max", *listed)))
    st.pills(
        "Efforts",
        every,
        selection_mode="multi",
        help="An offer of the catalog is asked at those it lists; one that never reasons is asked once.",
        **state.controlled("probe:efforts", list(listed), lambda efforts: set_plan(efforts=tuple(efforts))),
    )


def _document(plan: ProbePlan) -> None:
    st.text_area(
        "Your document",
        height=160,
        max_chars=_DOCUMENT_LETTERS,
        placeholder="Paste the text the question is about, or upload it below",
        **state.controlled(
            "probe:document", plan.document or "", lambda text: set_plan(document=text or None)
        ),
    )
    given = st.file_uploader("Or a text file", type=["txt", "md"], key="probe-document-file")
    if given is not None:
        text = given.getvalue().decode("utf-8", "replace").replace("\x00", "")[:_DOCUMENT_LETTERS]
        st.button("Use this file", on_click=partial(set_plan, document=text), icon=":material/upload:")


def _numbers(design: Design, plan: ProbePlan) -> None:
    with st.grid(4, min_column_width=190):
        if design is _OWN:
            _samples(plan)
        if not design.loads:
            _speed_samples(plan)
        if design.sweeps != "temperature":
            _temperature(plan)
        st.number_input(
            "Longest answer, tokens",
            1,
            200_000,
            step=64,
            **state.controlled(
                "probe:tokens", plan.max_output_tokens, lambda n: set_plan(max_output_tokens=n)
            ),
        )
        st.number_input(
            "Spending cap, US dollars",
            0.01,
            100_000.0,
            step=0.5,
            format="%0.6g",
            **state.controlled("probe:cap", plan.cap_usd, lambda usd: set_plan(cap_usd=usd)),
        )


def _adaptive(plan: ProbePlan) -> None:
    st.toggle(
        "Stop asking an offer once it is decided for these prompts",
        help="Clearly beaten, clearly on one side of the pass mark, or within 10 points of every rival. At "
        "most 5 % of such runs stop an offer wrongly, however often one looks (Robbins' mixture). "
        "Other prompts may decide otherwise.",
        **state.controlled("probe:adaptive", plan.adaptive, lambda on: set_plan(adaptive=on)),
    )


def _samples(plan: ProbePlan) -> None:
    st.number_input(
        "Samples per prompt",
        1,
        100,
        help="Equal answers in n samples still allow some deviation: 20 leave up to 13.9 %.",
        **state.controlled(
            "probe:samples", plan.samples_per_prompt, lambda n: set_plan(samples_per_prompt=n)
        ),
    )


def _speed_samples(plan: ProbePlan) -> None:
    st.number_input(
        "Speed samples per prompt",
        0,
        100,
        help="Further calls, each with a unique first line so that no cache shortens it. Times and "
        "speeds come from these; agreement and pass rate come from the unchanged prompt.",
        **state.controlled("probe:latency", plan.latency_samples, lambda n: set_plan(latency_samples=n)),
    )


def _temperature(plan: ProbePlan) -> None:
    st.number_input(
        "Temperature",
        0.0,
        2.0,
        None,
        step=0.1,
        placeholder="default",
        help=meaning_of("temperature"),
        **state.controlled("probe:temperature", plan.temperature, lambda t: set_plan(temperature=t)),
    )


def outlook(plan: RunPlan) -> None:
    """What the run can and cannot show, and how long it takes."""
    st.markdown(f":material/visibility: {inert(promise(plan))}")
    paces = {target.offer: _pace(target) for target in plan.targets}
    needed = time_needed(plan, paces)
    if needed is not None:
        st.caption(
            inert(f"Takes {wording.seconds_interval(needed)}, from short answers to the longest allowed.")
        )
    else:
        unknown = [target.label for target in plan.targets if paces[target.offer] is None]
        st.caption(
            inert(f"How long it takes is unknown: no published speed of {wording.joined(unknown[:3])}.")
        )


def _pace(target: Target) -> Pace | None:
    """What is known of the offer's speed: the practice model's own, else the catalog's slowest."""
    if target.practice:
        model = practised(target.model)
        return None if model is None else Pace(model.ttft_s, model.gap_s)
    row: CatalogOffer | None = loaded.catalog().by_id.get(target.offer)
    rows = [one for one in row.model.speeds if one.ttft_s and one.output_tps] if row else []
    if not rows:
        return None
    return Pace(max(one.ttft_s or 0 for one in rows), max(1 / (one.output_tps or 1) for one in rows))
