"""Which calls may start now: within concurrency, rates and money, in the order of the plan."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Row, bindparam, func, insert, select, update

from advisor.host.books import Books
from advisor.host.budgets import run_scope
from advisor.host.settlement import Claim
from advisor.host.tables import ATTEMPT, RUN, SAMPLE, RunState
from advisor.probe.samples import Purpose, SampleState

_Sample = Row[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class _Step:
    """The step a load ladder stands on: one offer at one number of calls at once."""

    lane: str
    rung: int
    free: int
    """Calls that may start beside those in flight."""


@dataclass(slots=True)
class _Round:
    """One tick's claims while they are made."""

    books: Books
    session: str
    places: dict[str, int]
    """Free places by account; an account not named has `most`."""
    most: int
    closed: set[str] = field(default_factory=set[str])
    """Accounts that may start nothing more in this tick."""
    short: set[str] = field(default_factory=set[str])
    """Budgets in which the next call did not fit."""
    poor: set[str] = field(default_factory=set[str])
    """Accounts whose own budget is among them."""
    taken: list[Claim] = field(default_factory=list[Claim])
    cold: frozenset[str] = frozenset()
    """Lanes whose warm-up call has not ended: nothing else of them starts."""
    step: _Step | None = None
    """Step of a load ladder that alone may start calls."""

    @property
    def halted(self) -> bool:
        """Whether a budget of the whole run is short."""
        return any(not scope.startswith("account:") for scope in self.short)

    def admit(self, row: _Sample) -> bool:
        """Whether the sample may be asked now; if not, its account is closed for this tick."""
        books, account = self.books, row.account
        fits = self.places.get(account, self.most) > 0 and books.buckets.admits(account, row.tokens)
        lacking = books.purse.short(books.scopes(account, books.now), row.hold) if fits else None
        if lacking is not None:
            self.short.add(lacking)
            self.poor.add(account)
        if not fits or lacking is not None:
            self.closed.add(account)
            return False
        return True

    def take(self, row: _Sample) -> Claim:
        """Reserve for the sample and write its claim."""
        books, account = self.books, row.account
        books.purse.hold(books.scopes(account, books.now), row.hold)
        books.buckets.take(account, row.tokens)
        self.places[account] = self.places.get(account, self.most) - 1
        claim = _claim(row, books.now)
        self.taken.append(claim)
        return claim


def claim(books: Books, session: str, room: int) -> tuple[Claim, ...]:
    """Claim up to `room` calls of a running run; stops the run when money allows none and none is in flight.

    Args:
        books: Of the run.
        session: Whose calls they become.
        room: Free places of the worker.
    """
    flying = _in_flight(books)
    room = min(room, books.plan.concurrency - flying.get(run_scope(books.run.id), 0))
    if room <= 0:
        return ()
    most = books.plan.concurrency_per_provider or room
    places = {account: most - count for account, count in flying.items()}
    if books.plan.concurrency_per_provider is None:
        places = {}
    this = _Round(books, session, places, most, cold=_cold(books))
    if books.plan.rungs and not this.cold:
        this.step = _step(books)
        room = min(room, this.step.free if this.step else 0)
    this.closed = {account for account, free in places.items() if free <= 0}
    while len(this.taken) < room and not this.halted:
        if not _pass(this, room - len(this.taken)):
            break
    if this.short and not this.taken and not flying.get(run_scope(books.run.id)):
        _stop_if_stuck(this)
    return tuple(this.taken)


def _pass(this: _Round, wanted: int) -> bool:
    """Take what may start of the next samples; says whether looking further may find more."""
    rows = _ready(this, wanted)
    before, fresh = len(this.closed), list[tuple[_Sample, Claim]]()
    for row in rows:
        if row.account in this.closed or not this.admit(row):
            if this.halted:
                break
            continue
        fresh.append((row, this.take(row)))
    _write(this, fresh)
    # Samples passed over left places for samples further down the plan.
    return len(rows) == wanted and len(this.closed) > before


def _ready(this: _Round, wanted: int) -> Sequence[_Sample]:
    books = this.books
    query = select(SAMPLE).where(
        _todo(books), SAMPLE.c.not_before <= books.now, SAMPLE.c.account.not_in(this.closed)
    )
    if this.step:
        query = query.where(SAMPLE.c.lane == this.step.lane, SAMPLE.c.rung == this.step.rung)
    elif books.plan.rungs:
        query = query.where(SAMPLE.c.purpose == Purpose.WARM_UP)
    elif this.cold:
        query = query.where((SAMPLE.c.purpose == Purpose.WARM_UP) | SAMPLE.c.lane.not_in(this.cold))
    return books.connection.execute(query.order_by(SAMPLE.c.position).limit(wanted)).all()


def _cold(books: Books) -> frozenset[str]:
    """Lanes whose warm-up is still to be asked or in flight: a wrong key is met by one call, not by many."""
    if not books.plan.warm_up:
        return frozenset()
    query = select(SAMPLE.c.lane).where(
        SAMPLE.c.run == books.run.id,
        SAMPLE.c.purpose == Purpose.WARM_UP,
        SAMPLE.c.state.in_((SampleState.TODO, SampleState.CALLING)),
        # Warm-ups stand first, so that the index finds them without reading the run.
        SAMPLE.c.position < len(books.plan.targets),
    )
    return frozenset(books.connection.execute(query).scalars())


def _todo(books: Books) -> ColumnElement[bool]:
    return (SAMPLE.c.run == books.run.id) & (SAMPLE.c.state == SampleState.TODO)


def _in_flight(books: Books) -> dict[str, int]:
    """Calls in flight by account, over all runs, and those of this run under its scope."""
    query = (
        select(SAMPLE.c.account, SAMPLE.c.run, func.count())
        .where(SAMPLE.c.state == SampleState.CALLING)
        .group_by(SAMPLE.c.account, SAMPLE.c.run)
    )
    flying: dict[str, int] = {}
    for account, run, count in books.connection.execute(query):
        flying[account] = flying.get(account, 0) + count
        if run == books.run.id:
            flying[run_scope(run)] = flying.get(run_scope(run), 0) + count
    return flying


def _step(books: Books) -> _Step | None:
    """The first step not complete; None when all are."""
    mine = (SAMPLE.c.run == books.run.id) & SAMPLE.c.rung.is_not(None)
    open_ = SAMPLE.c.state.in_((SampleState.TODO, SampleState.CALLING))
    query = select(SAMPLE.c.lane, SAMPLE.c.rung).where(mine, open_).order_by(SAMPLE.c.position).limit(1)
    first = books.connection.execute(query).one_or_none()
    if first is None:
        return None
    flying = select(func.count()).where(
        mine,
        SAMPLE.c.state == SampleState.CALLING,
        SAMPLE.c.lane == first.lane,
        SAMPLE.c.rung == first.rung,
    )
    return _Step(first.lane, first.rung, first.rung - books.connection.execute(flying).scalar_one())


def _claim(row: _Sample, now: float) -> Claim:
    return Claim(
        sample=row.id,
        run=row.run,
        token=secrets.token_hex(8),
        lane=row.lane,
        prompt=row.prompt,
        key=row.key,
        number=row.attempts + 1,
        hold=row.hold,
        purpose=row.purpose,
        account=row.account,
        tokens=row.tokens,
        tries=row.attempts + 1 - row.forgiven,
        started_at=now,
    )


_CALLING = (
    update(SAMPLE)
    .where(SAMPLE.c.id == bindparam("of"))
    .values(
        state=SampleState.CALLING,
        token=bindparam("by"),
        session=bindparam("whose"),
        attempts=bindparam("count"),
    )
)


def _write(this: _Round, fresh: Sequence[tuple[_Sample, Claim]]) -> None:
    if not fresh:
        return
    connection, session = this.books.connection, this.session
    claims = [claim for _, claim in fresh]
    connection.execute(
        _CALLING,
        [{"of": one.sample, "by": one.token, "whose": session, "count": one.number} for one in claims],
    )
    connection.execute(
        insert(ATTEMPT),
        [
            {
                "sample": one.sample,
                "number": one.number,
                "token": one.token,
                "session": session,
                "started_at": one.started_at,
                "outcome": "open",
                "hold": one.hold,
            }
            for one in claims
        ],
    )


def _stop_if_stuck(this: _Round) -> None:
    """Stop the run unless another account can still go on; what waits for its turn comes back by itself."""
    books = this.books
    others = select(SAMPLE.c.id).where(_todo(books), SAMPLE.c.account.not_in(this.poor)).limit(1)
    if not this.halted and books.connection.execute(others).first() is not None:
        return
    mine = update(RUN).where(RUN.c.id == books.run.id)
    reason = " ".join(sorted({_words(scope) for scope in this.short}))
    books.connection.execute(mine.values(state=RunState.STOPPED_BUDGET, reason=reason, ended_at=books.now))


def _words(scope: str) -> str:
    kind, _, name = scope.partition(":")
    if kind == "run":
        return "The cap of this run allows no further call. Raise it, or keep what was measured."
    if kind == "day":
        return (
            "What all probes of one day (UTC) may cost allows no further call. "
            "Raise that cap, or go on with the run tomorrow."
        )
    return f"The cap of the account {name} allows no further call. Raise it, then go on with the run."
