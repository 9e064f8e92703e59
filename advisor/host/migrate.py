"""Brings the store's tables up to date: every change is a migration, applied once, under a lock.

Several replicas may start at once. On PostgreSQL an advisory lock, on SQLite the write lock lets one of
them migrate; the others wait and find nothing left to do. A change is kept whole or not at all.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from advisor.errors import StoreError
from advisor.host.store import reading, writing

_SCRIPTS = Path(__file__).with_name("migrations")
_LOCK = 0x41445649  # "ADVI"


def migrate(engine: Engine) -> None:
    """Apply what is missing; cheap when nothing is.

    Raises:
        StoreError: The database cannot be changed, or comes from a newer version of the product.
    """
    if _revision(engine) == head_revision():
        return
    try:
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise StoreError(
            f"The tables of the store could not be brought up to date: {type(error).__name__}.",
            "Nothing was changed. Check that the database user may create tables.",
        ) from error


def _revision(engine: Engine) -> str | None:
    try:
        with reading(engine) as connection:
            current = _current(connection)
    except SQLAlchemyError as error:
        raise away(error) from error
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            "The store was written by a newer version of this product.",
            "Install that version, or a newer one.",
        )
    return current


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str | None:
    """Newest state of the tables this product knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def away(error: Exception) -> StoreError:
    """The database does not answer, in words for whoever is waiting for it."""
    return StoreError(
        f"The database does not answer: {type(error).__name__}.",
        "Nothing is lost; what was saved stays saved. Try again in a moment.",
    )
