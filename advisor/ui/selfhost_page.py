"""The self-hosting calculator: which GPUs, how many, what they do, what they cost, when they pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import pandas as pd
import streamlit as st

from advisor.case import Answer, Case
from advisor.cost.hardware import Gpu
from advisor.cost.memory import Precision, Refusal, Served, from_shape, from_weights
from advisor.cost.selfhost import Demand, HostingPlan, NoPlan, break_even_bounds, plan_on
from advisor.cost.throughput import ERROR_WORDS
from advisor.decide.bills import bill_for
from advisor.decide.break_even import cheapest_offer
from advisor.decide.field import inputs_for
from advisor.host.hardware import load_hardware
from advisor.interval import Interval
from advisor.ui import loaded
from advisor.ui.cost_charts import CostRow, cost_rows
from advisor.ui.exhibit import exhibit
from advisor.ui.inert import inert
from advisor.ui.workbench import Dial, Workbench, hand_over, take_over, tile
from advisor.wording import (
    UNKNOWN_WORD,
    about,
    count,
    day,
    interval,
    number,
    percent,
    tokens_per_second,
    usd,
)

TOKENS_IN = Dial("tokens_in", "Tokens in, per request", 1, 1e6, 100, decades=True)
TOKENS_OUT = Dial("tokens_out", "Tokens generated, per request", 1, 2e5, 100, decades=True)
USERS = Dial("users", "Requests in flight at once", 1, 1e5, 1, decades=True)
REQUESTS = Dial("requests", "Requests per month", 1, 1e9, 1_000, decades=True)
USED = Dial(
    "used", "Capacity really used, percent", 1, 100, 1, hint="Nights, weekends and peaks; 40 is usual."
)
RENT = Dial(
    "rent",
    "Your own price, US dollars per GPU-hour",
    0,
    50,
    0.1,
    optional=True,
    nothing="price list",
    fraction=True,
)
TOTAL = Dial("total_b", "Parameters, billions", 0.1, 5_000, 1, decades=True, fraction=True)
ACTIVE = Dial("active_b", "Active per token, billions", 0.1, 5_000, 1, decades=True, fraction=True)
KV = Dial("kv", "KV cache, bytes per token at 16 bit", 1_000, 1e7, 1_000, decades=True)
DIALS = (TOKENS_IN, TOKENS_OUT, USERS, REQUESTS, USED, RENT)
BY_HAND = "by hand"
_PRECISIONS = {
    "fp8": "8-bit floating point (FP8)",
    "bf16": "16 bit (BF16)",
    "int8": "8-bit integer",
    "fp4": "4-bit floating point (FP4)",
    "mxfp4": "MXFP4",
    "int4": "4-bit integer",
}


def selfhost_bench(case: Case) -> Workbench:
    """The workbench, seeded from the brief; what is not known there starts at an example."""
    work = case.workload
    return Workbench(
        "selfhost",
        {
            "tokens_in": work.input_tokens or 1_000,
            "tokens_out": work.output_tokens or 300,
            "requests": work.requests_per_month or 100_000,
            "users": 8,
            "used": 40,
            "rent": None,
            "total_b": 30,
            "active_b": 30,
            "kv": 100_000,
            "precision": "fp8",
            "model": _first_model(case),
        },
    )


def _first_model(case: Case) -> str:
    """The best acceptable model whose memory can be worked out, else one everybody knows."""
    for row in loaded.standing_of(case).ranking:
        model = row.offer.model
        known = model.id in loaded.catalog().model_by_id
        if known and isinstance(from_weights(model.name, model.weights), Served):
            return f"catalog:{model.id}"
    return f"shape:{load_hardware().shapes[0].id}"


def numbers(bench: Workbench) -> None:
    """Model, precision and load."""
    with st.container(border=True):
        st.markdown("## Model and load")
        with st.grid(2, min_column_width=280):
            model = bench.choice("model", "Model with open weights", _models())
            bench.choice("precision", "Weights stored as", _PRECISIONS)
        if model == BY_HAND:
            bench.dials((TOTAL, ACTIVE, KV))
        bench.dials(DIALS)
        hand_over(
            bench,
            partial(_into_case, bench),
            "Goes into the brief (tokens, requests) and, as GPU memory for one copy, into decision 1.",
        )


def _models() -> dict[str, str]:
    opened = {
        f"catalog:{model.id}": model.name
        for model in sorted(loaded.catalog().models, key=lambda one: one.name)
        if model.weights.open
    }
    taken = {name.lower() for name in opened.values()}
    shapes = {
        f"shape:{shape.id}": shape.names[0]
        for shape in load_hardware().shapes
        if shape.names[0].lower().replace("-", " ") not in {name.replace("-", " ") for name in taken}
    }
    return opened | shapes | {BY_HAND: "Another model: numbers by hand"}


def served(bench: Workbench) -> Served | Refusal:
    """The chosen model as memory sees it, or why that cannot be said."""
    kind, _, key = (bench.text("model") or BY_HAND).partition(":")
    if kind == "shape":
        return from_shape(load_hardware().shape(key))
    model = loaded.catalog().model_by_id.get(key)
    if model is not None:
        known = from_weights(model.name, model.weights)
        shapes = [one for one in load_hardware().shapes if one.id == model.weights.repo]
        return from_shape(shapes[0]) if isinstance(known, Refusal) and shapes else known
    total, active = bench.sure(TOTAL) * 1e9, bench.sure(ACTIVE) * 1e9
    if active > total:
        return Refusal("More parameters are active than there are.", "Lower the active ones.")
    return Served("Your model", total, active, bench.sure(KV))


class Plans(NamedTuple):
    """What carries the load, cheapest first, and what does not."""

    able: list[HostingPlan]
    unable: list[NoPlan]


def plans(bench: Workbench, model: Served) -> Plans:
    """Every accelerator under the numbers of the page."""
    load = demand(bench)
    precision = Precision(bench.text("precision") or "fp8")
    found = [
        plan_on(model, gpu, precision, load, own_usd_per_gpu_hour=bench.number("rent"))
        for gpu in load_hardware().gpus
    ]
    able = [one for one in found if isinstance(one, HostingPlan)]
    able.sort(key=lambda one: one.monthly_usd.mid if one.monthly_usd else float("inf"))
    return Plans(able, [one for one in found if isinstance(one, NoPlan)])


def demand(bench: Workbench) -> Demand:
    """The load to carry."""
    return Demand(
        bench.sure(TOKENS_IN),
        bench.sure(TOKENS_OUT),
        users=bench.sure(USERS),
        requests_per_month=bench.sure(REQUESTS),
        utilisation=bench.sure(USED) / 100,
    )


def refused(refusal: Refusal) -> None:
    """Why there is no figure, and what would help."""
    st.warning(inert(str(refusal)), icon=":material/block:")
    st.markdown(
        "No number is better than a wrong one: take the serving engine's own figure for this model, or "
        "choose “Another model” at the end of the list and enter parameters and cache size by hand."
    )


def machines(found: Plans, bench: Workbench) -> HostingPlan | None:
    """All accelerators side by side; the one opened."""
    if not found.able:
        said = "No accelerator of the catalog carries this model with this context."
        st.warning(said, icon=":material/block:")
        _unable(found.unable)
        return None
    st.markdown("## Machines that carry it")
    rows = [CostRow(_name(one), one.monthly_usd) for one in found.able[:10] if one.monthly_usd is not None]
    alt = "US dollars a month: " + "; ".join(f"{row.label} {about(row.cost, usd)}" for row in rows) + "."
    exhibit("gpu-plans", cost_rows(rows, "US dollars per month"), _table(found.able, bench), alt)
    names = {one.gpu.id: _name(one) for one in found.able}
    chosen = bench.choice("gpu", "Machine opened", names)
    _unable(found.unable)
    return next(one for one in found.able if one.gpu.id == chosen)


def _name(plan: HostingPlan) -> str:
    return f"{plan.gpus} x {plan.gpu.name}"


def _unable(some: Sequence[NoPlan]) -> None:
    if some:
        with st.expander(f"{count(len(some), 'accelerator')} cannot, and why", type="compact"):
            st.markdown("\n".join(f"- {inert(f'{one.gpu.name}: {one.reason}')}" for one in some))


def _table(able: Sequence[HostingPlan], bench: Workbench) -> pd.DataFrame:
    return pd.DataFrame([_row(one, bench.sure(USED) / 100) for one in able])


def _row(plan: HostingPlan, used: float) -> dict[str, object]:
    speed = plan.speed
    return {
        "Machines": _name(plan),
        "US dollars per month": about(plan.monthly_usd, usd),
        "US dollars per million output tokens": about(plan.usd_per_mtok(used), usd),
        "GiB needed on each GPU": number(plan.gib_per_gpu),
        "GPUs for one copy": plan.gpus_per_copy,
        "Copies": plan.copies,
        "Users at once, each copy": plan.users_per_copy,
        "Output tokens per second, each copy": str(speed)
        if isinstance(speed, Refusal)
        else interval(speed.bounds, tokens_per_second),
        "Price taken on": _taken(plan.gpu),
    }


def _taken(gpu: Gpu) -> str:
    rent = gpu.newest_rent
    return UNKNOWN_WORD if rent is None else rent.as_of.isoformat()


def opened(plan: HostingPlan, bench: Workbench) -> None:
    """One plan in full: memory, speed, money, each with its numbers."""
    used, speed = bench.sure(USED) / 100, plan.speed
    month, each = plan.monthly_usd, plan.usd_per_mtok(used)
    with st.grid(4, min_column_width=180):
        tile("GPUs", str(plan.gpus), f"{count(plan.copies, 'copy', 'copies')} of {plan.gpus_per_copy}")
        tile("GiB on each", number(plan.gib_per_gpu), f"of {number(plan.gpu.memory_gib)}")
        tile("Users at once", number(plan.users_per_copy * plan.copies, 6), "their cache fits")
        if isinstance(speed, Refusal):
            tile("Tokens/s, a copy", UNKNOWN_WORD, "peak rate not known")
        else:
            tile("Tokens/s, a copy", number(speed.output_tps), interval(speed.bounds, number))
        tile("Per month", usd(month.mid if month else None), interval(month, usd))
        tile("Per million tokens", usd(each.mid if each else None), interval(each, usd))
        tile("Used to", percent(used), "of the capacity")
    st.caption(
        inert(
            f"Speed is right {ERROR_WORDS}: agents with shared prompt beginnings do better, long prompts "
            f"worse. {plan.monthly_formula}. {_price_words(plan, bench)}"
        )
    )


def _price_words(plan: HostingPlan, bench: Workbench) -> str:
    if bench.number("rent") is not None:
        return "The price of a GPU-hour is your own."
    rent, seen = plan.gpu.newest_rent, plan.usd_per_gpu_hour
    if rent is None or seen is None:
        return "No price of a GPU-hour is known: enter your own."
    return (
        f"A GPU-hour costs {usd(seen.low)} low, {usd(seen.mid)} middle, {usd(seen.high)} high; the middle is "
        f"of {day(rent.as_of)}."
    )


@dataclass(frozen=True, slots=True)
class Rival:
    """An API to be compared with."""

    label: str
    usd_per_request: float


def rivals(bench: Workbench, case: Case) -> list[Rival]:
    """The cheapest acceptable API, and the cheapest seller of the same model, at the page's numbers."""
    work = case.workload.model_copy(
        update={"input_tokens": bench.sure(TOKENS_IN), "output_tokens": bench.sure(TOKENS_OUT)}
    )
    other = case.model_copy(update={"workload": work, "measurements": ()})
    planned = inputs_for(other, loaded.catalog(), loaded.today(), None, load_hardware()).situation
    # The machines are sized for one call of the tokens above; the API is asked the price of the same call.
    situation = replace(planned, plan=replace(planned.plan, profile=planned.plan.base_profile), memo={})
    sold = loaded.catalog().by_id
    fitting = [sold[row.id] for row in loaded.standing_of(case).ranking if row.id in sold]
    key = (bench.text("model") or "").removeprefix("catalog:")
    same = [one for one in sold.values() if one.model.id == key]
    found: dict[str, Rival] = {}
    for kind, some in (("cheapest acceptable API", fitting), ("cheapest seller of this model", same)):
        offer = cheapest_offer(some, situation)
        cost = bill_for(offer, situation).per_request.usd if offer else None
        if offer is not None and cost is not None and cost.mid > 0:
            found.setdefault(offer.id, Rival(f"{offer.label}, the {kind}", cost.mid))
    return list(found.values())


def break_even_part(plan: HostingPlan, bench: Workbench, some: Sequence[Rival]) -> None:
    """From which utilisation on the machines cost less than an API."""
    st.markdown("## Against an API")
    if not some:
        st.info("No acceptable API with a known price to compare with.")
        return
    st.caption(
        "Both sides count one call of the tokens above: add what retrieval or an agent's steps put into a "
        "prompt. Volumes are for the machines opened above; the cost explorer adds machines as the load "
        "grows, and counts the case's retrieved passages. Compare with the cheapest acceptable seller: "
        "sellers of one model differ by 5 to 10 times."
    )
    for one in some:
        needed = break_even_bounds(plan, one.usd_per_request, bench.sure(TOKENS_OUT))
        price = inert(f"{usd(one.usd_per_request)} per request")
        st.markdown(f"- **{inert(one.label)}** ({price}): {_said(plan, needed, one, bench.sure(USED) / 100)}")


def _said(plan: HostingPlan, needed: Interval | None, rival: Rival, used: float) -> str:
    if needed is None or plan.monthly_usd is None:
        return "unknown, for want of a GPU price or speed."
    volume = number(float(f"{plan.monthly_usd.mid / rival.usd_per_request:.2g}"))
    if needed.low > used:
        return inert(
            f"never pays: {volume} requests a month would be needed, more than these machines can do."
        )
    bounds = f"between {percent(needed.low)} and {percent(needed.high)}"
    pays = "pays" if needed.mid <= used else "hardly ever pays"
    return inert(
        f"{pays} from {volume} requests a month, that is {percent(needed.mid)} of the capacity ({bounds}; "
        f"with {percent(used)} of it really used, what lies above that is never reached)."
    )


def _into_case(bench: Workbench) -> None:
    model, answers = served(bench), dict[tuple[str, str], Answer]()
    able = plans(bench, model).able if isinstance(model, Served) else []
    if able:
        plan = next((one for one in able if one.gpu.id == bench.text("gpu")), able[0])
        answers["access", "vram_gb"] = float(round(plan.gpus_per_copy * plan.gpu.memory_gib))
    numbers = {
        "input_tokens": bench.sure(TOKENS_IN),
        "output_tokens": bench.sure(TOKENS_OUT),
        "requests_per_month": bench.sure(REQUESTS),
    }
    take_over(numbers, answers)
