"""Cases for tests of the six decisions."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.case import Answer, Case, Workload
from advisor.decide.advice import Advice, Constraint
from advisor.decide.steps import step

WORKLOAD = Workload(requests_per_month=10_000, input_tokens=4_000, output_tokens=500)


def case(workload: Workload = WORKLOAD, **answers: Mapping[str, Answer]) -> Case:
    """A case with these answers, by decision; every answer is one its question allows."""
    for key, given in answers.items():
        for name, answer in given.items():
            question = step(key).question(name)
            assert question is not None, f"{key} has no question {name}"
            assert question.problem(answer) is None, question.problem(answer)
    return Case(workload=workload, answers={key: dict(given) for key, given in answers.items()})


def needs(advice: Advice) -> dict[str, Constraint]:
    """The hard needs by criterion."""
    return {need.criterion: need for need in advice.constraints}


def texts(advice: Advice) -> str:
    """All reasons in one text."""
    return " | ".join(reason.text for reason in (*advice.reasons_for, *advice.reasons_against))


def guards(advice: Advice) -> dict[str, float]:
    """The limits by key."""
    return {guard.key: guard.value for guard in advice.guardrails}
