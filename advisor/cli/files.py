"""Files a command is given or writes: faults of the disk in plain words."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import BadInput, NotFound

WHERE_DATA_LIVE = (
    "Drafts, library and probe runs are kept in the folder that ADVISOR_DATA_DIR names, else in "
    "~/.local/share/advisor, for its owner alone; `advisor backup FILE` writes them into one file."
)
"""What a user is told about the data folder where help is asked for."""


@contextmanager
def readable(path: Path) -> Generator[None]:
    """Say a fault while a file is read in words.

    Raises:
        NotFound: It cannot be read.
        BadInput: It is not UTF-8 text.
    """
    try:
        yield
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise BadInput(str(path), "", "is not UTF-8 text", "Save it as UTF-8.") from error


def refuse_document(path: Path) -> None:
    """Refuse a record's form for people where its JSON is wanted.

    Raises:
        BadInput: Its ending says that it is one.
    """
    if path.suffix in {".md", ".html", ".pdf"}:
        raise BadInput(
            str(path),
            "",
            "is a record for people, which does not open again.",
            "Give its JSON: `advisor record CASE -o decision.json`, or Download JSON beside the record.",
        )


def write(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file, part by part.

    Raises:
        NotFound: It cannot be written.
    """
    try:
        with path.open("wb") as out:
            out.writelines(parts)
    except OSError as error:
        raise NotFound(f"{path} cannot be written: {error.strerror}.", "Check the folder.") from error
