"""The audit log: who spent, shared, revoked, signed. Rows are added, never changed; admins read them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert, select

from advisor.host.store import reading, writing
from advisor.host.team_tables import AUDIT

SIGN_IN_LIFE_S = 31 * 86_400.0
"""Longer than the cookie of a sign-in lives (30 days)."""


class Action(StrEnum):
    """What is written down."""

    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGNED_OUT = "signed out"
    RUN_STARTED = "probe run started"
    RUN_ENDED = "probe run ended"
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


def note_sign_in(engine: Engine, actor: str, action: Action, claims: Mapping[str, object]) -> None:
    """Write a sign-in down once, however many tabs and replicas see it.

    Args:
        engine: The store.
        actor: Who, by the provider's word.
        action: Signed in, or refused.
        claims: What the provider said; the moment it said so tells one sign-in from the next.
    """
    told = [str(claims.get(name, "")) for name in ("iss", "sub", "iat", "nonce")]
    subject = hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
    known = select(AUDIT.c.id).where(
        AUDIT.c.at > time.time() - SIGN_IN_LIFE_S, AUDIT.c.action == action, AUDIT.c.subject == subject
    )
    with writing(engine) as connection:
        if connection.execute(known.limit(1)).scalar() is None:
            note(connection, actor, action, subject)


def audit_log(engine: Engine, limit: int = 500) -> tuple[AuditRow, ...]:
    """The newest rows, newest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)).all()
    return tuple(
        AuditRow(datetime.fromtimestamp(row.at, UTC), row.actor, row.action, row.subject, row.detail)
        for row in rows
    )
