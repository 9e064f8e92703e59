"""How a criterion's figure is read off an offer: catalog facts, estimates, costs and speeds.

A reader returns bounds with their provenance, or None when the fact is unknown. A measurement of
this case replaces a published figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from advisor import wording
from advisor.catalog.entries import Attribute, CatalogOffer, Modality, Speed
from advisor.catalog.estimate import EFFORTS, Estimate, estimate
from advisor.catalog.facts import Origin, Provenance, Sourced, Tri, provenance
from advisor.cost.api import reasoning_tokens, task_cost, task_total
from advisor.cost.breakdown import CostBreakdown
from advisor.cost.profile import TokenProfile
from advisor.decide import hosting
from advisor.decide.decision import Reading
from advisor.decide.hosting import SELF
from advisor.decide.measured import measured
from advisor.decide.plan import Situation
from advisor.interval import Interval

Reader = Callable[[CatalogOffer, Situation], Reading | None]

NOTICE_DAYS = 60
"""An offer must last so many days, or the choice would be replaced at once (our own proposal)."""
OWN_SPREAD = 1.3
"""Factor either way by which a published speed may miss at the vendor itself (our assumption)."""
OTHER_HOST_SPREAD = 2.0
"""The same at another host, where the published speed was not measured (our assumption)."""
WEIGHT_BYTES = Interval(0.55, 0.6, 1.2)
"""GPU bytes per parameter with room for the cache: 4-bit weights at least, 8-bit at most (our assumption)."""


def nothing_published(_offer: CatalogOffer, _situation: Situation) -> None:
    """Figures that only a measurement can give."""
    return


def attribute(which: Attribute) -> Reader:
    """Estimate of one quality attribute from benchmark results at the chosen effort."""

    def read(offer: CatalogOffer, situation: Situation) -> Reading | None:
        if offer.model.id not in situation.catalog.model_by_id:
            return None
        found = estimate(situation.catalog, offer.model.id, which, situation.plan.effort)
        if found is None:
            return None
        value = Interval(found.low, found.mid, found.high)
        return Reading(value, _evidence(found), found.words, efforts=found.other_efforts)

    return read


def _evidence(found: Estimate) -> Provenance:
    sources = sorted({item.score.source for item in found.evidence})
    newest = max(item.score.as_of for item in found.evidence)
    return Provenance(", ".join(sources), newest, Origin.DERIVED)


def cost(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """US dollars per finished task; per attempt when the plan's success rate may be zero."""
    if offer.provider.id == SELF:
        return hosting.cost(offer, situation)
    total, price = _total_of(offer, situation), offer.price(situation.day)
    if total is None or price is None:
        return None
    return Reading(per_success(total, situation.plan.profile) or total, provenance(price))


def per_success(total: Interval, profile: TokenProfile) -> Interval | None:
    """US dollars per finished task; None when a task may never end well."""
    return None if profile.success_rate.low <= 0 else total.per(profile.success_rate)


def _total_of(offer: CatalogOffer, situation: Situation) -> Interval | None:
    """Dollars of one attempted task, computed once per offer."""
    return situation.once(("total", offer.id), lambda: total_under(offer, situation.plan.profile, situation))


def total_under(offer: CatalogOffer, profile: TokenProfile, situation: Situation) -> Interval | None:
    """Dollars of one attempted task under another token profile; None when price or tokens are unknown."""
    requests = situation.case.workload.requests_per_month
    return task_total(offer, profile, situation.day, situation.plan.effort, requests_per_month=requests)


def bill_of(offer: CatalogOffer, situation: Situation) -> CostBreakdown | None:
    """The bill of one task, line by line; None when price or tokens are unknown."""
    plan, requests = situation.plan, situation.case.workload.requests_per_month
    return task_cost(offer, plan.profile, situation.day, plan.effort, requests_per_month=requests)


def monthly_cost(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """US dollars per month at the brief's number of requests, each attempted once."""
    requests = situation.case.workload.requests_per_month
    if requests is None:
        return None
    tested = measured("cost", offer, situation)
    if tested is not None:
        return Reading(tested.value.scaled(requests), tested.provenance, tested.note)
    if offer.provider.id == SELF:
        rent = hosting.rent_per_attempt(offer, situation)
        return None if rent is None else Reading(rent.value.scaled(requests), rent.provenance, rent.note)
    total, price = _total_of(offer, situation), offer.price(situation.day)
    if total is None or price is None:
        return None
    return Reading(total.scaled(requests), provenance(price))


def answer_time(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """Seconds to the complete answer: search, waits for first tokens, tokens at the output speed."""
    if offer.provider.id == SELF:
        return hosting.answer_time(offer, situation)
    profile, plan = situation.plan.profile, situation.plan
    rows = tuple(row for row in speeds_at(offer, plan.effort) if row.ttft_s and row.output_tps)
    if not rows or profile.output_tokens is None:
        return None
    written = profile.output_tokens + reasoning_tokens(offer, profile, plan.effort)
    efforts = _other_efforts(rows, plan.effort)
    at_most = bool(efforts) and EFFORTS.index(efforts[0]) > EFFORTS.index(plan.effort or "")
    times = [_time_of(row, profile.calls, written, at_most=at_most) for row in rows]
    found = _spread(times, rows, offer)
    if found is None:
        return None
    note = f"published at {wording.joined(efforts)} effort" if efforts else found.note
    return replace(found, value=found.value + profile.extra_s, note=note, efforts=efforts)


def _time_of(row: Speed, calls: Interval, written: Interval, *, at_most: bool) -> Interval:
    """Seconds to a complete answer by one published row; with `at_most`, its wait is no more than a bound.

    A model that thinks less begins its answer sooner: what was published at a higher effort bounds the wait
    from above, and nothing but zero bounds it from below.
    """
    first, writing = calls.scaled(row.ttft_s or 0.0), written.scaled(1 / (row.output_tps or 1.0))
    return Interval(0.0, first.mid / 2, first.high) + writing if at_most else first + writing


def _other_efforts(rows: tuple[Speed, ...], effort: str | None) -> tuple[str, ...]:
    """The efforts of the rows, lowest first, when none of them is the one chosen; else nothing."""
    has = {row.effort for row in rows}
    if effort not in EFFORTS or effort in has or None in has:
        return ()
    return tuple(one for one in EFFORTS if one in has)


def output_tps(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """Output tokens per second after the first token."""
    if offer.provider.id == SELF:
        return hosting.output_tps(offer, situation)
    rows = speeds_at(offer, situation.plan.effort)
    return _spread([Interval.exact(row.output_tps) for row in rows if row.output_tps], rows, offer)


def speeds_at(offer: CatalogOffer, effort: str | None) -> tuple[Speed, ...]:
    """Published speeds at the effort: exact rows, else effort-free ones, else the nearest, else all."""
    speeds = offer.model.speeds
    exact = tuple(row for row in speeds if effort is not None and row.effort == effort)
    return exact or tuple(row for row in speeds if row.effort is None) or _nearest(speeds, effort) or speeds


def _nearest(speeds: tuple[Speed, ...], effort: str | None) -> tuple[Speed, ...]:
    """The rows of the next lower and the next higher effort."""
    if effort not in EFFORTS:
        return ()
    chosen, places = (
        EFFORTS.index(effort),
        {EFFORTS.index(e) for row in speeds if (e := row.effort) in EFFORTS},
    )
    beside = {
        max((p for p in places if p < chosen), default=-1),
        min((p for p in places if p > chosen), default=-1),
    }
    return tuple(row for row in speeds if row.effort in {EFFORTS[place] for place in beside if place >= 0})


def _spread(figures: list[Interval], rows: tuple[Speed, ...], offer: CatalogOffer) -> Reading | None:
    if not figures:
        return None
    here = offer.provider.id == offer.model.vendor
    factor = OWN_SPREAD if here else OTHER_HOST_SPREAD
    mids = sorted(figure.mid for figure in figures)
    low, high = min(f.low for f in figures) / factor, max(f.high for f in figures) * factor
    note = "published speed" if here else "published for the model, not measured at this host"
    return Reading(Interval(low, mids[len(mids) // 2], high), provenance(rows[0]), note)


def context(offer: CatalogOffer, _situation: Situation) -> Reading | None:
    """Prompt tokens the offer takes."""
    return _known(offer.offer.limits.context_in, offer.offer.limits)


def max_output(offer: CatalogOffer, _situation: Situation) -> Reading | None:
    """Tokens of the longest answer."""
    limits = offer.offer.limits
    if offer.provider.id == SELF and limits.max_out is None and limits.context_in is not None:
        # Nobody caps an answer on your own machines but the context window.
        where = Provenance(limits.source, limits.as_of, Origin.DERIVED, limits.url)
        return Reading(Interval.exact(limits.context_in), where, "the context window is the only limit")
    return _known(limits.max_out, limits)


def takes(modality: Modality) -> Reader:
    """Whether the offer takes an input of this kind."""
    return lambda offer, _: _known(modality in offer.inputs, offer.model.modalities)


def feature(name: str) -> Reader:
    """A tri-state capability, the host's word before the model's."""

    def read(offer: CatalogOffer, _situation: Situation) -> Reading | None:
        here = offer.offer.features
        block = here if here is not None and getattr(here, name) is not None else offer.model.features
        return _known(offer.feature(name), block)

    return read


def policy(read_policy: Callable[[CatalogOffer], Tri]) -> Reader:
    """A statement of the provider's data policy. Never legal advice."""

    def read(offer: CatalogOffer, _situation: Situation) -> Reading | None:
        block = offer.provider.policy
        return None if block is None else _known(read_policy(offer), block)

    return read


def no_training(offer: CatalogOffer) -> Tri:
    """Whether API data stays out of training by default."""
    trains = offer.provider.policy.trains_by_default if offer.provider.policy else None
    return None if trains is None else not trains


def eu_processing(offer: CatalogOffer) -> Tri:
    """Whether processing inside the EU can be had."""
    return offer.provider.policy.eu_processing if offer.provider.policy else None


def zero_retention(offer: CatalogOffer) -> Tri:
    """Whether zero retention can be had; a model may be an exception to its host's policy."""
    return offer.zero_retention


def baa(offer: CatalogOffer) -> Tri:
    """Whether a business associate agreement for health data can be had."""
    return offer.provider.policy.baa if offer.provider.policy else None


def open_weights(offer: CatalogOffer, _situation: Situation) -> Reading | None:
    """Whether the weights can be downloaded."""
    return _known(offer.model.weights.open, offer.model.weights)


def commercial_use(offer: CatalogOffer, _situation: Situation) -> Reading | None:
    """Whether commercial use is allowed; an offer of closed weights is sold for it."""
    weights = offer.model.weights
    return _known(True if weights.open is False else weights.commercial, weights)


def self_host_vram(offer: CatalogOffer, _situation: Situation) -> Reading | None:
    """GPU memory in GB to serve the weights: the serving recipe's figure, else from the parameters."""
    weights = offer.model.weights
    if weights.open is not True:
        return None
    if weights.min_vram_gb:
        return _known(min(weights.min_vram_gb.values()), weights)
    if weights.total_b is None:
        return None
    where = Provenance(weights.source, weights.as_of, Origin.DERIVED, weights.url)
    return Reading(WEIGHT_BYTES.scaled(weights.total_b), where, "from the number of parameters")


def active(offer: CatalogOffer, situation: Situation) -> Reading | None:
    """Whether the offer can still be called `NOTICE_DAYS` after the day of the decision."""
    end = offer.offer.retirement
    if end is None:
        return _known(True, offer.model.identity)
    needed_until = situation.day + timedelta(days=NOTICE_DAYS)
    note = f"announced last day {end.last_day.isoformat()}"
    return Reading(Interval.exact(float(end.last_day >= needed_until)), provenance(end), note)


def hosted(offer: CatalogOffer, _situation: Situation) -> Reading | None:
    """Whether the offer is called as somebody's API."""
    return _known(offer.provider.id != SELF, offer.offer.limits)


def _known(value: float | bool | None, block: Sourced) -> Reading | None:
    return None if value is None else Reading(Interval.exact(float(value)), provenance(block))
