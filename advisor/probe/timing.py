"""When each call of a run was made and what it spent its time on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from advisor.probe.metrics import by_offer, counted
from advisor.probe.plan import RunPlan
from advisor.probe.samples import NS_PER_S, Attempt, Failure, Sample

CHUNKY = 1.5
"""Tokens per chunk from which on gaps between chunks are none between tokens."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One call on the run's own clock; seconds since its first call."""

    offer: str
    label: str
    prompt: str
    name: str
    """Which of the calls to this prompt, such as `speed 1`."""
    number: int
    """Attempt, from 1."""
    start_s: float
    queue_s: float
    """Waiting on our side and opening the connection; no part of the provider's time."""
    first_s: float | None
    """From sending to the first token; None when none came."""
    rest_s: float
    """From the first token, or from sending, to the end."""
    failure: str | None

    @property
    def end_s(self) -> float:
        """When it ended."""
        return self.start_s + self.queue_s + (self.first_s or 0.0) + self.rest_s


def timeline(plan: RunPlan, samples: Sequence[Sample]) -> tuple[Bar, ...]:
    """Every call that was sent, in the order of their starts."""
    labels = {target.ref: target.label for target in plan.targets}
    sent = [
        (datetime.fromisoformat(attempt.started_at).timestamp(), sample, attempt)
        for sample in samples
        for attempt in sample.attempts
        if attempt.timeline.sent_ns is not None and attempt.timeline.ended_ns is not None
    ]
    begin_s = min((at_s for at_s, _, _ in sent), default=0.0)
    bars = [_bar(labels.get(one.offer, one.offer), one, tried, at_s - begin_s) for at_s, one, tried in sent]
    return tuple(sorted(bars, key=lambda bar: bar.start_s))


def _bar(label: str, sample: Sample, attempt: Attempt, start_s: float) -> Bar:
    time = attempt.timeline
    assert time.sent_ns is not None
    assert time.ended_ns is not None
    first_ns = time.tokens_ns[0] if time.tokens_ns else None
    outcome = attempt.outcome
    return Bar(
        offer=sample.offer,
        label=label,
        prompt=sample.prompt,
        name=sample.name,
        number=attempt.number,
        start_s=start_s,
        queue_s=max(0, time.sent_ns - time.started_ns) / NS_PER_S,
        first_s=None if first_ns is None else (first_ns - time.sent_ns) / NS_PER_S,
        rest_s=max(0, time.ended_ns - (first_ns or time.sent_ns)) / NS_PER_S,
        failure=outcome.kind.value if isinstance(outcome, Failure) else None,
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """How one offer's answers came, beyond the figures."""

    offer: str
    label: str
    tokens_per_chunk: float | None
    """Median over its answers; None when it cannot be told."""
    connect_s: tuple[float, ...]
    """Seconds for opening each connection; the other calls used one that was open."""
    queue_s: float | None
    """Median wait on our side before sending, in seconds."""
    plainly_read: int
    """Answers timed through LiteLLM, with a wider error."""

    @property
    def chunky(self) -> bool:
        """Whether several tokens come in one chunk."""
        return self.tokens_per_chunk is not None and self.tokens_per_chunk >= CHUNKY


def paces(plan: RunPlan, samples: Sequence[Sample]) -> tuple[Pace, ...]:
    """One for each offer of the plan."""
    groups = by_offer(samples)
    return tuple(_pace(target.ref, target.label, groups.get(target.ref, [])) for target in plan.targets)


def _pace(offer: str, label: str, every: Sequence[Sample]) -> Pace:
    mine = counted(every)
    sizes = [one.tokens_per_chunk for one in mine if one.tokens_per_chunk is not None]
    queues = [one.queue_s for one in mine if one.queue_s is not None]
    connects = [one.connect_s for one in every if one.connect_s is not None]
    return Pace(
        offer,
        label,
        median(sizes) if sizes else None,
        tuple(connects),
        median(queues) if queues else None,
        sum(
            one.reply is not None and one.last is not None and one.last.instrument == "plain" for one in mine
        ),
    )
