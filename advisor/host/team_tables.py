"""Tables a team shares: the library of decisions, share links, the audit log, and counters of guesses.

Library entries and audit rows are only ever added; the database itself refuses to change or remove them.
Times are seconds since the epoch. Documents are JSON text.
"""

from __future__ import annotations

from sqlalchemy import (
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

DECISION = Table(
    "library_decision",
    METADATA,
    Column("id", String(22), primary_key=True),
    Column("created_at", Float, nullable=False),
    Column("created_by", String(200), nullable=False),
)

ENTRY = Table(
    "library_entry",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("decision", ForeignKey("library_decision.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("author", String(200), nullable=False),
    Column("at", Float, nullable=False),
    Column("body", Text, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    UniqueConstraint("decision", "number"),
    Index("library_entry_by_kind", "kind", "decision", "number"),
)

SHARE = Table(
    "share",
    METADATA,
    Column("id", String(22), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("body", Text, nullable=False),
    Column("decision", ForeignKey("library_decision.id")),
    Column("title", String(200), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", Float),
    Column("password", String(200)),
    Column("sign_in", Boolean, nullable=False),
    Column("revoked_at", Float),
    Index("share_by_owner", "created_by", "created_at"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Index("audit_by_time", "at"),
)

GUESS = Table(
    "guess",
    METADATA,
    Column("scope", String(100), primary_key=True),
    Column("window_start", Float, nullable=False),
    Column("tries", Integer, nullable=False),
)
