"""Stored replies are judged by a judge model, and again by other rules, without asking anew."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from advisor.case import Grader
from advisor.errors import BadInput, NotFound
from advisor.host.ledger import plan_of, start_run, tick
from advisor.host.rejudging import judge_again
from advisor.host.runs import judge_run, judged_samples, run_summaries, samples
from advisor.host.settlement import Finished
from advisor.probe.judging import judge_plan
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Reply
from tests.host.ledger_steps import drain, finished, practice_plan, session


def _with_rubric() -> RunPlan:
    plan = practice_plan(2)
    graded = plan.prompts[0].model_copy(update={"graders": (Grader(kind="rubric", value="Names a city"),)})
    return plan.model_copy(update={"prompts": (graded,)})


def _pass_rate(store: Engine, run: str) -> float | None:
    figure = run_summaries(store, run)[0].figures["pass_rate"]
    return None if figure is None else figure.value


def test_a_judges_run_grades_the_replies_it_read(store: Engine) -> None:
    """Two replies wait for the judge; it calls one met and one not: half of them pass."""
    worker = session(store)
    run = start_run(store, _with_rubric())
    drain(store, run, worker)
    before = _pass_rate(store, run)
    judging = judge_plan(_with_rubric(), run, samples(store, run), practice_plan().targets[0], 1.0)
    judge = start_run(store, judging)
    claims = tick(store, judge, worker, [], 8).claims
    said: list[Finished] = [
        finished(claim, Reply(text=letter, finish_reason="stop"), 0.0)
        for claim, letter in zip(claims, "AB", strict=True)
    ]
    tick(store, judge, worker, said, 8)

    assert before is None
    assert judge_run(store, run) == judge
    assert sorted(one.reply.judged[0] for one in judged_samples(store, run) if one.reply) == [False, True]
    assert _pass_rate(store, run) == 0.5


def test_replies_are_judged_again_without_a_call(store: Engine) -> None:
    """Another expected answer changes the pass rate; another question changes nothing."""
    run = start_run(store, practice_plan(2))
    with pytest.raises(BadInput, match="still going on"):
        judge_again(store, run, ())
    calls = drain(store, run, session(store))
    prompt = plan_of(store, run).prompts[0]
    before = _pass_rate(store, run)
    judge_again(store, run, [prompt.model_copy(update={"expected": "London"})])
    after = _pass_rate(store, run)
    judge_again(store, run, [prompt.model_copy(update={"text": "Other?", "expected": "Paris"})])

    assert (before, after, _pass_rate(store, run)) == (1.0, 0.0, 0.0)
    assert len(samples(store, run)) == calls
    with pytest.raises(NotFound):
        judge_again(store, "none", ())
