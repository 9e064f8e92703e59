"""When two replies are the same answer, and when one is no answer at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.case import ProbePrompt
from advisor.errors import FailureKind
from advisor.probe.consistency import agree_at
from advisor.probe.equality import Category, judge, judge_texts
from advisor.probe.freetext import clusters, overlap, token_set_ratio
from advisor.probe.grading import grade
from advisor.probe.samples import Attempt, Failure, Reply, Sample, Timeline


def grouped(texts: list[str], prompt: str) -> tuple[int, ...]:
    """The groups of a few texts."""
    found = clusters(texts, prompt)
    assert found is not None
    return found


def _prompt(**fields: Any) -> ProbePrompt:
    return ProbePrompt.model_validate({"id": "p", "text": "Which one?"} | fields)


def _sample(outcome: Reply | Failure, repeat: int = 0) -> Sample:
    attempt = Attempt(number=1, started_at="", timeline=Timeline(started_ns=0), outcome=outcome)
    return Sample(key=str(repeat), run="r", offer="o", prompt="p", repeat=repeat, attempts=(attempt,))


def _said(*texts: str) -> list[Sample]:
    return [_sample(Reply(text=text, finish_reason="stop"), index) for index, text in enumerate(texts)]


def _keys(texts: Sequence[str], **fields: Any) -> list[object]:
    return [judged.key for judged in judge_texts(texts, _prompt(**fields))]


def _pattern(texts: Sequence[str], **fields: Any) -> list[int]:
    keys = _keys(texts, **fields)
    return [keys.index(key) for key in keys]


def test_json_is_compared_by_content() -> None:
    """Worked case 20: white space does not matter, the name of a key does."""
    texts = ['{"Answer":"A"}', '```json\n{ "Answer": "A" }\n```', '{"answer":"A"}']

    assert _pattern(texts, answer_type="json") == [0, 0, 2]


def test_an_answer_in_the_last_word_alone_is_another_answer() -> None:
    """Answers A and C in one sentence differ; two spellings of the last word do not."""
    said = ["I would say the answer is A.", "I would say the answer is C.", "It is colour", "It is color"]
    found = clusters(said, "Which?")

    assert found is not None
    assert found[0] != found[1]
    assert found[2] == found[3]


@pytest.mark.parametrize(
    ("texts", "pattern"),
    [
        (["1,000", "1000", "1000.", "1e3"], [0, 0, 0, 0]),
        (["32", "32.5"], [0, 1]),
        (["5", "5 miles"], [0, 0]),
        (["50%", "0.5"], [0, 1]),
        (["It costs 3, so 7 in all. Answer: 7", "7"], [0, 0]),
        (["-2", "2"], [0, 1]),
    ],
)
def test_numbers_are_compared_by_value(texts: list[str], pattern: list[int]) -> None:
    """Worked case 21: separators, a final stop and units do not matter; per cent does."""
    assert _pattern(texts, answer_type="number") == pattern


def test_the_unit_of_a_number_is_noted() -> None:
    """Worked case 21: "5 miles" is the number 5 with its unit kept beside it."""
    judged = judge_texts(["5 miles"], _prompt(answer_type="number"))[0]

    assert (judged.shown, judged.unit, judged.rule) == ("5 miles", "miles", "number")


@given(st.permutations(["1", "1.0000009", "1.0000018", "2"]))
def test_number_keys_do_not_depend_on_order(texts: list[str]) -> None:
    """Near values chain into one answer whatever their order: tolerance is cut at gaps only."""
    keys = dict(zip(texts, _keys(texts, answer_type="number"), strict=True))

    assert keys["1"] == keys["1.0000009"] == keys["1.0000018"] != keys["2"]


def test_choices_are_found_in_sentences() -> None:
    """Worked case 22: two replies choose A, the third names both and stands for itself."""
    texts = ["The answer is (A).", "(A) is the answer", "Both (A) and (B)"]
    judged = judge_texts(texts, _prompt(answer_type="choice", options=("A", "B")))

    assert [one.shown for one in judged] == ["A", "A", "Both (A) and (B)"]
    assert [one.rule for one in judged] == ["choice", "choice", "text"]
    assert agree_at([one.key for one in judged]) == pytest.approx(0.3333, abs=5e-5)


def test_a_small_word_is_no_option() -> None:
    """The article in "a closer look" is not option A."""
    judged = judge_texts(["I took a closer look.\nB"], _prompt(answer_type="choice", options=("A", "B")))

    assert judged[0].shown == "B"


def test_empty_replies_do_not_agree() -> None:
    """Worked case 23: two empty replies and one answer are one valid answer of three."""
    judged = judge(_said("", "  ", "Paris"), _prompt(answer_type="short"))
    valid = [one.key for one in judged if one.category is Category.VALID]

    assert [one.category for one in judged] == [Category.EMPTY, Category.EMPTY, Category.VALID]
    assert agree_at(valid) is None


def test_code_is_compared_by_its_tree() -> None:
    """Worked case 24: comments, spaces and docstrings do not matter; the program is never run."""
    texts = ["x = 1  # one", "x=1", '"""Doc."""\nx = 1', "x = 2"]

    assert _pattern(texts, answer_type="code") == [0, 0, 0, 3]


def test_dates_are_compared_by_day() -> None:
    """The same day in four notations is one answer; two days in one reply are none."""
    texts = ["2026-02-19", "19 February 2026", "It is due on Feb 19, 2026.", "19.02.2026"]

    assert _pattern(texts, answer_type="date") == [0, 0, 0, 0]
    assert judge_texts(["2026-02-19 or 2026-02-20"], _prompt(answer_type="date"))[0].rule == "text"


def test_short_answers_ignore_dress() -> None:
    """Case, articles, outer marks and a lead-in do not make another answer."""
    texts = ["Eiffel Tower", "the  eiffel tower.", "**The Eiffel Tower**", "Answer: Eiffel Tower", "Louvre"]

    assert _pattern(texts, answer_type="short") == [0, 0, 0, 0, 4]


def test_reasoning_tags_are_not_the_answer() -> None:
    """What a model thought aloud is left out before the answer is looked for."""
    assert _pattern(["<think>maybe 3</think>4", "4"], answer_type="number") == [0, 0]


@pytest.mark.parametrize(
    ("outcome", "category"),
    [
        (Failure(kind=FailureKind.TIMEOUT, detail=""), Category.ERROR),
        (Failure(kind=FailureKind.EMPTY_REPLY, detail=""), Category.EMPTY),
        (Failure(kind=FailureKind.CONTENT_FILTER, detail=""), Category.REFUSED),
        (Reply(text="cut in the", finish_reason="length"), Category.TRUNCATED),
        (Reply(text="I cannot.", finish_reason="stop", refused=True), Category.REFUSED),
        (Reply(text="Paris", finish_reason="stop"), Category.VALID),
    ],
)
def test_what_is_no_answer_is_counted_apart(outcome: Reply | Failure, category: Category) -> None:
    """Errors, refusals, empty and truncated replies are categories of their own, never answer keys."""
    judged = judge([_sample(outcome)], _prompt(answer_type="short"))[0]

    assert judged.category is category
    assert (judged.key is None) == (category is not Category.VALID)


def test_free_text_is_compared_without_the_prompts_words() -> None:
    """Echoing the question is no agreement; saying the same in other words is."""
    prompt = "Why did the bridge in the valley close last week?"
    texts = [
        "The bridge in the valley closed last week because inspectors found cracks in two cables.",
        "Inspectors found cracks in its cables.",
        "The bridge in the valley closed last week because the river flooded the road.",
    ]

    assert [number == grouped(texts, prompt)[0] for number in grouped(texts, prompt)] == [True, True, False]


@given(st.permutations(["Inspectors found cracks in it", "Cracks in it", "The river flooded it", "4"]))
def test_clusters_do_not_depend_on_order(texts: list[str]) -> None:
    """The same replies in any order fall into the same groups."""
    groups = dict(zip(texts, grouped(texts, "why?"), strict=True))

    assert groups["Inspectors found cracks in it"] == groups["Cracks in it"]
    assert len(set(groups.values())) == 3


def test_different_numbers_are_different_answers() -> None:
    """Two texts that both contain numbers and share none never say the same."""
    texts = ["The meeting starts at 9 in room blue", "The meeting starts at 10 in room blue"]

    assert len(set(grouped(texts, ""))) == 2


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        (
            "You can return the sleeping bag after opening it.",
            "You cannot return the sleeping bag after opening it.",
        ),
        ("The sky is blue.", "The sky is not blue."),
        ("It works with a battery", "It won't work with a battery"),
    ],
)
def test_opposite_answers_are_different_answers(yes: str, no: str) -> None:
    """A reply that denies and one that does not are never one answer, whatever words they share."""
    assert grouped([yes, no, yes], "") == (0, 1, 0)


def test_likeness_of_words() -> None:
    """Overlap is common / smaller set; the token-set ratio is 1 when one set contains the other."""
    assert overlap("red green blue", "red green yellow brown") == pytest.approx(2 / 3)
    assert token_set_ratio("new york", "york new city") == 1.0


@pytest.mark.parametrize(
    ("text", "fields", "right"),
    [
        ("Answer: Canberra", {"answer_type": "short", "expected": "Canberra"}, True),
        ("Sydney", {"answer_type": "short", "expected": "Canberra"}, False),
        ("So it is 7.65 euros", {"answer_type": "number", "expected": "7.65"}, True),
        ('{"b": 2.0, "a": 1}', {"answer_type": "json", "expected": '{"a": 1, "b": 2}'}, True),
        ("The capital is Canberra, of course.", {"answer_type": "free", "expected": "canberra"}, True),
        ("whatever", {"answer_type": "short"}, None),
    ],
)
def test_expected_answers_are_read_like_replies(
    text: str, fields: dict[str, Any], right: bool | None
) -> None:
    """An expected answer is compared by the rule of its type; without one nothing is graded."""
    assert grade(_said(text), _prompt(**fields)) == (right,)


def test_an_error_is_not_a_wrong_answer() -> None:
    """A failed call says nothing about being right; an empty or cut reply is wrong."""
    samples = [
        _sample(Failure(kind=FailureKind.TIMEOUT, detail="")),
        _sample(Failure(kind=FailureKind.EMPTY_REPLY, detail="")),
        _sample(Reply(text="Canb", finish_reason="length")),
    ]

    assert grade(samples, _prompt(answer_type="short", expected="Canberra")) == (None, False, False)
