"""Several models for one job: easy requests to a cheaper one, and fallbacks when one fails."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from advisor.catalog.entries import Attribute
from advisor.cost.routing import Lane, Routed, Router, cascade, route
from advisor.decide.bills import Bill
from advisor.decide.criteria import CRITERIA, Criterion
from advisor.decide.plan import Situation
from advisor.decide.weights import weights_for
from advisor.ui.cost_page import best_first
from advisor.ui.inert import inert
from advisor.ui.workbench import Dial, Workbench, tile
from advisor.wording import UNKNOWN_WORD, number, percent, usd

EASY = Dial("easy", "Easy requests, percent", 0, 100, 5, hint="The cheap model does them as well.")
HIT = Dial("hit", "Easy ones recognised, percent", 0, 100, 5)
FALSE = Dial("false_easy", "Hard ones taken for easy, percent", 0, 100, 5)
CHEAP_HARD = Dial("cheap_hard", "Hard ones the cheap model still does, percent", 0, 100, 5)
FEE = Dial("router_usd", "Router, US dollars per 1,000 requests", 0, 100, 0.01, fraction=True)
NOTICED = Dial("noticed", "Failures noticed, percent", 0, 100, 5, hint="Time-outs all, wrong answers few.")
RIGHT = tuple(Dial(f"right_{place}", f"Attempt {place} succeeds, percent", 0, 100, 1) for place in (1, 2, 3))
_START = {
    "easy": 60.0,
    "hit": 90.0,
    "false_easy": 10.0,
    "cheap_hard": 50.0,
    "router_usd": 0.1,
    "noticed": 80.0,
    "right_1": 85.0,
    "right_2": 92.0,
    "right_3": 95.0,
}


def several_models(bills: Sequence[Bill], situation: Situation, bench: Workbench) -> None:
    """A router between two offers, and a chain of up to three."""
    for key, value in _START.items():
        if bench.number(key) is None:
            bench.put(key, value)
    if len(bills) < 2:
        st.info("Choose two offers or more above.")
        return
    _routing(bills, situation, bench)
    _fallbacks(best_first(bills), situation.case.workload.requests_per_month, bench)


def _routing(bills: Sequence[Bill], situation: Situation, bench: Workbench) -> None:
    st.markdown("## Easy requests to a cheaper model")
    names = {bill.offer.id: bill.offer.label for bill in bills}
    with st.grid(2, min_column_width=260):
        cheap = bench.choice("cheap", "Cheap model", names)
        dear = bench.choice("dear", "Dear model", _better_first(bills, situation))
    bench.dials((EASY, HIT, FALSE, CHEAP_HARD, FEE))
    by_id = {bill.offer.id: bill for bill in bills}
    first, better = (by_id[key or bills[0].offer.id] for key in (cheap, dear))
    _worth_it(first, better, situation)
    router = Router(
        bench.sure(EASY) / 100, bench.sure(HIT) / 100, bench.sure(FALSE) / 100, bench.sure(FEE) / 1_000
    )
    low, high = _usd(first), _usd(better)
    made = route(router, Lane(low, 1.0), Lane(high, 1.0), cheap_on_hard=bench.sure(CHEAP_HARD) / 100)
    _told(made, situation.case.workload.requests_per_month, "All to the dear model", high)
    st.caption(
        inert(
            f"Per request: {made.formula}. As good as the dear model counts as success: what the cheap model "
            "cannot do of the hard requests it gets is lost."
        )
    )


def _criterion(situation: Situation) -> Criterion:
    """The kind of quality that counts most in the case."""
    kinds = {kind.value for kind in Attribute}
    keys = weights_for(situation.case, situation.plan.advice).keys
    return CRITERIA[next((key for key in keys if key in kinds), Attribute.ACCURACY.value)]


def _quality(bill: Bill, situation: Situation) -> float | None:
    reading = _criterion(situation).read(bill.offer, situation)
    return reading.value.mid if reading else None


def _better_first(bills: Sequence[Bill], situation: Situation) -> dict[str, str]:
    """Offers to pay more for, the best answers first."""
    ordered = sorted(bills, key=lambda bill: -(_quality(bill, situation) or 0.0))
    return {bill.offer.id: bill.offer.label for bill in ordered}


def _worth_it(cheap: Bill, dear: Bill, situation: Situation) -> None:
    """Says so where paying more buys no better answers: then a router has nothing to gain."""
    low, high = _quality(cheap, situation), _quality(dear, situation)
    paid, more = _usd(cheap), _usd(dear)
    if low is None or high is None or paid is None or more is None or (high > low and more > paid):
        return
    label = _criterion(situation).label
    what = "better" if high <= low else "dearer"
    st.info(
        inert(
            f"{dear.offer.label} is no {what} than {cheap.offer.label} ({label}: {number(high)} against "
            f"{number(low)} of 100, middle figures), so sending it the hard requests gains nothing."
        )
    )


def _usd(bill: Bill) -> float | None:
    return bill.per_request.usd.mid if bill.per_request.usd else None


def _told(made: Routed, requests: float | None, otherwise: str, other: float | None) -> None:
    def month(each: float | None) -> str:
        return UNKNOWN_WORD if each is None or requests is None else usd(each * requests)

    saved = None if made.usd_per_request is None or not other else 1 - made.usd_per_request / other
    more = saved is not None and saved < 0
    with st.grid(4, min_column_width=150):
        tile("Per request", usd(made.usd_per_request), "middle figures")
        tile("Per month", month(made.usd_per_request), f"{otherwise}: {month(other)}")
        tile(
            "Costs more" if more else "Saved",
            UNKNOWN_WORD if saved is None else percent(abs(saved)),
            otherwise.lower(),
        )
        tile("Success", percent(made.success), f"{usd(made.usd_per_success)} each")


def _fallbacks(bills: Sequence[Bill], requests: float | None, bench: Workbench) -> None:
    st.markdown("## Fallbacks: the next model when one fails")
    by_id = {bill.offer.id: bill for bill in bills}
    count = min(len(bills), len(RIGHT))
    lanes: list[Lane] = []
    for place, dial in enumerate(RIGHT[:count], start=1):
        keys = [*list(by_id)[place - 1 :], *list(by_id)[: place - 1]]
        with st.grid(2, min_column_width=260):
            key = bench.choice(
                f"lane_{place}", f"Attempt {place}", {key: by_id[key].offer.label for key in keys}
            )
            with st.container():
                bench.dial(dial)
        lanes.append(Lane(_usd(by_id[key or keys[0]]), bench.sure(dial) / 100))
    bench.dial(NOTICED)
    made = cascade(lanes, bench.sure(NOTICED) / 100)
    _told(made, requests, "The first attempt alone", lanes[0].usd_per_request)
    st.caption(
        inert(f"Per request: {made.formula}. Every attempt is paid; a failure nobody notices ends the chain.")
    )
