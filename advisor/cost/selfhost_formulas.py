"""The arithmetic of one hosting plan, written out with its numbers."""

from __future__ import annotations

from advisor.cost.memory import (
    GIB,
    LINK_RESERVE_GIB,
    RUNTIME_RESERVE_GIB,
    USABLE_SHARE,
    Served,
    cache_copies,
    free_for_kv,
    weight_bytes,
)
from advisor.cost.selfhost import SECONDS_PER_MONTH, Demand, HostingPlan
from advisor.cost.throughput import Speed
from advisor.wording import number, percent, usd


def formulas(plan: HostingPlan, served: Served, load: Demand) -> tuple[str, ...]:
    """Memory, calls at once, speed, copies, month and price per million tokens of a plan."""
    memory = (_memory(plan, served, load), _room(plan, served, load))
    speed = plan.speed
    if not isinstance(speed, Speed):
        return (*memory, f"Month: {plan.monthly_formula}")
    busy = (_speed(speed, load), _copies(plan, speed, load))
    return (*memory, *busy, f"Month: {plan.monthly_formula}", _per_million(plan, speed, load))


def _memory(plan: HostingPlan, served: Served, load: Demand) -> str:
    billions = f"{number(served.total / 1e9, 4)} billion x {number(plan.precision.bytes_per_param)} bytes"
    users = min(load.users, plan.users_per_copy)
    return (
        f"Memory on each GPU: ({number(_weights(plan, served))} GiB of weights, {billions}, + "
        f"{number(users)} x {number(_cache(plan, served, load))} GiB of cache for "
        f"{number(load.input_tokens + load.output_tokens, 6)} tokens) / {plan.gpus_per_copy} + "
        f"{number(_reserve(plan))} GiB reserved = {number(plan.gib_per_gpu)} GiB"
    )


def _room(plan: HostingPlan, served: Served, load: Demand) -> str:
    free = free_for_kv(served, plan.gpu, plan.gpus_per_copy, plan.precision) / GIB
    copies = cache_copies(served, plan.gpus_per_copy)
    stored = f", stored {number(copies)} times over," if copies > 1 else ""
    return (
        f"Calls at once, a copy: {plan.gpus_per_copy} x ({percent(USABLE_SHARE)} of "
        f"{number(plan.gpu.memory_gib)} GiB - {number(_reserve(plan))}) - {number(_weights(plan, served))} "
        f"leaves {number(free)} GiB for caches{stored} of {number(_cache(plan, served, load))} GiB: "
        f"{number(plan.users_per_copy, 6)}"
    )


def _weights(plan: HostingPlan, served: Served) -> float:
    """GiB of one copy's weights."""
    return weight_bytes(served.total, plan.precision) / GIB


def _cache(plan: HostingPlan, served: Served, load: Demand) -> float:
    """GiB of one call's cache, spread over the group."""
    tokens = load.input_tokens + load.output_tokens
    return served.kv_for(tokens, plan.precision.kv_bytes_per_value) / GIB


def _reserve(plan: HostingPlan) -> float:
    """GiB of each GPU that the runtime and the links keep."""
    return RUNTIME_RESERVE_GIB + (LINK_RESERVE_GIB if plan.gpus_per_copy > 1 else 0.0)


def _speed(speed: Speed, load: Demand) -> str:
    return (
        f"Speed of a full copy: 1 / ({number(1000 * speed.step_s)} ms a step / {number(speed.batch)} "
        f"sequences + {number(1000 * speed.prefill_s)} ms of reading the prompt / "
        f"{number(load.output_tokens, 6)} tokens) = {number(speed.output_tps)} output tokens a second"
    )


def _copies(plan: HostingPlan, speed: Speed, load: Demand) -> str:
    calls = load.requests_per_month or 0.0
    wanted = calls * load.output_tokens / SECONDS_PER_MONTH
    return (
        f"Copies: {number(calls, 6)} calls x {number(load.output_tokens, 6)} tokens / "
        f"{number(SECONDS_PER_MONTH, 7)} s = {number(wanted)} tokens a second, against "
        f"{number(speed.output_tps)} x {percent(load.utilisation)} used: {plan.copies}"
    )


def _per_million(plan: HostingPlan, speed: Speed, load: Demand) -> str:
    month, each = plan.monthly_usd, plan.usd_per_mtok(load.utilisation)
    if month is None or each is None:
        return "Per million output tokens: unknown price"
    made = speed.output_tps * plan.copies * SECONDS_PER_MONTH * load.utilisation / 1e6
    return f"Per million output tokens: {usd(month.mid)} / {number(made)} million = {usd(each.mid)}"
