"""Summaries of probe runs for a record: what was asked of whom, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from advisor.case import ProbePrompt
from advisor.probe.instrument import InstrumentError
from advisor.probe.metrics import METRICS, by_offer
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary, summaries
from advisor.probe.targets import OWN, Target
from advisor.record.record import Evidence, EvidenceFigure, PromptDigest


def evidence_of(
    plan: RunPlan, samples: Sequence[Sample], run: str, instrument: InstrumentError | None = None
) -> tuple[Evidence, ...]:
    """One summary for each offer of a run, in the order of the plan.

    Args:
        plan: What was agreed to.
        samples: What came of it.
        run: The run's name or number, as readers know it.
        instrument: What our own clock was off before the run, None when it was not measured.
    """
    groups = by_offer(samples)
    by_ref = {target.ref: target for target in plan.targets}
    return tuple(
        _evidence(plan, by_ref[summary.offer], summary, groups.get(summary.offer, []), run).model_copy(
            update={"instrument": instrument.words if instrument else None}
        )
        for summary in summaries(plan, samples)
    )


def _evidence(
    plan: RunPlan, target: Target, summary: OfferSummary, mine: Sequence[Sample], run: str
) -> Evidence:
    attempts = [attempt for sample in mine for attempt in sample.attempts]
    asked = plan.settings(target)
    return Evidence(
        offer=target.offer,
        model_returned=_models(mine),
        provider=_provider(target),
        run=run,
        day=plan.day,
        simulated=summary.simulated or target.simulated,
        samples=summary.answered + sum(summary.errors.values()),
        failures=sum(summary.errors.values()),
        temperature=asked.temperature,
        max_output_tokens=plan.max_output_tokens,
        effort=asked.effort,
        not_sent=tuple(sorted({name for attempt in attempts for name in attempt.parameters.dropped})),
        prompts=tuple(PromptDigest(id=prompt.id, sha256=prompt_hash(prompt)) for prompt in plan.prompts),
        figures=_figures(summary),
    )


def _models(samples: Sequence[Sample]) -> str | None:
    """Every model id the provider returned; more than one means it changed under the run."""
    names = sorted({sample.reply.model for sample in samples if sample.reply and sample.reply.model})
    return ", ".join(names) or None


def _provider(target: Target) -> str:
    if target.practice:
        return "practice endpoint"
    if target.ref.startswith(OWN):
        return f"own endpoint {target.offer.removeprefix(OWN)}"
    return target.offer.rpartition("@")[2]


def prompt_hash(prompt: ProbePrompt) -> str:
    """SHA-256 of what is sent: system text, a zero byte, prompt text, in UTF-8."""
    sent = f"{prompt.system or ''}\0{prompt.text}"
    return sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()


def _figures(summary: OfferSummary) -> tuple[EvidenceFigure, ...]:
    return tuple(
        EvidenceFigure(
            metric=metric.key,
            label=metric.label,
            unit=metric.unit,
            value=figure.value,
            low=figure.low,
            high=figure.high,
            n=figure.n,
        )
        for metric in METRICS
        if (figure := summary.figures[metric.key]) is not None
    )
