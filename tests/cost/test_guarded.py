"""Agents by simulation: it agrees with the formulas, and guards cut the tail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.cost.agents import chain_success, loop_input_tokens
from advisor.cost.guarded import AgentTask, Guards, simulate, step_usd, usual_task_formulas

TASK = AgentTask(
    steps=20,
    spread=0.0,
    step_success=0.95,
    noticed=0.0,
    first_prompt_tokens=4_000,
    growth_tokens=1_500,
    output_tokens=300,
    input_usd_per_mtok=3,
    cached_usd_per_mtok=3,
    output_usd_per_mtok=15,
    step_s=5,
)
WILD = replace(TASK, spread=0.8, step_success=0.9, noticed=0.9)


def test_success_agrees_with_the_power() -> None:
    """Twenty steps at 95 %: simulated success is 0.95^20 = 0.358, within three standard errors."""
    assert simulate(TASK).success == pytest.approx(chain_success(0.95, 20), abs=3 * np.sqrt(0.23 / 20_000))


def test_cost_agrees_with_the_loop_formula() -> None:
    """Without spread and retries every task costs 365,000 prompt and 6,000 written tokens."""
    expected = (loop_input_tokens(4_000, 1_500, 20) * 3 + 20 * 300 * 15) / 1e6

    outcome = simulate(TASK)
    assert outcome.usd_mean == pytest.approx(expected)
    assert outcome.usd_max == pytest.approx(expected)
    assert outcome.steps_mean == 20
    assert outcome.seconds_p95 == 100


def test_noticed_failures_are_repeated() -> None:
    """When every failure is noticed, all tasks end well and take 20 / 0.95 steps on average."""
    outcome = simulate(replace(TASK, noticed=1.0))

    assert outcome.success == 1
    assert outcome.steps_mean == pytest.approx(20 / 0.95, rel=0.01)


def test_a_shared_beginning_costs_the_cached_price() -> None:
    """Of 4,000 first tokens 1,000 are in the cache already: 1,000 x (3 - 0.3) per million less."""
    cached = replace(TASK, cached_usd_per_mtok=0.3)
    shared = replace(cached, first_cached_tokens=1_000)

    assert simulate(cached).usd_mean - simulate(shared).usd_mean == pytest.approx(1_000 * 2.7 / 1e6)
    with pytest.raises(ValueError, match="first prompt"):
        replace(TASK, first_cached_tokens=5_000)


def test_repeats_are_expected_in_the_steps() -> None:
    """A tenth fails and half of that is noticed: each step is done 1 / 0.95 times, 20 become 21.05."""
    task = replace(TASK, step_success=0.9, noticed=0.5)

    assert task.steps_with_repeats == pytest.approx(20 / 0.95)
    assert simulate(task).steps_mean == pytest.approx(20 / 0.95, rel=0.01)
    assert replace(TASK, step_success=0.0, noticed=1.0).steps_with_repeats == float("inf")


def test_a_cached_transcript_is_read_cheaply() -> None:
    """With cached tokens at a tenth, the loop costs far less, and the first step the same."""
    cached = replace(TASK, cached_usd_per_mtok=0.3)

    assert simulate(cached).usd_mean < 0.4 * simulate(TASK).usd_mean
    first = np.zeros(1, dtype=np.int64)
    assert step_usd(cached, first) == step_usd(TASK, first)


def test_the_cap_cuts_the_tail() -> None:
    """A money cap bounds the dearest task to the cap and one step, and costs some success."""
    free, capped = simulate(WILD), simulate(WILD, Guards(max_usd=2.0))
    dearest_step = float(step_usd(WILD, np.array([60]))[0])

    assert free.usd_max > 5
    assert capped.usd_max <= 2.0 + dearest_step
    assert capped.usd_median == free.usd_median
    assert capped.success < free.success
    assert 0 < capped.cut_by["money"] < 0.5
    assert free.cut_by == {}


def test_steps_and_time_are_guards_too() -> None:
    """At most thirty steps, at most 100 seconds: both are named with the share they ended."""
    by_steps, by_time = simulate(WILD, Guards(max_steps=30)), simulate(WILD, Guards(max_s=100))

    assert by_steps.cut_by["steps"] > 0
    assert by_steps.steps_mean <= 30
    assert by_time.seconds_p95 == 100
    assert set(by_time.cut_by) == {"time"}


def test_runs_repeat_with_their_seed() -> None:
    """The same seed gives the same figures, another seed nearly the same."""
    assert simulate(WILD, seed=4) == simulate(WILD, seed=4)
    assert simulate(WILD, seed=5).usd_mean == pytest.approx(simulate(WILD, seed=4).usd_mean, rel=0.05)


def test_hopeless_tasks_end() -> None:
    """A step that never goes right and is always noticed ends at the hard stop, with no success."""
    outcome = simulate(replace(TASK, step_success=0.0, noticed=1.0), draws=50)

    assert outcome.success == 0
    assert outcome.usd_per_success is None
    assert outcome.cut_by == {"end": 1.0}


def test_price_of_a_success_includes_the_failures() -> None:
    """Dollars per task that ends well are the mean over the success rate."""
    outcome = simulate(TASK)

    assert outcome.usd_per_success == pytest.approx(outcome.usd_mean / outcome.success)


def test_absurd_tasks_are_refused() -> None:
    """No steps and shares outside 0 to 1 are refused."""
    for change in ({"steps": 0}, {"noticed": 2}):
        with pytest.raises(ValueError, match="shares between 0 and 1"):
            replace(TASK, **change)  # type: ignore[arg-type]  # one field at a time


def test_the_distribution_is_there_for_a_chart() -> None:
    """101 percentiles from the cheapest to the dearest task; the capped one ends one step past the cap."""
    outcome, capped = simulate(TASK), simulate(TASK, Guards(max_usd=0.2))

    assert len(outcome.usd_percentiles) == 101
    assert list(outcome.usd_percentiles) == sorted(outcome.usd_percentiles)
    assert outcome.usd_percentiles[-1] == outcome.usd_max
    assert outcome.usd_percentiles[50] == pytest.approx(outcome.usd_median)
    assert capped.usd_max <= outcome.usd_max


def test_a_usual_task_opens_its_arithmetic() -> None:
    """Case 26: 20 steps from 4,000 growing by 1,500 read 365,000 tokens, 32,500 of them new."""
    lines = usual_task_formulas(replace(TASK, cached_usd_per_mtok=0.3))

    assert lines[0].endswith("20 x 4,000 + 1,500 x 20 x 19 / 2 = 365,000")
    assert lines[1].endswith("4,000 + 19 x 1,500 = 32,500 x $3 per million = $0.0975")
    assert lines[2].endswith("332,500 x $0.3 per million = $0.0998")
    assert lines[3].endswith("20 x 300 = 6,000 x $15 per million = $0.09")
    assert lines[4].startswith("Together $0.287;")
