import streamlit as st

from advisor.ui import cost_page, state
from advisor.ui.calculators import back_to
from advisor.ui.cost_bench import cost_bench, draw_numbers, explored
from advisor.ui.cost_views import VIEWS, choose_view

case = state.case()
bench = cost_bench(case)

back_to(("brief", "Brief"), ("result", "Result"), ("knowledge", "Decision 4"))
st.title("Cost explorer", anchor=False)
st.markdown(
    "What this job costs with each offer, between bounds. Try other numbers here; the case keeps its own "
    "until you take them over."
)
view = choose_view()
draw_numbers(bench)
situation = explored(bench, case)
VIEWS[view].draw(cost_page.compared(case, situation), situation, bench)
