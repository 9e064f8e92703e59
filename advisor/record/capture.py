"""Copies a decision into the form a record keeps, resolving names and sources while they are at hand."""

from __future__ import annotations

from datetime import date
from typing import Literal

from advisor.case import Case
from advisor.catalog.entries import Catalog, CatalogOffer
from advisor.catalog.facts import Provenance, Sourced, provenance
from advisor.cost.hardware import Hardware
from advisor.cost.profile import TokenProfile
from advisor.decide.advice import Advice, Constraint, Reason
from advisor.decide.decision import Check, Contribution, Decision, Excluded, FlipPoint, Ranked, Reading
from advisor.decide.field import inputs_for
from advisor.decide.measured import replaced
from advisor.decide.plan import Situation
from advisor.interval import Interval
from advisor.record import outcome as saved
from advisor.record.bill import bill_parts
from advisor.record.names import answer_words, criterion_name, need_words, questions_of, step_title

DETAILED = 12
"""Ranked offers kept with every contribution; the rest keep rank, score and cost."""


def capture(
    decision: Decision, case: Case, catalog: Catalog, hardware: Hardware | None = None
) -> saved.Outcome:
    """The decision as a record keeps it.

    Args:
        decision: What came out, computed from `case` and `catalog`.
        case: What was decided about.
        catalog: Where names and prices are looked up.
        hardware: What the decision knew of accelerators; without it the bills of own machines stay unknown.
    """
    robustness = decision.robustness
    situation = inputs_for(case, catalog, decision.day, decision.plan, hardware).situation
    return saved.Outcome(
        day=decision.day,
        title=decision.title,
        headline=decision.headline,
        confidence=decision.confidence,
        simulated=decision.simulated,
        weights_from=decision.weights_from,
        draws=robustness.draws if robustness else None,
        seed=robustness.seed if robustness else None,
        effort=decision.plan.effort,
        profile=_profile(decision.plan.profile),
        steps=tuple(_step(advice) for advice in decision.plan.advice),
        answers=_answers(case),
        drivers=tuple(_driver(key, decision.weights[key]) for key in decision.criteria),
        needs=tuple(_hard_need(constraint) for constraint in decision.constraints),
        ranking=_ranking(decision, situation),
        excluded=tuple(_excluded(row, catalog) for row in decision.excluded),
        reliefs=tuple(
            saved.Relief(words=row.words, brings_back=row.brings_back, best=row.best)
            for row in decision.relaxations
        ),
        flips=tuple(_flip(point) for point in decision.flip_points),
        cost_moves=tuple(
            saved.CostMove(
                because=move.because,
                usd_before=_range(move.usd_before),
                usd_after=_range(move.usd_after),
                words=move.words,
            )
            for move in decision.cost_steps
        ),
        limits=tuple(
            saved.Limit(
                key=rail.key, label=rail.label, value=rail.value, unit=rail.unit, because=rail.because
            )
            for rail in decision.guardrails
        ),
    )


def _answers(case: Case) -> tuple[saved.GivenAnswer, ...]:
    """Every question that applies, in page order, with the answer in words."""
    return tuple(
        saved.GivenAnswer(
            step=step,
            question=question.label,
            answer=answer_words(question, case.answer(key, question.key)),
        )
        for step, key, question in questions_of(case)
    )


def _step(advice: Advice) -> saved.StepOutcome:
    return saved.StepOutcome(
        step=advice.step,
        title=step_title(advice.step),
        choice=advice.choice,
        choice_label=advice.choice_label,
        recommended=advice.recommended,
        headline=advice.headline,
        reasons_for=_reasons(advice.reasons_for),
        reasons_against=_reasons(advice.reasons_against),
        next_steps=advice.next_steps,
        warnings=advice.warnings,
        open_questions=advice.open_questions,
    )


def _reasons(reasons: tuple[Reason, ...]) -> tuple[saved.StepReason, ...]:
    return tuple(saved.StepReason(text=reason.text, rule=reason.rule) for reason in reasons)


def _driver(key: str, weight: float) -> saved.Driver:
    name = criterion_name(key)
    return saved.Driver(
        criterion=key,
        label=name.label,
        unit=name.unit,
        weight=_share(weight),
        worst=name.worst,
        best=name.best,
    )


def _hard_need(constraint: Constraint) -> saved.HardNeed:
    words = need_words(constraint)
    return saved.HardNeed(criterion=constraint.criterion, words=words, because=constraint.because)


def _ranking(decision: Decision, situation: Situation) -> tuple[saved.Placed, ...]:
    keep = {row.id for row in decision.ranking[:DETAILED]} | set(situation.case.shortlist)
    return tuple(_placed(row, situation, detailed=row.id in keep) for row in decision.ranking)


def _placed(row: Ranked, situation: Situation, *, detailed: bool) -> saved.Placed:
    catalog = situation.catalog
    weighings = tuple(_weighing(part, catalog) for part in row.contributions) if detailed else ()
    return saved.Placed(
        id=row.id,
        label=row.offer.label,
        rank=row.rank,
        score=_bounds(row.score),
        weighings=weighings,
        needs=_needs(row.checks, catalog) if detailed else (),
        p_first=_share(row.p_first),
        p_top3=_share(row.p_top3),
        tie_group=row.tie_group,
        dominated_by=row.dominated_by,
        below_minimum=row.below_minimum,
        usd_per_task=_range(row.usd_per_request),
        usd_per_month=_range(row.usd_per_month),
        bill=bill_parts(row.offer, situation) if detailed else (),
        reasons_for=row.reasons_for if detailed else (),
        reasons_against=row.reasons_against if detailed else (),
        verify=row.verify if detailed else (),
        simulated=row.simulated,
        facts=facts_of(row.offer, catalog, situation.day),
    )


def _weighing(part: Contribution, catalog: Catalog) -> saved.Weighing:
    return saved.Weighing(
        criterion=part.criterion,
        weight=_share(part.weight),
        figure=_fact(part.criterion, part.reading, catalog) if part.reading else None,
        value=_bounds(part.value),
        clipped=part.clipped,
    )


def _fact(criterion: str, reading: Reading, catalog: Catalog) -> saved.Figure:
    source = _source(reading.provenance, catalog)
    note = replaced(reading, criterion_name(criterion).unit) or reading.note
    return saved.Figure(value=_bounds(reading.value), source=source, note=note)


def _source(origin: Provenance, catalog: Catalog) -> saved.Source:
    """The sources by their names; a probe run is its own name."""
    keys = origin.source.split(", ")
    entries = [catalog.sources[key] for key in keys if key in catalog.sources]
    known = len(entries) == len(keys)
    addresses = ", ".join(dict.fromkeys(entry.url for entry in entries))
    return saved.Source(
        name=", ".join(entry.name for entry in entries) if known else origin.source,
        as_of=origin.as_of,
        origin=origin.origin.value,
        url=origin.url or addresses or None,
    )


def _block_source(block: Sourced | None, catalog: Catalog) -> saved.Source | None:
    return _source(provenance(block), catalog) if block else None


def _needs(checks: tuple[Check, ...], catalog: Catalog) -> tuple[saved.Need, ...]:
    return tuple(
        saved.Need(
            criterion=check.constraint.criterion,
            verdict=_verdict(check),
            words=check.words,
            figure=_fact(check.constraint.criterion, check.reading, catalog) if check.reading else None,
        )
        for check in checks
    )


def _verdict(check: Check) -> Literal["pass", "fail", "unknown"]:
    return check.verdict.value


def _excluded(row: Excluded, catalog: Catalog) -> saved.OutOfRace:
    needs = _needs((*row.failed, *row.unknown), catalog)
    return saved.OutOfRace(id=row.offer.id, label=row.offer.label, words=row.words, needs=needs)


def _flip(point: FlipPoint) -> saved.Flip:
    return saved.Flip(
        kind="weight" if point.kind == "weight" else "fact",
        criterion=point.criterion,
        offer=point.offer,
        challenger=point.challenger,
        current=point.current,
        at=point.at,
        words=point.words,
    )


def facts_of(row: CatalogOffer, catalog: Catalog, day: date) -> saved.Facts:
    """The catalog row of one offer on `day`."""
    price, offer, model = row.price(day), row.offer, row.model
    return saved.Facts(
        litellm_id=offer.litellm_id,
        key_env=row.provider.key_env,
        vendor=model.vendor,
        released=model.identity.released,
        open_weights=model.weights.open,
        licence=model.weights.licence,
        context_tokens=offer.limits.context_in,
        max_output_tokens=offer.limits.max_out,
        input_usd_per_mtok=price.rates.input if price else None,
        output_usd_per_mtok=price.rates.output if price else None,
        price_source=_block_source(price, catalog),
        limits_source=_block_source(offer.limits, catalog),
        last_day=offer.retirement.last_day if offer.retirement else None,
        moving_alias=offer.moving_alias,
        regions=offer.regions,
        quantisation=offer.quantisation,
    )


def _profile(profile: TokenProfile) -> saved.TaskProfile:
    return saved.TaskProfile(
        input_tokens=_range(profile.input_tokens),
        output_tokens=_range(profile.output_tokens),
        reasoning_per_output=_bounds(profile.reasoning_per_output),
        cached_share=_bounds(profile.cached_share),
        calls=_bounds(profile.calls),
        batch_share=_bounds(profile.batch_share),
        searches=_bounds(profile.searches),
        extra_usd=_bounds(profile.extra_usd),
        success_rate=_bounds(profile.success_rate),
    )


def _range(value: Interval | None) -> saved.Range | None:
    return _bounds(value) if value else None


def _bounds(value: Interval) -> saved.Range:
    return saved.Range(low=_stable(value.low), mid=_stable(value.mid), high=_stable(value.high))


def _share(value: float) -> float:
    """A probability or weight; sums of draws may pass 1 by a rounding error."""
    return min(max(_stable(value), 0.0), 1.0)


def _stable(value: float) -> float:
    """Twelve significant digits: beyond them only the order of additions speaks."""
    return float(f"{value:.12g}")
