"""Closing attempts in the ledger: what they brought, what they cost, what follows for their lane."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from advisor.errors import FailureKind
from advisor.host.tables import ATTEMPT, BUDGET, SAMPLE
from advisor.probe.money import ceil_microusd
from advisor.probe.samples import Attempt, Failure, Reply, SampleState

RETRYABLE = frozenset({FailureKind.RATE_LIMIT, FailureKind.PROVIDER_DOWN, FailureKind.CONNECTION})
"""Failures after which another attempt may help, when the plan allows one."""
LANE_STOPPERS = frozenset(
    {FailureKind.AUTHENTICATION, FailureKind.PERMISSION, FailureKind.NOT_FOUND, FailureKind.MISSING_KEY}
)
"""Failures that every further call of the same offer would meet too."""
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Claim:
    """One call a worker may make, with the token that lets it settle."""

    sample: int
    run: str
    token: str
    lane: str
    prompt: str
    key: str
    number: int
    hold: int
    """Micro-dollars held for it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """An attempt that ended, by the claim it was made under."""

    claim: Claim
    attempt: Attempt


def settle(connection: Connection, scope: str, finished: Finished, max_attempts: int) -> bool:
    """Record one attempt and its money; False when the claim was taken away meanwhile.

    A late answer is kept with its attempt; its money was charged when it was taken for interrupted.
    """
    claim, attempt = finished.claim, finished.attempt
    state, wait_s = _next_state(attempt, max_attempts)
    mine = connection.execute(
        update(SAMPLE)
        .where(
            SAMPLE.c.id == claim.sample,
            SAMPLE.c.token == claim.token,
            SAMPLE.c.state == SampleState.CALLING,
        )
        .values(state=state, token=None, session=None, not_before=time.time() + wait_s)
    )
    if mine.rowcount == 0:
        late = ATTEMPT.c.token == claim.token
        connection.execute(update(ATTEMPT).where(late).values(late=attempt.model_dump_json()))
        return False
    charged = _charge(attempt, claim.hold)
    close(connection, claim.token, attempt, charged)
    book(connection, scope, claim.hold, charged)
    if isinstance(attempt.outcome, Failure) and attempt.outcome.kind in LANE_STOPPERS:
        _stop_lane(connection, claim, attempt.outcome)
    return True


def _charge(attempt: Attempt, hold: int) -> int:
    # What cannot be priced is charged at its worst case: the cap must hold whatever the invoice says.
    return hold if attempt.cost_usd is None else ceil_microusd(attempt.cost_usd)


def close(connection: Connection, token: str, attempt: Attempt, charged: int) -> None:
    """Write what one call brought and what it was charged, in micro-dollars."""
    outcome = "answered" if isinstance(attempt.outcome, Reply) else attempt.outcome.kind.value
    connection.execute(
        update(ATTEMPT)
        .where(ATTEMPT.c.token == token)
        .values(
            ended_at=time.time(),
            outcome=outcome,
            charged=charged,
            document=attempt.model_dump_json(),
        )
    )


def _next_state(attempt: Attempt, max_attempts: int) -> tuple[SampleState, float]:
    if isinstance(attempt.outcome, Reply):
        return SampleState.DONE, 0.0
    if attempt.outcome.kind not in RETRYABLE or attempt.number >= max_attempts:
        return SampleState.FAILED, 0.0
    backoff_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempt.number - 1))
    asked_s = attempt.outcome.retry_after_s
    return SampleState.TODO, backoff_s if asked_s is None else asked_s


def book(connection: Connection, scope: str, hold: int, charged: int) -> None:
    """Release a hold and add what was really charged, both in micro-dollars."""
    row = connection.execute(select(BUDGET).where(BUDGET.c.scope == scope).with_for_update()).one()
    spent = row.spent + charged
    connection.execute(
        update(BUDGET)
        .where(BUDGET.c.scope == scope)
        .values(held=row.held - hold, spent=spent, overrun=max(row.overrun, spent - row.cap))
    )


def _stop_lane(connection: Connection, claim: Claim, failure: Failure) -> None:
    reason = Failure(kind=failure.kind, detail=f"not asked after the first refusal: {failure.detail}")
    connection.execute(
        update(SAMPLE)
        .where(SAMPLE.c.run == claim.run, SAMPLE.c.lane == claim.lane, SAMPLE.c.state == SampleState.TODO)
        .values(state=SampleState.FAILED, not_asked=reason.model_dump_json())
    )
