"""The agents page's numbers: a task seeded from decision 6 and the brief, its limits, whose prices."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import streamlit as st

from advisor.case import Answer, Case
from advisor.cost.api import reasoning_per_output
from advisor.cost.guarded import AgentTask, Guards
from advisor.cost.rates import cache_read_rate, cache_write_rate, reasoning_rate
from advisor.decide.steps import step
from advisor.decide.steps.limits import START_S, START_USD, step_limit
from advisor.ui import loaded, state
from advisor.ui.inert import inert
from advisor.ui.workbench import Dial, Workbench, hand_over, say_assumed, take_over
from advisor.wording import number, usd

STEPS = Dial("steps", "Steps of a typical task", 1, 500, 1, decades=True)
SPREAD = Dial("spread", "How much that varies, percent", 0, 200, 5, hint="0 is always the same, 100 is wild.")
RIGHT = Dial("reliability", "Steps that are right, percent", 50, 100, 0.5, fraction=True)
NOTICED = Dial("noticed", "Wrong steps noticed and repeated, percent", 0, 100, 5)
FIRST = Dial("first", "Tokens of the first prompt", 1, 1e6, 100, decades=True)
GROWTH = Dial("growth_tokens", "Tokens each step adds", 0, 1e5, 100, decades=True)
OUT = Dial("out", "Tokens written per step", 1, 1e5, 10, decades=True, fraction=True)
SECONDS = Dial("step_s", "Seconds per step", 0, 600, 1, decades=True)
MAX_STEPS = Dial(
    "max_steps", "At most so many steps", 1, 2_000, 1, decades=True, optional=True, nothing="no limit"
)
MAX_USD = Dial(
    "max_usd",
    "At most so many US dollars a task",
    0.001,
    1_000,
    0.1,
    decades=True,
    optional=True,
    nothing="no limit",
    fraction=True,
)
MAX_MINUTES = Dial(
    "max_minutes", "At most so many minutes", 1, 1_440, 1, decades=True, optional=True, nothing="no limit"
)
EXAMPLE_STEPS, EXAMPLE_GROWTH, EXAMPLE_FIRST, EXAMPLE_WRITTEN = 10.0, 1_500.0, 4_000.0, 150.0
"""A task to begin with, where the case says nothing about steps."""
TASK = (STEPS, SPREAD, RIGHT, NOTICED, FIRST, GROWTH, OUT, SECONDS)
LIMITS = (MAX_STEPS, MAX_USD, MAX_MINUTES)


def agents_bench(case: Case) -> Workbench:
    """The workbench, seeded from decision 6 and the brief; what is not known starts at an example."""

    def told(name: str, otherwise: float | None) -> float | None:
        given = case.answer("autonomy", name)
        known = isinstance(given, int | float) and not isinstance(given, bool)
        return float(given) if known and isinstance(given, int | float) else otherwise

    limits = {guard.key: guard.value for guard in step("autonomy").advise(case).guardrails}
    seed = _step_of(case, told("steps", None), told("growth_tokens", None))
    return Workbench(
        "agents",
        {
            "steps": seed.steps,
            "reliability": max(50.0, told("reliability", 97) or 97.0),
            "growth_tokens": seed.growth,
            "first": seed.first,
            "out": seed.written,
            "spread": 50,
            "noticed": 50,
            "step_s": 5,
            "max_steps": limits.get("steps", step_limit(seed.steps)),
            "max_usd": told("max_usd", limits.get("usd", START_USD)),
            "max_minutes": told("max_minutes", limits.get("wall_clock", START_S) / 60),
            "cached": case.answer("autonomy", "prefix_cached") is not False,
        },
    )


class _Step(NamedTuple):
    """What a step of the case's task reads and writes, or of an example where it has no steps."""

    steps: float
    growth: float
    first: float
    written: float


def _step_of(case: Case, steps: float | None, growth: float | None) -> _Step:
    """The plan's task taken apart: retrieved passages are in its first prompt, its answer in the steps."""
    plan = loaded.standing_of(case).plan
    profile, choice = plan.profile, plan.choice("autonomy")
    prompt, answer = profile.input_tokens, profile.output_tokens
    grown = growth if growth is not None else 0.0 if choice == "workflow" else EXAMPLE_GROWTH
    if choice not in ("workflow", "agent") or prompt is None or answer is None:
        first = prompt.mid / profile.calls.mid if prompt else EXAMPLE_FIRST
        return _Step(steps or EXAMPLE_STEPS, grown, first, EXAMPLE_WRITTEN)
    count = profile.calls.mid
    first = (prompt.mid - grown * count * (count - 1) / 2) / count
    return _Step(count, grown, max(1.0, first), answer.mid / count)


def numbers(bench: Workbench, case: Case) -> None:
    """The task, its limits, and whose prices."""
    with st.container(border=True):
        st.markdown("## One task")
        bench.choice("offer", "Prices of", _offers(case), "Only offers with a known price.")
        bench.dials(TASK)
        bench.switch("cached", "Read the unchanged transcript from the cache")
        say_assumed(_assumed(bench, case), "agents")
        beside = _counted_words(bench, case)
        if beside:
            st.caption(inert(" ".join(beside)))
        st.markdown("### Limits")
        bench.dials(LIMITS)
        hand_over(
            bench,
            partial(_into_case, bench),
            "Goes into decision 6: steps, reliability, growth, the most a task may cost and take, caching.",
        )


def _assumed(bench: Workbench, case: Case) -> list[str]:
    """Labels of the numbers that are examples of ours."""
    given = {name for name in ("steps", "reliability", "growth_tokens") if case.answer("autonomy", name)}
    plan = loaded.standing_of(case).plan
    if plan.choice("autonomy") in ("workflow", "agent"):
        given |= {"out"} if plan.profile.output_tokens else set()
    given |= {"first"} if plan.profile.input_tokens else set()
    return [dial.label for dial in TASK if dial.key not in given and bench.as_seeded(dial.key)]


def _counted_words(bench: Workbench, case: Case) -> list[str]:
    """What is counted that no slider shows, and what is not."""
    said, plan, hidden = list[str](), loaded.standing_of(case).plan, thinking(bench, case)
    if hidden:
        said.append(
            f"Counted besides: about {number(hidden)} hidden reasoning tokens for each written one, as "
            "decision 2 has it."
        )
    if plan.profile.extra_usd.mid:
        said.append(f"Not counted: search and re-ranking, {usd(plan.profile.extra_usd.mid)} a task.")
    if plan.choice("autonomy") == "agent" and not isinstance(case.answer("autonomy", "prefix_cached"), bool):
        said.append(
            "Whether the transcript is cached is open in decision 6: the cost explorer takes the middle, "
            "here the switch decides."
        )
    return said


def _offers(case: Case) -> dict[str, str]:
    sold = loaded.catalog().by_id
    first = [row.id for row in loaded.standing_of(case).ranking if row.id in sold]
    return {
        key: sold[key].label
        for key in [*first, *(key for key in sold if key not in set(first))]
        if sold[key].price(loaded.today()) is not None
    }


def task(bench: Workbench, case: Case) -> AgentTask:
    """One task under the numbers of the page, at the price tier of its average prompt."""
    offer = loaded.catalog().by_id[bench.text("offer") or ""]
    price = offer.price(loaded.today())
    assert price is not None, "only priced offers can be chosen"
    first, growth, cached = bench.sure(FIRST), bench.sure(GROWTH), bench.on("cached")
    rates = price.rates_for(first + growth * (bench.sure(STEPS) - 1) / 2)
    hidden, work = thinking(bench, case), case.workload
    return AgentTask(
        steps=bench.sure(STEPS),
        spread=bench.sure(SPREAD) / 100,
        step_success=bench.sure(RIGHT) / 100,
        noticed=bench.sure(NOTICED) / 100,
        first_prompt_tokens=first,
        growth_tokens=growth,
        output_tokens=bench.sure(OUT) * (1 + hidden),
        input_usd_per_mtok=cache_write_rate(rates) if cached else rates.input,
        cached_usd_per_mtok=cache_read_rate(rates) if cached else rates.input,
        output_usd_per_mtok=(rates.output + hidden * reasoning_rate(rates)) / (1 + hidden),
        step_s=bench.sure(SECONDS),
        first_cached_tokens=min(first, (work.cached_input_share or 0) * (work.input_tokens or 0)),
    )


def thinking(bench: Workbench, case: Case) -> float:
    """Hidden reasoning tokens for each written one, of the chosen model at the effort of decision 2."""
    plan = loaded.standing_of(case).plan
    offer = loaded.catalog().by_id[bench.text("offer") or ""]
    return reasoning_per_output(offer, plan.profile, plan.effort).mid


def guards(bench: Workbench) -> Guards:
    """The limits in force."""
    steps, minutes = bench.number("max_steps"), bench.number("max_minutes")
    return Guards(
        max_steps=None if steps is None else round(steps),
        max_usd=bench.number("max_usd"),
        max_s=None if minutes is None else 60 * minutes,
    )


def _into_case(bench: Workbench) -> None:
    answers: dict[tuple[str, str], Answer] = {
        ("autonomy", "steps"): bench.sure(STEPS),
        ("autonomy", "reliability"): bench.sure(RIGHT),
        ("autonomy", "growth_tokens"): bench.sure(GROWTH),
        ("autonomy", "prefix_cached"): bench.on("cached"),
    }
    for name in ("max_usd", "max_minutes"):
        value = bench.number(name)
        if value is not None:
            answers["autonomy", name] = value
    take_over({}, answers)
    path = state.case().answer("autonomy", "path")
    if path not in ("fixed", "varies"):
        state.notice("Decision 6 does not call for several steps yet: say there how a request is handled.")
