import streamlit as st

from advisor.errors import AdvisorError, BadCase
from advisor.ui import loaded, own_keys, probe_control, probe_design, probe_setup, state
from advisor.ui.inert import inert
from advisor.ui.navigation import back_and_continue, go
from advisor.ui.probe_run import begin_run, show_run

standing = loaded.standing_of(state.case())

st.title("Probe", anchor=False)
st.markdown(
    "Ask the same prompts several times and measure what comes back: cost, speed, agreement, every reply. "
    "Practice models need no key: their dollars and all their figures are simulated, and nothing is paid."
)
probe_setup.whom(standing)
probe_setup.prompts()
probe_design.how_often()
probe_control.pace_and_limits()
try:
    plan = probe_setup.planned(state.case())
    probe_setup.price_tag(plan)
    probe_design.outlook(plan)
    own_keys.panel(plan)
    waits = bool(plan.not_agreed)
    if st.button("Start the probe", type="primary", icon=":material/play_arrow:", disabled=waits):
        go("probe", run=begin_run(plan))
except BadCase as error:
    # What the plan lacks still, nothing that went wrong.
    st.info(inert(error.hint or error.what), icon=":material/arrow_upward:")
except AdvisorError as error:
    st.error(inert(str(error)))
run = state.asked_for("run") or state.remembered("probe:run", None)
if run:
    state.remember("probe:run", run)
    try:
        show_run(run)
    except AdvisorError as error:
        st.error(inert(str(error)))
probe_control.earlier_runs(run)
back_and_continue("probe")
