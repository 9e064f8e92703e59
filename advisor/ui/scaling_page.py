"""Scaling calculator: parameters, tokens, operations, the compute-optimal point, and what it costs."""

from __future__ import annotations

import streamlit as st

from advisor.cost.hardware import Gpu
from advisor.cost.scaling import (
    WHY_PAST_OPTIMUM,
    Scale,
    gpu_hours,
    optimal_for_compute,
    optimal_for_size,
    training_usd,
)
from advisor.cost.tuning import MFU
from advisor.host.hardware import load_hardware
from advisor.interval import Interval
from advisor.ui.inert import inert
from advisor.ui.workbench import Dial, Workbench, tile
from advisor.wording import UNKNOWN_WORD, about, in_powers, interval, number, percent, usd

PARAMETERS = Dial("scale_b", "Parameters, billions", 0.01, 10_000, 1, decades=True, fraction=True)
TOKENS = Dial("scale_tokens_b", "Training tokens, billions", 0.1, 1_000_000, 1, decades=True, fraction=True)
RENT = Dial(
    "scale_rent",
    "Your own price, US dollars per GPU-hour",
    0,
    50,
    0.1,
    optional=True,
    fraction=True,
    nothing="price list",
)


def scaling(bench: Workbench) -> None:
    """The calculator."""
    for key, value in (("scale_b", 7.0), ("scale_tokens_b", 140.0)):
        if bench.number(key) is None:
            bench.put(key, value)
    with st.container(border=True):
        st.markdown("## A model trained from nothing")
        bench.dials((PARAMETERS, TOKENS, RENT))
        gpus = {gpu.id: gpu.name for gpu in load_hardware().gpus if gpu.bf16_tflops}
        if bench.text("scale_gpu") not in gpus:
            bench.put("scale_gpu", "h100-sxm")
        chosen = bench.choice("scale_gpu", "GPU", gpus)
    scale = Scale(bench.sure(PARAMETERS) * 1e9, bench.sure(TOKENS) * 1e9)
    best, own = optimal_for_compute(scale.flops), optimal_for_size(scale.parameters)
    gpu = load_hardware().gpu(chosen or "h100-sxm")
    own_rent, seen = bench.number("scale_rent"), gpu.rent_usd_per_hour
    rent = seen if own_rent is None else Interval.exact(own_rent)
    hours = gpu_hours(scale, gpu.bf16_tflops or 1.0, MFU)
    spent = training_usd(scale, gpu.bf16_tflops or 1.0, MFU, rent) if rent else None
    with st.grid(4, min_column_width=160):
        tile("Operations", in_powers(scale.flops), "6 x parameters x tokens")
        tile("Tokens per parameter", number(scale.tokens_per_parameter), "optimum 20")
        tile("GPU-hours", number(float(f"{hours.mid:.3g}")), interval(hours, _rounded))
        tile("Rent", usd(spent.mid) if spent else UNKNOWN_WORD, interval(spent, usd))
    st.markdown(
        inert(
            f"The same operations are best spent on {_billions(best.parameters)} parameters and "
            f"{_billions(best.tokens)} tokens. For {_billions(scale.parameters)} parameters the optimum is "
            f"{_billions(own.tokens)} tokens; you are at {percent(scale.past_optimum)} of that."
        )
    )
    st.info(inert(WHY_PAST_OPTIMUM), icon=":material/trending_up:")
    st.caption(inert(_filled_in(scale, gpu, hours, spent)))
    st.caption(
        inert(
            f"C = 6 N D, optimum D = 20 N (Hoffmann et al. 2022; their table agrees within 8 %). Share of "
            f"the peak reached: {about(MFU, percent)}, assumed. People, data and failed runs come on top."
        )
    )


def _filled_in(scale: Scale, gpu: Gpu, hours: Interval, spent: Interval | None) -> str:
    """The middle figures, written out."""
    rent = usd(spent.mid / hours.mid) if spent else "unknown price"
    return (
        f"6 x {_billions(scale.parameters)} x {_billions(scale.tokens)} = {in_powers(scale.flops)} "
        f"operations; / ({number(gpu.bf16_tflops or 0, 4)} x 10^12 a second x {percent(MFU.mid)} x 3,600 s) "
        f"= {_rounded(hours.mid)} GPU-hours; x {rent} = {usd(spent.mid if spent else None)}."
    )


def _rounded(value: float) -> str:
    return number(float(f"{value:.3g}"))


def _billions(value: float) -> str:
    return f"{_rounded(value / 1e9)} billion"
