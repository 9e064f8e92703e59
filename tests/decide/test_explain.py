"""The decision in words: what is named, what is counted and what is said to be unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.decide.advice import Comparison, Constraint
from advisor.decide.decision import Check, Reading, Verdict
from advisor.decide.explain import confidence, reasons_against, reasons_for
from advisor.decide.lead import headline
from advisor.decide.screen import margin
from advisor.decide.value import WHOLE_SCALE, Row, row_of
from advisor.interval import Interval
from tests.decide.worlds import WHERE, ranked, worths


def held(key: str, level: float, value: Interval | None) -> Check:
    """An open need: an upper level, and the bounds known of the figure."""
    need = Constraint(key, Comparison.AT_MOST, level, "brief", "a reason")
    if value is None:
        return Check(need, Verdict.UNKNOWN, None, None, "")
    return Check(need, Verdict.UNKNOWN, Reading(value, WHERE), margin(need, value.mid), "")


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (held("monthly_cost", 3000, None), "monthly cost (unknown)"),
        (held("answer_time", 8, Interval(6, 7, 720)), "answer time (6 s to 12 min; at most 8 s needed)"),
        (
            held("answer_time", 8, Interval(6, 60, 720)),
            "answer time (6 s to 12 min; at most 8 s needed, more likely missed than met)",
        ),
    ],
)
def test_needs_not_confirmed_for_the_leader_come_first(check: Check, words: str) -> None:
    """Unknown facts and bounds on both sides of the level are said before any odds."""
    first, second = ranked("a", "b")
    open_leader = replace(first, checks=(check,))
    start = f"Not yet confirmed for A (Shop): {words}. "
    sure = f"The first offer known to meet every hard need is B (Shop), number {second.rank}. "
    told = confidence([open_leader, second], [])
    assert told.startswith(f"{start}{sure}")
    none = "No offer is known to meet every hard need."
    assert confidence([open_leader], []).startswith(f"{start}{none}")
    assert "fails no hard need" in headline([open_leader], (), (), 100)
    assert "Not yet confirmed" not in confidence([first, second], [])


def test_a_leader_that_comes_first_less_often_says_why_it_leads() -> None:
    """The order is by the middle score; a runner-up that comes first oftener is explained."""
    first, second = ranked("a", "b")
    ahead = replace(first, p_first=0.32, score=Interval(0.4, 0.7, 0.9))
    behind = replace(second, p_first=0.33, score=Interval(0.4, 0.6, 0.9))
    assert "B (Shop) comes first more often (33 % against 32 %) and still stands behind" in confidence(
        [ahead, behind], []
    )
    assert "more often" not in confidence([ahead, replace(behind, p_first=0.2)], [])


def test_a_leader_against_the_leaning_of_decision_1_is_named() -> None:
    """Open weights in front although decision 1 leans to a closed model: both are said, when they differ."""
    first, second = ranked("a", "b")
    weights = first.offer.model.weights.model_copy(update={"open": True})
    model = first.offer.model.model_copy(update={"weights": weights})
    opened = replace(first, offer=replace(first.offer, model=model))
    said = (
        "Decision 1 leans to a closed model behind an API, which is no hard need: A (Shop) has open weights"
    )
    assert said in confidence([opened, second], [], "closed_api")
    assert "Decision 1 leans" not in confidence([opened, second], [], "hosted_open")
    assert "Decision 1 leans" not in confidence([opened, second], [], "either")


def pair() -> tuple[Row, Row]:
    """Two offers of which only the first has a known pass rate, .9 against the middle .5."""
    keys, weights = ("pass_rate", "cost"), [0.5, 0.5]
    known, other = worths("a", [0.9, 0.5], weights, keys), worths("b", [0.5, 0.5], weights, keys)
    blank = replace(other.contributions[0], reading=None, value=WHOLE_SCALE)
    return known, row_of(other.offer, (blank, other.contributions[1]))


def test_an_unknown_of_the_rival_is_not_taken_for_a_measurement() -> None:
    """The gain is said to be over the middle of what the unknown may be."""
    known, blank = pair()
    assert reasons_for(known, blank, {})[0] == (
        "Pass rate on your cases 90 % (source: test, 24 November 2026); unknown for B (Shop), which counts "
        "as anything from worst to best: 20.0 points better than the middle of that"
    )


def test_an_unknown_of_its_own_is_never_a_reason_for_an_offer() -> None:
    """Beating a poor rival by the middle of an unknown scale is no strength."""
    _, blank = pair()
    poor = worths("c", [0.1, 0.5], [0.5, 0.5], ("pass_rate", "cost"))
    assert not any(words.startswith("Pass rate") for words in reasons_for(blank, poor, {}))


def test_an_unknown_is_named_as_a_reason_against_even_when_its_middle_is_ahead() -> None:
    """What is not known stays a doubt beside a poor rival too."""
    _, blank = pair()
    poor = worths("c", [0.1, 0.5], [0.5, 0.5], ("pass_rate", "cost"))
    assert any(
        words.startswith("Pass rate on your cases is unknown") for words in reasons_against(blank, poor, {})
    )
