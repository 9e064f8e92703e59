"""A finished probe run, without any call."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from advisor.case import Case
from advisor.host.ledger import start_run, tick
from advisor.host.sessions import end_session, open_session
from advisor.host.settlement import Claim, Finished
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Attempt, Reply, Timeline, Usage, UsageSource
from advisor.ui import loaded
from tests.probe.plans import plan_of_case

S = 1_000_000_000


def run_of(
    case: Case, answer: Callable[[Claim], str], kept: Engine | None = None, owner: str | None = None
) -> tuple[str, RunPlan]:
    """A run of the case in which every call is answered at once by `answer`; its id and its plan.

    It is kept in the tests' own store, unless another one is given.
    """
    plan = plan_of_case(case).model_copy(update={"concurrency": 64})
    return run_of_plan(plan, answer, kept, owner), plan


def run_of_plan(
    plan: RunPlan,
    answer: Callable[[Claim], str | Reply],
    kept: Engine | None = None,
    owner: str | None = None,
) -> str:
    """The same for a plan; gives the run's id."""
    store = loaded.store() if kept is None else kept
    session = open_session(store, "test", alone=False)
    run = start_run(store, plan, owner)
    finished: list[Finished] = []
    while True:
        step = tick(store, run, session, finished, 64)
        finished = [Finished(claim, _attempt(claim, answer(claim))) for claim in step.claims]
        if step.over and not finished:
            end_session(store, session)
            return run


def _attempt(claim: Claim, answer: str | Reply) -> Attempt:
    times = Timeline(started_ns=0, sent_ns=0, tokens_ns=(S // 2, S), first_answer_ns=S // 2, ended_ns=S)
    return Attempt(
        number=claim.number,
        started_at="2026-11-24T00:00:00Z",
        timeline=times,
        outcome=Reply(text=answer, finish_reason="stop") if isinstance(answer, str) else answer,
        usage=Usage(prompt_tokens=20, completion_tokens=10),
        usage_source=UsageSource.WIRE,
        cost_usd=0.000_01,
    )
