"""Where things lie: what ships with the product, and where a team's own data goes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import advisor
from advisor.errors import NotFound, StoreError

_PACKAGE = Path(advisor.__file__).resolve().parent


def pages_folder() -> Path:
    """Return the folder of the page scripts."""
    return _shipped("pages")


def catalog_folder() -> Path:
    """Return the folder of the shipped catalog."""
    return _shipped("catalog")


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder for this team's data, created for its owner alone if it does not exist.

    `ADVISOR_DATA_DIR` names it; else it is `advisor` under `XDG_DATA_HOME` (`~/.local/share`).

    Raises:
        StoreError: It cannot be created.
    """
    env = os.environ if environment is None else environment
    chosen = env.get("ADVISOR_DATA_DIR")
    base = env.get("XDG_DATA_HOME") or "~/.local/share"
    folder = (Path(chosen) if chosen else Path(base) / "advisor").expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The data folder {folder} cannot be created: {error.strerror}.",
            "Set ADVISOR_DATA_DIR to a folder you may write to.",
        ) from error
    return folder


@cache
def _shipped(name: str) -> Path:
    """Return a shipped folder: inside the installed package, else beside it in a source checkout."""
    for folder in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise NotFound(f"The folder {name}/ is missing from this installation.", "Install the product again.")


def catalog_overlays(environment: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Return the overlay folders of this installation: `ADVISOR_CATALOG`, separated as in `PATH`."""
    env = os.environ if environment is None else environment
    return tuple(Path(name) for name in env.get("ADVISOR_CATALOG", "").split(os.pathsep) if name)
