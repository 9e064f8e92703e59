"""Brings the store's tables up to date: every change is a migration, applied once, under a lock.

Several replicas may start at once. On PostgreSQL an advisory lock, on SQLite the write lock lets one of
them migrate; the others wait and find nothing left to do. A change is kept whole or not at all.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from advisor.errors import StoreError
from advisor.host.store import away, reading, writing

_SCRIPTS = Path(__file__).with_name("migrations")
_KEPT_IN = "alembic_version"
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
            _upgrade(connection)
    except SQLAlchemyError as error:
        raise StoreError(
            f"The tables of the store could not be brought up to date: {type(error).__name__}.",
            "Nothing was changed. Check that the database user may create tables.",
        ) from error


def _upgrade(connection: Connection) -> None:
    # Needed once for each change of the tables; its 11 MB stay out of every process that finds them in order.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(engine: Engine) -> str | None:
    try:
        with reading(engine) as connection:
            current = _current(connection)
    except SQLAlchemyError as error:
        raise away(error) from error
    if current is not None and current not in revisions():
        raise StoreError(
            "The store was written by a newer version of this product.",
            "Install that version, or a newer one.",
        )
    return current


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_KEPT_IN):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_KEPT_IN}")).scalar()  # noqa: S608  a constant


def head_revision() -> str:
    """Newest state of the tables this product knows."""
    return revisions()[-1]


def revisions() -> tuple[str, ...]:
    """Every state of the tables this product knows, oldest first, by the names of the migrations' files."""
    return tuple(sorted(file.name[1:5] for file in (_SCRIPTS / "versions").glob("m[0-9]*.py")))
