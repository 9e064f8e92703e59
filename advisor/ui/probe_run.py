"""One run: live progress, figures, every reply, and taking the figures into the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.errors import AdvisorError, BadInput, FailureKind
from advisor.host.access import probe_refusal
from advisor.host.engine import start_worker
from advisor.host.ledger import cancel, plan_of
from advisor.host.limits import start_within
from advisor.host.paths import data_folder
from advisor.host.runs import Progress, progress, run_measurements, samples
from advisor.host.settings import settings
from advisor.host.tables import RunState
from advisor.probe.metrics import METRICS, Estimate
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary, summaries
from advisor.ui import charts, identity, loaded, own_keys, state
from advisor.ui.app import worker_wanted
from advisor.ui.exhibit import download, exhibit
from advisor.ui.inert import inert

TICK_S = 1.0
REPLIES_SHOWN = 20
_SPREADS: dict[str, tuple[str, str, Callable[[Sample], float | None]]] = {
    "ttft": ("Time to first token", "seconds", lambda one: one.ttft_s),
    "total": ("Complete answer", "seconds", lambda one: one.total_s),
    "speed": ("Output speed", "tokens per second", lambda one: one.output_tps),
    "cost": ("Cost per call", "US dollars", lambda one: one.cost_usd),
}
_STATES = {
    RunState.RUNNING: "running",
    RunState.CANCELLING: "being cancelled: calls in flight are finished, for they are paid",
    RunState.CANCELLED: "cancelled",
    RunState.DONE: "finished",
    RunState.FAILED: "stopped by a fault",
    RunState.STOPPED_BUDGET: "stopped: the next call would pass the cap",
}


def begin_run(plan: RunPlan) -> str:
    """Start the run if the person may and the limits allow it; it goes on when the browser closes.

    Raises:
        BadInput: The person may not spend these keys, or a limit is reached.
    """
    me = identity.who()
    own = own_keys.names_for(plan)
    refusal = probe_refusal(settings(), me, plan.targets, loopback=identity.on_loopback(), own_keys=own)
    if refusal is not None:
        raise BadInput("probe", "", refusal)
    if worker_wanted():
        start_worker(data_folder())
    ready = own_keys.handed(plan)
    try:
        return start_within(loaded.store(), ready, me.name, settings().limits)
    except AdvisorError:
        own_keys.withdrawn(ready)
        raise


def show_run(run_id: str) -> None:
    """Progress, then figures and replies so far."""
    now = progress(loaded.store(), run_id)
    st.markdown("## This run")
    with st.container():
        if now.live:
            _live(run_id)
        else:
            _state(now)
    if now.live:
        st.button("Update the figures below", icon=":material/refresh:")
    _figures(run_id, now)


@st.fragment(run_every=TICK_S)
def _live(run_id: str) -> None:
    """Redrawn every second while it runs; draws the end too, so nothing has to be handed over."""
    now = progress(loaded.store(), run_id)
    _state(now)
    if now.live and now.state is not RunState.CANCELLING:
        st.button("Cancel", on_click=cancel, args=(loaded.store(), run_id), icon=":material/stop_circle:")
    elif not now.live:
        st.markdown("The run has ended. **Update the figures below** to see all of them.")


def _state(now: Progress) -> None:
    share = now.ended / now.wanted if now.wanted else 1.0
    words = (
        f"{now.ended} of {now.wanted} answers · {_STATES.get(now.state, now.state.value)}{_time_left(now)}"
    )
    st.progress(share, text=inert(words))
    money = f"Charged {wording.usd(now.spent_usd)} of at most {wording.usd(now.cap_usd)}"
    failed = f" · {wording.count(now.failed, 'failed call')}" if now.failed else ""
    simulated = " :orange-badge[simulated]" if now.simulated else ""
    st.markdown(f"{inert(money)}{failed}{simulated}")
    if now.reason:
        st.warning(inert(now.reason))


def _time_left(now: Progress) -> str:
    """Time left at the pace so far, once a quarter is done."""
    if not now.live or now.ended * 4 < now.wanted or not now.ended:
        return ""
    passed_s = (datetime.now(UTC) - now.started_at).total_seconds()
    return f" · about {wording.seconds(passed_s / now.ended * (now.wanted - now.ended))} left"


def _figures(run_id: str, now: Progress) -> None:
    plan, found = plan_of(loaded.store(), run_id), samples(loaded.store(), run_id)
    told = summaries(plan, found)
    if not any(one.answered or one.errors for one in told):
        return
    st.markdown("## Figures")
    if now.simulated:
        st.warning(
            "Offers marked “simulated” are practice models: their figures say nothing about real ones."
        )
    st.dataframe(_figures_table(told), hide_index=True, alt="Figures of each offer with 95 % intervals.")
    _failures(told)
    _spread(plan, found)
    _take_in(run_id)
    _replies(plan, found)


def _figures_table(told: tuple[OfferSummary, ...]) -> pd.DataFrame:
    return pd.DataFrame([_figures_line(one) for one in told])


def _figures_line(one: OfferSummary) -> dict[str, str]:
    line = {"Offer": one.label, "Answered": f"{one.answered} of {one.wanted}"}
    for metric in METRICS:
        line[metric.label] = _figure(one.figures.get(metric.key), metric.unit)
    return line


def _figure(found: Estimate | None, unit: str) -> str:
    if found is None:
        return wording.UNKNOWN_WORD
    value = wording.in_unit(found.value, unit)
    if found.low is None or found.high is None:
        return f"{value} (n={found.n})"
    low, high = wording.in_unit(found.low, unit), wording.in_unit(found.high, unit)
    return f"{value} ({low} to {high})"


def _failures(told: tuple[OfferSummary, ...]) -> None:
    for one in told:
        for kind, number in one.errors.items():
            hint = FailureKind(kind).hint
            failed = f"{one.label}: {wording.count(number, 'call')} failed ({kind.replace('_', ' ')}). {hint}"
            st.error(inert(failed), icon=":material/error:")
        for doubt in one.warnings:
            st.warning(inert(f"{one.label}: {doubt}"))


def _spread(plan: RunPlan, found: tuple[Sample, ...]) -> None:
    chosen = st.segmented_control(
        "Spread of",
        list(_SPREADS),
        default="total",
        required=True,
        format_func=lambda key: _SPREADS[key][0] if key in _SPREADS else str(key),
        key="probe-spread",
    )
    title, unit, read = _SPREADS[chosen if chosen in _SPREADS else "total"]
    rows = [
        charts.Spread(
            target.label,
            tuple(v for one in found if one.offer == target.ref and (v := read(one)) is not None),
        )
        for target in plan.targets
    ]
    rows = [row for row in rows if row.values]
    if rows:
        column = f"{title}, {unit}"
        table = pd.DataFrame([{"Offer": row.label, column: v} for row in rows for v in row.values])
        alt = f"{title} of every call, one row per offer: {wording.joined([row.label for row in rows])}."
        exhibit(f"spread-{chosen}", charts.spreads(rows, column), table, alt)


def _take_in(run_id: str) -> None:
    mine = state.case().measurements
    if any(one.run == run_id for one in mine):
        st.success("These measurements are part of the case.", icon=":material/check_circle:")
        st.button("Take them out again", on_click=_take_out, args=(run_id,))
    else:
        st.button(
            "Take measurements into the case",
            type="primary",
            on_click=_put_in,
            args=(run_id,),
            icon=":material/add_chart:",
        )


def _put_in(run_id: str) -> None:
    case = state.case()
    kept = tuple(one for one in case.measurements if one.run != run_id)
    new = run_measurements(loaded.store(), run_id)
    state.change(case.model_copy(update={"measurements": (*kept, *new)}))


def _take_out(run_id: str) -> None:
    case = state.case()
    kept = tuple(one for one in case.measurements if one.run != run_id)
    state.change(case.model_copy(update={"measurements": kept}))


def _replies(plan: RunPlan, found: tuple[Sample, ...]) -> None:
    """Every reply in full, as inert text."""
    st.markdown("## Every reply")
    names = {target.ref: target.label for target in plan.targets}
    with st.container(horizontal=True):
        prompt = st.selectbox("Prompt", [one.id for one in plan.prompts], key="reply-prompt", width=260)
        offer = st.selectbox(
            "Offer",
            list(names),
            format_func=lambda ref: names.get(ref) or str(ref),
            key="reply-offer",
            width=360,
        )
    mine = [one for one in found if one.prompt == prompt and one.offer == offer]
    pages = max(1, -(-len(mine) // REPLIES_SHOWN))
    page = st.pagination(pages, key="reply-page") if pages > 1 else 1
    for one in mine[(page - 1) * REPLIES_SHOWN : page * REPLIES_SHOWN]:
        _reply(one)
    download("probe-samples", _samples_table(found, names))


def _reply(one: Sample) -> None:
    simulated = " :orange-badge[simulated]" if one.simulated else ""
    facts = [f"Sample {one.repeat + 1}"]
    if one.reply is not None:
        facts += [wording.seconds(one.total_s), wording.usd(one.cost_usd), one.reply.finish_reason]
    st.markdown(f":gray[{inert(' · '.join(facts))}]{simulated}")
    if one.reply is not None:
        if one.reply.reasoning:
            st.caption("Reasoning")
            st.code(one.reply.reasoning, language=None, wrap_lines=True)
        st.code(one.reply.text, language=None, wrap_lines=True)
    elif one.failure is not None:
        kind = one.failure.kind
        st.error(inert(f"{kind.value.replace('_', ' ')}: {one.failure.detail} {kind.hint}"))
        if one.failure.received:
            st.caption("Text that had arrived before it failed; not counted as an answer")
            st.code(one.failure.received, language=None, wrap_lines=True)
    else:
        st.caption("Not asked yet.")


def _samples_table(found: tuple[Sample, ...], names: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "offer": names.get(one.offer, one.offer),
                "simulated": one.simulated,
                "prompt": one.prompt,
                "sample": one.repeat + 1,
                "state": one.state.value,
                "error": one.failure.kind.value if one.failure else None,
                "ttft_s": one.ttft_s,
                "total_s": one.total_s,
                "output_tps": one.output_tps,
                "cost_usd": one.cost_usd,
                "reply": one.reply.text if one.reply else None,
            }
            for one in found
        ]
    )
