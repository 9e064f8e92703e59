"""Drafts and the ledger of probes, as they were before changes were counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create what is not there yet."""
    _drafts()
    _probe_budget()
    _probe_run()
    _probe_session()
    _probe_sample()
    _probe_attempt()


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "changed_at", sa.String(length=32), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )


def _probe_budget() -> None:
    op.create_table(
        "probe_budget",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("overrun", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
        if_not_exists=True,
    )


def _probe_run() -> None:
    op.create_table(
        "probe_run",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("plan_digest", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("probe_run_by_state", "probe_run", ["state"], unique=False, if_not_exists=True)


def _probe_session() -> None:
    op.create_table(
        "probe_session",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )


def _probe_sample() -> None:
    op.create_table(
        "probe_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("prompt", sa.String(length=80), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=True),
        sa.Column("session", sa.String(length=40), nullable=True),
        sa.Column("hold", sa.BigInteger(), nullable=False),
        sa.Column("not_asked", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["probe_run.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run", "key"),
        if_not_exists=True,
    )
    op.create_index(
        "probe_sample_by_state",
        "probe_sample",
        ["run", "state", "position"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index("probe_sample_by_token", "probe_sample", ["token"], unique=False, if_not_exists=True)


def _probe_attempt() -> None:
    op.create_table(
        "probe_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("hold", sa.BigInteger(), nullable=False),
        sa.Column("charged", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("late", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sample"], ["probe_sample.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        if_not_exists=True,
    )
    op.create_index("probe_attempt_by_sample", "probe_attempt", ["sample"], unique=False, if_not_exists=True)
