"""Backup of the whole store as one file, its way back, and an export of the library for people.

A backup is lines of JSON, one for each row, read in one transaction: the same file goes back into SQLite
or PostgreSQL. It holds everything, share passwords as digests included; keep it like the store itself.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, Engine, func, insert, select, text

from advisor.errors import BadInput, NotFound, StoreError
from advisor.host import drafts, keys, tables, team_tables
from advisor.host.audit import Action, note_alone
from advisor.host.library import EntryKind, entries, record_at, search
from advisor.host.migrate import head_revision, migrate
from advisor.host.store import METADATA, reading, writing
from advisor.record.formats import FORMATS

_DECLARED = (drafts, keys, tables, team_tables)
"""Modules that declare tables: imported, so that `METADATA` knows every one of them."""
_FORMAT = "advisor-backup"
_BATCH = 500
_EXPORTED = ("json", "md", "html")


def backup(engine: Engine, file: Path) -> int:
    """Write everything in the store into a new file only its owner may read; returns the number of rows.

    Raises:
        StoreError: The file exists already or cannot be written.
    """
    migrate(engine)
    rows = 0
    # `text` mode keeps one row on one line; the first line says what this is.
    with _new_file(file) as out, reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        out.write(json.dumps({"format": _FORMAT, "revision": head_revision()}) + "\n")
        for name, row in _rows(connection):
            out.write(json.dumps([name, row], allow_nan=False) + "\n")
            rows += 1
    return rows


def restore(engine: Engine, file: Path) -> int:
    """Put a backup into an empty store, all of it or nothing; returns the number of rows.

    Raises:
        BadInput: The file is no backup, or one of another version of the tables.
        StoreError: The store is not empty.
    """
    migrate(engine)
    with file.open(encoding="utf-8") as lines, writing(engine) as connection:
        _check_head(lines.readline(), file.name)
        _check_empty(connection)
        rows = sum(_put(connection, batch, file.name) for batch in _batches(lines))
        _set_counters(connection)
    return rows


def export(engine: Engine, file: Path, actor: str = "command line") -> int:
    """Write every decision of the library into a new ZIP: the newest record in open formats and its history.

    Raises:
        StoreError: The file exists already or cannot be written.
        NotFound: The library is empty.
    """
    migrate(engine)
    shelved = search(engine, limit=100_000)
    if not shelved:
        raise NotFound(
            "The library holds no decision yet, so nothing was written.",
            "Keep one on the record page; backup takes drafts and runs too.",
        )
    with _new_file(file) as out, zipfile.ZipFile(out.buffer, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[attr-defined]  # a file opened for text has the bytes below it
        for one in shelved:
            history = entries(engine, one.id)
            record = record_at(history)
            for key in _EXPORTED:
                form = FORMATS[key]
                archive.writestr(f"{one.id}/record{form.suffix}", form.render(record))
            said = [
                {"number": row.number, "kind": row.kind, "author": row.author, "at": row.at.isoformat()}
                | ({} if row.kind is EntryKind.REVISION else {"body": row.body})
                for row in history
            ]
            archive.writestr(f"{one.id}/history.json", json.dumps(said, indent=2))
    note_alone(engine, actor, Action.EXPORTED, file.name, decisions=len(shelved))
    return len(shelved)


def _new_file(file: Path) -> TextIO:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StoreError(
            f"{file.name} cannot be written: {error.strerror}.", "Name a file that does not exist yet."
        ) from error
    return os.fdopen(descriptor, "w", encoding="utf-8")


def _rows(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in (one for one in METADATA.sorted_tables if one not in keys.TRANSIENT):
        for row in connection.execute(select(table)).mappings():
            yield table.name, dict(row)


def _check_head(line: str, name: str) -> None:
    try:
        head = json.loads(line)
        known = head["format"] == _FORMAT
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(name, "", "is not a backup of this product.", "Choose another file.") from error
    if not known or head.get("revision") != head_revision():
        rule = f"was made by another version of the tables ({head.get('revision')})."
        raise BadInput(name, "", rule, "Restore it with that version, then update.")


def _check_empty(connection: Connection) -> None:
    for table in METADATA.sorted_tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise StoreError("The store is not empty.", "Restore into a new data folder or a new database.")


def _batches(lines: TextIO) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _put(connection: Connection, batch: list[str], name: str) -> int:
    by_table: dict[str, list[dict[str, Any]]] = {}
    try:
        for line in batch:
            table, row = json.loads(line)
            if set(row) != set(METADATA.tables[table].c.keys()):
                raise ValueError(table)
            by_table.setdefault(table, []).append(row)
        for table, rows in by_table.items():
            connection.execute(insert(METADATA.tables[table]), rows)
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(name, "", "is damaged.", "Nothing was restored; choose another backup.") from error
    return len(batch)


def _set_counters(connection: Connection) -> None:
    """Let PostgreSQL's counters go on after the ids that were put in."""
    if connection.dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        if "id" in table.c and table.c.id.type.python_type is int:
            connection.execute(
                select(
                    func.setval(
                        func.pg_get_serial_sequence(table.name, "id"),
                        select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery(),
                        False,
                    )
                )
            )
