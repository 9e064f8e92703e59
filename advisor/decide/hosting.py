"""Your own machines as an offer: GPU rent in place of a token price, GPU speed in place of a published one.

For each open-weight model the cheapest accelerator that carries the load is taken, with 8-bit weights
where they fit and 4-bit ones otherwise. The load is that of the case's plan: its calls, and the retrieved
passages in them; search and re-ranking are paid beside the rent, as with an API. Without hardware facts,
tokens or a number of requests the figures are unknown. Speed is right within a factor of 2 only, and is
said so by its bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog.entries import CatalogOffer, Model
from advisor.catalog.facts import Origin, Provenance
from advisor.cost.api import reasoning_tokens, side_lines
from advisor.cost.breakdown import CostLine
from advisor.cost.hardware import Hardware
from advisor.cost.memory import Refusal, Served, from_shape, from_weights
from advisor.cost.profile import TokenProfile
from advisor.cost.selfhost import SECONDS_PER_MONTH, Demand, HostingPlan, plans
from advisor.cost.throughput import Group, Speed, estimate
from advisor.decide.decision import Reading
from advisor.decide.plan import Situation
from advisor.errors import NotFound
from advisor.interval import Interval

SELF = "self"
"""Provider id of your own machines."""
SPEED_SOURCE = "throughput estimate (derived: fitted roofline; right within a factor of 2)"
"""Speeds are worked out from the machine, the model and the load; no price list says them."""
FACTOR_2 = Interval(0.5, 1.0, 2.0)
"""How far the speed estimate may be off."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """How the load is carried, and what a task costs by it."""

    plan: HostingPlan
    speed: Speed | Refusal
    """At the number of requests usually in flight, not at full load."""
    calls_per_month: float
    calls_per_task: float
    beside: tuple[CostLine, ...] = ()
    """Per task: searches, retrieval and re-ranking, which own machines pay like everyone."""

    @property
    def beside_usd(self) -> Interval:
        """US dollars per task beside the rent."""
        total = Interval.exact(0.0)
        for line in self.beside:
            total = total + line.usd
        return total

    @property
    def rent_per_task(self) -> Interval | None:
        """GPU rent of a month shared by the month's tasks."""
        rent = self.plan.monthly_usd
        return None if rent is None else rent.scaled(self.calls_per_task / self.calls_per_month)

    @property
    def usd_per_task(self) -> Interval | None:
        """US dollars of one attempted task, all in."""
        rent = self.rent_per_task
        return None if rent is None else rent + self.beside_usd

    @property
    def words(self) -> str:
        """The machine park in words."""
        plan = self.plan
        return f"{plan.gpus} x {plan.gpu.name}, {plan.precision.value} weights, rented by the hour"

    @property
    def speed_provenance(self) -> Provenance:
        """What the speed comes from, as of the day of the accelerator's data."""
        return Provenance(SPEED_SOURCE, self.plan.gpu.as_of, Origin.DERIVED)

    @property
    def rent_provenance(self) -> Provenance:
        """Where the price of the GPUs comes from."""
        rent = self.plan.gpu.newest_rent or self.plan.gpu
        return Provenance(rent.source, rent.as_of, Origin.DERIVED, rent.url)


def hosted(offer: CatalogOffer, profile: TokenProfile, situation: Situation) -> Hosted | None:
    """The cheapest way to carry the case's load with this model; None when it cannot be worked out."""
    key = ("hosted", offer.model.id, profile)
    return situation.once(key, lambda: _worked_out(offer, profile, situation))


def _worked_out(offer: CatalogOffer, profile: TokenProfile, situation: Situation) -> Hosted | None:
    hardware, requests = situation.hardware, situation.case.workload.requests_per_month
    if hardware is None or not requests:
        return None
    served, load = served_model(offer.model, hardware), load_of(offer, profile, situation)
    if isinstance(served, Refusal) or load is None:
        return None
    for precision in situation.machines.precisions:
        able, _ = plans(served, hardware.gpus, precision, load, situation.machines.own_usd_per_gpu_hour)
        if able:
            calls = profile.calls.mid
            beside = side_lines(profile)
            return Hosted(able[0], _usual_speed(served, able[0], load), requests * calls, calls, beside)
    return None


def load_of(offer: CatalogOffer, profile: TokenProfile, situation: Situation) -> Demand | None:
    """The calls of a month as machines see them, reasoning included; None when a number is unknown."""
    requests, machines = situation.case.workload.requests_per_month, situation.machines
    if not requests or profile.input_tokens is None or profile.output_tokens is None:
        return None
    calls = profile.calls.mid
    written = profile.output_tokens + reasoning_tokens(offer, profile, situation.plan.effort)
    if min(profile.input_tokens.mid, written.mid) <= 0:
        return None
    return Demand(
        profile.input_tokens.mid / calls,
        written.mid / calls,
        users=machines.users,
        requests_per_month=requests * calls,
        utilisation=machines.utilisation,
    )


def _usual_speed(served: Served, plan: HostingPlan, load: Demand) -> Speed | Refusal:
    """Speed with as many requests in flight as the load brings in its busy hours (Little's law)."""
    group = Group(served, plan.gpu, plan.gpus_per_copy, plan.precision, plan.precision.kv_bytes_per_value)
    alone = estimate(group, load.input_tokens, load.output_tokens, 1.0)
    if isinstance(alone, Refusal):
        return alone
    answer_s = alone.prefill_s + alone.step_s * load.output_tokens
    arrivals_per_s = (load.requests_per_month or 0.0) / SECONDS_PER_MONTH / plan.copies / load.utilisation
    in_flight = min(max(1.0, arrivals_per_s * answer_s), float(plan.users_per_copy))
    return estimate(group, load.input_tokens, load.output_tokens, in_flight)


def served_model(model: Model, hardware: Hardware) -> Served | Refusal:
    """A model as memory sees it, or why that cannot be said.

    Its published configuration tells more than the catalog's rounded sizes: experts, and heads of the cache.
    """
    known = from_weights(model.name, model.weights)
    try:
        shaped = from_shape(hardware.shape(model.weights.repo or model.name))
    except NotFound:
        return known
    return known if isinstance(shaped, Refusal) and isinstance(known, Served) else shaped


def cost(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """US dollars of GPU rent per finished task; per attempt when the plan's success rate may be zero."""
    found = hosted(offer, situation.plan.profile, situation)
    attempt = found.usd_per_task if found else None
    if found is None or attempt is None:
        return None
    share = situation.plan.profile.success_rate
    return Reading(attempt if share.low <= 0 else attempt.per(share), found.rent_provenance, found.words)


def rent_per_attempt(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """US dollars of GPU rent per attempted task, however it ends."""
    found = hosted(offer, situation.plan.profile, situation)
    usd = found.usd_per_task if found else None
    return None if found is None or usd is None else Reading(usd, found.rent_provenance, found.words)


def answer_time(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """Seconds to the complete answer with the usual number of requests in flight."""
    profile, found = situation.plan.profile, hosted(offer, situation.plan.profile, situation)
    if found is None or isinstance(found.speed, Refusal) or profile.output_tokens is None:
        return None
    written = profile.output_tokens + reasoning_tokens(offer, profile, situation.plan.effort)
    seconds = written.scaled(found.speed.step_s) + profile.calls.scaled(found.speed.prefill_s)
    return Reading(seconds * FACTOR_2 + profile.extra_s, found.speed_provenance, found.words)


def output_tps(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """Tokens per second of one answer with the usual number of requests in flight."""
    found = hosted(offer, situation.plan.profile, situation)
    if found is None or isinstance(found.speed, Refusal):
        return None
    return Reading(FACTOR_2.scaled(1 / found.speed.step_s), found.speed_provenance, found.words)
