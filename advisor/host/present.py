"""Rows that have to be there before a transaction locks them.

A row that is made after others were locked would break the order of locks, so it is made first. What a
process has once met it does not ask for again.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

_met: WeakKeyDictionary[Engine, set[Hashable]] = WeakKeyDictionary()


def unmet(connection: Connection, table: Table, keys: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Primary keys that are not there, sorted; a store is asked only for those not met before."""
    met = _met.setdefault(connection.engine, set())
    fresh = {key for key in keys if (table.name, key) not in met}
    if not fresh:
        return []
    columns = list(table.primary_key.columns)
    query = select(*columns).where(tuple_(*columns).in_(sorted(fresh)))
    there = {tuple(row) for row in connection.execute(query)}
    met.update((table.name, key) for key in there)
    return sorted(fresh - there)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Add rows that are not there yet; another transaction may add the same ones."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
