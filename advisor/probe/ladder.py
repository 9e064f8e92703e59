"""A load ladder read: what comes out, in total and per call, when more calls are made at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from advisor import wording
from advisor.probe.plan import RunPlan
from advisor.probe.samples import NS_PER_S, Attempt, Sample
from advisor.probe.targets import Target

GAIN = 0.1
"""Share by which total throughput must grow for a step to count as a gain: one run sees no less."""
IDLE_S = 1.0
"""Longest time without a call in flight in a step that still is one: a pause or a limit stretches it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One offer at one number of calls at once."""

    rung: int
    """Calls at once that were wanted."""
    reached: int
    """Most calls that really were in flight together; rates and limits may keep it lower."""
    samples: tuple[Sample, ...]
    total_tps: float | None
    """Output tokens of all answers per second, from the first call sent to the last one ended; None when
    tokens are uncounted, no answer came, or the step was interrupted for longer than `IDLE_S`."""

    @property
    def ended(self) -> int:
        """Calls that were answered or failed."""
        return self.answered + self.failed

    @property
    def answered(self) -> int:
        """Calls with an answer."""
        return sum(one.reply is not None for one in self.samples)

    @property
    def failed(self) -> int:
        """Calls without one, refused and interrupted ones included."""
        return sum(one.failure is not None for one in self.samples)

    @property
    def call_tps(self) -> float | None:
        """Median output tokens per second of a call; None when no answer tells."""
        return _median(one.output_tps for one in self.samples)

    @property
    def ttft_s(self) -> float | None:
        """Median seconds to the first token of a call; None when no answer tells."""
        return _median(one.ttft_s for one in self.samples)

    @property
    def complete(self) -> bool:
        """Whether every call of it has ended."""
        return self.ended == len(self.samples)


@dataclass(frozen=True, slots=True)
class Climb:
    """One offer's steps, lowest first."""

    offer: str
    label: str
    simulated: bool
    steps: tuple[Step, ...]

    @property
    def known(self) -> tuple[Step, ...]:
        """Complete steps of known throughput."""
        return tuple(step for step in self.steps if step.complete and step.total_tps is not None)

    @property
    def enough(self) -> int | None:
        """Fewest calls at once beyond which total throughput gained nothing; None when it still grew."""
        known = self.known
        for place, step in enumerate(known[:-1]):
            later = max(one.total_tps or 0.0 for one in known[place + 1 :])
            if later < (1 + GAIN) * (step.total_tps or 0.0):
                return step.rung
        return None

    @property
    def words(self) -> str:
        """What the ladder showed, in one sentence."""
        mark = " (simulated)" if self.simulated and "simulated" not in self.label else ""
        return f"{self.label}{mark}: {self._gained()}{self._failures()}."

    def _gained(self) -> str:
        known = self.known
        if len(known) < 2:
            return "too few complete steps to compare"
        rates = {step.rung: wording.tokens_per_second(step.total_tps) for step in known}
        last = known[-1].rung
        if self.enough is None:
            first = known[0].rung
            return f"throughput still grew at {last} at once, from {rates[first]} to {rates[last]} in total"
        return (
            f"beyond {self.enough} at once it gained no throughput ({rates[self.enough]} in total, "
            f"{rates[last]} at {last})"
        )

    def _failures(self) -> str:
        bad = [step for step in self.steps if step.failed]
        if not bad:
            return ""
        said = [f"{step.failed} of {len(step.samples)} calls at {step.rung} at once" for step in bad]
        return f"; {wording.joined(said)} failed"


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def climbs(plan: RunPlan, samples: Sequence[Sample]) -> tuple[Climb, ...]:
    """One for each offer of a load ladder, in the plan's order; usable while the run goes on."""
    return tuple(_climb(plan, target, samples) for target in plan.targets)


def _climb(plan: RunPlan, target: Target, samples: Sequence[Sample]) -> Climb:
    mine = [one for one in samples if one.offer == target.ref]
    steps = tuple(_step(rung, [one for one in mine if one.rung == rung]) for rung in plan.rungs)
    return Climb(target.ref, target.label, target.simulated, steps)


def _step(rung: int, samples: Sequence[Sample]) -> Step:
    spans = [span for one in samples if one.last is not None and (span := _span(one.last)) is not None]
    return Step(rung, _most_at_once(spans), tuple(samples), _total_tps(samples, spans))


def _span(attempt: Attempt) -> tuple[float, float] | None:
    """When the call went out and when it ended, seconds since the epoch; None when it was never sent."""
    time = attempt.timeline
    if time.sent_ns is None or time.ended_ns is None:
        return None
    due_s = datetime.fromisoformat(attempt.started_at).timestamp()
    sent_s = due_s + (time.sent_ns - time.started_ns) / NS_PER_S
    return sent_s, sent_s + (time.ended_ns - time.sent_ns) / NS_PER_S


def _most_at_once(spans: Sequence[tuple[float, float]]) -> int:
    # At equal moments an end comes before a start.
    moves = sorted([(end, -1) for _, end in spans] + [(sent, 1) for sent, _ in spans])
    flying = most = 0
    for _, change in moves:
        flying += change
        most = max(most, flying)
    return most


def _total_tps(samples: Sequence[Sample], spans: Sequence[tuple[float, float]]) -> float | None:
    answered = [one for one in samples if one.reply is not None]
    counts = [one.usage.completion_tokens if one.usage else None for one in answered]
    if not counts or any(count is None for count in counts) or _longest_idle_s(spans) > IDLE_S:
        return None
    took_s = max((end for _, end in spans), default=0.0) - min((sent for sent, _ in spans), default=0.0)
    return sum(count or 0 for count in counts) / took_s if took_s > 0 else None


def _longest_idle_s(spans: Sequence[tuple[float, float]]) -> float:
    idle_s, busy_until = 0.0, min((sent for sent, _ in spans), default=0.0)
    for sent, end in sorted(spans):
        idle_s = max(idle_s, sent - busy_until)
        busy_until = max(busy_until, end)
    return idle_s
