"""Does the choice still stand? The same case over a catalog with one planted change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema
import pytest

from advisor.case import Case, Measurement, Preferences, Workload
from advisor.catalog.entries import Catalog
from advisor.decide.advice import Comparison, Constraint
from advisor.decide.decide import decide
from advisor.decide.plan import Plan
from advisor.record.differences import ChangeKind, diff, relative_move
from advisor.record.recheck import Recheck, recheck, recheck_document, recheck_schema
from advisor.record.record import Record, make_record
from tests.record.conftest import DAY, READ, a_catalog, a_model, a_plan

LATER = date(2026, 12, 24)


def a_case(**changes: Any) -> Case:
    """Only cost counts, so the cheapest offer leads."""
    work = Workload(requests_per_month=1000, input_tokens=3000, output_tokens=500, monthly_budget_usd=50)
    return Case(name="Letters", workload=work, preferences=Preferences(order=("cost",)), **changes)


def a_context_plan() -> Plan:
    """The plan with a need for 200,000 tokens of context."""
    plan = a_plan()
    need = Constraint("context", Comparison.AT_LEAST, 200_000, "access", "your longest prompt is that long")
    first = replace(plan.advice[0], constraints=(need,))
    return replace(plan, advice=(first, *plan.advice[1:]))


def before() -> Catalog:
    """Alpha is cheaper than Beta; Small has too little context."""
    return a_catalog(
        a_model("Alpha", input_usd=1.0),
        a_model("Beta", input_usd=2.0),
        a_model("Small", input_usd=0.1, context=128_000),
    )


def a_record(case: Case | None = None) -> Record:
    """Alpha chosen on the first day."""
    kept = case or a_case()
    decision = decide(kept, before(), DAY, draws=200, plan=a_context_plan())
    return make_record(kept, decision, before(), app_version="0.1.0", created=DAY)


def checked(catalog: Catalog, day: date = LATER, record: Record | None = None) -> Recheck:
    """The record held against another catalog."""
    return recheck(record or a_record(), catalog, day, plan=a_context_plan())


def kinds(result: Recheck) -> set[ChangeKind]:
    """What sorts of change were found."""
    return {change.kind for change in result.changes}


def test_nothing_changed_stands() -> None:
    """Over the same catalog the choice stands and no change is reported."""
    result = checked(before())
    assert result.stands
    assert result.verdict == "The choice stands: Alpha (Host) still leads."
    assert result.changes == ()
    assert result.look_again == ()


def test_a_price_rise_that_costs_the_lead() -> None:
    """Alpha from $1 to $3: Beta leads clearly, the choice falls, the move is told with its size."""
    result = checked(a_catalog(a_model("Alpha", input_usd=3.0), *before().models[1:]))
    assert not result.stands
    assert (
        result.verdict == "The choice no longer stands: Beta (Host) leads now, clearly ahead of Alpha (Host)."
    )
    assert "input $1 to $3 (up 200 %)" in " ".join(result.sentences)
    assert result.look_again == (
        "Look again: the price of Alpha (Host) moved by 200 % for input and 200 % for output.",
    )


def test_a_small_price_rise_is_told_and_stands() -> None:
    """Ten percent up: told as a change, but the choice stands and no trigger fires."""
    result = checked(a_catalog(a_model("Alpha", input_usd=1.1), *before().models[1:]))
    assert result.stands
    assert kinds(result) == {ChangeKind.PRICE}
    assert result.look_again == ()


def test_a_vanished_choice_does_not_stand() -> None:
    """The chosen offer is gone from the catalog."""
    result = checked(a_catalog(*before().models[1:]))
    assert not result.stands
    assert result.verdict == "The choice no longer stands: Alpha (Host) is no longer in the catalog."
    assert ChangeKind.GONE in kinds(result)


def test_another_vanished_offer_leaves_the_choice() -> None:
    """A rival's end is told and changes nothing else."""
    result = checked(a_catalog(before().models[0], before().models[2]))
    assert result.stands
    assert "No longer in the catalog: Beta (Host)." in result.sentences


@pytest.mark.parametrize(("last_day", "stands"), [(date(2026, 12, 1), False), (date(2027, 6, 1), True)])
def test_retirement(last_day: date, stands: bool) -> None:
    """An announced end is told at once; the choice falls when the day has passed."""
    retiring = a_model("Alpha", input_usd=1.0, offer={"retirement": {**READ, "last_day": last_day}})
    result = checked(a_catalog(retiring, *before().models[1:]))
    assert result.stands is stands
    assert ChangeKind.RETIREMENT in kinds(result)
    assert f"Look again: Alpha (Host) ends on {last_day.isoformat()}." in result.look_again


def test_a_new_cheaper_offer_takes_the_lead() -> None:
    """A newcomer at a third of the price: the choice falls, the newcomer is named with its rank."""
    result = checked(a_catalog(*before().models, a_model("Newcomer", input_usd=0.3)))
    assert not result.stands
    assert "New in the catalog: Newcomer (Host); it ranks 1." in result.sentences


def test_a_new_offer_that_does_not_fit() -> None:
    """A newcomer that fails a hard need is told with the reason."""
    result = checked(a_catalog(*before().models, a_model("Tiny", input_usd=0.1, context=8_000)))
    assert result.stands
    assert any("New in the catalog: Tiny (Host); it is out:" in words for words in result.sentences)


def test_a_choice_that_fails_a_need() -> None:
    """A smaller context window excludes the choice, with the need in the verdict."""
    result = checked(a_catalog(a_model("Alpha", input_usd=1.0, context=100_000), *before().models[1:]))
    assert not result.stands
    assert "no longer meets every hard need" in result.verdict
    assert {ChangeKind.FIT, ChangeKind.LIMITS} <= kinds(result)


def test_the_deciders_own_choice_stands_while_it_fits() -> None:
    """A choice that never led is not overturned by the ranking."""
    result = checked(before(), record=a_record().with_changes(chosen="beta@host"))
    assert result.stands
    assert "ranks 2, chosen for other reasons" in result.verdict


def test_review_day_and_budget_fire() -> None:
    """The review day and a bill over the budget ask for another look."""
    dear = a_catalog(a_model("Alpha", input_usd=1.9), *before().models[1:])
    record = a_record()
    tight = record.with_changes(revisit=record.revisit.model_copy(update={"maximum_usd_per_month": 5.0}))
    words = " ".join(checked(dear, date(2027, 3, 1), tight).look_again)
    assert "the review day 2027-02-24 has come" in words
    assert "over $5" in words


def test_no_model_fitted_and_one_does_now() -> None:
    """ "No model fits" stops standing when an offer meets every need."""
    only_small = a_catalog(before().models[2])
    decision = decide(a_case(), only_small, DAY, draws=200, plan=a_context_plan())
    record = make_record(a_case(), decision, only_small, app_version="0.1.0", created=DAY)
    assert checked(only_small, record=record).stands
    assert not checked(before(), record=record).stands


def test_new_evidence_is_told() -> None:
    """A measured speed that replaces another shows both figures with source and day."""
    case = a_case().model_copy(update={"preferences": Preferences(order=("cost", "pass_rate"))})
    rate = Measurement(
        offer="alpha@host", metric="pass_rate", unit="share", value=0.9, n=40, as_of=DAY, run="run-1"
    )
    old = a_record(case.model_copy(update={"measurements": (rate,)}))
    worse = rate.model_copy(update={"value": 0.4, "run": "run-2"})
    new = a_record(case.model_copy(update={"measurements": (rate, worse)}))
    words = " ".join(diff(old, new))
    assert "Pass rate on your cases of Alpha (Host) went from 90 % to 40 % (source: probe run-2" in words


def test_diff_of_equal_records_is_empty() -> None:
    """A record does not differ from itself."""
    assert diff(a_record(), a_record()) == ()


def test_diff_tells_record_case_and_outcome() -> None:
    """Status, budget and choice are each told in a sentence of their own."""
    old = a_record()
    richer = old.case.model_copy(
        update={"workload": old.case.workload.model_copy(update={"monthly_budget_usd": 80.0})}
    )
    richer = richer.with_answer("access", "place", "anywhere").model_copy(
        update={"preferences": Preferences(order=("accuracy", "cost")), "purpose": "Letters to clients"}
    )
    new = old.with_changes(status="accepted", case=richer, chosen="beta@host")
    assert diff(old, new) == (
        "The status went from draft to accepted.",
        "The choice went from Alpha (Host) to Beta (Host).",
        "The purpose went from not given to “Letters to clients”.",
        "The budget per month went from $50 to $80.",
        "Access: “Where must the model run?” went from “not answered” to “Anywhere”.",
        "The order of what counts went from Cost to Accuracy and reasoning > Cost.",
    )


def test_relative_move_of_unknown_and_free() -> None:
    """No percentage can be said of a price that was unknown or zero."""
    assert relative_move(None, 1.0) is None
    assert relative_move(0.0, 1.0) is None
    assert relative_move(2.0, 1.0) == pytest.approx(-0.5)


def test_document_fits_its_schema() -> None:
    """What the command line prints keeps to the published schema and tells the same story."""
    result = checked(a_catalog(a_model("Alpha", input_usd=3.0), *before().models[1:]))
    document = recheck_document(result)
    checker = jsonschema.Draft202012Validator(recheck_schema())
    checker.validate(document)
    assert not checker.is_valid(document | {"surprise": 1})
    assert (document["stands"], document["leader_now"]) == (False, "beta@host")
    assert [change["kind"] for change in document["changes"]] == ["ranking", "price"]
