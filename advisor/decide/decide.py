"""One case decided over one catalog on one day: screen, value, rank, robustness, explanation."""

from __future__ import annotations

import gc
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from advisor.case import Case
from advisor.catalog.entries import Catalog
from advisor.cost.hardware import Hardware
from advisor.decide import explain, lead
from advisor.decide.advice import Guardrail
from advisor.decide.costs import cost_steps, usd_per_month, usd_per_task
from advisor.decide.decision import Check, Decision, FlipPoint, Ranked, Robustness
from advisor.decide.dominance import dominated_by
from advisor.decide.field import Field, Inputs, field_of, inputs_for
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
    excluded,
    nearest_first,
)
from advisor.decide.stated import is_stated, missing
from advisor.decide.value import Row
from advisor.decide.weights import Weights

PAIRS_KEPT = 30
"""Pairwise win rates are kept for the first so many offers."""
TOLD = 30
"""Reasons are written out for the first so many offers; `paths.why_not` tells them of any other."""


def decide(
    case: Case,
    catalog: Catalog,
    day: date,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    plan: Plan | None = None,
    hardware: Hardware | None = None,
) -> Decision:
    """Decide a case.

    Args:
        case: What the user told us.
        catalog: All facts.
        day: The day prices, retirements and ages are taken on.
        draws: Draws of the robustness analysis, 1 to 100,000.
        seed: Seed of the draws; equal seeds give equal bytes.
        plan: The six outcomes, when they are known already; worked out from the case otherwise.
        hardware: Accelerators and model shapes; without them your own machines cost an unknown amount.

    Raises:
        BadCase: A preference names no criterion.
    """
    if not 0 < draws <= MAX_DRAWS:
        raise ValueError(f"draws must lie between 1 and {MAX_DRAWS:,}")
    with _collector_paused():
        return _decided(inputs_for(case, catalog, day, plan, hardware), draws, seed)


@contextmanager
def _collector_paused() -> Generator[None]:
    """No cycles are made here, and the collector would walk the whole catalog again and again: a quarter
    of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _decided(inputs: Inputs, draws: int, seed: int) -> Decision:
    field = field_of(inputs)
    odds = _odds(field.rows, inputs.weights, draws, seed)
    flips = (*weight_flips(field.rows), *fact_flips(field.rows))
    ranking = _ranking(field, odds, inputs)
    sureness = None if odds is None else _robustness(field.rows, odds, draws, seed, inputs.weights)
    return _decision(inputs, field, ranking, flips, sureness)


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
    groups = tie_groups(odds.pairwise.tolist(), odds.adjacent.tolist())
    dominators = dominated_by(rows)
    firsts, top3 = odds.ranks[:, 0].tolist(), odds.ranks[:, :3].sum(axis=1).tolist()
    return tuple(
        _ranked(
            row,
            rank=i + 1,
            rival=rows[0] if i else (rows[1] if len(rows) > 1 else None),
            checks=checks[row.id],
            place=Place(firsts[i], min(1.0, top3[i]), groups[i], dominators[i]),
            situation=inputs.situation,
        )
        for i, row in enumerate(rows)
    )


@dataclass(frozen=True, slots=True)
class Place:
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
    place: Place,
    situation: Situation,
) -> Ranked:
    hardware = situation.hardware
    names = {**situation.catalog.sources, **(hardware.sources if hardware else {})}
    told = rank <= TOLD
    return Ranked(
        offer=row.offer,
        rank=rank,
        score=row.score,
        contributions=row.contributions,
        checks=checks,
        p_first=place.p_first,
        p_top3=place.p_top3,
        tie_group=place.tie_group,
        dominated_by=place.dominated_by,
        below_minimum=_below_minimum(checks),
        usd_per_request=usd_per_task(row.offer, situation),
        usd_per_month=usd_per_month(row.offer, situation),
        reasons_for=explain.reasons_for(row, rival, names) if told else (),
        reasons_against=explain.reasons_against(row, rival, names) if told else (),
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
    draws = sureness.draws if sureness else 0
    alive = {row.id for row in field.rows}
    out = nearest_first([excluded(one) for one in field.screened if one.offer.id not in alive])
    few, stated = len(ranking) < FEW, is_stated(situation.case)
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
        stated=stated,
        title=lead.title(ranking, stated=stated),
        headline=lead.headline(
            ranking, out, relaxed, draws, missing=None if stated else missing(situation.case)
        ),
        confidence=explain.confidence(ranking, flips, situation.plan.choice("access"))
        if stated or not ranking
        else explain.NOTHING_TO_GO_ON,
        simulated=any(row.simulated for row in ranking),
    )


def _guardrails(plan: Plan) -> tuple[Guardrail, ...]:
    return tuple(guard for advice in plan.advice for guard in advice.guardrails)
