import streamlit as st

from advisor.ui import state
from advisor.ui.calculators import back_to
from advisor.ui.dataset_page import readiness
from advisor.ui.scaling_page import scaling
from advisor.ui.tuning_bench import tuning_bench
from advisor.ui.tuning_page import planner

PLAN, DATA, SCALE = "Plan", "Data readiness", "Scaling"

case = state.case()
bench = tuning_bench(case)

back_to(("tuning", "Decision 5"), ("guide", "Guide"))
st.title("Tuning and data", anchor=False)
st.markdown(
    "What tuning takes and when it pays, whether your data is ready, what training from nothing costs."
)
view = st.segmented_control(
    "View",
    [PLAN, DATA, SCALE],
    default=PLAN,
    required=True,
    key="part",
    bind="query-params",
    label_visibility="collapsed",
)
if view == DATA:
    readiness(bench, case)
elif view == SCALE:
    scaling(bench)
else:
    planner(bench, case)
