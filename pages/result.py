import streamlit as st

from advisor.ui import loaded, result_page, state
from advisor.ui.calculators import calculators
from advisor.ui.evidence_panel import evidence_panel
from advisor.ui.minimums_panel import minimums_panel
from advisor.ui.navigation import back_and_continue
from advisor.ui.scenarios_panel import scenarios_panel
from advisor.ui.weights_panel import weights_panel

decision = loaded.decision_of(state.case())

if decision.winner is None:
    result_page.nothing_fits(decision)
    if state.case().preferences.minimum_levels:
        minimums_panel()
    result_page.why_not_chosen(decision)
elif not decision.stated:
    result_page.nothing_stated(decision)
    result_page.ranking(decision)
else:
    result_page.headline(decision)
    result_page.for_and_against(decision)
    evidence_panel(decision)
    st.markdown("## What counts how much")
    weights_panel(decision)
    minimums_panel()
    result_page.value_chart(decision)
    result_page.quality_chart(decision)
    result_page.chance_chart(decision)
    result_page.flip_chart(decision)
    result_page.cost_story(decision)
    calculators("result")
    result_page.ranking(decision)
    result_page.why_not_chosen(decision)
result_page.excluded(decision)
scenarios_panel(decision)
back_and_continue("result")
