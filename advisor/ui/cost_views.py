"""What the cost explorer shows beside its numbers: months, break-even, ways to knowledge, several models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from advisor.decide.bills import Bill
from advisor.decide.break_even import CostCurve, cheapest_offer, cost_curve
from advisor.decide.hosting import hosted
from advisor.decide.plan import Situation
from advisor.ui import cost_page, loaded, state
from advisor.ui.break_even_words import at_your_volume, crossing_words
from advisor.ui.cost_charts import Curve, curves
from advisor.ui.cost_knowledge import ways_to_knowledge
from advisor.ui.cost_routing import several_models
from advisor.ui.exhibit import exhibit
from advisor.ui.inert import inert
from advisor.ui.navigation import link
from advisor.ui.selfhost_bench import best_at_home
from advisor.ui.workbench import Workbench
from advisor.wording import about, number, usd


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name and what draws it."""

    label: str
    draw: Callable[[Sequence[Bill], Situation, Workbench], None]


def choose_view() -> str:
    """The view chosen; only that one is worked out."""
    chosen = st.segmented_control(
        "View",
        list(VIEWS),
        default=next(iter(VIEWS)),
        required=True,
        format_func=lambda key: VIEWS[key].label if key in VIEWS else str(key),
        key="view",
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
    return chosen if chosen in VIEWS else next(iter(VIEWS))


def _months(bills: Sequence[Bill], situation: Situation, _bench: Workbench) -> None:
    if not bills:
        st.info("Choose at least one offer to compare.")
        return
    cost_page.monthly(bills, situation)
    cost_page.arithmetic(bills)


def _break_even(bills: Sequence[Bill], situation: Situation, bench: Workbench) -> None:
    st.markdown("## An API or your own machines?")
    st.caption(
        "An API is paid by the token, your own machines by the hour. Machines are added copy by copy, "
        "used to 40 %; their speed is right within a factor 2, which makes the band."
    )
    homes = best_at_home(state.case())
    able = {
        key: offer.model.name
        for key, offer in homes.items()
        if hosted(offer, situation.plan.profile, situation) is not None
    }
    model = bench.choice("own_model", "Model on your own machines", able)
    if model is None:
        st.info("Give tokens in and out and the requests per month to see from when machines pay.")
        return
    own, same = homes[model], [one for one in loaded.catalog().offers if one.model.id == model]
    api = cheapest_offer(same, situation)
    rivals = [offer for offer in [api, *(bill.offer for bill in bills[:2])] if offer is not None]
    made = [cost_curve(offer, situation) for offer in {one.id: one for one in [own, *rivals]}.values()]
    if api is not None:
        _crossing_said(made[0], made[1], situation)
    _curves_shown(made, situation)
    link("self-hosting", "Which machines these are", icon=":material/dns:")


def _curves_shown(made: Sequence[CostCurve], situation: Situation) -> None:
    rows = [Curve(one.offer.label, one.requests, one.usd) for one in made]
    now = situation.case.workload.requests_per_month
    table = pd.DataFrame(
        {"Requests per month": made[0].requests}
        | {f"{row.label}, US dollars per month": [about(one, usd) for one in row.y] for row in rows}
    )
    names = ", ".join(row.label for row in rows)
    alt = f"US dollars per month over the requests per month for {names}; both axes logarithmic."
    figure = curves(rows, "Requests per month", "US dollars per month", mark=now)
    exhibit("break-even", figure, table, alt)
    if now:
        st.caption(f"The dotted line is your number of requests, {number(now, 6)} a month.")


def _crossing_said(own: CostCurve, api: CostCurve, situation: Situation) -> None:
    """One figure leads: who is cheaper at the case's own volume, then where that turns round."""
    name = f"{api.offer.label}, the cheapest seller of this model,"
    expected, bounds = crossing_words(own, api, api.offer.label, situation)
    now = at_your_volume(own, api, name, situation.case.workload.requests_per_month)
    st.markdown(f"**{inert(now or expected)}**")
    st.caption(inert(f"{expected} {bounds}" if now else bounds))


VIEWS = {
    "month": View("Month and user", _months),
    "break-even": View("Break-even", _break_even),
    "knowledge": View("RAG or whole corpus", ways_to_knowledge),
    "several": View("Routing and fallbacks", several_models),
}
