"""The audit log: who spent, shared, revoked, signed. Rows are added, never changed; admins read them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert, select

from advisor.host.store import reading, writing
from advisor.host.team_tables import AUDIT


class Action(StrEnum):
    """What is written down."""

    RUN_STARTED = "probe run started"
    RUN_REFUSED = "probe run refused"
    CAP_RAISED = "probe cap raised"
    SHARED = "link shared"
    REVOKED = "link revoked"
    GUESSED = "too many guesses"
    DECISION = "decision kept"
    STATUS = "status changed"
    SIGNED = "decision signed"
    EXPORTED = "store exported"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One thing somebody did."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    """JSON object."""


def note(connection: Connection, actor: str, action: Action, subject: str, **detail: object) -> None:
    """Add a row in the transaction of what it tells about. Never pass keys, passwords or whole link ids."""
    connection.execute(
        insert(AUDIT).values(
            at=time.time(),
            actor=actor[:200],
            action=action,
            subject=subject[:200],
            detail=json.dumps(detail, sort_keys=True),
        )
    )


def note_alone(engine: Engine, actor: str, action: Action, subject: str, **detail: object) -> None:
    """Add a row in a transaction of its own."""
    with writing(engine) as connection:
        note(connection, actor, action, subject, **detail)


def audit_log(engine: Engine, limit: int = 500) -> tuple[AuditRow, ...]:
    """The newest rows, newest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)).all()
    return tuple(
        AuditRow(datetime.fromtimestamp(row.at, UTC), row.actor, row.action, row.subject, row.detail)
        for row in rows
    )
