import streamlit as st

from advisor.cost.memory import Refusal
from advisor.ui import selfhost_bench, selfhost_page, state
from advisor.ui.calculators import back_to

case = state.case()
bench = selfhost_bench.selfhost_bench(case)

back_to(("access", "Decision 1"), ("costs", "Cost explorer"))
st.title("Self-hosting", anchor=False)
st.markdown(
    "Which GPUs carry a model with open weights, how many, what they do and cost, and from which volume on "
    "they beat an API. Speeds are estimates, right within a factor 2: measure before you buy."
)
selfhost_bench.numbers(bench, case)
model = selfhost_bench.served(bench)
if isinstance(model, Refusal):
    selfhost_page.refused(model)
else:
    found = selfhost_bench.carried(bench, case, model)
    plan = selfhost_page.machines(found, bench)
    if plan is not None:
        selfhost_page.opened(plan, found, bench)
        some = selfhost_page.rivals(found, case)
        selfhost_page.break_even_part(plan, found, some, bench.sure(selfhost_bench.USED) / 100)
