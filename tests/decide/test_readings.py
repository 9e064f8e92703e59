"""Published speeds count for the effort they were measured at, and bound those beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog.entries import Speed
from advisor.cost.profile import TokenProfile
from advisor.decide.plan import Situation
from advisor.decide.readings import OTHER_HOST_SPREAD, answer_time, speeds_at
from advisor.interval import Interval
from tests.decide.worlds import DAY, STATED, case, catalog, model, plan

ROWS = {"low": 2.0, "high": 20.0, "max": 100.0}
"""Seconds to the first token by effort; every row writes 50 tokens a second."""


def situation(effort: str | None) -> Situation:
    """One offer with the rows above; a task writes 100 tokens in one call."""
    rows = tuple(
        Speed.model_validate({"effort": key, "ttft_s": wait, "output_tps": 50, **STATED})
        for key, wait in ROWS.items()
    )
    profile = TokenProfile(input_tokens=Interval.exact(10), output_tokens=Interval.exact(100))
    made = catalog([model("a").model_copy(update={"speeds": rows})])
    return Situation(case({}), replace(plan(), profile=profile, effort=effort), made, DAY)


@pytest.mark.parametrize(
    ("effort", "efforts"),
    [
        ("none", ["low"]),
        ("low", ["low"]),
        ("medium", ["low", "high"]),
        ("xhigh", ["high", "max"]),
        (None, ["low", "high", "max"]),
    ],
)
def test_speeds_are_those_of_the_chosen_effort_or_of_its_neighbours(
    effort: str | None, efforts: list[str]
) -> None:
    """An effort nobody published takes the next lower and the next higher; an unknown one takes all."""
    found = situation(effort)

    assert [row.effort for row in speeds_at(found.catalog.offers[0], effort)] == efforts


def test_thinking_less_takes_at_most_the_wait_of_thinking_more() -> None:
    """No thinking, published at low alone (2 s): between nothing and 2 s, and 2 s to write 100 tokens."""
    found = situation("none")
    reading = answer_time(found.catalog.offers[0], found)

    assert reading is not None
    assert reading.value.low == pytest.approx(2 / OTHER_HOST_SPREAD)
    assert reading.value.mid == pytest.approx(1 + 2)
    assert reading.value.high == pytest.approx((2 + 2) * OTHER_HOST_SPREAD)
    assert reading.efforts == ("low",)


def test_an_effort_between_two_lies_between_their_times() -> None:
    """Medium, between low (2 s) and high (20 s), and 2 s of writing: 4 to 22 s, and the spread."""
    found = situation("medium")
    reading = answer_time(found.catalog.offers[0], found)

    assert reading is not None
    assert reading.value.low == pytest.approx(4 / OTHER_HOST_SPREAD)
    assert reading.value.high == pytest.approx(22 * OTHER_HOST_SPREAD)
    assert reading.efforts == ("low", "high")


def test_a_time_at_the_chosen_effort_needs_no_word() -> None:
    """Low was published: its 2 s and 2 s of writing stand as they are."""
    found = situation("low")
    reading = answer_time(found.catalog.offers[0], found)

    assert reading is not None
    assert reading.value.mid == pytest.approx(4)
    assert reading.efforts == ()
