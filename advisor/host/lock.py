"""One worker per data folder: a lock the operating system releases when its holder dies."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Self

FILE_NAME = "worker.lock"


class FolderLock:
    """Holds the folder's lock while the object lives; the lock dies with the process.

    Args:
        folder: The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / FILE_NAME).open("a")

    def acquire(self) -> bool:
        """Take the lock if it is free; says whether we hold it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
