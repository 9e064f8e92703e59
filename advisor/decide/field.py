"""What a decision starts from: the case read, every candidate screened, the survivors valued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from advisor.case import Case, Measurement
from advisor.catalog.entries import Catalog, CatalogOffer
from advisor.cost.hardware import Hardware
from advisor.decide.advice import Constraint
from advisor.decide.candidates import candidates
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import Verdict
from advisor.decide.plan import Plan, Situation
from advisor.decide.screen import Screened, constraints_for, screened, verdict_on
from advisor.decide.steps import plan_for
from advisor.decide.value import Row, in_order, valued
from advisor.decide.weights import Weights, weights_for

SITUATIONS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a decision is computed from, worked out once from a case."""

    situation: Situation
    needs: tuple[Constraint, ...]
    weights: Weights


def inputs_for(
    case: Case, catalog: Catalog, day: date, plan: Plan | None = None, hardware: Hardware | None = None
) -> Inputs:
    """Read a case: its plan, its hard needs, its weights, its measurements."""
    memo: dict[object, object] = {} if plan else _memo(case, catalog, day, hardware)
    plan = plan or plan_for(case)
    situation = Situation(case, plan, catalog, day, newest(case.measurements), hardware, memo=memo)
    return Inputs(situation, constraints_for(case, plan.advice), weights_for(case, plan.advice))


def _memo(case: Case, catalog: Catalog, day: date, hardware: Hardware | None) -> dict[object, object]:
    """What was worked out before for the same case with other preferences, which move no figure."""
    known = cast("dict[object, dict[object, object]]", catalog.memo.setdefault("situations", {}))
    if len(known) > SITUATIONS_KEPT:
        known.clear()
    # Whoever has the same accelerators has the same object: they are read once.
    key = (case.model_dump_json(exclude={"preferences"}), day, id(hardware))
    return known.setdefault(key, {"hardware": hardware})


def newest(measurements: Sequence[Measurement]) -> Mapping[tuple[str, str], Measurement]:
    """The newest measurement of each metric of each offer; of one day, the later one in the case."""
    ordered = sorted(measurements, key=lambda one: one.as_of)
    return {(one.offer, one.metric): one for one in ordered}


@dataclass(frozen=True, slots=True)
class Field:
    """Every offer screened, the survivors valued."""

    screened: tuple[Screened, ...]
    rows: tuple[Row, ...]
    """Survivors, best first."""


def field_of(inputs: Inputs) -> Field:
    """Screen every candidate and value the survivors."""
    situation = inputs.situation
    strict = situation.case.preferences.exclude_unknown
    checked = tuple(screened(offer, inputs.needs, situation) for offer in candidates(situation))
    alive = [one.offer for one in checked if one.survives(strict)]
    rows = in_order([valued(offer, situation, inputs.weights) for offer in alive])
    return Field(checked, tuple(rows))


def survivors(offers: Sequence[CatalogOffer], inputs: Inputs) -> tuple[Row, ...]:
    """The rows of `field_of`, without the checks of the others: for questions that need no reasons."""
    situation = inputs.situation
    # What is looked up goes before what is computed: most offers never need a bill.
    needs = sorted(inputs.needs, key=lambda need: not CRITERIA[need.criterion].timeless)
    strict = situation.case.preferences.exclude_unknown
    barred = (Verdict.FAIL, Verdict.UNKNOWN) if strict else (Verdict.FAIL,)
    alive = (
        offer for offer in offers if all(verdict_on(need, offer, situation) not in barred for need in needs)
    )
    return tuple(in_order([valued(offer, situation, inputs.weights) for offer in alive]))
