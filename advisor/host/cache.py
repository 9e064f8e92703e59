"""A cache on disk that can be lost, and that never unpickles.

`diskcache` runs code found in a row it reads (its Disk, and its JSONDisk too, unpickle). Anybody who can
write the cache file could then run code in the app. So this Disk stores bytes under text keys, all of them
inside the database, and refuses every other kind of row before its content is looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diskcache
from diskcache import UNKNOWN
from diskcache.core import MODE_RAW

from advisor.errors import StoreError

SIZE_LIMIT_BYTES = 128 * 1024 * 1024
INLINE_BYTES = 2**31 - 1
"""Larger values would go to files of their own; no value is that large, so a row naming a file is foreign."""


class RefusedRow(StoreError):
    """A cache row of a kind this program never writes."""


class BytesDisk(diskcache.Disk):  # noqa: TID251 - this is the Disk the rule points to
    """Text keys, bytes values, nothing else."""

    # The overrides narrow what diskcache's untyped methods are inferred to return.
    def put(self, key: object) -> tuple[str, bool]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The database key of a text key."""
        return _text(key), True

    def get(self, key: object, raw: object) -> str:
        """The text key of a database key."""
        if not raw:
            raise RefusedRow("A cache key is not plain text.", "Delete the cache folder.")
        return _text(key)

    def store(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: object, read: bool, key: object = UNKNOWN
    ) -> tuple[int, int, None, bytes]:
        """Size, mode, file name and database value of `value`."""
        del key
        if read or not isinstance(value, bytes):
            raise RefusedRow("The cache keeps bytes only.", "Encode the value first.")
        return len(value), MODE_RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: bool) -> bytes:
        """The bytes of a row; any other kind of row is refused unread."""
        if mode != MODE_RAW or filename is not None or read or not isinstance(value, bytes):
            raise RefusedRow("A cache row is not plain bytes.", "Delete the cache folder.")
        return value

    def remove(self, file_path: object) -> None:
        """Nothing: no row of ours has a file, and a foreign row may name any file."""


def _text(key: object) -> str:
    if not isinstance(key, str):
        raise RefusedRow("A cache key is not text.", "Delete the cache folder.")
    return key


class BytesCache:
    """Bytes by text key, on one machine, shared by processes; losing it costs only time.

    Args:
        directory: Folder of the cache; made when missing.
        size_limit_bytes: Least recently stored rows go above this size.

    Raises:
        StoreError: The folder cannot be used.
    """

    def __init__(self, directory: Path, size_limit_bytes: int = SIZE_LIMIT_BYTES) -> None:
        try:
            self._rows: Any = diskcache.Cache(
                str(directory), disk=BytesDisk, disk_min_file_size=INLINE_BYTES, size_limit=size_limit_bytes
            )
        except Exception as error:
            # diskcache raises whatever SQLite or the file system does; all mean the same here.
            what = f"The cache folder {directory} cannot be used ({type(error).__name__})."
            raise StoreError(what, "Delete it or choose another folder.") from error

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`; None when there are none, or when the row is not one of ours."""
        try:
            found: bytes | None = self._rows.get(key)
        except RefusedRow:
            self._rows.delete(key)
            return None
        return found

    def put(self, key: str, value: bytes) -> None:
        """Stores `value` under `key`, replacing what is there."""
        self._rows.set(key, value)

    def close(self) -> None:
        """Closes the file."""
        self._rows.close()
