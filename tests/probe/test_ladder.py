"""The load ladder: what it asks, and what its steps show."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.cli import printed
from advisor.errors import BadCase, FailureKind
from advisor.probe.designs import shaped
from advisor.probe.document import probe_document
from advisor.probe.ladder import Climb, climbs
from advisor.probe.metrics import METRICS
from advisor.probe.plan import RunPlan, wanted
from advisor.probe.samples import Attempt, Failure, Purpose, Reply, Sample, Timeline, Usage
from advisor.probe.summary import summaries
from tests.probe.plans import case_of, plan_of_case

MS = 1_000_000


def _plan(**probe: Any) -> RunPlan:
    chosen: dict[str, Any] = {
        "design": "ladder",
        "concurrency": 16,
        "max_attempts": 3,
        "latency_samples": 2,
    } | probe
    return plan_of_case(case_of(prompts=3, **chosen))


def _call(rung: int, at: int, start_ms: int, end_ms: int, tokens: int | None = 50) -> Sample:
    """A call of the practice offer that was in flight from one moment to another; None tokens is refused."""
    line = Timeline(started_ns=0, sent_ns=0, tokens_ns=(MS,), ended_ns=(end_ms - start_ms) * MS)
    refused = Failure(kind=FailureKind.RATE_LIMIT, detail="too fast")
    attempt = Attempt(
        number=1,
        started_at=f"2026-01-01T00:00:{start_ms / 1000:06.3f}+00:00",
        timeline=line,
        outcome=refused if tokens is None else Reply(text="Paris", finish_reason="stop"),
        usage=None if tokens is None else Usage(prompt_tokens=10, completion_tokens=tokens),
    )
    return Sample(
        key=f"{rung}-{at}",
        run="r",
        offer="practice:quick",
        prompt="p0",
        repeat=at,
        purpose=Purpose.LOAD,
        rung=rung,
        attempts=(attempt,),
    )


def _climb(*samples: Sample, rungs: tuple[int, ...] = (1, 2, 4)) -> Climb:
    return climbs(_plan().model_copy(update={"rungs": rungs}), samples)[0]


def test_calls_are_known_before_the_start() -> None:
    """One prompt at 1, 2, 4, 8 and 16 at once is 4 + 4 + 8 + 16 + 32 = 64 calls, none of them repeated."""
    plan = _plan()
    asked = wanted(plan)

    assert plan.rungs == (1, 2, 4, 8, 16)
    assert plan.calls == len(asked) == len({one.key for one in asked}) == 64
    assert [sum(one.rung == rung for one in asked) for rung in plan.rungs] == [4, 4, 8, 16, 32]
    assert {one.purpose for one in asked} == {Purpose.LOAD}
    assert (plan.max_attempts, plan.latency_samples) == (1, 0)
    assert plan.worst_case_total_usd == pytest.approx(sum(one.hold_microusd or 0 for one in asked) / 1e6)


@pytest.mark.parametrize(
    ("limits", "rungs"),
    [
        ({"concurrency": 4}, (1, 2, 4)),
        ({"concurrency": 11}, (1, 2, 4, 8)),
        ({"concurrency": 64}, (1, 2, 4, 8, 16)),
        ({"concurrency": 16, "concurrency_per_provider": 2}, (1, 2)),
    ],
)
def test_the_ladder_ends_at_the_limits_of_the_case(limits: dict[str, Any], rungs: tuple[int, ...]) -> None:
    """No step wants more calls at once than the case allows, or its limit for a provider."""
    assert _plan(**limits).rungs == rungs
    assert f"up to {rungs[-1]} at once" in shaped(case_of(design="ladder", **limits).probe).notes[0]


def test_without_a_prompt_there_is_no_ladder() -> None:
    """The plan is refused like any other without prompts."""
    with pytest.raises(BadCase):
        plan_of_case(case_of(prompts=0, design="ladder"))


def test_throughput_in_total_and_where_it_ends() -> None:
    """50 tokens in 1 s, two at once 100 in 1 s, four at once 200 in 1.9 s: beyond 2 nothing is gained."""
    climb = _climb(
        _call(1, 0, 0, 1000),
        *(_call(2, at, 2000, 3000) for at in range(2)),
        *(_call(4, at, 4000, 5000 + 300 * at) for at in range(4)),
    )

    assert [step.total_tps for step in climb.steps] == pytest.approx([50, 100, 200 / 1.9])
    assert [step.reached for step in climb.steps] == [1, 2, 4]
    assert climb.enough == 2
    assert (
        "beyond 2 at once it gained no throughput (100 tokens/s in total, 105 tokens/s at 4)" in climb.words
    )


def test_the_document_of_a_run_holds_its_ladder() -> None:
    """Every step with its totals and medians, and the sentence; a run that is no ladder has none."""
    calls = [_call(1, 0, 0, 1000), _call(2, 0, 2000, 3000), _call(2, 1, 2000, 3000)]
    plan = _plan().model_copy(update={"rungs": (1, 2)})
    told = probe_document(plan, calls, run="r", state="done", reason="", spent_usd=0)
    other = probe_document(_plan(design="own"), calls, run="r", state="done", reason="", spent_usd=0)
    climb = told["ladder"][0]

    assert [(step["at_once"], step["answered"], step["total_tps"]) for step in climb["steps"]] == [
        (1, 1, pytest.approx(50)),
        (2, 2, pytest.approx(100)),
    ]
    assert climb["steps"][0]["ttft_s"] == pytest.approx(0.001)
    assert "still grew at 2 at once" in climb["words"]
    assert "At once" not in printed.probe(other)
    assert "100 tokens/s" in printed.probe(told)
    assert other["ladder"] == []


def test_growth_to_the_last_step_is_said_as_such() -> None:
    """When every step gains, no end is claimed."""
    climb = _climb(_call(1, 0, 0, 1000), _call(2, 0, 2000, 3000), _call(2, 1, 2000, 3000), rungs=(1, 2))
    assert climb.enough is None
    assert "still grew at 2 at once, from 50 tokens/s to 100 tokens/s" in climb.words


def test_failures_are_counted_and_never_zero_tokens_per_second() -> None:
    """A step of refusals alone has no throughput, and the sentence counts them."""
    climb = _climb(_call(1, 0, 0, 1000), *(_call(2, at, 2000, 2100, None) for at in range(2)), rungs=(1, 2))
    assert climb.steps[1].total_tps is None
    assert climb.words.endswith("too few complete steps to compare; 2 of 2 calls at 2 at once failed.")


def test_an_interrupted_step_has_no_throughput() -> None:
    """A pause of more than a second inside a step makes its total unknown, and its calls did not overlap."""
    step = _climb(_call(2, 0, 0, 1000), _call(2, 1, 2500, 3500), rungs=(2,)).steps[0]
    assert (step.total_tps, step.reached, step.complete) == (None, 1, True)


def test_uncounted_tokens_leave_the_total_unknown() -> None:
    """One answer without a usage is not counted as no tokens."""
    whole = _call(1, 0, 0, 1000)
    silent = whole.model_copy(update={"attempts": (whole.attempts[0].model_copy(update={"usage": None}),)})
    assert _climb(whole, silent, rungs=(1,)).steps[0].total_tps is None


def test_calls_under_load_are_in_no_other_time_and_no_agreement() -> None:
    """Of the run's figures only what does not hang on load is known: none with a time, speed or answer."""
    samples = [_call(1, at, 0, 1000) for at in range(4)]
    figures = summaries(_plan(), samples)[0].figures
    about_load = [metric.key for metric in METRICS if metric.unit in ("s", "tokens/s")]

    assert about_load
    assert [figures[key] for key in (*about_load, "consistency", "pass_rate")] == [None] * (
        len(about_load) + 2
    )
