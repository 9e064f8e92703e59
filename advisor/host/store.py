"""The one store: SQL on SQLite by default, on another database by URL.

SQLite runs in write-ahead mode with `synchronous=FULL`: a committed row survives a crash and a power
loss. Writers announce themselves (`writing`), so that two of them queue instead of failing.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError, SQLAlchemyError

from advisor.errors import StoreError

METADATA = MetaData()
"""Tables of the whole product; a module that keeps something declares its tables here."""

FILE_NAME = "advisor.sqlite3"
BUSY_TIMEOUT_MS = 15_000
_SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
)

_PATIENCE = {
    # A database that is away says so within seconds instead of holding the page.
    "connect_timeout": 5,
    # A process that freezes in a transaction loses it, instead of keeping what it locked from all others.
    "options": "-c idle_in_transaction_session_timeout=10s",
}


def open_store(where: str | Path) -> Engine:
    """Open the store; the file and its folder are made when they do not exist.

    Args:
        where: A data folder, or the URL of a database (anything with `://`).

    Raises:
        StoreError: It cannot be opened.
    """
    try:
        address = _url(where)
        patience = _PATIENCE if address.startswith("postgresql") else {}
        # Error texts end up in logs: they never carry the values of a statement, which may be anybody's case.
        engine = create_engine(address, pool_pre_ping=True, hide_parameters=True, connect_args=patience)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        with engine.connect():
            return engine
    except (SQLAlchemyError, ArgumentError, OSError, ImportError) as error:
        if isinstance(error, OperationalError) and str(where).startswith("postgres"):
            raise away(error) from error
        raise StoreError(
            f"The store cannot be opened: {type(error).__name__}.",
            "Check that the data folder can be written, that the database runs, that its URL and driver fit.",
        ) from error


def create_missing(engine: Engine, metadata: MetaData = METADATA) -> None:
    """Bring the tables up to date; safe when several processes do it at once.

    The product's own tables change by migrations, see `advisor.host.migrate`.
    """
    if metadata is METADATA:
        from advisor.host.migrate import migrate

        migrate(engine)
        return
    try:
        with writing(engine) as connection:
            metadata.create_all(connection)
    except (OperationalError, ProgrammingError):
        # Another process created them between our look and our statement; anything else shows now.
        missing = set(metadata.tables) - set(inspect(engine).get_table_names())
        if missing:
            raise


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """One transaction that may write: committed at the end, rolled back on an error."""
    with engine.connect().execution_options(advisor_writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Generator[Connection]:
    """One transaction that only reads; it never waits for a writer."""
    with engine.connect() as connection, connection.begin():
        yield connection


def away(error: Exception) -> StoreError:
    """The database does not answer, in words for whoever is waiting for it."""
    return StoreError(
        f"The database does not answer: {type(error).__name__}.",
        "Nothing is lost; what was saved stays saved. Try again in a moment. If it never answered, check its "
        "URL, its user and whether it runs.",
    )


def is_away(error: Exception) -> bool:
    """Whether an error is the database's: it does not answer, or refused."""
    return isinstance(error, SQLAlchemyError)


def place(folder: Path, environment: Mapping[str, str] | None = None) -> str | Path:
    """Where the store is: the database of `ADVISOR_DATABASE_URL`, else the data folder."""
    return (os.environ if environment is None else environment).get("ADVISOR_DATABASE_URL") or folder


def _url(where: str | Path) -> str:
    if isinstance(where, str) and "://" in where:
        url = make_url(where)
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)
    folder = Path(where)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return f"sqlite:///{folder / FILE_NAME}"


def _prepare_sqlite(connection: object, _record: object) -> None:
    # Transactions are begun by `_begin_sqlite`, not by the driver, which would begin them too late.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for setting in _SQLITE_SETTINGS:
        cursor.execute(setting)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later may lose to another one; a writer asks at once.
    writes = connection.get_execution_options().get("advisor_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
