"""Tables of the probe ledger: runs, samples, attempts, money, and the workers' sessions.

Money is integer micro-dollars. Times are seconds since the epoch, for people and leases; durations of
calls come from the attempt's own monotonic clock. Documents are JSON text.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from advisor.host.store import METADATA


class RunState(StrEnum):
    """How far a run is."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    """No new call starts until somebody resumes it; calls in flight are kept."""
    CANCELLING = "cancelling"
    """No new call starts; calls in flight are kept."""
    CANCELLED = "cancelled"
    ABORTING = "aborting"
    """Calls in flight are being dropped and charged at their worst case."""
    ABORTED = "aborted"
    DONE = "done"
    STOPPED_BUDGET = "stopped_budget"
    """The cap allows no further call; raising it lets the run go on."""
    FAILED = "failed"

    @property
    def words(self) -> str:
        """What people read: a word, and what it means for calls in flight where that matters."""
        return _IN_WORDS[self]

    @property
    def word(self) -> str:
        """The same without what it means."""
        return self.words.partition(":")[0]


_IN_WORDS = {
    RunState.DRAFT: "not started",
    RunState.RUNNING: "running",
    RunState.PAUSED: "paused: calls in flight are finished, for they are paid",
    RunState.CANCELLING: "being cancelled: calls in flight are finished, for they are paid",
    RunState.CANCELLED: "cancelled",
    RunState.ABORTING: "being aborted: calls in flight are dropped",
    RunState.ABORTED: "aborted",
    RunState.DONE: "finished",
    RunState.FAILED: "stopped by a fault",
    RunState.STOPPED_BUDGET: "stopped by a cap: the next call would pass it",
}

LIVE = (RunState.RUNNING, RunState.CANCELLING, RunState.ABORTING)
"""States in which a worker still has something to do."""

RUN = Table(
    "probe_run",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("owner", String(80)),
    Column("state", String(20), nullable=False),
    Column("plan", Text, nullable=False),
    Column("plan_digest", String(40), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("created_at", Float, nullable=False),
    Column("ended_at", Float),
    # What the practice server showed about our own clock before the run, as JSON.
    Column("instrument", Text),
    Index("probe_run_by_state", "state"),
)

SAMPLE = Table(
    "probe_sample",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", ForeignKey("probe_run.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("lane", String(200), nullable=False),
    Column("key", String(80), nullable=False),
    Column("prompt", String(80), nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("interruptions", Integer, nullable=False, default=0),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("token", String(40)),
    Column("session", String(40)),
    Column("hold", BigInteger, nullable=False),
    Column("not_asked", Text),
    # What the call is for: consistency, latency, load, warm_up. Warm-ups are paid but in no figure.
    Column("purpose", String(20), nullable=False, default="consistency", server_default="consistency"),
    # The account it is charged to and limited by, see `Target.account`.
    Column("account", String(200), nullable=False, default="", server_default=""),
    # Tokens it may use at most, prompt and answer together.
    Column("tokens", BigInteger, nullable=False, default=0, server_default="0"),
    # Attempts before its failure was last asked again by hand; they do not count against the plan's limit.
    Column("forgiven", Integer, nullable=False, default=0, server_default="0"),
    # Rung of a load ladder: calls at once; null outside of one.
    Column("rung", Integer),
    UniqueConstraint("run", "key"),
    Index("probe_sample_by_state", "run", "state", "position"),
    Index("probe_sample_by_token", "token"),
    Index(
        "probe_sample_in_flight",
        "account",
        sqlite_where=text("state = 'calling'"),
        postgresql_where=text("state = 'calling'"),
    ),
)

ATTEMPT = Table(
    "probe_attempt",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sample", ForeignKey("probe_sample.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("token", String(40), nullable=False, unique=True),
    Column("session", String(40), nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("outcome", String(20), nullable=False),
    Column("hold", BigInteger, nullable=False),
    Column("charged", BigInteger),
    Column("document", Text),
    Column("late", Text),
    Index("probe_attempt_by_sample", "sample"),
)

BUDGET = Table(
    "probe_budget",
    METADATA,
    # `run:ID`, `day:YYYY-MM-DD` (UTC), `account:NAME`.
    Column("scope", String(240), primary_key=True),
    # Null is no cap.
    Column("cap", BigInteger),
    Column("held", BigInteger, nullable=False, default=0),
    Column("spent", BigInteger, nullable=False, default=0),
    Column("overrun", BigInteger, nullable=False, default=0),
)

BUCKET = Table(
    "probe_bucket",
    METADATA,
    Column("account", String(200), primary_key=True),
    # `requests` or `tokens`.
    Column("kind", String(10), primary_key=True),
    # Theoretical arrival time of the generic cell rate algorithm, database clock.
    Column("arrival", Float, nullable=False, default=0.0),
    # Per second, as set by the run that claimed last; null is no limit.
    Column("rate", Float),
    # So many may come at once.
    Column("burst", Float, nullable=False, default=1.0),
    # Per second, as learned from the account's last refusal, and when; null when nothing was refused.
    Column("slowed_to", Float),
    Column("slowed_at", Float),
)

SESSION = Table(
    "probe_session",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("worker", String(200), nullable=False),
    Column("lease_until", Float, nullable=False),
)
