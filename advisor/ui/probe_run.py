"""One run: live progress, figures, every reply, and taking the figures into the case."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from advisor import wording
from advisor.errors import AdvisorError, BadInput
from advisor.host.access import probe_refusal
from advisor.host.control import cancel
from advisor.host.engine import start_worker
from advisor.host.limits import start_within
from advisor.host.paths import data_folder
from advisor.host.runs import Progress, progress
from advisor.host.settings import settings
from advisor.host.tables import RunState
from advisor.probe.plan import RunPlan
from advisor.ui import identity, loaded, own_keys
from advisor.ui.app import worker_wanted
from advisor.ui.inert import inert
from advisor.ui.probe_results import show_results

TICK_S = 1.0
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
    show_results(run_id, now)


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
