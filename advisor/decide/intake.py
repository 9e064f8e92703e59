"""Cases in and out of text: YAML or JSON of the user's own, checked against every rule we have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from advisor.case import UNKNOWN, Case
from advisor.decide.criteria import CRITERIA, SCORED
from advisor.decide.questions import Kind, Question, Step
from advisor.decide.steps import STEPS
from advisor.documents import near, read_document, refusal
from advisor.errors import BadCase

_STEPS: dict[str, Step] = {step.key: step for step in STEPS}


def read_case(text: str, source: str) -> Case:
    """A case from YAML or JSON.

    Args:
        text: The document.
        source: Its name, as the user knows it.

    Raises:
        BadCase: It breaks a rule; names field, rule and what to do. Nothing is half-loaded.
    """
    raw = read_document(text, source, BadCase)
    try:
        case = Case.model_validate(raw)
    except ValidationError as error:
        raise refusal(BadCase, source, Case, error) from error
    return check_case(case, source)


def check_case(case: Case, source: str) -> Case:
    """The same case, once its answers and preferences speak of things that exist.

    Raises:
        BadCase: A step, question, answer or criterion is not ours.
    """
    for step_key, answers in case.answers.items():
        if step_key not in _STEPS:
            hint = near(step_key, list(_STEPS))
            raise BadCase(source, f"answers.{step_key}", "there is no such decision.", hint)
        for key in answers:
            _check_answer(case, _STEPS[step_key], key, source)
    _check_preferences(case, source)
    return case


def _check_answer(case: Case, step: Step, key: str, source: str) -> None:
    field = f"answers.{step.key}.{key}"
    question = step.question(key)
    if question is None:
        known = [question.key for question in step.questions]
        raise BadCase(source, field, "there is no such question.", near(key, [*known, "decision"]))
    problem = question.problem(case.answers[step.key][key])
    if problem is not None:
        raise BadCase(
            source, field, "is not an answer to this question.", f"{problem[0].upper()}{problem[1:]}."
        )


def _check_preferences(case: Case, source: str) -> None:
    wanted = case.preferences
    named = [("order", key) for key in wanted.order] + [("swings", key) for key in wanted.swings]
    for where, key in named:
        if key not in SCORED:
            rule = "no criterion of this name carries weight."
            raise BadCase(source, f"preferences.{where}.{key}", rule, near(key, SCORED))
    for key in wanted.minimum_levels:
        if key not in CRITERIA:
            hint = near(key, list(CRITERIA))
            raise BadCase(source, f"preferences.minimum_levels.{key}", "there is no such criterion.", hint)
    if len(set(wanted.order)) != len(wanted.order):
        raise BadCase(source, "preferences.order", "names a criterion twice.", "Keep each once.")


def read_preset(text: str, source: str, key: str) -> Case:
    """A preset: a case all of whose answers and numbers are marked as the preset's.

    Raises:
        BadCase: It breaks a rule.
    """
    case = read_case(text, source)
    answers = tuple(f"{step}.{name}" for step, answers in case.answers.items() for name in answers)
    numbers = tuple(f"workload.{name}" for name, number in case.workload if number is not None)
    return case.model_copy(update={"preset": key, "from_preset": (*numbers, *answers)})


def dump_case(case: Case, form: Literal["yaml", "json"]) -> str:
    """A case as text that `read_case` reads back to an equal case; defaults are left out."""
    plain = {"version": case.version, **case.model_dump(mode="json", exclude_defaults=True)}
    if form == "json":
        return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
    return yaml.dump(plain, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100)


class _Plain(yaml.SafeDumper):
    """Never writes anchors, which `read_case` refuses; long texts become blocks."""

    def ignore_aliases(self, data: object) -> bool:
        """Repeats a value instead of pointing at it."""
        return True


def case_schema() -> dict[str, Any]:
    """JSON Schema of a case document, with every decision's questions and their allowed answers."""
    schema = Case.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Case"
    schema["properties"]["answers"] = {
        "type": "object",
        "description": "Decision -> question -> answer; a question left out is not answered yet.",
        "additionalProperties": False,
        "properties": {step.key: _step_schema(step) for step in STEPS},
    }
    return schema


def _step_schema(step: Step) -> dict[str, Any]:
    own = step.question("decision")
    questions = step.questions if own is None else (*step.questions, own)
    return {
        "type": "object",
        "title": step.title,
        "description": step.hint,
        "additionalProperties": False,
        "properties": {question.key: _answer_schema(question) for question in questions},
    }


def _answer_schema(question: Question) -> dict[str, Any]:
    about = {"title": question.label, "description": question.why or question.hint}
    return {**about, "anyOf": [_shape(question), {"const": UNKNOWN}]}


def _shape(question: Question) -> Mapping[str, Any]:
    values = [option.value for option in question.options]
    shapes: dict[Kind, dict[str, Any]] = {
        Kind.ONE: {"enum": values},
        Kind.MANY: {"type": "array", "items": {"enum": values}, "uniqueItems": True},
        Kind.NUMBER: {"type": "number", "minimum": question.minimum, "maximum": question.maximum},
        Kind.YES_NO: {"type": "boolean"},
    }
    return shapes[question.kind]
