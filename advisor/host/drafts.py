"""Drafts: what one visitor is working on, kept after every change and found again by its id.

A draft is one JSON document with a revision. Whoever saves says which revision they saw, so two open
tabs cannot overwrite each other without noticing. The id is 128 random bits. Where people sign in, a draft
also has an owner, and opens to others only when the owner lets the team in. Without sign-in the id is enough.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace

from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Integer,
    String,
    Table,
    Text,
    false,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from advisor.errors import StoreError
from advisor.host.store import METADATA, create_missing, reading, writing

_DRAFTS = Table(
    "drafts",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("changed_at", String(32), nullable=False, server_default=text("CURRENT_TIMESTAMP")),
    Column("owner", String(200)),
    Column("team", Boolean, nullable=False, server_default=false()),
)
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Draft:
    """One kept draft."""

    id: str
    revision: int
    """Grows by one with every change."""
    body: str
    """JSON."""
    owner: str | None = None
    """Who made it; None where nobody signs in, and then whoever has the id may open it."""
    team: bool = False
    """Whether every editor who has the id may open and change it."""

    def opens_to(self, reader: str | None) -> bool:
        """Whether somebody who has the id may open and change it; None is whoever sits at the machine."""
        return reader is None or self.team or self.owner in {None, reader}


class Drafts:
    """The drafts of one store.

    Args:
        engine: An open store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        create_missing(engine)

    def create(self, body: str, owner: str | None = None) -> Draft:
        """Keep a new draft under a new id.

        Raises:
            StoreError: The store cannot be written.
        """
        draft = Draft(secrets.token_urlsafe(16), 1, body, owner[:200] if owner else None)
        row = {"id": draft.id, "revision": 1, "body": body, "owner": draft.owner}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(_DRAFTS).values(row))
        except (SQLAlchemyError, IntegrityError) as error:
            raise _unwritable(error) from error
        return draft

    def load(self, draft_id: str) -> Draft | None:
        """The draft of that id, None when there is none. Ask it `opens_to` before showing it to anybody.

        Raises:
            StoreError: The store cannot be read.
        """
        if not _ID.fullmatch(draft_id):
            return None
        try:
            with reading(self._engine) as connection:
                row = connection.execute(select(_DRAFTS).where(_DRAFTS.c.id == draft_id)).one_or_none()
        except SQLAlchemyError as error:
            raise StoreError(f"The draft cannot be read: {type(error).__name__}.", "Try again.") from error
        return None if row is None else Draft(row.id, row.revision, row.body, row.owner, bool(row.team))

    def save(self, draft: Draft, body: str, writer: str | None = None) -> Draft | None:
        """Keep a change.

        Args:
            draft: The draft as it was last seen.
            body: What it becomes.
            writer: Who changes it; None is whoever sits at the machine.

        Returns:
            The draft as it now is; None when someone else changed it meanwhile, or it does not open to the
            writer any more, and nothing was kept.

        Raises:
            StoreError: The store cannot be written.
        """
        seen = (_DRAFTS.c.id == draft.id) & (_DRAFTS.c.revision == draft.revision)
        if writer is not None:
            seen &= _DRAFTS.c.owner.is_(None) | (_DRAFTS.c.owner == writer) | _DRAFTS.c.team
        changed = {"revision": draft.revision + 1, "body": body, "changed_at": text("CURRENT_TIMESTAMP")}
        try:
            with writing(self._engine) as connection:
                done = connection.execute(update(_DRAFTS).where(seen).values(changed))
        except SQLAlchemyError as error:
            raise _unwritable(error) from error
        return replace(draft, revision=draft.revision + 1, body=body) if done.rowcount == 1 else None

    def open_to_team(self, draft: Draft, team: bool) -> Draft:
        """Let every editor who has the id in, or its owner alone again.

        Raises:
            StoreError: The store cannot be written.
        """
        try:
            with writing(self._engine) as connection:
                connection.execute(update(_DRAFTS).where(_DRAFTS.c.id == draft.id).values(team=team))
        except SQLAlchemyError as error:
            raise _unwritable(error) from error
        return replace(draft, team=team)


def _unwritable(error: Exception) -> StoreError:
    return StoreError(
        f"Your last answers are not saved yet: the store does not take them ({type(error).__name__}).",
        "Keep this tab open: what you do next here saves them with it. If this lasts, download the case on "
        "the page Check answers.",
    )
