"""Steps that tests of the ledger share: plans, answers, failures, a worker that answers everything."""

from __future__ import annotations

from sqlalchemy import Engine

from advisor.errors import FailureKind
from advisor.host.ledger import tick
from advisor.host.sessions import open_session
from advisor.host.settlement import Claim, Finished
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Attempt, Failure, Reply, Timeline
from tests.probe.plans import case_of, plan_of_case, served


def practice_plan(samples_per_prompt: int = 4, **changes: object) -> RunPlan:
    """A plan that asks one practice model; eight calls at once."""
    plan = plan_of_case(case_of(samples_per_prompt=samples_per_prompt, concurrency=8))
    return plan.model_copy(update=changes)


def paid_plan(samples_per_prompt: int = 4, hosts: int = 1, **changes: object) -> RunPlan:
    """A plan that asks own endpoints of known price, each on a host (an account) of its own."""
    own = tuple(served(8000 + number, "m", name=f"own{number}") for number in range(hosts))
    offers = tuple(f"own:{one.name}" for one in own)
    case = case_of(offers, own_endpoints=own, samples_per_prompt=samples_per_prompt, concurrency=8)
    return plan_of_case(case).model_copy(update=changes)


def hold_of(plan: RunPlan) -> int:
    """Micro-dollars one call of the plan's first offer holds."""
    return plan.hold_microusd(plan.targets[0], plan.prompts[0]) or 0


def answer(claim: Claim, usd: float | None = 0.000_010) -> Finished:
    """The call was answered, at a price; None is unknown."""
    return finished(claim, Reply(text="Paris", finish_reason="stop"), usd)


def failure(claim: Claim, kind: FailureKind, retry_after_s: float | None = None) -> Finished:
    """The call failed and cost nothing."""
    return finished(claim, Failure(kind=kind, detail="x", retry_after_s=retry_after_s), 0.0)


def finished(claim: Claim, outcome: Reply | Failure, usd: float | None) -> Finished:
    """The call ended with an outcome, at a price."""
    line = Timeline(started_ns=0)
    return Finished(
        claim, Attempt(number=claim.number, started_at="", timeline=line, outcome=outcome, cost_usd=usd)
    )


def session(store: Engine, name: str = "w") -> str:
    """A worker's session."""
    return open_session(store, name, alone=False)


def drain(store: Engine, run: str, worker: str, room: int = 8, usd: float | None = 0.000_010) -> int:
    """Answer everything the run allows; returns the number of calls made."""
    ended: list[Finished] = []
    calls = 0
    while True:
        step = tick(store, run, worker, ended, room)
        calls += len(step.claims)
        ended = [answer(claim, usd) for claim in step.claims]
        if not ended:
            return calls
