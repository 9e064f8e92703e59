"""Replies of a run: filters, differences between two of them, export."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import FailureKind
from advisor.probe.agreement_words import model_sentences, prompt_sentences
from advisor.probe.board import Board, Row, Show, board_of, chosen, differences, flat, place_of
from advisor.probe.money import cost_usd
from advisor.probe.samples import Attempt, Failure, Purpose, Reply, Sample, SampleState, Timeline, Usage
from advisor.probe.targets import Target
from tests.probe.plans import case_of, plan_of_case

OFFER = "practice:quick"


def a_sample(
    text: str | None, number: int, prompt: str = "p0", purpose: Purpose = Purpose.CONSISTENCY
) -> Sample:
    """One reply; None is a call that timed out."""
    reply = None if text is None else Reply(text=text, finish_reason="stop")
    outcome = reply or Failure(kind=FailureKind.TIMEOUT, detail="slow")
    attempt = Attempt(number=1, started_at="", timeline=Timeline(started_ns=0), outcome=outcome)
    return Sample(
        key=f"{prompt}-{number}-{purpose.value}",
        run="r",
        offer=OFFER,
        prompt=prompt,
        repeat=number,
        state=SampleState.DONE if reply else SampleState.FAILED,
        simulated=True,
        attempts=(attempt,),
        purpose=purpose,
    )


def a_board(*texts: str | None) -> Board:
    """The replies of one offer to one prompt that expects Paris."""
    plan = plan_of_case(case_of(samples_per_prompt=len(texts)))
    return board_of(plan, [a_sample(text, number) for number, text in enumerate(texts)])


def numbers(rows: tuple[object, ...]) -> list[int]:
    """Which samples these rows are."""
    return [row.sample.repeat for row in rows]  # type: ignore[attr-defined]  # rows of the board


def test_filters_keep_failures_and_disagreements_apart() -> None:
    """A wrong majority fails without disagreeing; the odd right one disagrees without failing."""
    board = a_board("Rome", "Paris", None, "Rome", "")
    assert numbers(chosen(board, Show.FAILURES)) == [0, 2, 3, 4]
    assert numbers(chosen(board, Show.DISAGREEMENTS)) == [1]
    assert numbers(chosen(board, words="PARIS")) == [1]
    assert numbers(chosen(board, lane="practice:steady")) == []
    assert place_of(chosen(board, Show.DISAGREEMENTS), "p0-1-consistency") == 0


def test_a_tie_has_no_odd_one_out() -> None:
    """Two answers that came equally often are both most common."""
    assert chosen(a_board("Rome", "Paris"), Show.DISAGREEMENTS) == ()


def test_calls_that_measure_time_are_shown_but_not_judged() -> None:
    """A speed call is a row without an answer; a warm-up is none."""
    plan = plan_of_case(case_of())
    rows = board_of(
        plan,
        [
            a_sample("Rome", 0, purpose=Purpose.WARM_UP),
            a_sample("Rome", 0, purpose=Purpose.LATENCY),
            a_sample("Paris", 0),
        ],
    ).rows
    assert [row.answer is None for row in rows] == [True, False]
    assert not any(row.failed for row in rows)


def test_differences_are_word_by_word() -> None:
    """What stands in both is one piece, what changed stands beside it."""
    assert differences("the cat sat here", "the dog sat here") == (
        ("same", "the "),
        ("gone", "cat "),
        ("new", "dog "),
        ("same", "sat here"),
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_differences_lose_nothing_but_spaces(first: str, second: str) -> None:
    """The pieces of each side put together are that reply."""
    pieces = differences(first, second)
    for text, other in ((first, "new"), (second, "gone")):
        side = "".join(piece.text for piece in pieces if piece.kind != other)
        assert "".join(side.split()) == "".join(text.split())


def test_the_export_tells_unknown_from_zero() -> None:
    """A failed call has no time, cost or answer: nothing is filled in."""
    row = flat(a_board(None).rows[0], _target())
    assert (row["error"], row["cost_usd"], row["total_s"], row["reply"]) == ("timeout", None, None, None)
    assert row["simulated"] is True


def _target() -> Target:
    return plan_of_case(case_of()).targets[0]


def test_a_speed_call_and_an_answer_are_told_apart() -> None:
    """First answer and first speed call to one prompt have different names; a warm-up is kept apart."""
    purposes = (Purpose.WARM_UP, Purpose.LATENCY, Purpose.CONSISTENCY)
    board = board_of(plan_of_case(case_of()), [a_sample("Paris", 0, purpose=one) for one in purposes])

    assert [flat(row, _target())["call"] for row in board.rows] == ["speed 1", "answer 1"]
    assert [one.name for one in board.warm_ups] == ["warm-up 1"]


def test_the_parts_of_an_exported_cost_add_up() -> None:
    """Ten prompt tokens, four of them cached, six generated, two of them reasoning: parts make the whole."""
    sample = a_sample("Paris", 0)
    target = _target()
    used = Usage(prompt_tokens=10, cached_tokens=4, completion_tokens=6, reasoning_tokens=2)
    tried = sample.attempts[0].model_copy(update={"usage": used, "cost_usd": cost_usd(used, target.price)})
    row = flat(Row(sample.model_copy(update={"attempts": (tried,)}), None, True), target)
    parts = [
        row[f"cost_{name}_usd"] for name in ("fresh", "cached", "written", "reasoning", "visible", "audio")
    ]

    assert (row["prompt_tokens"], row["cached_tokens"], row["reasoning_tokens"]) == (10, 4, 2)
    assert sum(cast("list[float]", parts)) == pytest.approx(row["cost_usd"])
    assert cast("float", row["cost_usd"]) > 0


def test_five_equal_answers_claim_no_certainty() -> None:
    """Every sentence about 5 of 5 equal answers speaks of what was seen; none of what is sure."""
    board = a_board(*["Paris"] * 5)
    said = [*prompt_sentences(board.studied[OFFER, "p0"].figures), *model_sentences(board.models[OFFER])]
    assert "up to 45 in 100 answers could still differ" in said[0]
    words = " ".join(said).lower().replace("(57 % to 100 %)", "").replace("57 % to 100 %", "")
    claims = ("100 %", "always", "certain", "guarantee", "never differ", "perfect", "consistent", "proves")
    assert [claim for claim in claims if claim in words] == []
