"""One worker per data folder: a lock the operating system releases when its holder dies."""

from __future__ import annotations

import fcntl
import secrets
from pathlib import Path
from typing import Self

from advisor.errors import StoreError

FILE_NAME = "worker.lock"


class FolderLock:
    """Holds the folder's lock while the object lives; the lock dies with the process.

    Args:
        folder: The data folder.

    Raises:
        StoreError: The folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._file = (folder / FILE_NAME).open("a+")
        except OSError as error:
            raise StoreError(
                f"The data folder {folder} cannot be written to: {error.strerror}.",
                "Give it to the account this runs under, or name another folder.",
            ) from error

    def acquire(self) -> bool:
        """Take the lock if it is free; says whether we hold it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def place(self) -> str:
        """A name no other folder has, wherever it is mounted: two containers may both call theirs `/data`.

        Only whoever holds the lock may ask: the name is made at the first call and kept in the lock's file.
        """
        self._file.seek(0)
        kept = self._file.read().strip()
        if kept:
            return kept
        name = secrets.token_hex(8)
        self._file.write(name)
        self._file.flush()
        return name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
