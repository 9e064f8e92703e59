"""Stopping early errs no more often than it says, however often one looks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from advisor.probe.adaptive import (
    ERROR_RATE,
    TOLERANCE,
    decided,
    own_bound,
    paired_bound,
    reach,
    saved,
)
from advisor.probe.document import probe_document
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Attempt, Reply, Sample, SampleState, Timeline
from tests.probe.plans import case_of, plan_of_case

RUNS, STEPS = 2_000, 400
OFFERS = ("practice:quick", "practice:steady", "practice:wavering")


def crossings(first: float, second: float, seed: int) -> float:
    """Share of simulated runs in which the bounds of the difference miss the truth at any of 400 looks."""
    dice = np.random.default_rng(seed)
    # Prompts of different difficulty: both offers' chances move up and down together from call to call.
    hard = np.where(np.arange(STEPS) % 2 == 0, 0.1, -0.1)
    one = dice.random((RUNS, STEPS)) < first + hard
    other = dice.random((RUNS, STEPS)) < second + hard
    sums = np.cumsum(one.astype(float) - other, axis=1)
    n = np.arange(1, STEPS + 1)
    away = np.array([reach(0.5 * k, ERROR_RATE) for k in n])
    return float(np.mean(np.any(np.abs(sums - n * (first - second)) >= away, axis=1)))


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.5), (0.8, 0.8), (0.85, 0.65)])
def test_looking_after_every_call_keeps_the_error_rate(first: float, second: float) -> None:
    """Of 2,000 simulated runs looked at after each of 400 calls, at most 5 % ever miss the truth."""
    assert crossings(first, second, seed=1) <= ERROR_RATE


def test_one_look_intervals_would_not_keep_it() -> None:
    """The same runs under the usual 1.96 sigma at every look err far more often: the boundary is needed."""
    dice = np.random.default_rng(1)
    sums = np.cumsum(
        (dice.random((RUNS, STEPS)) < 0.5).astype(float) - (dice.random((RUNS, STEPS)) < 0.5), axis=1
    )
    n = np.arange(1, STEPS + 1)
    assert np.mean(np.any(np.abs(sums)[:, 10:] > 1.96 * np.sqrt(0.5 * n)[10:], axis=1)) > 3 * ERROR_RATE


def test_a_wide_gap_is_decided_with_half_the_calls() -> None:
    """95 % against 50 % is clear after at most 75 of 150 calls in nine runs of ten."""
    dice = np.random.default_rng(2)
    sums = np.cumsum(
        (dice.random((RUNS, 150)) < 0.95).astype(float) - (dice.random((RUNS, 150)) < 0.5), axis=1
    )
    away = np.array([reach(0.5 * k, ERROR_RATE) for k in range(1, 151)])
    assert np.mean(np.any((sums > away)[:, :75], axis=1)) > 0.9


def test_the_boundary_is_the_published_one() -> None:
    """v = 50, rho = 6, alpha = 0.05: sqrt(56 ln(56 / 0.015)) = 21.46."""
    assert reach(50, 0.05) == pytest.approx(math.sqrt(56 * math.log(56 / 0.015)))
    assert reach(50, 0.05) == pytest.approx(21.46, abs=0.005)


def test_without_values_nothing_is_bounded() -> None:
    """No call, no bound; calls only one offer answered say nothing about two."""
    assert own_bound([], 0.05) is None
    assert paired_bound({("a", 0): 1.0}, {("b", 0): 1.0}, 0.05) is None


def a_run(rights: dict[str, float], calls: int, **probe: Any) -> tuple[RunPlan, list[Sample]]:
    """Each offer right in the first share of every ten calls, to ten prompts."""
    plan = plan_of_case(
        case_of(
            offers=tuple(rights), prompts=10, samples_per_prompt=60, latency_samples=0, warm_up=False, **probe
        )
    )
    made = [
        a_sample(
            lane, f"p{number % 10}", number // 10, "Paris" if (number // 10) % 10 < 10 * share else "Rome"
        )
        for lane, share in rights.items()
        for number in range(calls)
    ]
    return plan, made


def a_sample(lane: str, prompt: str, repeat: int, text: str) -> Sample:
    """One answered call of a hundredth of a cent."""
    attempt = Attempt(
        number=1,
        started_at="",
        timeline=Timeline(started_ns=0),
        outcome=Reply(text=text, finish_reason="stop"),
        cost_usd=0.0001,
    )
    return Sample(
        key=f"{lane}{prompt}{repeat}",
        run="r",
        offer=lane,
        prompt=prompt,
        repeat=repeat,
        state=SampleState.DONE,
        attempts=(attempt,),
    )


def test_a_clearly_beaten_offer_is_stopped_with_its_reason() -> None:
    """Right every time against never: 100 calls each are enough, and the last one standing is done too."""
    plan, samples = a_run({"practice:steady": 1.0, "practice:wavering": 0.0}, 100)
    found = {one.lane: one for one in decided(plan, samples)}
    assert found["practice:wavering"].why == "beaten"
    assert "100 points below that of Practice Steady (simulated)" in found["practice:wavering"].words
    assert found["practice:steady"].words == "every other offer is behind on these 10 prompts"


def test_few_calls_decide_nothing() -> None:
    """Five calls each, all right against all wrong, are not enough to stop anybody."""
    assert decided(*a_run({"practice:steady": 1.0, "practice:wavering": 0.0}, 5)) == ()


def test_equal_offers_are_decided_only_within_the_tolerance() -> None:
    """Two offers always right differ by 0; 600 calls bound that by less than 10 points, 50 do not."""
    equal = {"practice:steady": 1.0, "practice:quick": 1.0}
    assert decided(*a_run(equal, 50)) == ()
    assert {one.why for one in decided(*a_run(equal, 600))} == {"close"}
    assert reach(0.5 * 600, ERROR_RATE) / 600 <= TOLERANCE < reach(0.5 * 50, ERROR_RATE) / 50


def test_a_pass_mark_is_reached_or_missed() -> None:
    """With a mark of 60 % an offer always right passes and one never right misses, each on its own."""
    for share, why in ((1.0, "passed"), (0.0, "missed")):
        plan, samples = a_run({"practice:steady": share}, 200, minimum_pass_rate=0.6)
        (found,) = decided(plan, samples)
        assert found.why == why
        assert "the mark of 60 %" in found.words
        assert "200 calls on these 10 prompts" in found.words


def test_what_was_not_asked_is_saved() -> None:
    """Of 600 planned calls 100 were made at $0.0001: 500 calls and $0.05 are saved."""
    plan, samples = a_run({"practice:steady": 1.0}, 100)
    left = saved(plan, samples)
    assert left.calls == 500
    assert left.usd == pytest.approx(0.05)


def test_the_document_tells_what_was_saved() -> None:
    """A run that may stop early says in its document what that saved; another one says nothing."""
    plan, samples = a_run({"practice:steady": 1.0, "practice:wavering": 0.0}, 100, adaptive=True)
    told = _document(plan, samples)["early"]

    # Two offers x ten prompts x 60 were planned, 200 calls were made, a hundredth of a cent each.
    assert told["calls"] == 1000
    assert told["usd"] == pytest.approx(0.1)
    assert len(told["stopped"]) == 2
    assert _document(plan.model_copy(update={"adaptive": False}), samples)["early"] is None


def _document(plan: RunPlan, samples: list[Sample]) -> dict[str, Any]:
    return probe_document(plan, samples, run="r", state="done", reason="", spent_usd=0.0)
