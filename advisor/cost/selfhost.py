"""Running a model oneself: which GPUs and how many, what it costs, and when it beats an API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from advisor.cost.hardware import HOURS_PER_MONTH, Gpu
from advisor.cost.memory import (
    GIB,
    PARALLEL,
    Precision,
    Refusal,
    Served,
    free_for_kv,
    gib_per_gpu,
    smallest_group,
    users_served,
    weight_bytes,
)
from advisor.cost.throughput import Group, Speed, estimate
from advisor.interval import Interval
from advisor.wording import number, usd

SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
MTOK = 1e6


@dataclass(frozen=True, slots=True)
class Demand:
    """The load to carry."""

    input_tokens: float
    """Prompt tokens of a typical request."""
    output_tokens: float
    """Generated tokens of a typical request, reasoning included."""
    users: float = 1
    """Requests in flight at the same time that must fit into memory."""
    requests_per_month: float | None = None
    utilisation: float = 0.4
    """Share of the month's capacity that is really used: nights, weekends and peaks."""

    def __post_init__(self) -> None:
        if not 0 < self.utilisation <= 1:
            raise ValueError(f"utilisation is a share above 0 and at most 1, not {self.utilisation}")
        if min(self.input_tokens, self.output_tokens) <= 0 or self.users <= 0:
            raise ValueError("tokens and users must be positive")


@dataclass(frozen=True, slots=True)
class Machines:
    """How own machines are run, whatever the load."""

    precisions: tuple[Precision, ...] = (Precision.FP8, Precision.INT4)
    """Tried in this order: 8-bit weights answer nearly as well as the original, 4-bit ones save memory."""
    users: float = 1
    """Requests in flight at the same time that must fit into memory."""
    utilisation: float = 0.4
    own_usd_per_gpu_hour: float | None = None
    """The user's own price, in place of the catalog's range."""


AS_USUAL = Machines()


@dataclass(frozen=True, slots=True)
class HostingPlan:
    """One way to run the model."""

    gpu: Gpu
    gpus_per_copy: int
    copies: int
    precision: Precision
    gib_per_gpu: float
    """Memory each GPU needs at the demanded users."""
    users_per_copy: int
    """Sequences of the demanded length that fit at once."""
    speed: Speed | Refusal
    """Full-load speed of one copy, within a factor 2."""
    usd_per_gpu_hour: Interval | None

    @property
    def gpus(self) -> int:
        """All GPUs."""
        return self.gpus_per_copy * self.copies

    @property
    def monthly_usd(self) -> Interval | None:
        """GPUs x price x 730 hours; None when no price is known."""
        rent = self.usd_per_gpu_hour
        return None if rent is None else rent.scaled(self.gpus * HOURS_PER_MONTH)

    @property
    def monthly_formula(self) -> str:
        """The middle figures, written out."""
        rent = self.usd_per_gpu_hour
        if rent is None:
            return f"{self.gpus} x {self.gpu.name} x unknown price x 730 h"
        total = usd(rent.mid * self.gpus * HOURS_PER_MONTH)
        return f"{self.gpus} x {usd(rent.mid)} x {HOURS_PER_MONTH} h = {total} a month"

    @property
    def capacity_output_tokens(self) -> Interval | None:
        """Output tokens a month at full load, all copies; the bounds are the estimate's factor 2."""
        if isinstance(self.speed, Refusal):
            return None
        return self.speed.bounds.scaled(SECONDS_PER_MONTH * self.copies)

    def usd_per_mtok(self, utilisation: float) -> Interval | None:
        """US dollars per million output tokens at a utilisation, input tokens free of charge."""
        cost, capacity = self.monthly_usd, self.capacity_output_tokens
        if cost is None or capacity is None:
            return None
        return cost.per(capacity.scaled(utilisation / MTOK))


@dataclass(frozen=True, slots=True)
class NoPlan:
    """One accelerator that cannot carry the demand, and why."""

    gpu: Gpu
    reason: str


def plan_on(
    served: Served,
    gpu: Gpu,
    precision: Precision,
    demand: Demand,
    *,
    own_usd_per_gpu_hour: float | None = None,
    gpus: int | None = None,
) -> HostingPlan | NoPlan:
    """How one kind of accelerator carries a demand.

    Args:
        served: The model.
        gpu: The accelerator.
        precision: Of the weights.
        demand: Users, tokens, requests.
        own_usd_per_gpu_hour: The user's own price, in place of the catalog's range.
        gpus: GPUs per copy; None takes the smallest group that fits.
    """
    tokens, kv = demand.input_tokens + demand.output_tokens, precision.kv_bytes_per_value
    size = gpus or _group_size(served, gpu, precision, demand.users, tokens)
    users = 0
    if size is not None:
        users = users_served(free_for_kv(served, gpu, size, precision), served, tokens, kv)
    if size is None or users < 1:
        return NoPlan(gpu, _too_large(served, gpu, precision, size or PARALLEL[-1]))
    speed = estimate(Group(served, gpu, size, precision, kv), demand.input_tokens, demand.output_tokens)
    if isinstance(speed, Refusal) and demand.requests_per_month is not None:
        return NoPlan(gpu, f"How many copies your volume needs cannot be said: {speed.reason}")
    return HostingPlan(
        gpu=gpu,
        gpus_per_copy=size,
        copies=_copies(demand, users, speed),
        precision=precision,
        gib_per_gpu=gib_per_gpu(
            served, size, precision, users=min(demand.users, users), tokens=tokens, kv_bytes_per_value=kv
        ),
        users_per_copy=users,
        speed=speed,
        usd_per_gpu_hour=_rent(gpu, own_usd_per_gpu_hour),
    )


def plans(
    served: Served,
    gpus: Iterable[Gpu],
    precision: Precision,
    demand: Demand,
    own_usd_per_gpu_hour: float | None = None,
) -> tuple[list[HostingPlan], list[NoPlan]]:
    """Every accelerator that carries the demand, cheapest first (unknown prices last), and the others."""
    results = [
        plan_on(served, gpu, precision, demand, own_usd_per_gpu_hour=own_usd_per_gpu_hour) for gpu in gpus
    ]
    able = [plan for plan in results if isinstance(plan, HostingPlan)]
    return sorted(able, key=_price_order), [plan for plan in results if isinstance(plan, NoPlan)]


def _price_order(plan: HostingPlan) -> tuple[float, str]:
    cost = plan.monthly_usd
    return (float("inf") if cost is None else cost.mid, plan.gpu.id)


def _group_size(served: Served, gpu: Gpu, precision: Precision, users: float, tokens: float) -> int | None:
    """The smallest group for all users, else the smallest that holds one: further copies take the rest."""
    kv = precision.kv_bytes_per_value
    sizes = (
        smallest_group(served, gpu, precision, users=count, tokens=tokens, kv_bytes_per_value=kv)
        for count in (users, 1)
    )
    return next((size for size in sizes if size is not None), None)


def _copies(demand: Demand, users_per_copy: int, speed: Speed | Refusal) -> int:
    """Copies for the users in flight and for the month's tokens at the demanded utilisation."""
    for_users = ceil(demand.users / users_per_copy)
    if isinstance(speed, Refusal) or demand.requests_per_month is None:
        return for_users
    wanted = demand.requests_per_month * demand.output_tokens / SECONDS_PER_MONTH
    return max(for_users, ceil(wanted / (speed.output_tps * demand.utilisation)))


def _rent(gpu: Gpu, own: float | None) -> Interval | None:
    return gpu.rent_usd_per_hour if own is None else Interval.exact(own)


def _too_large(served: Served, gpu: Gpu, precision: Precision, gpus: int) -> str:
    needs = weight_bytes(served.total, precision) / GIB
    return (
        f"{served.name} at {precision.value} has {number(needs)} GiB of weights: "
        f"with the cache of one request it does not fit {gpus} x {gpu.name} "
        f"({number(gpu.memory_gib)} GiB each)."
    )


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From which volume on a fixed monthly cost beats a price per unit."""

    volume: float
    """Units a month where both cost the same."""
    utilisation: float
    """That volume as a share of the capacity; above 1 it never pays."""

    @property
    def pays(self) -> bool:
        """Whether the capacity reaches the volume."""
        return self.utilisation <= 1


def break_even(monthly_usd: float, api_usd_per_unit: float, capacity_units: float) -> BreakEven:
    """Volume and utilisation at which self-hosting costs what an API costs.

    Compare with the cheapest acceptable seller of the same model: sellers differ by 5 to 10 times.

    Args:
        monthly_usd: Of all GPUs.
        api_usd_per_unit: Of one unit, such as a million input and a million output tokens.
        capacity_units: Units a month at full load.

    Raises:
        ValueError: A price or capacity is not positive: against a free API nothing pays.
    """
    if api_usd_per_unit <= 0 or capacity_units <= 0 or monthly_usd < 0:
        raise ValueError("break-even needs a positive API price, a positive capacity and no negative cost")
    volume = monthly_usd / api_usd_per_unit
    return BreakEven(volume, volume / capacity_units)
