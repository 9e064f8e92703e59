"""Worked examples: one small job for each decision, decided by the same code as the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationError

from advisor.case import Answer, Case
from advisor.decide.advice import Advice
from advisor.decide.steps import step
from advisor.documents import read_document, refusal
from advisor.errors import BadCatalog
from advisor.frozen import Frozen


class WorkedExample(Frozen):
    """One file of `catalog/examples/`. What it points to is computed, never written down."""

    step: str
    title: Annotated[str, Field(min_length=5, max_length=80)]
    situation: Annotated[str, Field(min_length=20, max_length=500)]
    answers: dict[str, Answer]
    """Answers of the step by question key."""
    arithmetic: Annotated[str, Field(min_length=20, max_length=600)]
    """The figure that decides, to be followed by hand."""
    holds: tuple[str, ...]
    """The same as equations, which a test checks."""

    @property
    def case(self) -> Case:
        """A case with these answers and nothing else."""
        return Case(answers={self.step: dict(self.answers)})

    @property
    def advice(self) -> Advice:
        """What the decision says about it."""
        return step(self.step).advise(self.case)


def parse_examples(files: Mapping[str, str]) -> dict[str, WorkedExample]:
    """The worked example of each step, from file name -> text.

    Raises:
        BadCatalog: A file breaks a rule, or answers a question in a way the question does not allow.
        NotFound: There is no such step.
    """
    return {one.step: one for one in (_parsed(text, source) for source, text in files.items())}


def _parsed(text: str, source: str) -> WorkedExample:
    raw = read_document(text, source, BadCatalog)
    try:
        found = WorkedExample.model_validate(raw)
    except ValidationError as error:
        raise refusal(BadCatalog, source, WorkedExample, error) from error
    for key, answer in found.answers.items():
        question = step(found.step).question(key)
        problem = question.problem(answer) if question else "there is no such question"
        if problem:
            raise BadCatalog(
                source, f"answers.{key}", f"{problem}.", "Answer as on the page of the decision."
            )
    return found
