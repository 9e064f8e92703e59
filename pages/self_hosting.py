import streamlit as st

from advisor.cost.memory import Refusal
from advisor.ui import selfhost_page, state
from advisor.ui.calculators import back_to

bench = selfhost_page.selfhost_bench(state.case())

back_to(("access", "Decision 1"), ("costs", "Cost explorer"))
st.title("Self-hosting", anchor=False)
st.markdown(
    "Which GPUs carry a model with open weights, how many, what they do and cost, and from which volume on "
    "they beat an API. Speeds are estimates, right within a factor 2: measure before you buy."
)
selfhost_page.numbers(bench)
model = selfhost_page.served(bench)
if isinstance(model, Refusal):
    selfhost_page.refused(model)
else:
    plan = selfhost_page.machines(selfhost_page.plans(bench, model), bench)
    if plan is not None:
        selfhost_page.opened(plan, bench)
        selfhost_page.break_even_part(plan, bench, selfhost_page.rivals(bench, state.case()))
