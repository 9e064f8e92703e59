"""Share links: an unguessable id for an immutable snapshot of a record, or for a draft that is followed.

Whoever has the link reads it, unless it expired, was revoked, or asks for a password or a sign-in.
Wrong ids and passwords are counted by address; whoever guesses too often has to wait.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, Engine, Row, insert, select, update

from advisor.errors import BadInput, NotFound
from advisor.host.audit import Action, note
from advisor.host.store import reading, writing
from advisor.host.team_tables import GUESS, SHARE

Kind = Literal["snapshot", "live"]
WINDOW_S = 600.0
"""Time over which guesses are counted."""
LARGEST_BODY = 5_000_000
SHORTEST_PASSWORD = 8
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
"""About 30 ms and 16 MB for each try (RFC 7914 gives these as interactive parameters)."""
_GONE = NotFound(
    "This link opens nothing: it is mistyped, has expired, or was revoked.",
    "Ask whoever sent it for a new one.",
)


@dataclass(frozen=True, slots=True)
class Share:
    """One link."""

    id: str
    kind: Kind
    body: str
    """JSON of the record of a snapshot; id of the draft of a live link."""
    decision: str | None
    """Decision of the library it was shared from."""
    title: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    has_password: bool
    sign_in: bool
    """Only signed-in people may open it."""
    revoked: bool


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which conditions a link opens."""

    days: int | None = None
    """Days it lives; None until it is revoked."""
    password: str = ""
    sign_in: bool = False


def share(
    engine: Engine,
    kind: Kind,
    body: str,
    title: str,
    author: str,
    conditions: Conditions | None = None,
    *,
    decision: str | None = None,
    longest_days: int | None = None,
) -> str:
    """Make a link; returns its id.

    Raises:
        BadInput: The password is too short, the life too long, or the document too large.
    """
    asked = conditions or Conditions()
    _check(asked, body, longest_days)
    share_id = secrets.token_urlsafe(16)
    now = time.time()
    with writing(engine) as connection:
        connection.execute(
            insert(SHARE).values(
                id=share_id,
                kind=kind,
                body=body,
                decision=decision,
                title=title[:200],
                created_at=now,
                created_by=author[:200],
                expires_at=None if asked.days is None else now + asked.days * 86_400,
                password=_hashed(asked.password) if asked.password else None,
                sign_in=asked.sign_in,
            )
        )
        detail = {
            "kind": kind,
            "days": asked.days,
            "password": bool(asked.password),
            "sign_in": asked.sign_in,
        }
        note(connection, author, Action.SHARED, title, link=_short(share_id), **detail)
    return share_id


def find(engine: Engine, share_id: str, visitor: str, guesses: int) -> Share:
    """The link of that id, if it still opens; says nothing about why it does not.

    Args:
        engine: The store.
        share_id: From the address; untrusted.
        visitor: Network address of whoever asks.
        guesses: Wrong ids one address may try within ten minutes.

    Raises:
        NotFound: It is wrong, expired or revoked.
        BadInput: Too many wrong ones came from this address.
    """
    _refuse_guesser(engine, visitor, guesses)
    row = None
    if _ID.fullmatch(share_id):
        with reading(engine) as connection:
            row = connection.execute(select(SHARE).where(SHARE.c.id == share_id)).one_or_none()
    if row is None or row.revoked_at is not None or (row.expires_at or time.time() + 1) <= time.time():
        _count_guess(engine, visitor, guesses)
        raise _GONE
    return _share(row)


def unlock(engine: Engine, one: Share, password: str, visitor: str, guesses: int) -> bool:
    """Whether that is the link's password.

    Raises:
        BadInput: Too many wrong ones came from this address.
    """
    scope = f"{visitor} {_short(one.id)}"
    _refuse_guesser(engine, scope, guesses)
    with reading(engine) as connection:
        kept = connection.execute(select(SHARE.c.password).where(SHARE.c.id == one.id)).scalar()
    if kept is None or _matches(password, kept):
        return True
    _count_guess(engine, scope, guesses)
    return False


def revoke(engine: Engine, share_id: str, author: str) -> None:
    """Close a link for good; its snapshot stays in the store."""
    with writing(engine) as connection:
        done = connection.execute(
            update(SHARE)
            .where(SHARE.c.id == share_id, SHARE.c.revoked_at.is_(None))
            .values(revoked_at=time.time())
        )
        if done.rowcount:
            note(connection, author, Action.REVOKED, _short(share_id))


def shares(engine: Engine, author: str | None = None, limit: int = 200) -> tuple[Share, ...]:
    """The newest links, of one person or of everybody."""
    query = select(SHARE).order_by(SHARE.c.created_at.desc()).limit(limit)
    with reading(engine) as connection:
        rows = connection.execute(query if author is None else query.where(SHARE.c.created_by == author))
        return tuple(_share(row) for row in rows)


def _check(asked: Conditions, body: str, longest_days: int | None) -> None:
    if asked.password and len(asked.password) < SHORTEST_PASSWORD:
        rule = f"has fewer than {SHORTEST_PASSWORD} characters."
        raise BadInput("link", "password", rule, "Choose a longer one, or none.")
    if asked.days is not None and asked.days < 1:
        raise BadInput("link", "days", "must be at least 1.")
    if longest_days is not None and (asked.days is None or asked.days > longest_days):
        rule = f"links of this installation live {longest_days} days at most."
        raise BadInput("link", "days", rule, "Choose a shorter life.")
    if len(body) > LARGEST_BODY:
        raise BadInput("link", "", f"the record is larger than {LARGEST_BODY:,} bytes.")


def _share(row: Row[tuple[object, ...]]) -> Share:
    return Share(
        id=row.id,
        kind="live" if row.kind == "live" else "snapshot",
        body=row.body,
        decision=row.decision,
        title=row.title,
        created_at=datetime.fromtimestamp(row.created_at, UTC),
        created_by=row.created_by,
        expires_at=None if row.expires_at is None else datetime.fromtimestamp(row.expires_at, UTC),
        has_password=row.password is not None,
        sign_in=bool(row.sign_in),
        revoked=row.revoked_at is not None,
    )


def _short(share_id: str) -> str:
    # Enough to tell links apart in the log, too little to open one.
    return f"{share_id[:4]}…"


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, **_SCRYPT)
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _matches(password: str, kept: str) -> bool:
    salt, _, digest = kept.partition("$")
    tried = hashlib.scrypt(password[:1000].encode(), salt=base64.b64decode(salt), **_SCRYPT)
    return hmac.compare_digest(tried, base64.b64decode(digest))


def _scope(visitor: str) -> str:
    # Addresses are personal data; a digest counts as well.
    return hashlib.sha256(visitor.encode()).hexdigest()


def _refuse_guesser(engine: Engine, visitor: str, guesses: int) -> None:
    with reading(engine) as connection:
        row = connection.execute(select(GUESS).where(GUESS.c.scope == _scope(visitor))).one_or_none()
    if row is not None and row.tries >= guesses and row.window_start + WINDOW_S > time.time():
        raise BadInput("link", "", "too many wrong tries from your address.", "Wait ten minutes.")


def _count_guess(engine: Engine, visitor: str, guesses: int) -> None:
    scope, now = _scope(visitor), time.time()
    with writing(engine) as connection:
        row = _counter(connection, scope)
        if row is None:
            connection.execute(insert(GUESS).values(scope=scope, window_start=now, tries=1))
            return
        fresh = row.window_start + WINDOW_S <= now
        tries = 1 if fresh else row.tries + 1
        start = now if fresh else row.window_start
        connection.execute(
            update(GUESS).where(GUESS.c.scope == scope).values(tries=tries, window_start=start)
        )
        if tries == guesses:
            note(connection, "anonymous", Action.GUESSED, scope[:12])


def _counter(connection: Connection, scope: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(GUESS).where(GUESS.c.scope == scope).with_for_update()).one_or_none()
