"""One run: beginning it, its progress and control, then everything it showed."""

from __future__ import annotations

import streamlit as st

from advisor.errors import AdvisorError, BadInput
from advisor.host.access import probe_refusal
from advisor.host.engine import start_worker
from advisor.host.limits import start_within
from advisor.host.paths import data_folder
from advisor.host.runs import progress
from advisor.host.settings import settings
from advisor.probe.plan import RunPlan
from advisor.ui import identity, loaded, own_keys
from advisor.ui.app import worker_wanted
from advisor.ui.probe_control import show_control
from advisor.ui.probe_judge import judge_panel
from advisor.ui.probe_results import show_results


def begin_run(plan: RunPlan) -> str:
    """Start the run if the person may and the limits allow it; it goes on when the browser closes.

    Raises:
        BadInput: The person may not spend these keys, or a limit is reached.
    """
    me = identity.who()
    own = own_keys.names_for(plan)
    refusal = probe_refusal(settings(), me, plan.targets, loopback=identity.on_loopback(), own_keys=own)
    if refusal is not None:
        raise BadInput("Not started", "", refusal)
    if worker_wanted():
        start_worker(data_folder())
    ready = own_keys.handed(plan)
    try:
        return start_within(loaded.store(), ready, me.name, settings().limits)
    except AdvisorError:
        own_keys.withdrawn(ready)
        raise


def show_run(run_id: str) -> None:
    """Progress and what can be done, then figures and replies so far."""
    now = progress(loaded.store(), run_id)
    st.markdown("## This run")
    show_control(run_id, now)
    if now.under_way:
        st.button("Update the figures below", icon=":material/refresh:")
    show_results(run_id, now, begin_run)
    judge_panel(run_id, begin_run)
