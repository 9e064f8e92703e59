"""Closing attempts in the ledger: what they brought, what they cost, what follows for their lane."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, bindparam, delete, func, select, update

from advisor.errors import FailureKind
from advisor.host.books import Books
from advisor.host.tables import ATTEMPT, SAMPLE, RunState
from advisor.probe.money import ceil_microusd
from advisor.probe.samples import Attempt, Failure, Reply, SampleState, Timeline

RETRYABLE = frozenset({FailureKind.RATE_LIMIT, FailureKind.PROVIDER_DOWN, FailureKind.CONNECTION})
"""Failures after which another attempt may help, when the plan allows one."""
LANE_STOPPERS = frozenset(
    {FailureKind.AUTHENTICATION, FailureKind.PERMISSION, FailureKind.NOT_FOUND, FailureKind.MISSING_KEY}
)
"""Failures that every further call of the same offer would meet too."""
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
PACE_OVER_S = 10.0
"""Time over which the pace is counted that a provider found too fast."""


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
    purpose: str
    account: str
    tokens: int
    """Tokens it was counted with."""
    tries: int
    """Which attempt it is since its failures were last asked again by hand."""
    started_at: float
    """When it was reserved, by the database's clock."""


@dataclass(frozen=True, slots=True)
class Finished:
    """An attempt that ended, by the claim it was made under."""

    claim: Claim
    attempt: Attempt


# Built once: building them takes longer than running them, and every sample needs both.
_SETTLED = (
    update(SAMPLE)
    .where(
        SAMPLE.c.id == bindparam("of"),
        SAMPLE.c.token == bindparam("by"),
        SAMPLE.c.state == SampleState.CALLING,
    )
    .values(state=bindparam("becomes"), token=None, session=None, not_before=bindparam("due"))
)
_CLOSED = (
    update(ATTEMPT)
    .where(ATTEMPT.c.token == bindparam("by"))
    .values(
        ended_at=bindparam("at"),
        outcome=bindparam("brought"),
        charged=bindparam("cost"),
        document=bindparam("what"),
    )
)


def settle(books: Books, finished: Finished) -> bool:
    """Record one attempt and its money; False when the claim was taken away meanwhile.

    A late answer is kept with its attempt; its money was charged when it was taken for interrupted.
    """
    claim, attempt = finished.claim, finished.attempt
    state, wait_s = _next_state(claim, attempt, books.plan.max_attempts)
    mine = books.connection.execute(
        _SETTLED,
        {"of": claim.sample, "by": claim.token, "becomes": state, "due": books.now + wait_s},
    )
    if mine.rowcount == 0:
        late = update(ATTEMPT).where(ATTEMPT.c.token == claim.token)
        books.connection.execute(late.values(late=attempt.model_dump_json()))
        return False
    charged = _charge(attempt, claim.hold)
    _close(books, claim.token, attempt, charged)
    books.purse.settle(books.scopes(claim.account, claim.started_at), claim.hold, charged)
    _learn(books, claim, attempt)
    return True


def _charge(attempt: Attempt, hold: int) -> int:
    # What cannot be priced is charged at its worst case: the cap must hold whatever the invoice says.
    return hold if attempt.cost_usd is None else ceil_microusd(attempt.cost_usd)


def _close(books: Books, token: str, attempt: Attempt, charged: int) -> None:
    outcome = "answered" if isinstance(attempt.outcome, Reply) else attempt.outcome.kind.value
    document = attempt.model_dump_json()
    books.connection.execute(
        _CLOSED,
        {"by": token, "at": books.now, "brought": outcome, "cost": charged, "what": document},
    )


def _next_state(claim: Claim, attempt: Attempt, max_attempts: int) -> tuple[SampleState, float]:
    if isinstance(attempt.outcome, Reply):
        return SampleState.DONE, 0.0
    if attempt.outcome.kind is FailureKind.INTERRUPTED:
        return SampleState.UNKNOWN, 0.0
    if attempt.outcome.kind not in RETRYABLE or claim.tries >= max_attempts:
        return SampleState.FAILED, 0.0
    return SampleState.TODO, _wait_s(claim, attempt.outcome)


def _wait_s(claim: Claim, failure: Failure) -> float:
    """What the provider asked for, else twice as long each time; never all calls at the same moment."""
    if failure.retry_after_s is not None:
        return failure.retry_after_s
    jitter = int(claim.token[:4], 16) / 0xFFFF
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (claim.tries - 1)) * (0.75 + jitter / 2)


def _learn(books: Books, claim: Claim, attempt: Attempt) -> None:
    """What an attempt says about the calls still to come."""
    if isinstance(attempt.outcome, Failure) and attempt.outcome.kind is FailureKind.RATE_LIMIT:
        wait_s = _wait_s(claim, attempt.outcome)
        books.buckets.refused(claim.account, claim.started_at, wait_s, _recent_pace(books, claim))
    if isinstance(attempt.outcome, Failure) and attempt.outcome.kind in LANE_STOPPERS:
        _stop_lanes(books, claim, attempt.outcome)
    usage = attempt.usage
    if usage is not None and usage.prompt_tokens is not None and usage.completion_tokens is not None:
        unused = claim.tokens - usage.prompt_tokens - usage.completion_tokens
        books.buckets.give_back(claim.account, unused)


def _recent_pace(books: Books, claim: Claim) -> float:
    """Calls per second this run lately sent to the account."""
    query = (
        select(func.count(), func.min(ATTEMPT.c.started_at))
        .select_from(ATTEMPT.join(SAMPLE, SAMPLE.c.id == ATTEMPT.c.sample))
        .where(SAMPLE.c.run == claim.run, SAMPLE.c.account == claim.account)
        .where(ATTEMPT.c.started_at > books.now - PACE_OVER_S)
    )
    count, first = books.connection.execute(query).one()
    return 0.0 if first is None else count / max(1.0, books.now - first)


def _stop_lanes(books: Books, claim: Claim, failure: Failure) -> None:
    """Ask the offer nothing more, under none of its settings."""
    offers = {target.ref: target.offer for target in books.plan.targets}
    lanes = [ref for ref, offer in offers.items() if offer == offers[claim.lane]]
    reason = Failure(kind=failure.kind, detail=f"not asked after the first refusal: {failure.detail}")
    books.connection.execute(
        update(SAMPLE)
        .where(SAMPLE.c.run == claim.run, SAMPLE.c.lane.in_(lanes), SAMPLE.c.state == SampleState.TODO)
        .values(state=SampleState.FAILED, not_asked=reason.model_dump_json())
    )


def interrupt(books: Books, sample: Row[tuple[object, ...]], detail: str, *, repeat: bool = True) -> None:
    """Close a call nobody will report on: charged at its worst case, and repeated once if the plan says so.

    Args:
        books: Of the sample's run.
        sample: A row in state calling.
        detail: What happened to it.
        repeat: Whether the plan's rule counts; a run that is being aborted repeats nothing.
    """
    wanted = repeat and books.run.state not in (RunState.ABORTING, RunState.ABORTED)
    again = wanted and books.plan.after_crash == "repeat_once" and sample.interruptions == 0
    outcome = Failure(kind=FailureKind.INTERRUPTED, detail=detail)
    attempt = Attempt(number=sample.attempts, started_at="", timeline=Timeline(started_ns=0), outcome=outcome)
    _close(books, sample.token, attempt, sample.hold)
    _leave(books, sample, SampleState.TODO if again else SampleState.UNKNOWN, sample.interruptions + 1)
    scopes = books.scopes(sample.account, _reserved_at(books, sample))
    books.purse.settle(scopes, sample.hold, sample.hold)


def put_back(books: Books, sample: Row[tuple[object, ...]]) -> None:
    """Undo a claim that was never sent: nothing is charged, no attempt is left."""
    scopes = books.scopes(sample.account, _reserved_at(books, sample))
    books.purse.settle(scopes, sample.hold, 0)
    books.buckets.give_back(sample.account, sample.tokens)
    books.connection.execute(delete(ATTEMPT).where(ATTEMPT.c.token == sample.token))
    _leave(books, sample, SampleState.TODO, sample.interruptions, attempts=sample.attempts - 1)


def _leave(
    books: Books,
    sample: Row[tuple[object, ...]],
    state: SampleState,
    interruptions: int,
    attempts: int | None = None,
) -> None:
    books.connection.execute(
        update(SAMPLE)
        .where(SAMPLE.c.id == sample.id)
        .values(
            state=state,
            interruptions=interruptions,
            token=None,
            session=None,
            attempts=sample.attempts if attempts is None else attempts,
        )
    )


def _reserved_at(books: Books, sample: Row[tuple[object, ...]]) -> float:
    query = select(ATTEMPT.c.started_at).where(ATTEMPT.c.token == sample.token)
    return float(books.connection.execute(query).scalar_one())
