"""Owners of drafts; which keys workers hold, and keys of users on their way to a worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create what is not there yet. Drafts made before have no owner: their id opens them, as it did."""
    present = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("drafts")}
    if "owner" not in present:
        op.add_column("drafts", sa.Column("owner", sa.String(length=200)))
        op.add_column("drafts", sa.Column("team", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "worker_keys",
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("session"),
        if_not_exists=True,
    )
    op.create_table(
        "sealed_key",
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "session"),
        if_not_exists=True,
    )
