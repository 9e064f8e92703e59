"""Decision 5: the gate, the trial, the technique, and the doors that have closed."""

from __future__ import annotations

import pytest

from advisor.case import Answer, Workload
from advisor.decide.steps.tuning import advise
from tests.decide.steps.cases import case, guards, needs, texts

READY: dict[str, Answer] = {"purpose": "form", "eval_set": True, "plateau": True}
PROVEN: dict[str, Answer] = {**READY, "examples": 800.0, "trial": "improved"}


@pytest.mark.parametrize(
    ("answers", "expected", "because"),
    [
        ({"purpose": "nothing"}, "not_now", "prompts do the job"),
        ({**READY, "purpose": "facts"}, "not_now", "facts belong into retrieval"),
        ({**READY, "eval_set": False}, "not_now", "no evaluation set"),
        ({**READY, "eval_set": "unknown"}, "not_now", "no evaluation set"),
        ({**READY, "plateau": False}, "not_now", "can still improve"),
        (READY, "trial", "an unknown number of examples"),
        ({**READY, "examples": 49.0, "trial": "improved"}, "trial", "you have 49 examples"),
        ({**READY, "examples": 50.0}, "trial", "have not tried yet"),
        ({**PROVEN, "trial": "no_gain"}, "not_now", "the trial brought no gain"),
        (PROVEN, "lora", "LoRA"),
        ({**PROVEN, "purpose": "skill", "examples": 20_000.0, "where": "own"}, "full", "tens of thousands"),
        ({**PROVEN, "purpose": "skill", "examples": 19_999.0, "where": "own"}, "lora", "LoRA"),
        ({**PROVEN, "purpose": "skill", "examples": 20_000.0, "where": "hosted"}, "lora", "LoRA"),
        ({**PROVEN, "purpose": "smaller", "teacher": True}, "distil", "a teacher does the job"),
        ({**PROVEN, "purpose": "smaller", "teacher": False}, "not_now", "no teacher"),
        ({}, "unknown", ""),
    ],
)
def test_recommended_technique(answers: dict[str, Answer], expected: str, because: str) -> None:
    """First the gate, then the trial, then the technique that the data allow."""
    advice = advise(case(tuning=answers))
    assert advice.recommended == expected
    assert because in texts(advice)


@pytest.mark.parametrize(("where", "criterion"), [("hosted", "fine_tuning"), ("own", "open_weights")])
def test_tuning_restricts_to_models_that_can_be_tuned(where: str, criterion: str) -> None:
    """At a provider the offer must be tunable; on own GPUs the weights must be open."""
    assert list(needs(advise(case(tuning={**PROVEN, "where": where})))) == [criterion]


def test_a_trial_shuts_nobody_out_unless_decided() -> None:
    """A recommended trial leaves all models in the race; the user's own decision does not."""
    assert advise(case(tuning=READY)).constraints == ()
    assert "fine_tuning" in needs(advise(case(tuning={**READY, "decision": "trial"})))


def test_no_tuning_demands_nothing() -> None:
    """Without tuning there is no need, no limit and no warning."""
    advice = advise(case(tuning={"purpose": "nothing"}))
    assert (advice.constraints, advice.guardrails, advice.warnings) == ((), (), ())


@pytest.mark.parametrize(
    ("decision", "examples"), [("trial", 50), ("lora", 200), ("full", 10_000), ("distil", 1_000)]
)
def test_data_each_technique_needs(decision: str, examples: float) -> None:
    """The smallest set of good examples is a number for every technique."""
    assert guards(advise(case(tuning={"decision": decision})))["tuning_examples"] == examples


def test_closed_doors_have_dates() -> None:
    """Whoever tunes at a provider learns which ones closed, and when."""
    hosted = " ".join(advise(case(tuning={**PROVEN, "where": "hosted"})).warnings)
    own = " ".join(advise(case(tuning={**PROVEN, "where": "own"})).warnings)
    for day in ("7 May 2026", "2 July 2026", "6 January 2027", "15 September 2025", "14 August 2026"):
        assert day in hosted
        assert day not in own


def test_decided_before_the_gate_warns() -> None:
    """Tuning decided without an evaluation set is in force and pointed out."""
    advice = advise(case(tuning={"purpose": "facts", "eval_set": False, "decision": "lora"}))
    said = " ".join(advice.warnings)
    assert advice.choice == "lora"
    assert "The gate is not passed" in said
    assert "not facts" in said


def test_trial_before_more_data() -> None:
    """The trial says when to stop and when to collect more."""
    assert any("if the curve is flat, stop" in text for text in advise(case(tuning=READY)).next_steps)


@pytest.mark.parametrize(("requests", "doubted"), [(99_999, True), (100_000, False), (None, True)])
def test_distillation_has_to_pay(requests: float | None, doubted: bool) -> None:
    """At a low or unknown volume the price of distilling is a reason against it."""
    wanted = case(
        Workload(requests_per_month=requests), tuning={**PROVEN, "purpose": "smaller", "teacher": True}
    )
    assert ("saving per call" in texts(advise(wanted))) is doubted


def test_changing_task_warns() -> None:
    """A task that will change soon may not pay a tuned model back."""
    assert any("half a year" in text for text in advise(case(tuning={**PROVEN, "stable": False})).warnings)
