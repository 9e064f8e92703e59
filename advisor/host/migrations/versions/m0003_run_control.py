"""Control of runs: purpose and account of each call, rates, caps that may be absent, our own clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what is not there yet."""
    _run()
    _sample()
    _budget()
    _bucket()


def _run() -> None:
    op.add_column("probe_run", sa.Column("instrument", sa.Text(), nullable=True))
    op.add_column("probe_run", _number("generation"))


def _sample() -> None:
    purpose = sa.Column("purpose", sa.String(length=20), server_default="consistency", nullable=False)
    op.add_column("probe_sample", purpose)
    op.add_column(
        "probe_sample", sa.Column("account", sa.String(length=200), server_default="", nullable=False)
    )
    op.add_column("probe_sample", sa.Column("tokens", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("probe_sample", _number("forgiven"))
    op.add_column("probe_sample", sa.Column("rung", sa.Integer(), nullable=True))
    calling = sa.text("state = 'calling'")
    op.create_index(
        "probe_sample_in_flight",
        "probe_sample",
        ["account"],
        unique=False,
        sqlite_where=calling,
        postgresql_where=calling,
    )


def _budget() -> None:
    with op.batch_alter_table("probe_budget") as table:
        table.alter_column("cap", existing_type=sa.BigInteger(), nullable=True)
        table.alter_column("scope", existing_type=sa.String(length=80), type_=sa.String(length=240))


def _bucket() -> None:
    op.create_table(
        "probe_bucket",
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("arrival", sa.Float(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("burst", sa.Float(), nullable=False),
        sa.Column("slowed_to", sa.Float(), nullable=True),
        sa.Column("slowed_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("account", "kind"),
        if_not_exists=True,
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)
