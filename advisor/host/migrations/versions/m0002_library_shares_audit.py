"""The library of decisions, share links, the audit log, and counters of guesses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create what is not there yet."""
    _audit()
    _guess()
    _library_decision()
    _library_entry()
    _share()
    _refusing_function()
    for table in ("audit", "library_entry"):
        _append_only(table)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("audit_by_time", "audit", ["at"], unique=False, if_not_exists=True)


def _guess() -> None:
    op.create_table(
        "guess",
        sa.Column("scope", sa.String(length=100), nullable=False),
        sa.Column("window_start", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
        if_not_exists=True,
    )


def _library_decision() -> None:
    op.create_table(
        "library_decision",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )


def _library_entry() -> None:
    op.create_table(
        "library_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["decision"],
            ["library_decision.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("decision", "number"),
        if_not_exists=True,
    )
    op.create_index(
        "library_entry_by_kind",
        "library_entry",
        ["kind", "decision", "number"],
        unique=False,
        if_not_exists=True,
    )


def _share() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=22), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=True),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("sign_in", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision"],
            ["library_decision.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("share_by_owner", "share", ["created_by", "created_at"], unique=False, if_not_exists=True)


def _append_only(table: str) -> None:
    """Let the database itself refuse to change or remove a row."""
    for change in ("UPDATE", "DELETE"):
        name = f"{table}_no_{change.lower()}"
        if op.get_bind().dialect.name == "sqlite":
            refusal = f"SELECT RAISE(ABORT, '{table} is append-only');"
            op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN {refusal} END")
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {change} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION advisor_append_only()"
            )


def _refusing_function() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION advisor_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
