"""The store keeps what is committed and lets writers queue."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text

from advisor.errors import StoreError
from advisor.host.store import create_missing, open_store, reading, writing


def _counter(metadata: MetaData) -> Table:
    return Table("counter", metadata, Column("value", Integer, nullable=False))


def test_sqlite_is_opened_safe_against_power_loss(tmp_path: Path) -> None:
    """Write-ahead log, full synchronisation and foreign keys are on; the folder is the owner's alone."""
    engine = open_store(tmp_path / "data")
    with reading(engine) as connection:
        settings = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()

    assert settings == ["wal", 2, 1]
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_writers_queue_instead_of_failing(tmp_path: Path) -> None:
    """Four threads that read, then write, lose no update and see no locked database."""
    metadata = MetaData()
    table = _counter(metadata)
    engine = open_store(tmp_path)
    create_missing(engine, metadata)
    with writing(engine) as connection:
        connection.execute(insert(table).values(value=0))

    def count() -> None:
        for _ in range(10):
            with writing(engine) as connection:
                value = connection.execute(select(table.c.value)).scalar_one()
                connection.execute(table.update().values(value=value + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        total = connection.execute(select(table.c.value)).scalar_one()
    engine.dispose()

    assert total == 40


def test_tables_may_be_created_twice(tmp_path: Path) -> None:
    """Creating what exists changes nothing."""
    metadata = MetaData()
    table = _counter(metadata)
    engine = open_store(tmp_path)
    create_missing(engine, metadata)
    with writing(engine) as connection:
        connection.execute(insert(table).values(value=7))
    create_missing(engine, metadata)
    with reading(engine) as connection:
        value = connection.execute(select(table.c.value)).scalar_one()
    engine.dispose()

    assert value == 7


@pytest.mark.parametrize("where", ["nonsense://x", "not a url://"])
def test_a_wrong_url_says_what_to_do(where: str) -> None:
    """A database URL that cannot be used is a StoreError with a hint."""
    with pytest.raises(StoreError) as error:
        open_store(where)

    assert "driver" in error.value.hint
