"""The tuning planner: memory, time, price, routes, data, trial, teacher, and when it pays."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from advisor.case import Case
from advisor.cost.memory import Refusal
from advisor.cost.tuning import Job, OwnTraining, billed_tokens, hosted_usd, memory_gb, run_formulas, train_on
from advisor.cost.tuning_facts import Route, Technique
from advisor.cost.tuning_plan import (
    SYNTHETIC_BENEFITS,
    TECHNICAL_MINIMUM,
    Synthetic,
    examples_needed,
    pays_off,
    synthetic_checks,
    teacher_usd,
    trial_plan,
)
from advisor.host.hardware import load_hardware, load_tuning
from advisor.interval import Interval
from advisor.ui import loaded
from advisor.ui import tuning_bench as of
from advisor.ui.dataset_job import checked_variety
from advisor.ui.inert import inert
from advisor.ui.workbench import ACTIVE, RENT, Workbench, say_assumed, tile
from advisor.wording import UNKNOWN_WORD, about, count, gigabytes, interval, number, usd

DAYS_PER_MONTH = 30.4
SHORT_H = 2.0
"""Runs that may take longer are told in hours."""


def job(bench: Workbench) -> Job | Refusal:
    """What is trained, or what is wrong with the numbers."""
    total, active = bench.sure(of.TOTAL) * 1e9, bench.sure(ACTIVE) * 1e9
    if active > total:
        return Refusal("More parameters are active than there are.", "Lower the active ones.")
    tokens = bench.sure(of.EXAMPLES) * of.example_tokens(bench) * bench.sure(of.EPOCHS)
    adapter = 0.0 if of.technique(bench) is Technique.FULL else 0.005 * total
    return Job(total, active, of.technique(bench), tokens, adapter, of.longest_tokens(bench))


def own_run(one: Job, bench: Workbench) -> OwnTraining | None:
    """The run on rented GPUs: memory, hours, dollars."""
    st.markdown("## On your own or rented GPUs")
    gpus = {gpu.id: gpu.name for gpu in load_hardware().gpus if gpu.bf16_tflops}
    with st.grid(2, min_column_width=260):
        chosen = bench.choice("gpu", "GPU", gpus)
        bench.dial(RENT)
    gpu = load_hardware().gpu(chosen or "h100-sxm")
    run = train_on(one, gpu, own_usd_per_gpu_hour=bench.number("rent"))
    if isinstance(run, Refusal):
        st.warning(inert(str(run)), icon=":material/block:")
        return None
    spent = run.usd
    with st.grid(4, min_column_width=160):
        tile("GPU memory", gigabytes(run.memory_gb.mid), interval(run.memory_gb, gigabytes))
        tile("GPUs", str(run.gpus), f"x {gpu.name}")
        _time_tile(run.hours)
        tile("Price", usd(spent.mid if spent else None), interval(spent, usd))
    taken = gpu.newest_rent
    dated = f" Price of {taken.as_of.isoformat()}." if taken and bench.number("rent") is None else ""
    st.caption(
        inert(
            f"{run.formula}.{dated} {number(one.tokens, 6)} tokens with all epochs; training is taken to "
            "reach 25 to 45 % of the GPU's peak, an assumption. Published memory figures differ by 40 %."
        )
    )
    with st.expander("The numbers filled in", type="compact"):
        st.markdown("\n".join(f"- {inert(line)}" for line in run_formulas(one, run)))
    _memory_by_technique(one)
    return run


def _time_tile(hours: Interval) -> None:
    """The time of a run, in minutes where hours would be small fractions."""
    time, unit = (hours.scaled(60), "min") if hours.high < SHORT_H else (hours, "h")
    tile("Time", f"{number(time.mid)} {unit}", f"{interval(time, number)} {unit}")


def _memory_by_technique(one: Job) -> None:
    with st.expander("Memory of the other techniques", type="compact"):
        table = pd.DataFrame(
            [
                {
                    "Technique": of.TECHNIQUES[kind.value],
                    "GPU memory": about(
                        memory_gb(one.total, kind, sequence_tokens=one.sequence_tokens), gigabytes
                    ),
                }
                for kind in Technique
            ]
        )
        st.dataframe(table, hide_index=True, alt="GPU memory of full tuning, LoRA, QLoRA and distillation.")


def routes(one: Job, bench: Workbench) -> None:
    """Where it can be done, what is closed and since when, what it costs where that is known."""
    st.markdown("## At a provider")
    newcomer = bench.switch("newcomer", "We have never tuned there before")
    facts, today = load_tuning(), loaded.today()
    fitting = facts.open_routes(one.technique, today, newcomer=newcomer)
    hosted = [route for route in fitting if route.id != "own"]
    if hosted:
        st.markdown("\n".join(_route_line(route, one) for route in hosted))
        with st.expander("How each hosts and bills the result", type="compact"):
            st.markdown("\n".join(_terms_line(route) for route in hosted))
    else:
        st.info("No service of the catalog takes this technique; own GPUs remain.")
    closed = facts.closed_routes(today, newcomer=newcomer)
    if closed:
        with st.expander(f"{count(len(closed), 'service')} closed, and since when", type="compact"):
            st.markdown("\n".join(_closed_line(route) for route in closed))


def _route_line(route: Route, one: Job) -> str:
    return f"- **{inert(route.name)}**: {inert(_training_price(route, one))}"


def _terms_line(route: Route) -> str:
    billing = f"Billing: {route.billing}" if route.billing else "Billing: not stated."
    return f"- **{inert(route.name)}** ({route.as_of.isoformat()}): {inert(f'{route.hosting} {billing}')}"


def _closed_line(route: Route) -> str:
    return f"- **{inert(route.name)}** {inert(f'{route.closed_words()}. {route.hosting}')}"


def _training_price(route: Route, one: Job) -> str:
    rate = route.usd_per_mtok(one.total / 1e9)
    spread = route.price_range_usd_per_mtok
    bill = hosted_usd(billed_tokens(one.tokens), rate)
    if bill is not None:
        return f"{usd(bill)} ({usd(rate)} per million tokens)"
    if spread is not None:
        between = Interval(spread.low, (spread.low * spread.high) ** 0.5, spread.high)
        return f"{interval(between.scaled(one.tokens / 1e6), usd)}, by model and operation"
    return f"price {UNKNOWN_WORD}"


def data_needs(bench: Workbench, case: Case) -> None:
    """How many examples, against how many there are."""
    st.markdown("## How much data")
    have = bench.sure(of.EXAMPLES)
    need = examples_needed(
        of.technique(bench), bench.text("complexity") or "medium", bench.text("base") or "medium"
    )
    with st.grid(3, min_column_width=160):
        ours = of.assumed(bench, case, "examples")
        cases = count(bench.sure(of.EVAL_CASES), "evaluation case")
        tile("Assumed that you have" if ours else "You have", number(have, 6), cases)
        tile("Usual for this", number(need.mid, 6), interval(need, number))
        tile("First signs at", "50–100", "good examples")
    if have < TECHNICAL_MINIMUM:
        st.warning(f"Hosted services refuse fewer than {TECHNICAL_MINIMUM} examples.")
    elif have < need.low:
        st.markdown(
            inert(f"Short of the usual by {number(need.low - have, 6)}: run the trial before you collect.")
        )
    st.caption("An easy task or a strong base model halves it, a hard one doubles it: factors of our own.")


def trial(bench: Workbench) -> None:
    """The trial with 50 to 100 examples as a plan with its stop rule."""
    st.markdown("## The trial")
    bench.dial(of.BASE_RATE)
    if bench.as_seeded("base_rate"):
        st.caption("The pass rate is assumed until you measure it.")
    plan = trial_plan(
        round(bench.sure(of.EXAMPLES)), round(bench.sure(of.EVAL_CASES)), bench.sure(of.BASE_RATE) / 100
    )
    if plan is None:
        st.info("A trial needs 50 good examples and evaluation cases kept apart.", icon=":material/block:")
        return
    st.markdown(
        inert(
            f"Tune on {plan.half} examples, then on {plan.train}. Go on only if that gains at least "
            f"{number(100 * plan.detectable, 2)} percentage points on your {count(plan.evaluate, 'case')}: "
            "less cannot be told from luck."
        )
    )
    with st.expander("The trial step by step, and when to stop", type="compact"):
        st.markdown("\n".join(f"{place}. {inert(words)}" for place, words in enumerate(plan.steps, 1)))
        st.markdown("**When to stop**\n" + "\n".join(f"- {inert(words)}" for words in plan.stop_rules))


def teacher(bench: Workbench) -> float | None:
    """What a teacher's answers cost, and what its terms say."""
    st.markdown("## The teacher")
    sold = {one.id: one for one in loaded.catalog().offers}
    key = bench.choice("teacher", "Teacher", {key: one.label for key, one in sold.items()})
    offer = sold[key or next(iter(sold))]
    price, weights = offer.price(loaded.today()), offer.model.weights
    rates = price.rates_for(bench.sure(of.PROMPT)) if price else None
    cost = teacher_usd(
        bench.sure(of.EXAMPLES),
        bench.sure(of.PROMPT),
        bench.sure(of.ANSWER),
        rates.input if rates else None,
        rates.output if rates else None,
    )
    words = load_tuning().teacher_warning(offer.model.vendor, weights.licence if weights.open else None)
    st.warning(inert(words), icon=":material/gavel:")
    st.markdown(inert(f"Its answers to {number(bench.sure(of.EXAMPLES), 6)} prompts cost {usd(cost)} once."))
    return cost


def made_up(bench: Workbench) -> None:
    """Synthetic data: what it is good for, and its two risks as checks."""
    st.markdown("## Examples written by a model")
    bench.dials((of.SYNTHETIC, of.GENERATIONS))
    judged = bench.switch(
        "judged", "The evaluation checks the result of the task, not the sound of the answer"
    )
    share = bench.sure(of.SYNTHETIC) / 100
    if not share:
        st.markdown("With no such examples in the set there is nothing to check.")
        return
    people, model = checked_variety()
    data = Synthetic(share, round(bench.sure(of.GENERATIONS)), people, model, judged_by_task=judged)
    found = synthetic_checks(data)
    marks = {
        True: "passes",
        False: "fails",
        None: "not known: a data check tells where rows name their writer",
    }
    for check in found:
        st.markdown(f"- **{inert(check.risk.capitalize())}: {marks[check.passed]}.** {inert(check.says)}")
    st.caption("What it is good for: " + inert("; ".join(SYNTHETIC_BENEFITS)) + ".")


def pays(bench: Workbench, case: Case, training: Interval | None, teaching: float | None) -> None:
    """When (today - tuned) x calls exceeds data, training and upkeep."""
    st.markdown("## When it pays")
    standing, calls = loaded.standing_of(case), case.workload.requests_per_month
    leader = standing.winner
    each = standing.usd_per_request.mid if standing.usd_per_request else None
    bench.dials((of.PER_EXAMPLE, of.TUNED_SHARE, of.UPKEEP))
    ours = [
        dial.label
        for dial in (of.PER_EXAMPLE, of.TUNED_SHARE, of.UPKEEP)
        if of.assumed(bench, case, dial.key)
    ]
    say_assumed(ours, "pays")
    if each is None or calls is None or training is None or leader is None:
        st.info("Needs the leader's cost per request, the requests per month and a price of the training.")
        return
    data = bench.sure(of.EXAMPLES) * bench.sure(of.PER_EXAMPLE)
    once = data + training.mid + (teaching or 0.0)
    tuned = each * bench.sure(of.TUNED_SHARE) / 100
    point = pays_off(once, each, tuned, calls, bench.sure(of.UPKEEP))
    work = f"{number(bench.sure(of.EXAMPLES), 6)} x {usd(bench.sure(of.PER_EXAMPLE))}"
    parts = f"data {work} = {usd(data)}, training {usd(training.mid)}"
    parts += f", teacher {usd(teaching)}" if teaching is not None else ""
    saved = (each - tuned) * calls - bench.sure(of.UPKEEP)
    with st.grid(3, min_column_width=160):
        tile("Once", usd(once))
        label = "Saved a month" if saved >= 0 else "Costs more a month"
        tile(label, usd(abs(saved)), f"against {leader.offer.model.name}")
        tile("Paid back after", _months(point.months), _calls(point.calls))
    st.caption(inert(f"Once: {parts}."))
    if point.months is None:
        st.markdown("**It never pays at this volume**: what a call saves does not cover the upkeep.")
    elif point.months > 6:
        st.markdown("Over half a year: a new base model may overtake the tuned one before.")


def _months(months: float | None) -> str:
    if months is None:
        return "never"
    if months < 1:
        return count(max(1, round(months * DAYS_PER_MONTH)), "day")
    return f"{number(months, 2)} months"


def _calls(calls: float | None) -> str:
    return "" if calls is None else f"{number(float(f'{calls:.2g}'))} calls"


def planner(bench: Workbench, case: Case) -> None:
    """Everything the planner says, from top to bottom."""
    of.numbers(bench, case)
    one = job(bench)
    if isinstance(one, Refusal):
        st.warning(inert(str(one)), icon=":material/block:")
        return
    run = own_run(one, bench)
    routes(one, bench)
    data_needs(bench, case)
    trial(bench)
    teaching = teacher(bench) if one.technique is Technique.DISTIL else None
    made_up(bench)
    pays(bench, case, run.usd if run else None, teaching)
