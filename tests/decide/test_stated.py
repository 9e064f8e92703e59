"""A case that says nothing is told from one that says something, and what is missing is listed."""

from __future__ import annotations

import pytest

from advisor.case import UNKNOWN, Case, Preferences, Workload
from advisor.decide.stated import is_stated, missing


@pytest.mark.parametrize(
    ("case", "stated"),
    [
        (Case(name="a name", purpose="a purpose"), False),
        (Case(answers={"access": {"load": UNKNOWN}}), False),
        (Case(answers={"access": {"load": "steady"}}), True),
        (Case(answers={"access": {"protections": ()}}), True),
        (Case(workload=Workload(requests_per_month=1)), True),
        (Case(preferences=Preferences(order=("cost",))), True),
    ],
)
def test_a_known_answer_a_figure_or_a_preference_states_something(case: Case, stated: bool) -> None:
    """Names and "I don't know yet" say nothing a ranking could rest on."""
    assert is_stated(case) is stated


def test_what_is_missing_is_what_bills_and_decisions_need() -> None:
    """Three figures and six decisions; what is given leaves the list."""
    assert len(missing(Case())) == 9
    given = Case(workload=Workload(input_tokens=2500), answers={"access": {"load": "steady"}})
    left = missing(given)
    assert len(left) == 7
    assert "the tokens of a typical prompt" not in left
    assert "where the model may run" not in left
