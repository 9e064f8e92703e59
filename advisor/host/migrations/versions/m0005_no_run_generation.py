"""Drop a column nothing ever wrote: generations belong to lanes and stand in their names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Drop it where it is."""
    present = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("probe_run")}
    if "generation" in present:
        op.drop_column("probe_run", "generation")
