"""The cost explorer's numbers: seeded from the case, tried out with sliders, taken back into the case."""

from __future__ import annotations

from datetime import time
from functools import partial

import streamlit as st

from advisor.case import Case, Workload
from advisor.decide.plan import Situation
from advisor.decide.what_if import WhatIf, tried
from advisor.host.hardware import load_hardware
from advisor.ui import loaded, state
from advisor.ui.workbench import Dial, Workbench, hand_over, take_over

REQUESTS = Dial(
    "requests_per_month", "Requests per month", 1, 1e9, 1_000, decades=True, optional=True, hint="All users."
)
USERS = Dial(
    "users", "Users who share them", 1, 1e8, 10, decades=True, optional=True, hint="For cost per user."
)
TOKENS_IN = Dial("input_tokens", "Tokens in, per request", 1, 1e7, 100, decades=True, optional=True)
TOKENS_OUT = Dial(
    "output_tokens",
    "Tokens out, per request",
    1,
    1e6,
    100,
    decades=True,
    optional=True,
    hint="Visible answer; hidden reasoning is added by decision 2.",
)
CACHED = Dial("cached", "Repeated part of the prompt, percent", 0, 100, 5, hint="Read from a prompt cache.")
BATCH = Dial(
    "batch", "Requests that can wait a day, percent", 0, 100, 5, hint="Sent through a batch interface."
)
SEARCHES = Dial("searches", "Live web searches per request", 0, 100, 1)
AMOUNTS = (REQUESTS, TOKENS_IN, TOKENS_OUT, USERS)
_SWITCHED = (("caching", CACHED), ("batching", BATCH), ("fees", SEARCHES))


def cost_bench(case: Case) -> Workbench:
    """The workbench of the cost explorer."""
    work = case.workload
    searches = loaded.standing_of(case).plan.profile.searches.mid
    return Workbench(
        "costs",
        {
            "requests_per_month": work.requests_per_month,
            "users": work.users,
            "input_tokens": work.input_tokens,
            "output_tokens": work.output_tokens,
            "cached": 100 * (work.cached_input_share or 0),
            "batch": 100 * (work.batch_share or 0),
            "searches": searches,
            "caching": True,
            "batching": True,
            "fees": True,
            "off_peak": False,
        },
    )


def draw_numbers(bench: Workbench) -> None:
    """Every slider and switch, and the way into the case."""
    with st.container(border=True):
        st.markdown("## Numbers to try")
        dials = [*AMOUNTS, *(dial for key, dial in _SWITCHED if bench.on(key))]
        bench.dials(dials)
        with st.container(horizontal=True, gap="medium"):
            bench.switch("caching", "Count prompt caching")
            bench.switch("batching", "Count batch prices")
            bench.switch("fees", "Count web-search fees")
            bench.switch("off_peak", "Run at a fixed hour", "Some providers are cheaper at quiet hours.")
        if bench.on("off_peak"):
            _hour(bench)
        hand_over(bench, partial(_into_case, bench), "Goes into the brief; switches and searches stay here.")


def _hour(bench: Workbench) -> None:
    st.time_input(
        "Hour of every request, UTC, on a working day",
        value=None,
        step=1800,
        width=280,
        **state.controlled("costs:hour", _at(bench), partial(_take_hour, bench)),
    )
    if _at(bench) is None:
        st.caption("Without an hour no off-peak price is counted.")


def _take_hour(bench: Workbench, entered: time | None) -> None:
    bench.put("hour", None if entered is None else entered.isoformat("minutes"))


def _at(bench: Workbench) -> time | None:
    kept = bench.text("hour")
    return time.fromisoformat(kept) if kept and bench.on("off_peak") else None


def workload(bench: Workbench, case: Case) -> Workload:
    """The case's workload under the numbers tried."""
    return case.workload.model_copy(
        update={dial.key: bench.number(dial.key) for dial in AMOUNTS}
        | {
            "cached_input_share": bench.sure(CACHED) / 100,
            "batch_share": bench.sure(BATCH) / 100,
        }
    )


def explored(bench: Workbench, case: Case) -> Situation:
    """The case under the numbers and switches of the page."""
    what_if = WhatIf(
        workload=workload(bench, case),
        caching=bench.on("caching"),
        batch=bench.on("batching"),
        at=_at(bench),
        searches=bench.number("searches"),
        search_fees=bench.on("fees"),
    )
    return tried(case, what_if, loaded.catalog(), loaded.today(), load_hardware())


def _into_case(bench: Workbench) -> None:
    old, shares = state.case().workload, ("cached_input_share", "batch_share")
    new: dict[str, float | None] = workload(bench, state.case()).model_dump()
    # Nought percent on a slider is no news where nothing was said about the share.
    take_over({key: value for key, value in new.items() if value or key not in shares or getattr(old, key)})
