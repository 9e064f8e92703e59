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
)

from advisor.host.store import METADATA


class RunState(StrEnum):
    """How far a run is."""

    DRAFT = "draft"
    RUNNING = "running"
    CANCELLING = "cancelling"
    """No new call starts; calls in flight are kept."""
    CANCELLED = "cancelled"
    DONE = "done"
    STOPPED_BUDGET = "stopped_budget"
    """The cap allows no further call; raising it lets the run go on."""
    FAILED = "failed"


LIVE = (RunState.RUNNING, RunState.CANCELLING)
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
    UniqueConstraint("run", "key"),
    Index("probe_sample_by_state", "run", "state", "position"),
    Index("probe_sample_by_token", "token"),
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
    Column("scope", String(80), primary_key=True),
    Column("cap", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False, default=0),
    Column("spent", BigInteger, nullable=False, default=0),
    Column("overrun", BigInteger, nullable=False, default=0),
)

SESSION = Table(
    "probe_session",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("worker", String(200), nullable=False),
    Column("lease_until", Float, nullable=False),
)
