"""An adaptive run asks a decided offer no further, and loses nothing that was asked."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from advisor.host.early import end_decided_lanes
from advisor.host.ledger import start_run, tick
from advisor.host.runs import progress, samples
from advisor.host.sessions import open_session
from advisor.host.settlement import Claim, Finished
from advisor.host.tables import RunState
from advisor.probe.adaptive import saved, stopped
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Attempt, Reply, Timeline
from tests.probe.plans import case_of, plan_of_case


def a_plan(*, adaptive: bool) -> RunPlan:
    """Two offers, ten prompts, thirty samples: 300 calls each."""
    return plan_of_case(
        case_of(
            offers=("practice:steady", "practice:wavering"),
            prompts=10,
            samples_per_prompt=30,
            latency_samples=0,
            warm_up=False,
            concurrency=40,
            adaptive=adaptive,
        )
    )


def carried_out(store: Engine, plan: RunPlan) -> str:
    """The run with every call answered: steady always right, wavering never; looked at after each tick."""
    run, session = start_run(store, plan), open_session(store, "w", alone=False)
    finished: list[Finished] = []
    while True:
        step = tick(store, run, session, finished, 40)
        end_decided_lanes(store, run)
        finished = [_answered(claim) for claim in step.claims]
        if step.over and not finished:
            return run


def _answered(claim: Claim) -> Finished:
    text = "Paris" if claim.lane == "practice:steady" else "Rome"
    reply = Reply(text=text, finish_reason="stop")
    line = Timeline(started_ns=0)
    return Finished(
        claim,
        Attempt(number=claim.number, started_at="", timeline=line, outcome=reply, cost_usd=0.000_01),
    )


def test_a_decided_run_ends_early_and_says_why(store: Engine) -> None:
    """Right against wrong is clear long before 600 calls; the run is done, with reason and savings."""
    plan = a_plan(adaptive=True)
    run = carried_out(store, plan)
    seen, left = progress(store, run), saved(plan, samples(store, run))

    assert seen.state is RunState.DONE
    assert seen.done < 200
    (last, beaten) = sorted(stopped(plan, samples(store, run)))
    why = "every other offer is behind on these 10 prompts"
    assert last == f"Practice Steady (simulated) was asked no further: {why}."
    assert "its pass rate lies 100 points below that of Practice Steady (simulated)" in beaten
    assert left.calls == 600 - seen.done
    assert left.usd == pytest.approx(left.calls * 0.000_01)


def test_a_plain_run_is_asked_to_its_end(store: Engine) -> None:
    """Without the adaptive mode nothing ends early, however clear it is."""
    run = carried_out(store, a_plan(adaptive=False))
    assert progress(store, run).done == 600
