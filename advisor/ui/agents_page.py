"""Agents: how cost and success add up over many steps, and what the limits cut off. All simulated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from advisor.cost.agents import cap_before_overshoot, chain_success, needed_step_reliability, steps_to_half
from advisor.cost.guarded import (
    HARD_STOP,
    AgentTask,
    Guards,
    Outcome,
    simulate,
    step_usd,
    usual_task_formulas,
)
from advisor.cost.routing import PUBLISHED_PASS_HAT_K, repeats_bounds
from advisor.decide.steps.limits import step_limit
from advisor.interval import Interval
from advisor.ui.agents_bench import NOTICED, RIGHT, STEPS
from advisor.ui.charts import MONEY, WHISKER, finished
from advisor.ui.exhibit import data_table, exhibit
from advisor.ui.inert import inert
from advisor.ui.workbench import Workbench, tile
from advisor.wording import count, number, percent, probability, seconds, usd

CHAIN_STEPS = (5, 10, 20, 50, 100)
CHAIN_RELIABILITY = (0.9, 0.95, 0.98, 0.99, 0.999)


@st.cache_data(show_spinner=False, max_entries=64)
def _played(one: AgentTask, limits: Guards) -> Outcome:
    return simulate(one, limits)


def outcomes(one: AgentTask, limits: Guards) -> None:
    """Cost and success with the limits and without."""
    free, held = _played(one, Guards()), _played(one, limits)
    st.markdown("## Cost and success of a task :orange-badge[simulated]")
    for hint in too_tight(one, limits, free):
        st.warning(inert(hint), icon=":material/content_cut:")
    with st.grid(3, min_column_width=160):
        tile("Cost of a task, mean", usd(held.usd_mean), f"median {usd(held.usd_median)}")
        tile("95 % stay under", usd(held.usd_p95), f"{usd(free.usd_p95)} without limits")
        tile("Tasks that end well", probability(held.success), f"{probability(free.success)} without limits")
        tile("Per successful task", _each(held), f"{_each(free)} without limits")
        tile("Steps, mean", number(held.steps_mean), f"{number(free.steps_mean)} without limits")
        tile("95 % take under", seconds(held.seconds_p95), f"{seconds(free.seconds_p95)} without limits")
    table = pd.DataFrame(
        {
            "Share of tasks, percent": range(101),
            "With limits, US dollars (simulated)": held.usd_percentiles,
            "Without limits, US dollars (simulated)": free.usd_percentiles,
        }
    )
    alt = (
        f"Simulated cost of a task, sorted: half stay under {usd(held.usd_median)}, 95 % under "
        f"{usd(held.usd_p95)} with the limits and {usd(free.usd_p95)} without."
    )
    exhibit("agent-costs", _cost_chart(free, held, limits.max_usd), table, alt)
    _cuts(one, limits, held)
    with st.expander("A task of the usual length, the numbers filled in", type="compact"):
        st.markdown("\n".join(f"- {inert(line)}" for line in usual_task_formulas(one)))


def _each(outcome: Outcome) -> str:
    """Dollars of a task that ends well, where one does."""
    return "none ends well" if outcome.usd_per_success is None else usd(outcome.usd_per_success)


def too_tight(one: AgentTask, limits: Guards, free: Outcome) -> list[str]:
    """Limits under what a typical task needs, each with a figure that would do."""
    typical = one.steps_with_repeats
    roomy = step_limit(typical)
    hints: list[str] = []
    if limits.max_steps is not None and limits.max_steps < typical:
        hints.append(
            f"The step limit, {number(limits.max_steps, 6)}, is below the {number(typical)} steps a usual "
            f"task takes, noticed failures repeated: most are cut off. {count(roomy, 'step')} leave room."
        )
    if limits.max_usd is not None and limits.max_usd < free.usd_median:
        hints.append(
            f"The money limit, {usd(limits.max_usd)}, is below what half the tasks cost without limits, "
            f"{usd(free.usd_median)} (simulated)."
        )
    if limits.max_s is not None and limits.max_s < typical * one.step_s:
        hints.append(
            f"The time limit, {seconds(limits.max_s)}, is below the {seconds(typical * one.step_s)} a usual "
            "task takes."
        )
    return hints


def _cost_chart(free: Outcome, held: Outcome, cap: float | None) -> go.Figure:
    figure, shares = go.Figure(), list(range(101))
    for name, outcome, dash in (("Without limits", free, "dot"), ("With limits", held, "solid")):
        figure.add_scatter(
            x=list(outcome.usd_percentiles),
            y=shares,
            mode="lines",
            name=f"{name}, simulated",
            line={"dash": dash, "width": 2.5},
            hovertemplate=name + ": %{y} % cost at most $%{x:.4~g}<extra></extra>",
        )
    if cap is not None and cap <= 1.5 * free.usd_max:
        figure.add_vline(x=cap, line={"dash": "dash", "color": WHISKER, "width": 2})
        figure.add_annotation(
            text="money limit",
            x=cap,
            xanchor="right" if cap > free.usd_max / 2 else "left",
            yref="paper",
            y=0.5,
            showarrow=False,
        )
    title = "US dollars per task, simulated"
    figure.update_xaxes(title=title, rangemode="tozero", tickprefix="$", tickformat=MONEY, nticks=6)
    figure.update_yaxes(title="Percent of tasks that cost at most so much", range=[0, 102])
    return finished(figure, height=420, legend=True)


def _cuts(one: AgentTask, limits: Guards, held: Outcome) -> None:
    names = {
        "steps": "the step limit",
        "money": "the money limit",
        "time": "the time limit",
        "end": f"the end of the simulation after {HARD_STOP:,} steps",
    }
    for key, share in held.cut_by.items():
        st.markdown(f"- **{percent(share)}** of the tasks are ended by {names[key]} (simulated).")
    if not held.cut_by:
        st.markdown("No limit cuts off any task (simulated).")
    if limits.max_usd is not None:
        dearest = float(step_usd(one, np.array([round(held.steps_mean)], dtype=np.int64))[0])
        cap = cap_before_overshoot(limits.max_usd, dearest)
        st.caption(inert(_overshoot_words(limits.max_usd, cap, dearest)))


def _overshoot_words(budget: float, cap: float, step: float) -> str:
    """What to configure so that the budget holds although limits are checked between steps."""
    said = f"Limits are checked between steps, so a run can overshoot by one, here about {usd(step)}"
    if usd(cap) == usd(budget) or step < budget / 100:
        return f"{said}: next to nothing beside {usd(budget)}."
    hold = f"To hold {usd(budget)}, configure {usd(cap)}" if cap else f"No setting holds {usd(budget)}"
    return f"{said}. {hold}."


def chains(bench: Workbench) -> None:
    """p^n: what one step's reliability means for a chain of them."""
    st.markdown("## Small errors add up")
    right, steps = bench.sure(RIGHT) / 100, bench.sure(STEPS)
    whole, half = chain_success(right, steps), steps_to_half(right)
    noticed = bench.sure(NOTICED) / 100
    said = f"{_rate(right)} per step over {count(steps, 'step')} leaves {percent(whole)} of the tasks"
    if noticed and right < 1:
        once = percent(chain_success(right, steps, retries=1, noticed_share=noticed))
        said += f"; with one retry of the {percent(noticed)} of failures that are noticed, {once}"
    st.markdown(inert(f"{said}."))
    toss = "" if half == float("inf") else f" A coin toss after {count(max(1, round(half)), 'step')}."
    need = _rate(needed_step_reliability(0.9, steps))
    st.caption(inert(f"For 90 % of the tasks each step must be right in {need}.{toss}"))
    table = pd.DataFrame(
        [
            {"Right per step": _rate(p)} | {f"{n} steps": percent(chain_success(p, n)) for n in CHAIN_STEPS}
            for p in sorted({*CHAIN_RELIABILITY, right})
        ]
    )
    alt = "Share of tasks that end well by reliability and steps, p to the n."
    data_table("chains", table, alt, "Other reliabilities and numbers of steps")


def repeats(bench: Workbench) -> None:
    """pass^k: the same task several times."""
    st.markdown("## The same task, again and again")
    passed = chain_success(bench.sure(RIGHT) / 100, bench.sure(STEPS))
    bounds = repeats_bounds(passed, 4)
    st.markdown(inert(_repeats_words(passed, bounds)))
    figure = go.Figure()
    for place, (name, rates) in enumerate(PUBLISHED_PASS_HAT_K.items()):
        figure.add_scatter(
            x=[1, 2, 3, 4],
            y=[100 * rate for rate in rates],
            name=name,
            mode="lines+markers",
            line={"dash": ("solid", "dash", "dot", "dashdot")[place]},
            marker={"symbol": ("circle", "square", "diamond", "x")[place], "size": 9},
        )
    figure.update_xaxes(title="Repeats that must all succeed", tickvals=[1, 2, 3, 4])
    figure.update_yaxes(title="Percent of tasks", range=[0, 104])
    table = pd.DataFrame(
        [
            {"Benchmark and model": name} | {f"pass^{k}": percent(rate) for k, rate in enumerate(rates, 1)}
            for name, rates in PUBLISHED_PASS_HAT_K.items()
        ]
    )
    alt = "Published pass^k of four agents: from 42 to 69 % for one try down to 20 to 46 % for four in a row."
    exhibit("pass-hat-k", finished(figure, height=460, legend=True), table, alt)
    st.caption("Published by tau-bench and tau2-bench for models of 2024 and 2025.")


def _rate(share: float) -> str:
    """A reliability, where the last digits before 100 % matter."""
    return f"{number(100 * share, 5)} %"


def _repeats_words(passed: float, bounds: Interval) -> str:
    """Four in a row, without an interval where both ends say the same."""
    start = f"If one try succeeds in {percent(passed)}, four in a row "
    if bounds.high < 0.001:
        return start + "practically never do."
    if bounds.low > 0.999:
        return start + "practically always do."
    low = percent(bounds.low) if bounds.low >= 0.001 else "next to none"
    return (
        f"{start}succeed in {low} to {percent(bounds.high)}: failures hit the same tasks again, so the power "
        "is the lower end."
    )
