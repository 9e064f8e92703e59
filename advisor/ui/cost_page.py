"""The cost explorer: which offers, what they cost, and how each figure comes about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.case import Case
from advisor.cost.breakdown import CostLine
from advisor.decide.bills import Bill, bill_for
from advisor.decide.candidates import candidates
from advisor.decide.plan import Situation
from advisor.ui import loaded, state
from advisor.ui.cost_charts import CostRow, cost_rows
from advisor.ui.exhibit import download, exhibit
from advisor.ui.inert import inert
from advisor.ui.workbench import tile
from advisor.wording import UNKNOWN_WORD, usd

MOST = 8
"""Offers compared at once; more cannot be read at a glance."""
FIRST = 5
_CHOSEN = "costs:chosen"


def compared(case: Case, situation: Situation) -> tuple[Bill, ...]:
    """Choose offers to compare; their bills, cheapest first and unknown ones last."""
    standing = loaded.standing_of(case)
    known = {offer.id: offer for offer in candidates(situation)}
    fitting = [row.id for row in standing.ranking]
    names = {key: known[key].label for key in [*fitting, *known] if key in known}
    start = [key for key in (*case.shortlist, *fitting[:FIRST]) if key in known][:FIRST]
    chosen = [key for key in state.remembered(_CHOSEN, start) if key in known] or start
    st.multiselect(
        "Offers compared",
        list(names),
        format_func=lambda key: names.get(key) or str(key),
        max_selections=MOST,
        placeholder="Choose offers",
        help="Acceptable offers stand first, in the order of the result.",
        **state.controlled("costs:offers", chosen, _choose),
    )
    outside = [names[key] for key in chosen if key not in fitting]
    if outside:
        st.caption(inert(f"Not acceptable by your hard needs: {wording.joined(outside)}."))
    absent = [names[key] for key in fitting if key in names and key not in chosen]
    if absent:
        more = f"{wording.count(len(absent), 'more offer')} would be acceptable"
        st.caption(inert(f"{more}: {wording.joined(absent[:MOST])}{' and others' * (len(absent) > MOST)}."))
    made = [bill_for(known[key], situation) for key in chosen]
    return tuple(sorted(made, key=lambda bill: bill.per_request.usd.mid if bill.per_request.usd else 1e99))


def best_first(bills: Sequence[Bill]) -> list[Bill]:
    """Bills in the order of the result; those of offers that do not fit last, as they come."""
    rank = {row.id: row.rank for row in loaded.standing_of(state.case()).ranking}
    return sorted(bills, key=lambda bill: rank.get(bill.offer.id, len(rank) + 1))


def _choose(keys: Sequence[str]) -> None:
    state.remember(_CHOSEN, list(keys))


def monthly(bills: Sequence[Bill], situation: Situation) -> None:
    """The chart of months, and whose cost is not known."""
    known = [bill for bill in bills if bill.per_month.usd is not None]
    by_month = bool(known)
    figures = [(bill, bill.per_month if by_month else bill.per_request) for bill in bills]
    rows = [CostRow(_name(bill), figure.usd) for bill, figure in figures if figure.usd is not None]
    st.markdown("## Cost per month" if by_month else "## Cost per request")
    budget = situation.case.workload.monthly_budget_usd if by_month else None
    if rows:
        title = "US dollars per month" if by_month else "US dollars per request"
        alt = f"{title}: " + "; ".join(f"{row.label} {wording.about(row.cost, usd)}" for row in rows) + "."
        exhibit("monthly-costs", cost_rows(rows, title, limit=budget), partial(bill_table, bills), alt)
        beside = situation.plan.choice("knowledge") in ("rag", "advanced_rag")
        store = " The vector store and indexing are not in it: see “RAG or whole corpus”." if beside else ""
        st.caption(f"The mark is the middle, the whisker what it may lie between for this workload.{store}")
    for bill, figure in figures:
        if figure.usd is None:
            said = f"{_name(bill)}: {figure.words}. {figure.formula.removeprefix('Unknown: ').capitalize()}"
            st.info(inert(said), icon=":material/help:")


def _name(bill: Bill) -> str:
    return f"{bill.offer.label} (simulated)" if bill.simulated else bill.offer.label


def bill_table(bills: Sequence[Bill]) -> pd.DataFrame:
    """All four figures of each offer."""
    return pd.DataFrame(
        [
            {"Offer": _name(bill), **{f"{figure.label}, US dollars": figure.words for figure in bill.figures}}
            for bill in bills
        ]
    )


def arithmetic(bills: Sequence[Bill]) -> None:
    """Four figures of one offer, the best fit at first, each with the numbers it was made from."""
    if not bills:
        return
    st.markdown("## How it comes about")
    names = {bill.offer.id: _name(bill) for bill in best_first(bills)}
    chosen = st.selectbox(
        "Offer opened",
        list(names),
        format_func=lambda key: names.get(key) or str(key),
        key="costs:opened",
        persist_state="session",
    )
    bill = next(one for one in bills if one.offer.id == (chosen or next(iter(names))))
    with st.grid(4, min_column_width=160):
        for figure in bill.figures:
            middle = usd(figure.usd.mid) if figure.usd else figure.words
            tile(figure.label, middle, wording.interval(figure.usd, usd) if figure.usd else "")
    for figure in bill.figures:
        with st.expander(f"{figure.label}: the numbers filled in", type="compact"):
            st.markdown(inert(figure.formula))
            if figure is bill.per_request and bill.lines:
                _lines(bill.lines)


def _lines(lines: Sequence[CostLine]) -> None:
    table = pd.DataFrame([_line(line) for line in lines])
    st.dataframe(table, hide_index=True, alt="Parts of one request with tokens, price, source and day.")
    download("cost-arithmetic", table)


def _line(line: CostLine) -> dict[str, str]:
    entry = loaded.catalog().sources.get(line.provenance.source)
    taken = line.provenance.as_of
    return {
        "Part": line.label,
        "Numbers filled in": line.formula,
        "May lie between": wording.interval(line.usd, usd),
        "Source": entry.name if entry else line.provenance.source,
        "Taken on": taken.isoformat() if taken else UNKNOWN_WORD,
        "Kind": line.provenance.origin.value,
        "Caveat": line.note,
    }
