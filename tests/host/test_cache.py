"""The cache on disk: bytes in, bytes out, and a tampered row runs nothing."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.errors import StoreError
from advisor.host.cache import BytesCache, BytesDisk, RefusedRow

RAN: list[str] = []


class Trap:
    """An object that tells when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Unpickling this calls RAN.append."""
        return RAN.append, ("unpickled",)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[BytesCache]:
    """An open cache."""
    opened = BytesCache(tmp_path / "cache")
    yield opened
    opened.close()


def tamper(folder: Path, statement: str, *values: object) -> None:
    """Change the cache's database as a stranger would."""
    with sqlite3.connect(folder / "cache" / "cache.db") as database:
        database.execute(statement, values)
    database.close()


def test_bytes_come_back(cache: BytesCache) -> None:
    """What is stored is found again, also when it is large; what is not, is not."""
    large = bytes(range(256)) * 20_000
    cache.put("large", large)

    assert cache.get("large") == large
    assert cache.get("other") is None


def test_it_is_found_by_the_next_start(tmp_path: Path) -> None:
    """A second process opening the same folder sees the value."""
    first = BytesCache(tmp_path)
    first.put("key", b"value")
    first.close()
    second = BytesCache(tmp_path)
    found = second.get("key")
    second.close()

    assert found == b"value"


@pytest.mark.parametrize("mode", [0, 2, 3, 4])
def test_a_tampered_row_runs_nothing(tmp_path: Path, cache: BytesCache, mode: int) -> None:
    """A pickled row is not unpickled, a row of any other kind is not read; it is dropped."""
    cache.put("key", b"value")
    bomb = pickle.dumps(Trap())
    tamper(tmp_path, "UPDATE Cache SET mode = ?, value = ?", mode, bomb)

    assert cache.get("key") is None
    assert RAN == []
    tamper(tmp_path, "UPDATE Cache SET mode = 1")
    assert cache.get("key") is None


def test_a_row_that_names_a_file_is_refused(tmp_path: Path, cache: BytesCache) -> None:
    """Neither reading nor dropping the row touches a file outside."""
    outside = tmp_path / "precious.txt"
    outside.write_text("precious")
    cache.put("key", b"value")
    tamper(tmp_path, "UPDATE Cache SET filename = ?, value = NULL", "../precious.txt")

    assert cache.get("key") is None
    assert outside.read_text() == "precious"


def test_only_bytes_under_text_keys_are_stored(tmp_path: Path) -> None:
    """The Disk refuses what it would not read back."""
    disk = BytesDisk(str(tmp_path))

    with pytest.raises(RefusedRow):
        disk.store({"a": 1}, False)
    with pytest.raises(RefusedRow):
        disk.put(("a", 1))
    with pytest.raises(RefusedRow):
        disk.get(pickle.dumps(Trap()), False)
    assert RAN == []


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """A file in the place of the folder is a store error with something to do."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be used"):
        BytesCache(tmp_path / "file")
