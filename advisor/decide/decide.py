"""One case decided over one catalog on one day: screen, value, rank, robustness, explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from advisor.case import Case, Measurement
from advisor.catalog.entries import Catalog
from advisor.decide import explain
from advisor.decide.advice import Constraint, Guardrail
from advisor.decide.costs import cost_steps, usd_per_month, usd_per_task
from advisor.decide.decision import Check, Decision, FlipPoint, Ranked, Robustness
from advisor.decide.dominance import dominated_by
from advisor.decide.flips import fact_flips, weight_flips
from advisor.decide.plan import Plan, Situation
from advisor.decide.relax import FEW, relaxations
from advisor.decide.robustness import (
    DRAWS,
    MAX_DRAWS,
    SEED,
    Acceptability,
    acceptability,
    drawn_weights,
    figures,
    tie_groups,
)
from advisor.decide.screen import (
    PREFERENCES,
    Screened,
    constraints_for,
    excluded,
    nearest_first,
    screened,
)
from advisor.decide.value import Row, in_order, valued
from advisor.decide.weights import Weights, weights_for

PAIRS_KEPT = 30
"""Pairwise win rates are kept for the first so many offers."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a decision is computed from, worked out once from a case."""

    situation: Situation
    needs: tuple[Constraint, ...]
    weights: Weights


def inputs_for(case: Case, catalog: Catalog, day: date, plan: Plan | None = None) -> Inputs:
    """Read a case: its plan, its hard needs, its weights, its measurements."""
    if plan is None:
        from advisor.decide.steps import plan_for

        plan = plan_for(case)
    situation = Situation(case, plan, catalog, day, newest(case.measurements))
    return Inputs(situation, constraints_for(case, plan.advice), weights_for(case, plan.advice))


def newest(measurements: Sequence[Measurement]) -> Mapping[tuple[str, str], Measurement]:
    """The newest measurement of each metric of each offer; of one day, the later one in the case."""
    ordered = sorted(measurements, key=lambda one: one.as_of)
    return {(one.offer, one.metric): one for one in ordered}


def decide(
    case: Case,
    catalog: Catalog,
    day: date,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    plan: Plan | None = None,
) -> Decision:
    """Decide a case.

    Args:
        case: What the user told us.
        catalog: All facts.
        day: The day prices, retirements and ages are taken on.
        draws: Draws of the robustness analysis, 1 to 100,000.
        seed: Seed of the draws; equal seeds give equal bytes.
        plan: The six outcomes, when they are known already; worked out from the case otherwise.

    Raises:
        BadCase: A preference names no criterion.
    """
    if not 0 < draws <= MAX_DRAWS:
        raise ValueError(f"draws must lie between 1 and {MAX_DRAWS:,}")
    inputs = inputs_for(case, catalog, day, plan)
    field = field_of(inputs)
    odds = _odds(field.rows, inputs.weights, draws, seed)
    flips = (*weight_flips(field.rows), *fact_flips(field.rows))
    ranking = _ranking(field, odds, inputs)
    sureness = None if odds is None else _robustness(field.rows, odds, draws, seed, inputs.weights)
    return _decision(inputs, field, ranking, flips, sureness)


@dataclass(frozen=True, slots=True)
class Field:
    """Every offer screened, the survivors valued."""

    screened: tuple[Screened, ...]
    rows: tuple[Row, ...]
    """Survivors, best first."""


def field_of(inputs: Inputs) -> Field:
    """Screen every offer of the catalog and value the survivors."""
    situation = inputs.situation
    strict = situation.case.preferences.exclude_unknown
    checked = tuple(screened(offer, inputs.needs, situation) for offer in situation.catalog.offers)
    alive = [one.offer for one in checked if one.survives(strict)]
    rows = in_order([valued(offer, situation, inputs.weights) for offer in alive])
    return Field(checked, tuple(rows))


def _odds(rows: Sequence[Row], weights: Weights, draws: int, seed: int) -> Acceptability | None:
    if not rows:
        return None
    table = figures(rows, weights.keys)
    return acceptability(table, drawn_weights(weights, draws, seed), seed, PAIRS_KEPT)


def _robustness(
    rows: Sequence[Row], odds: Acceptability, draws: int, seed: int, weights: Weights
) -> Robustness:
    shown = rows[:PAIRS_KEPT]
    central = {row.id: tuple(odds.central[i].tolist()) for i, row in enumerate(rows) if odds.ranks[i, 0] > 0}
    return Robustness(
        draws=draws,
        seed=seed,
        offers=tuple(row.id for row in shown),
        acceptability=tuple(tuple(line) for line in odds.ranks[: len(shown)].tolist()),
        central_weights=central,
        pairwise_wins=tuple(tuple(line) for line in odds.pairwise.tolist()),
    )


def _ranking(field: Field, odds: Acceptability | None, inputs: Inputs) -> tuple[Ranked, ...]:
    if odds is None:
        return ()
    rows = field.rows
    checks = {one.offer.id: one.checks for one in field.screened}
    groups = tie_groups(odds.adjacent.tolist())
    dominators = dominated_by(rows)
    firsts, top3 = odds.ranks[:, 0].tolist(), odds.ranks[:, :3].sum(axis=1).tolist()
    return tuple(
        _ranked(
            row,
            rank=i + 1,
            rival=rows[0] if i else (rows[1] if len(rows) > 1 else None),
            checks=checks[row.id],
            standing=Standing(firsts[i], min(1.0, top3[i]), groups[i], dominators[i]),
            situation=inputs.situation,
        )
        for i, row in enumerate(rows)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an offer stands among the others."""

    p_first: float
    p_top3: float
    tie_group: int
    dominated_by: tuple[str, ...]


def _ranked(
    row: Row,
    *,
    rank: int,
    rival: Row | None,
    checks: tuple[Check, ...],
    standing: Standing,
    situation: Situation,
) -> Ranked:
    return Ranked(
        offer=row.offer,
        rank=rank,
        score=row.score,
        contributions=row.contributions,
        checks=checks,
        p_first=standing.p_first,
        p_top3=standing.p_top3,
        tie_group=standing.tie_group,
        dominated_by=standing.dominated_by,
        below_minimum=_below_minimum(checks),
        usd_per_request=usd_per_task(row.offer, situation),
        usd_per_month=usd_per_month(row.offer, situation),
        reasons_for=explain.reasons_for(row, rival),
        reasons_against=explain.reasons_against(row, rival),
        verify=explain.verify(row, checks),
        simulated=is_simulated(row, situation),
    )


def _below_minimum(checks: Sequence[Check]) -> tuple[str, ...]:
    return tuple(
        check.constraint.criterion
        for check in checks
        if check.constraint.step == PREFERENCES and check.margin is not None and check.margin < 0
    )


def is_simulated(row: Row, situation: Situation) -> bool:
    """Whether any simulated measurement of this offer took part."""
    return any(
        found.simulated
        for (offer, metric), found in situation.measured.items()
        if offer == row.id and metric in {part.criterion for part in row.contributions}
    )


def _decision(
    inputs: Inputs,
    field: Field,
    ranking: tuple[Ranked, ...],
    flips: tuple[FlipPoint, ...],
    sureness: Robustness | None,
) -> Decision:
    situation, weights = inputs.situation, inputs.weights
    alive = {row.id for row in field.rows}
    out = nearest_first([excluded(one) for one in field.screened if one.offer.id not in alive])
    few = len(ranking) < FEW
    relaxed = relaxations(field.screened, inputs.needs, situation, weights) if few else ()
    return Decision(
        case_name=situation.case.name,
        day=situation.day,
        catalog_version=situation.catalog.version,
        catalog_digest=situation.catalog.digest,
        plan=situation.plan,
        criteria=weights.keys,
        weights=dict(zip(weights.keys, weights.values, strict=True)),
        weights_from=weights.words,
        constraints=inputs.needs,
        ranking=ranking,
        excluded=out,
        relaxations=relaxed,
        robustness=sureness,
        flip_points=flips,
        cost_steps=cost_steps(ranking[0].offer, situation) if ranking else (),
        guardrails=_guardrails(situation.plan),
        headline=explain.headline(ranking, out, relaxed),
        confidence=explain.confidence(ranking, flips, sureness.draws if sureness else 0),
        simulated=any(row.simulated for row in ranking),
    )


def _guardrails(plan: Plan) -> tuple[Guardrail, ...]:
    return tuple(guard for advice in plan.advice for guard in advice.guardrails)
