"""Your own machines as an offer: GPU rent in place of a token price, GPU speed in place of a published one.

For each open-weight model the cheapest accelerator that carries the load is taken, with 8-bit weights
where they fit and 4-bit ones otherwise. Without hardware facts, tokens or a number of requests the
figures are unknown. Speed is right within a factor of 2 only, and is said so by its bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from advisor.catalog.entries import CatalogOffer, Model
from advisor.catalog.facts import Origin, Provenance
from advisor.cost.api import reasoning_tokens
from advisor.cost.hardware import Hardware
from advisor.cost.memory import Precision, Refusal, Served, from_shape, from_weights
from advisor.cost.profile import TokenProfile
from advisor.cost.selfhost import SECONDS_PER_MONTH, Demand, HostingPlan, plans
from advisor.cost.throughput import Group, Speed, estimate
from advisor.decide.decision import Reading
from advisor.decide.plan import Situation
from advisor.errors import NotFound
from advisor.interval import Interval

SELF = "self"
"""Provider id of your own machines."""
PRECISIONS = (Precision.FP8, Precision.INT4)
"""Tried in this order: 8-bit weights answer nearly as well as the original, 4-bit ones save memory."""
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

    @property
    def usd_per_task(self) -> Interval | None:
        """GPU rent of a month shared by the month's tasks."""
        rent = self.plan.monthly_usd
        return None if rent is None else rent.scaled(self.calls_per_task / self.calls_per_month)

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
    if key not in situation.memo:
        situation.memo[key] = _worked_out(offer, profile, situation)
    return cast("Hosted | None", situation.memo[key])


def _worked_out(offer: CatalogOffer, profile: TokenProfile, situation: Situation) -> Hosted | None:
    hardware, requests = situation.hardware, situation.case.workload.requests_per_month
    if hardware is None or not requests or profile.input_tokens is None or profile.output_tokens is None:
        return None
    served = _served(offer.model, hardware)
    calls = profile.calls.mid
    written = profile.output_tokens + reasoning_tokens(offer, profile, situation.plan.effort)
    if isinstance(served, Refusal) or min(profile.input_tokens.mid, written.mid) <= 0:
        return None
    load = Demand(profile.input_tokens.mid / calls, written.mid / calls, requests_per_month=requests * calls)
    for precision in PRECISIONS:
        able, _ = plans(served, hardware.gpus, precision, load)
        if able:
            return Hosted(able[0], _usual_speed(served, able[0], load), requests * calls, calls)
    return None


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


def _served(model: Model, hardware: Hardware) -> Served | Refusal:
    known = from_weights(model.name, model.weights)
    if isinstance(known, Served):
        return known
    try:
        return from_shape(hardware.shape(model.weights.repo or model.name))
    except NotFound:
        return known


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
    return Reading(seconds * FACTOR_2, found.speed_provenance, found.words)


def output_tps(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """Tokens per second of one answer with the usual number of requests in flight."""
    found = hosted(offer, situation.plan.profile, situation)
    if found is None or isinstance(found.speed, Refusal):
        return None
    return Reading(FACTOR_2.scaled(1 / found.speed.step_s), found.speed_provenance, found.words)
