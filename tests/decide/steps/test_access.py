"""Decision 1: which answer leads to which way of access, and what it demands."""

from __future__ import annotations

import pytest

from advisor.case import Answer
from advisor.decide.advice import Comparison
from advisor.decide.steps import plan_for
from advisor.decide.steps.access import advise
from tests.decide.steps.cases import case, needs, texts


@pytest.mark.parametrize(
    ("answers", "expected", "because"),
    [
        ({"place": "device"}, "self_hosted", "without a network"),
        ({"place": "own_servers", "performance": "frontier"}, "self_hosted", "your own servers"),
        ({"data_class": "secret"}, "self_hosted", "must not leave"),
        ({"control": "unacceptable"}, "hosted_open", "weights you hold stay"),
        ({"functions": ("weights",)}, "hosted_open", "change or inspect the weights"),
        ({"lineage": "open_data"}, "hosted_open", "trained on"),
        ({"lineage": "indemnity"}, "closed_api", "copyright claims"),
        ({"performance": "frontier"}, "closed_api", "the best answers"),
        ({"place": "anywhere", "performance": "strong"}, "either", "nothing you said"),
        ({}, "unknown", ""),
    ],
)
def test_recommended_way(answers: dict[str, Answer], expected: str, because: str) -> None:
    """Each need leads to its way of access, and the reason names the need."""
    advice = advise(case(access=answers))
    assert advice.recommended == expected
    assert because in texts(advice)


def test_open_weights_with_team_and_load_go_in_house() -> None:
    """A need for weights, a steady load and a GPU team together speak for own machines."""
    advice = advise(case(access={"control": "unacceptable", "operators": "platform_team", "load": "steady"}))
    assert advice.choice == "self_hosted"


def test_every_recommendation_has_both_sides() -> None:
    """Each recommendation says something for and something against itself."""
    for answers in (
        {"place": "device"},
        {"control": "unacceptable"},
        {"performance": "frontier"},
        {"load": "low"},
    ):
        advice = advise(case(access=answers))
        assert advice.reasons_for, advice.choice
        assert advice.reasons_against, advice.choice


def test_protections_become_hard_needs() -> None:
    """Each guarantee required of the provider is a need with the answer it follows from."""
    wanted = ("no_training", "zero_retention", "eu_processing", "baa")
    found = needs(advise(case(access={"data_class": "health", "protections": wanted})))
    assert set(found) == {"no_training_on_data", "zero_retention", "eu_processing", "baa"}
    assert all(need.level == 1 and need.comparison is Comparison.IS for need in found.values())
    assert found["eu_processing"].because == "you need processing inside the EU"


def test_protections_are_moot_on_own_machines() -> None:
    """A follow-up that no longer applies is not held against anyone."""
    answers: dict[str, Answer] = {"protections": ("eu_processing",), "data_class": "secret", "vram_gb": 48.0}
    advice = advise(case(access=answers))
    assert set(needs(advice)) == {"open_weights", "self_host_vram"}
    assert needs(advice)["self_host_vram"].level == 48
    assert advice.effects == ()


def test_processing_in_the_eu_reaches_the_bill() -> None:
    """A named region switches on the providers' regional uplift."""
    plan = plan_for(case(access={"place": "anywhere", "protections": ("eu_processing",)}))
    assert plan.profile.regional
    assert not plan.base_profile.regional
    assert plan.effects[0].because == "processing inside the EU"


def test_a_recommended_closed_api_keeps_rented_open_weights() -> None:
    """A mere recommendation keeps open weights in the race; the user's own word shuts them out."""
    recommended = advise(case(access={"performance": "frontier"}))
    decided = advise(case(access={"performance": "frontier", "decision": "closed_api"}))
    assert "open_weights" not in needs(recommended)
    assert needs(decided)["open_weights"].level == 0


def test_cover_for_copyright_claims_needs_a_closed_model() -> None:
    """Open weights are out unless the user decided on another access; the contract must be read."""
    closed = advise(case(access={"lineage": "indemnity"}))
    either = advise(case(access={"lineage": "indemnity", "decision": "either"}))
    need = needs(closed)["open_weights"]
    assert (need.level, need.comparison) == (0, Comparison.IS)
    assert need.because == (
        "you need the vendor to cover copyright claims, which comes with a closed-API contract"
    )
    assert "open_weights" not in needs(either)
    for advice in (closed, either):
        assert any("read the contract itself" in warning for warning in advice.warnings)


def test_hosted_open_weights_are_hosted_and_open() -> None:
    """Rented open weights must be open, and sold as an API."""
    found = needs(advise(case(access={"control": "unacceptable"})))
    assert found["open_weights"].level == 1
    assert found["hosted"].level == 1


def test_commercial_use_and_probabilities() -> None:
    """A commercial use needs a licence that allows it; token probabilities need an API that gives them."""
    found = needs(advise(case(access={"commercial": True, "functions": ("logprobs",)})))
    assert set(found) == {"commercial_use", "logprobs"}


def test_own_decision_counts_and_the_difference_is_said() -> None:
    """The user's word is in force; that the answers point elsewhere is a warning."""
    advice = advise(case(access={"data_class": "secret", "decision": "closed_api"}))
    assert (advice.choice, advice.recommended) == ("closed_api", "self_hosted")
    assert any("your answers point to" in warning for warning in advice.warnings)
    assert any("must not leave your machines" in warning for warning in advice.warnings)


def test_personal_data_without_guarantees_warns() -> None:
    """Text about people sent without any guarantee is pointed out."""
    assert any("about people" in text for text in advise(case(access={"data_class": "personal"})).warnings)


def test_not_knowing_is_an_open_question() -> None:
    """ "I don't know yet" excludes nobody and is listed with what it would change."""
    advice = advise(case(access={"place": "anywhere", "protections": "unknown"}))
    assert advice.constraints == ()
    assert len(advice.open_questions) == 1
    assert "Each tick excludes" in advice.open_questions[0]


def test_copyright_cover_has_to_be_read_in_the_contract() -> None:
    """No fact in the catalog says who covers claims, and the advice says so."""
    advice = advise(case(access={"lineage": "indemnity"}))
    assert any("holds no facts on who covers" in warning for warning in advice.warnings)


@pytest.mark.parametrize(("good", "level"), [("frontier", 75), ("strong", 50), ("modest", None)])
def test_how_good_the_answers_must_be_is_a_hard_need(good: str, level: float | None) -> None:
    """The best demand 75 of 100 on accuracy, strong ones 50, a simple task no minimum."""
    found = needs(advise(case(access={"performance": good})))
    assert (found["accuracy"].level if "accuracy" in found else None) == level
