"""What each grader passes, and that none of them runs, fetches or waits for what it was given."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.case import Grader, ProbePrompt
from advisor.errors import FailureKind
from advisor.probe.graders import CHECKS, problem, verdict
from advisor.probe.grading import grade_outcomes, marks
from advisor.probe.samples import Failure, Reply

PLAIN = ProbePrompt(id="p", text="Why did the bridge close?")
CONTEXT = "The bridge closed on 3 May because inspectors found cracks in two cables."


def passes(text: str, kind: str, value: str = "", **more: Any) -> bool | None:
    return verdict(text, Grader.model_validate({"kind": kind, "value": value} | more), PLAIN).passed


@pytest.mark.parametrize(
    ("kind", "value", "good", "bad"),
    [
        ("exact", "Paris", " Paris\n", "Paris."),
        ("contains", "Paris", "It is Paris.", "It is paris."),
        ("regex", r"\b\d{4}-\d{2}-\d{2}\b", "on 2026-01-02", "on 2 January"),
        ("number", "7.65", "So it is 7.650 euros", "7.66"),
        ("json_schema", '{"required": ["a"]}', '```json\n{"a": 1}\n```', '{"b": 1}'),
        ("json_schema", "", "[1, 2]", "one, two"),
        ("choice", "B", "The answer is\nB", "The answer is\nA"),
        ("code", "", "```python\nprint('hi')\n```", "print('hi'"),
        ("code", "json", '{"a": 1}', "{a: 1}"),
        ("refusal", "", "I’m sorry, but I can’t help with that.", "Here is how it is done."),
        ("grounded", CONTEXT, "Inspectors found cracks in cables.", "The bridge closed on 4 May."),
    ],
)
def test_each_grader_tells_good_from_bad(kind: str, value: str, good: str, bad: str) -> None:
    """One reply that passes and one that does not, per kind; `negate` turns both round."""
    assert (passes(good, kind, value), passes(bad, kind, value)) == (True, False)
    assert (passes(good, kind, value, negate=True), passes(bad, kind, value, negate=True)) == (False, True)
    assert problem(Grader.model_validate({"kind": kind, "value": value})) == ""


def test_numbers_have_the_tolerance_they_are_given() -> None:
    """An absolute tolerance of 0.5 takes 42.5 for 42, and not 42.6; 50 % is not 50."""
    assert passes("42.5", "number", "42", tolerance=0.5) is True
    assert passes("42.6", "number", "42", tolerance=0.5) is False
    assert passes("50", "number", "50 %") is False


def test_case_matters_unless_said_otherwise() -> None:
    """`ignore_case` holds for texts and patterns."""
    assert passes("PARIS", "contains", "paris", ignore_case=True) is True
    assert passes("PARIS", "regex", "^paris$", ignore_case=True) is True


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("regex", r"(?:.*,){1,11}P", "a," * 60),
        ("regex", "((a{1000}){1000}){1000}", "aaa"),
        ("regex", "(", "x"),
        ("json_schema", '{"$ref": "#"}', "{}"),
        ("json_schema", '{"$ref": "http://127.0.0.1:9/x"}', "{}"),
        ("json_schema", '{"properties": {"a": {"pattern": "(?:.*,){1,11}P"}}}', '{"a": "' + "a," * 60 + '"}'),
        ("json_schema", "{}", "[" * 100_000),
        ("code", "", "(" * 100_000),
    ],
)
def test_hostile_checks_end_and_do_not_pass(kind: str, value: str, text: str) -> None:
    """Endless patterns, schemas that refer to themselves or elsewhere, deep nesting: never a pass."""
    assert passes(text, kind, value) is False


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("regex", "(", "is no pattern"),
        ("regex", "", "needs a pattern"),
        ("number", "many", "is no number"),
        ("json_schema", '{"type": "thing"}', "is no JSON Schema"),
        ("json_schema", "{", "is no JSON"),
        ("code", "rust", "names a language"),
        ("rubric", "", "needs a rubric"),
    ],
)
def test_what_cannot_work_is_said_before_the_run(kind: str, value: str, words: str) -> None:
    """A broken grader is found when it is written, not after the calls are paid for."""
    assert words in problem(Grader.model_validate({"kind": kind, "value": value}))


def test_the_overlap_is_called_approximate() -> None:
    """Groundedness without a judge says so in its words, and refusals by words too."""
    told = verdict("Cracks in cables.", Grader(kind="grounded", value=CONTEXT), PLAIN)

    assert "approximate" in told.words
    assert {kind for kind, check in CHECKS.items() if check.approximate} == {"grounded", "refusal"}


def _asked(*graders: Grader, expected: str | None = None) -> ProbePrompt:
    return PLAIN.model_copy(update={"graders": graders, "expected": expected})


def test_a_reply_is_right_when_all_agree() -> None:
    """Expected answer and every grader; one failure is enough to be wrong, and each verdict is kept."""
    prompt = _asked(
        Grader(kind="contains", value="cracks"), Grader(kind="regex", value="cables$"), expected="cables"
    )
    replies = [
        Reply(text=text, finish_reason="stop") for text in ("cracks in cables", "cracks in its cables!")
    ]
    found = marks(replies, prompt)

    assert [mark.right for mark in found] == [True, False]
    assert [one.passed for one in found[1].verdicts] == [True, False]
    assert found[1].expected is True


def test_a_rubric_waits_for_its_judge() -> None:
    """Without a judge a rubric leaves the reply ungraded, unless another check has failed already."""
    prompt = _asked(Grader(kind="rubric", value="Polite"), Grader(kind="contains", value="yes"))
    replies = [Reply(text=text, finish_reason="stop") for text in ("yes", "no")]
    judged = [reply.model_copy(update={"judged": {0: True}}) for reply in replies]

    assert [mark.right for mark in marks(replies, prompt)] == [None, False]
    assert [mark.right for mark in marks(judged, prompt)] == [True, False]


def test_a_refusal_may_be_what_is_wanted() -> None:
    """A refusal marked by the provider or its filter is right where one is expected, and wrong elsewhere."""
    outcomes = [
        Reply(text="No.", finish_reason="stop", refused=True),
        Failure(kind=FailureKind.CONTENT_FILTER, detail=""),
        Reply(text="I cannot help with that.", finish_reason="stop"),
        Failure(kind=FailureKind.TIMEOUT, detail=""),
    ]

    assert grade_outcomes(outcomes, _asked(Grader(kind="refusal"))) == (True, True, True, None)
    assert grade_outcomes(outcomes, _asked(Grader(kind="refusal", negate=True))) == (
        False,
        False,
        False,
        None,
    )
    assert grade_outcomes(outcomes[:2], _asked(Grader(kind="contains", value="No"))) == (False, False)
