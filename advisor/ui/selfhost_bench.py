"""The self-hosting calculator's numbers: model, load and how machines are run, tried over the case's plan.

Tokens and requests are those of the brief. What the six decisions make of a request, its calls, retrieved
passages and reasoning, is counted as everywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from advisor.case import Answer, Case
from advisor.catalog.entries import CatalogOffer, Weights
from advisor.catalog.facts import Origin
from advisor.cost.api import side_lines
from advisor.cost.breakdown import CostLine
from advisor.cost.memory import GIB, Precision, Refusal, Served
from advisor.cost.selfhost import Demand, HostingPlan, Machines, NoPlan, plans
from advisor.decide.candidates import self_hosted, unlisted
from advisor.decide.hosting import hosted, load_of, served_model
from advisor.decide.plan import Situation
from advisor.decide.what_if import WhatIf, tried
from advisor.host.hardware import load_hardware
from advisor.ui import loaded
from advisor.ui.workbench import ACTIVE, RENT, Dial, Workbench, hand_over, take_over
from advisor.wording import joined

TOKENS_IN = Dial("tokens_in", "Tokens in, per request", 1, 1e7, 100, decades=True, hint="As in the brief.")
TOKENS_OUT = Dial(
    "tokens_out",
    "Tokens out, per request",
    1,
    1e6,
    100,
    decades=True,
    hint="The visible answer; reasoning is added by decision 2.",
)
REQUESTS = Dial("requests", "Requests per month", 1, 1e9, 1_000, decades=True)
USERS = Dial(
    "users",
    "Calls at once that must fit",
    1,
    1e5,
    1,
    decades=True,
    optional=True,
    nothing="at least one",
    hint="For peaks. Machines for the month's load come on top.",
)
USED = Dial(
    "used", "Capacity really used, percent", 1, 100, 1, hint="Nights, weekends and peaks; 40 is usual."
)
TOTAL = Dial("total_b", "Parameters, billions", 0.1, 5_000, 1, decades=True, fraction=True)
KV = Dial("kv", "KV cache, bytes per token at 16 bit", 1_000, 1e7, 1_000, decades=True)
DIALS = (TOKENS_IN, TOKENS_OUT, REQUESTS, USERS, USED, RENT)
BY_HAND = "by hand"
_EXAMPLE = {"input_tokens": 1_000.0, "output_tokens": 300.0, "requests_per_month": 100_000.0}
_EXAMPLE_WORDS = {
    "input_tokens": "1,000 tokens in",
    "output_tokens": "300 tokens out",
    "requests_per_month": "100,000 requests a month",
}
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
            "tokens_in": work.input_tokens or _EXAMPLE["input_tokens"],
            "tokens_out": work.output_tokens or _EXAMPLE["output_tokens"],
            "requests": work.requests_per_month or _EXAMPLE["requests_per_month"],
            "users": None,
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
    """The best model that machines of the catalog carry, acceptable ones first."""
    work = case.workload
    load = {key: getattr(work, key) or value for key, value in _EXAMPLE.items()}
    what_if = WhatIf(work.model_copy(update=load), machines=Machines(precisions=(Precision.FP8,)))
    situation = tried(case, what_if, loaded.catalog(), loaded.today(), load_hardware())
    for offer in best_at_home(case).values():
        if hosted(offer, situation.plan.profile, situation) is not None:
            return f"catalog:{offer.model.id}"
    return f"shape:{load_hardware().shapes[0].id}"


def best_at_home(case: Case) -> dict[str, CatalogOffer]:
    """Open models by id on own machines: as the case ranks them, then those that do not meet its needs."""
    homes = {one.model.id: one for one in self_hosted(loaded.catalog())}
    ranked = dict.fromkeys(row.offer.model.id for row in loaded.standing_of(case).ranking)
    return {key: homes[key] for key in (*(key for key in ranked if key in homes), *homes)}


def numbers(bench: Workbench, case: Case) -> None:
    """Model, precision and load."""
    with st.container(border=True):
        st.markdown("## Model and load")
        with st.grid(2, min_column_width=280):
            model = bench.choice("model", "Model with open weights", _models())
            bench.choice("precision", "Weights stored as", _PRECISIONS)
        if model == BY_HAND:
            bench.dials((TOTAL, ACTIVE, KV))
        bench.dials(DIALS)
        missing = [words for key, words in _EXAMPLE_WORDS.items() if not getattr(case.workload, key)]
        if missing:
            st.caption(f"Not in the brief, so an example until you change it: {joined(missing)}.")
        hand_over(
            bench,
            partial(_into_case, bench, case),
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


def own_offer(bench: Workbench) -> CatalogOffer:
    """The chosen model on own machines."""
    kind, _, key = (bench.text("model") or BY_HAND).partition(":")
    listed = next((one for one in self_hosted(loaded.catalog()) if one.model.id == key), None)
    if kind == "catalog" and listed is not None:
        return listed
    stated: dict[str, object] = {"open": True, "source": "you", "as_of": loaded.today()}
    stated["origin"] = Origin.ASSUMED
    if kind == "shape":
        shape = load_hardware().shape(key)
        return unlisted(shape.names[0], Weights.model_validate({**stated, "repo": shape.id}), loaded.today())
    size = {
        "total_b": bench.sure(TOTAL),
        "active_b": bench.sure(ACTIVE),
        "kv_bytes_per_token_16bit": bench.sure(KV),
    }
    return unlisted("Your model", Weights.model_validate({**stated, **size}), loaded.today())


def served(bench: Workbench) -> Served | Refusal:
    """The chosen model as memory sees it, or why that cannot be said."""
    if bench.text("model") == BY_HAND and bench.sure(ACTIVE) > bench.sure(TOTAL):
        return Refusal("More parameters are active than there are.", "Lower the active ones.")
    return served_model(own_offer(bench).model, load_hardware())


def explored(bench: Workbench, case: Case) -> Situation:
    """The case under the numbers of the page, its decisions as they are."""
    work = case.workload.model_copy(
        update={
            "input_tokens": bench.sure(TOKENS_IN),
            "output_tokens": bench.sure(TOKENS_OUT),
            "requests_per_month": bench.sure(REQUESTS),
        }
    )
    machines = Machines(
        precisions=(precision(bench),),
        users=bench.sure(USERS),
        utilisation=bench.sure(USED) / 100,
        own_usd_per_gpu_hour=bench.number("rent"),
    )
    what_if = WhatIf(work, machines=machines)
    return tried(case, what_if, loaded.catalog(), loaded.today(), load_hardware())


def precision(bench: Workbench) -> Precision:
    """How the weights are stored."""
    return Precision(bench.text("precision") or "fp8")


@dataclass(frozen=True, slots=True)
class Carried:
    """The load, what carries it, cheapest first, and what does not."""

    model: Served
    offer: CatalogOffer
    """The model on own machines."""
    situation: Situation
    load: Demand
    """Calls, not requests: what the decisions make of a request is in it."""
    able: list[HostingPlan]
    unable: list[NoPlan]

    @property
    def calls(self) -> float:
        """Model calls of one request."""
        return self.situation.plan.profile.calls.mid

    @property
    def beside(self) -> tuple[CostLine, ...]:
        """What a request costs beside the rent: searches, retrieval, re-ranking."""
        return side_lines(self.situation.plan.profile)

    @property
    def beside_usd(self) -> float:
        """The same in US dollars, middle."""
        return sum(line.usd.mid for line in self.beside)


def carried(bench: Workbench, case: Case, model: Served) -> Carried:
    """Every accelerator under the numbers of the page."""
    situation, offer = explored(bench, case), own_offer(bench)
    load = load_of(offer, situation.plan.profile, situation)
    assert load is not None, "tokens and requests are always given on this page"
    able, unable = plans(
        model, load_hardware().gpus, precision(bench), load, situation.machines.own_usd_per_gpu_hour
    )
    return Carried(model, offer, situation, load, able, unable)


def _into_case(bench: Workbench, case: Case) -> None:
    model, answers = served(bench), dict[tuple[str, str], Answer]()
    able = carried(bench, case, model).able if isinstance(model, Served) else []
    if able:
        plan = next((one for one in able if one.gpu.id == bench.text("gpu")), able[0])
        answers["access", "vram_gb"] = float(round(plan.gpus_per_copy * plan.gpu.memory_gib * GIB / 1e9))
    numbers = {
        "input_tokens": bench.sure(TOKENS_IN),
        "output_tokens": bench.sure(TOKENS_OUT),
        "requests_per_month": bench.sure(REQUESTS),
    }
    take_over(numbers, answers)
