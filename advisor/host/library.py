"""The library of decisions: revisions, comments and signatures are added; nothing is overwritten.

A decision is a list of numbered entries. What it is now, its status and its record, follows from the
newest entries; what it was stays readable.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal, get_args

from sqlalchemy import Connection, Engine, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from advisor.errors import BadInput, NotFound
from advisor.host.audit import Action, note
from advisor.host.store import reading, writing
from advisor.host.team_tables import DECISION, ENTRY
from advisor.record.record import Record, Status, read_record, record_json

LONGEST_COMMENT = 4000
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
Verdict = Literal["agree", "disagree", "abstain"]
FOLLOWS: dict[Status, tuple[Status, ...]] = {
    "draft": ("proposed", "accepted"),
    "proposed": ("draft", "accepted"),
    "accepted": ("superseded",),
    "superseded": (),
}
"""Status -> what may follow it. What was accepted is not taken back; a later decision supersedes it."""


class EntryKind(StrEnum):
    """What was added."""

    REVISION = "revision"
    STATUS = "status"
    COMMENT = "comment"
    SIGN_OFF = "sign-off"


@dataclass(frozen=True, slots=True)
class Entry:
    """One addition to a decision."""

    number: int
    kind: EntryKind
    author: str
    at: datetime
    body: str
    """The record's JSON, the status, or JSON of a comment or a sign-off; untrusted text."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """One decision in a list."""

    id: str
    title: str
    status: Status
    chosen: str
    changed_by: str
    changed_at: datetime
    revisions: int


def keep(engine: Engine, record: Record, author: str) -> str:
    """Put a new decision into the library; returns its id."""
    decision_id = secrets.token_urlsafe(16)
    with writing(engine) as connection:
        connection.execute(
            insert(DECISION).values(id=decision_id, created_at=time.time(), created_by=author[:200])
        )
        _add_record(connection, decision_id, record, author)
        _add(connection, decision_id, EntryKind.STATUS, author, record.status)
        note(connection, author, Action.DECISION, record.title, decision=decision_id, status=record.status)
    return decision_id


def revise(engine: Engine, decision_id: str, record: Record, author: str, seen: int) -> None:
    """Add a revision; the earlier ones stay. Only a draft or a proposal can be revised.

    Args:
        engine: The store.
        decision_id: Which decision.
        record: What it becomes.
        author: Who says so.
        seen: Number of the newest entry the author has seen.

    Raises:
        BadInput: It is settled already, or somebody added something the author has not seen.
        NotFound: There is no such decision.
    """
    with writing(engine) as connection:
        if _status(connection, decision_id) in {"accepted", "superseded"}:
            rule = "is settled and cannot be revised."
            raise BadInput("decision", "", rule, "Keep the new record as a decision that supersedes it.")
        if _newest(connection, decision_id) != seen:
            raise BadInput("decision", "", "has changed since you opened it.", "Open it again, then revise.")
        _add_record(connection, decision_id, record, author)


def set_status(engine: Engine, decision_id: str, status: Status, author: str) -> None:
    """Move a decision on.

    Raises:
        BadInput: That status cannot follow the present one.
        NotFound: There is no such decision.
    """
    with writing(engine) as connection:
        now = _status(connection, decision_id)
        if status not in FOLLOWS[now]:
            raise BadInput("decision", "status", f"{status} cannot follow {now}.", "Keep a new decision.")
        _add(connection, decision_id, EntryKind.STATUS, author, status)
        note(connection, author, Action.STATUS, decision_id, was=now, now=status)


def comment(engine: Engine, decision_id: str, words: str, author: str) -> None:
    """Add a comment.

    Raises:
        BadInput: It is empty or too long.
        NotFound: There is no such decision.
    """
    body = json.dumps({"words": _checked(words, required=True)})
    with writing(engine) as connection:
        _status(connection, decision_id)
        _add(connection, decision_id, EntryKind.COMMENT, author, body)


def sign(
    engine: Engine, decision_id: str, verdict: Verdict, author: str, *, words: str = "", revision: int
) -> None:
    """Sign a revision off: a stakeholder's agreement, disagreement or abstention, with a word about it.

    Raises:
        BadInput: The text is too long, or the revision is not the newest.
        NotFound: There is no such decision.
    """
    if verdict not in get_args(Verdict):
        raise BadInput("sign-off", "verdict", "is not one of agree, disagree, abstain.")
    said = {"verdict": verdict, "words": _checked(words, required=False), "revision": revision}
    with writing(engine) as connection:
        _status(connection, decision_id)
        newest = _newest(connection, decision_id, EntryKind.REVISION)
        if revision != newest:
            raise BadInput("sign-off", "revision", "there is a newer revision.", "Read it, then sign.")
        _add(connection, decision_id, EntryKind.SIGN_OFF, author, json.dumps(said, sort_keys=True))
        note(connection, author, Action.SIGNED, decision_id, verdict=verdict, revision=revision)


def entries(engine: Engine, decision_id: str) -> tuple[Entry, ...]:
    """Everything that was added to a decision, oldest first.

    Raises:
        NotFound: There is no such decision.
    """
    with reading(engine) as connection:
        rows = connection.execute(
            select(ENTRY).where(ENTRY.c.decision == decision_id).order_by(ENTRY.c.number)
        ).all()
    if not rows or not _ID.fullmatch(decision_id):
        raise _missing()
    return tuple(
        Entry(row.number, EntryKind(row.kind), row.author, _moment(row.at), row.body) for row in rows
    )


def record_at(history: tuple[Entry, ...], number: int | None = None) -> Record:
    """A revision as a record, the newest when no number is given, under the status it has now.

    Raises:
        NotFound: There is no such revision.
        BadRecord: It was written by a newer version of the product.
    """
    found = [one for one in history if one.kind is EntryKind.REVISION and number in {None, one.number}]
    if not found:
        raise NotFound("There is no such revision.", "Choose one of the list.")
    return read_record(found[-1].body, "library")


def status_of(history: tuple[Entry, ...]) -> Status:
    """The status a decision has after its entries."""
    return _known([one.body for one in history if one.kind is EntryKind.STATUS][-1])


def search(
    engine: Engine, words: str = "", status: Status | None = None, limit: int = 200
) -> tuple[Shelved, ...]:
    """Decisions whose newest revision holds every word, newest first; all of them without words."""
    newest = _newest_of(EntryKind.REVISION).subquery()
    state = _newest_of(EntryKind.STATUS).subquery()
    now = ENTRY.alias()
    query = (
        select(ENTRY, now.c.body.label("status"), newest.c.many)
        .join(newest, (newest.c.decision == ENTRY.c.decision) & (newest.c.number == ENTRY.c.number))
        .join(state, state.c.decision == ENTRY.c.decision)
        .join(now, (now.c.decision == state.c.decision) & (now.c.number == state.c.number))
        .order_by(ENTRY.c.at.desc())
        .limit(limit)
    )
    for word in words.lower().split()[:10]:
        query = query.where(ENTRY.c.words.contains(word, autoescape=True))
    if status is not None:
        query = query.where(now.c.body == status)
    with reading(engine) as connection:
        return tuple(_shelved(row) for row in connection.execute(query))


def _newest_of(kind: EntryKind):  # noqa: ANN202  a query's type has one parameter for each column
    return (
        select(ENTRY.c.decision, func.max(ENTRY.c.number).label("number"), func.count().label("many"))
        .where(ENTRY.c.kind == kind)
        .group_by(ENTRY.c.decision)
    )


def _shelved(row: Row[tuple[object, ...]]) -> Shelved:
    head = json.loads(row.body)
    labels = {one["id"]: one["label"] for one in head["outcome"]["ranking"]}
    return Shelved(
        id=row.decision,
        title=head["title"],
        status=_known(row.status),
        chosen=labels.get(head["chosen"], head["chosen"] or "nothing"),
        changed_by=row.author,
        changed_at=_moment(row.at),
        revisions=row.many,
    )


def _add_record(connection: Connection, decision_id: str, record: Record, author: str) -> None:
    chosen = record.choice.label if record.choice else record.chosen or "nothing"
    parts = (record.title, chosen, record.case.name, record.case.purpose, *record.deciders)
    body = record_json(record).decode()
    _add(connection, decision_id, EntryKind.REVISION, author, body, "\n".join(parts).lower())


def _add(
    connection: Connection, decision_id: str, kind: EntryKind, author: str, body: str, words: str = ""
) -> None:
    try:
        connection.execute(
            insert(ENTRY).values(
                decision=decision_id,
                number=_newest(connection, decision_id) + 1,
                kind=kind,
                author=author[:200],
                at=time.time(),
                body=body,
                words=words,
            )
        )
    except IntegrityError as error:
        rule = "was changed by somebody else at the same moment."
        raise BadInput("decision", "", rule, "Open it again.") from error


def _newest(connection: Connection, decision_id: str, kind: EntryKind | None = None) -> int:
    query = select(func.max(ENTRY.c.number)).where(ENTRY.c.decision == decision_id)
    return connection.execute(query if kind is None else query.where(ENTRY.c.kind == kind)).scalar() or 0


def _status(connection: Connection, decision_id: str) -> Status:
    query = (
        select(ENTRY.c.body)
        .where(ENTRY.c.decision == decision_id, ENTRY.c.kind == EntryKind.STATUS)
        .order_by(ENTRY.c.number.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar() if _ID.fullmatch(decision_id) else None
    if found is None:
        raise _missing()
    return _known(found)


def _known(status: str) -> Status:
    return next(one for one in get_args(Status) if one == status)


def _missing() -> NotFound:
    return NotFound("There is no such decision.", "Look it up in the library.")


def _checked(words: str, *, required: bool) -> str:
    said = words.strip().replace("\x00", "")
    if required and not said:
        raise BadInput("comment", "", "is empty.", "Write something.")
    if len(said) > LONGEST_COMMENT:
        raise BadInput("comment", "", f"is longer than {LONGEST_COMMENT} characters.", "Shorten it.")
    return said


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
