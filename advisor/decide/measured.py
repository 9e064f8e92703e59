"""Measurements of a case in place of published figures, and when one may not stand for the other.

A probe measures calls; a criterion speaks of tasks. Where the probe's prompts or answers are of quite
another length than the brief's, its cost or time says little about the job: then the published estimate
stands, and the reason is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from advisor import wording
from advisor.case import Measurement
from advisor.catalog.entries import CatalogOffer
from advisor.catalog.facts import Origin, Provenance
from advisor.cost.profile import TokenProfile
from advisor.decide.decision import Reading
from advisor.decide.plan import Situation
from advisor.interval import Interval

LIKE = 2.0
"""Largest factor between measured and briefed tokens for a measured cost or time to count (our choice)."""
_LENGTHS = {"cost": ("input", "output"), "answer_time": ("output",)}
"""Metric -> the lengths it hangs on."""

_Reader = Callable[[CatalogOffer, Situation], Reading | None]


def measured(metric: str, offer: CatalogOffer, situation: Situation) -> Reading | None:
    """The newest measurement of a metric on this offer, per task of this case; None when none counts."""
    found = situation.measured.get((offer.id, metric))
    if found is None or unlike(found, situation.plan.profile):
        return None
    return reading_of(found, situation.plan.profile)


def reading_of(found: Measurement, profile: TokenProfile) -> Reading:
    """A measurement as a criterion reads it."""
    source = f"probe {found.run} ({found.n} samples{'; simulated' if found.simulated else ''})"
    where = Provenance(source, found.as_of, Origin.MEASURED)
    note = "simulated" if found.simulated else ""
    return Reading(_per_task(found, profile), where, note, basis=_basis(found))


def bounds_of(found: Measurement) -> Interval:
    """The measured figure with its bounds, which always hold it."""
    low = found.value if found.low is None else min(found.low, found.value)
    high = found.value if found.high is None else max(found.high, found.value)
    return Interval(low, found.value, high)


def _per_task(found: Measurement, profile: TokenProfile) -> Interval:
    value = bounds_of(found)
    if found.metric == "cost":
        return value * profile.calls + profile.extra_usd
    return value * profile.calls if found.metric == "answer_time" else value


def _basis(found: Measurement) -> str:
    told = wording.count(found.n, "sample") if found.prompts is None else _prompts(found.prompts)
    return f"{told} at {found.setting}" if found.setting else told


def _prompts(count: int) -> str:
    return f"your {wording.count(count, 'prompt')}"


def unlike(found: Measurement, profile: TokenProfile) -> str:
    """Why a measured cost or time does not stand for the brief's job; empty when it does or nobody knows."""
    calls = profile.calls.mid
    briefed = {"input": profile.input_tokens, "output": profile.output_tokens}
    seen = {"input": found.input_tokens, "output": found.output_tokens}
    for length in _LENGTHS.get(found.metric, ()):
        have, want = seen[length], briefed[length]
        if not have or want is None or want.mid <= 0:
            continue
        each = want.mid / calls
        if max(have / each, each / have) > LIKE:
            job = wording.tokens(round(each))
            return f"about {wording.tokens(round(have))} {_WAY[length]}, the job has {job}"
    return ""


_WAY = {"input": "went in", "output": "came back"}


def measured_first(metric: str, otherwise: _Reader) -> _Reader:
    """A reader that takes a measurement where one counts, and keeps what it replaced."""

    def read(offer: CatalogOffer, situation: Situation) -> Reading | None:
        published = otherwise(offer, situation)
        found = measured(metric, offer, situation)
        if found is None:
            return published
        if metric == "cost":
            found = replace(found, value=_per_success(found.value, situation.plan.profile))
        return replace(found, was=published)

    return read


def _per_success(total: Interval, profile: TokenProfile) -> Interval:
    return total.per(profile.success_rate) if profile.success_rate.low > 0 else total


def replaced(reading: Reading, unit: str) -> str:
    """What was measured and what it replaced: "measured on your 30 prompts, was $0.01 from the catalog"."""
    if not reading.basis:
        return ""
    simulated = ", simulated" if reading.note == "simulated" else ""
    was = "was unknown"
    if reading.was is not None:
        published = wording.about(reading.was.value, lambda value: wording.in_unit(value, unit))
        was = f"was {published} from the catalog"
    return f"measured on {reading.basis}{simulated}, {was}"
