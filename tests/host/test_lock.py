"""One worker per data folder, and folders told apart wherever they are mounted."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import StoreError
from advisor.host.lock import FolderLock


def test_a_folder_keeps_its_name_and_shares_it_with_no_other(tmp_path: Path) -> None:
    """Two folders, both called `/data` in their containers, are never taken for one."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    names: list[str] = []
    for folder in ("one", "other", "one"):
        with FolderLock(tmp_path / folder) as lock:
            assert lock.acquire()
            names.append(lock.place())
            assert lock.place() == names[-1]

    assert names[0] == names[2] != names[1]
    assert len(names[0]) == 16


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    """While one holds the folder nobody else gets it; afterwards somebody does."""
    with FolderLock(tmp_path) as first, FolderLock(tmp_path) as second:
        assert first.acquire()
        assert not second.acquire()
    with FolderLock(tmp_path) as third:
        assert third.acquire()


def test_a_folder_that_takes_no_file_is_said_in_words(tmp_path: Path) -> None:
    """A folder that is missing or belongs to somebody else ends in advice, not in a trace of the program."""
    with pytest.raises(StoreError, match=r"cannot be written to.*Give it to the account"):
        FolderLock(tmp_path / "missing")
