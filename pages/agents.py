import streamlit as st

from advisor.ui import agents_bench, agents_page, state
from advisor.ui.calculators import back_to

case = state.case()
bench = agents_bench.agents_bench(case)

back_to(
    ("autonomy", "Decision 6"),
)
st.title("Agents", anchor=False)
st.markdown(
    "What a task of many steps costs and how often it ends well, with hard limits in force. The figures are "
    "simulated from what you say about one step: measure that on real cases."
)
agents_bench.numbers(bench, case)
agents_page.outcomes(agents_bench.task(bench, case), agents_bench.guards(bench))
agents_page.chains(bench)
agents_page.repeats(bench)
