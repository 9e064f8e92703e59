"""What ships beside the code: every rule an advice names, and presets that decide all six."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from advisor.case import UNKNOWN, Case
from advisor.decide.steps import STEPS, plan_for
from advisor.errors import NotFound
from advisor.host.shelf import preset, presets, rulebook, texts
from advisor.probe.practice import PRACTICE_MODELS

_RULE = re.compile(rf"[\"`]((?:{'|'.join(step.key for step in STEPS)})\.[a-z_]+)[\"`]")


def named_rules() -> set[str]:
    """Every rule key the core names, read from its source."""
    core = Path(__file__).parents[2] / "advisor"
    files = [*(core / "decide" / "steps").glob("*.py"), *(core / "cost").glob("*.py")]
    keys = {key for file in files for key in _RULE.findall(file.read_text("utf-8"))}
    return {key for key in keys if not key.endswith(".yaml")}


def test_every_rule_named_exists() -> None:
    """No advice rests on a rule that cannot be looked up."""
    assert len(named_rules()) > 30
    assert named_rules() - set(rulebook()) == set()


def test_rules_are_current_and_sourced() -> None:
    """Each rule was checked this year at the latest and names where it comes from."""
    for key, rule in rulebook().items():
        assert date(2026, 1, 1) <= rule.checked, key
        assert rule.source, key


def test_presets_offered() -> None:
    """Six ready-made starts, in order."""
    assert [case.preset for case in presets()] == [
        "support_chatbot",
        "document_qa",
        "coding_agent",
        "extraction_batch",
        "research_agent",
        "on_premises",
    ]


@pytest.mark.parametrize("case", presets(), ids=lambda case: str(case.preset))
def test_presets_are_complete(case: Case) -> None:
    """Each preset answers all that it is asked, decides all six, marks each answer and number as its own."""
    for step in STEPS:
        asked = {question.key for question in step.questions if question.applies(case)}
        assert asked == set(case.answers[step.key]), step.key
    assert all(advice.choice != UNKNOWN for advice in plan_for(case).advice)
    answers = sum(len(answers) for answers in case.answers.values())
    numbers = sum(number is not None for _, number in case.workload)
    assert len(case.from_preset) == answers + numbers


@pytest.mark.parametrize("case", presets(), ids=lambda case: str(case.preset))
def test_presets_can_be_probed_without_a_key(case: Case) -> None:
    """Each preset starts with two simulated practice models to ask, so that a first probe needs no key."""
    names = [offer.removeprefix("practice:") for offer in case.probe.offers]
    assert names == ["steady", "wavering"]
    assert set(names) <= set(PRACTICE_MODELS)


def test_presets_with_protected_data_need_proof() -> None:
    """Where personal data is sent to a provider, an offer that cannot show its data policy is out."""
    strict = {case.preset for case in presets() if case.preferences.exclude_unknown}
    assert strict == {"support_chatbot", "document_qa", "on_premises"}


@pytest.mark.parametrize("case", presets(), ids=lambda case: str(case.preset))
def test_presets_bring_prompts(case: Case) -> None:
    """Each preset has prompts to probe with; several have an expected answer of the right type."""
    prompts = case.probe.prompts
    assert len({prompt.id for prompt in prompts}) == len(prompts) >= 6
    assert sum(prompt.expected is not None for prompt in prompts) >= 2
    for prompt in prompts:
        assert (prompt.answer_type == "choice") == bool(prompt.options), prompt.id
        if prompt.answer_type == "choice":
            assert prompt.expected in prompt.options, prompt.id


def test_preset_outcomes() -> None:
    """What each preset leads to, decision by decision."""
    outcomes = {str(case.preset): [advice.choice for advice in plan_for(case).advice] for case in presets()}
    assert outcomes == {
        "support_chatbot": ["either", "none", "balanced", "rag", "not_now", "single_call"],
        "document_qa": ["either", "none", "accuracy_first", "advanced_rag", "not_now", "workflow"],
        "coding_agent": ["closed_api", "medium", "accuracy_first", "prompt", "not_now", "agent"],
        "extraction_batch": ["either", "none", "cost_first", "prompt", "trial", "workflow"],
        "research_agent": ["closed_api", "medium", "accuracy_first", "prompt", "not_now", "agent"],
        "on_premises": ["self_hosted", "none", "balanced", "rag", "not_now", "single_call"],
    }


def test_preset_by_key() -> None:
    """A preset is found by its key; another name gets the list."""
    assert preset("coding_agent").name == "Coding agent"
    with pytest.raises(NotFound, match="support_chatbot"):
        preset("poet")


def test_missing_folder(tmp_path: Path) -> None:
    """An installation without rules says so."""
    with pytest.raises(NotFound, match="rules"):
        texts("rules", tmp_path)
