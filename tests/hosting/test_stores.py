"""The same store on SQLite and PostgreSQL: migrations, library, shares, limits, backup."""

from __future__ import annotations

import stat
import threading
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import DBAPIError

from advisor.case import Case
from advisor.catalog.files import load_catalog
from advisor.decide.decide import decide
from advisor.errors import BadInput, NotFound, StoreError
from advisor.host import backup, library, shares
from advisor.host.audit import Action, audit_log
from advisor.host.drafts import Drafts
from advisor.host.migrate import migrate, revisions
from advisor.host.migrations import versions
from advisor.host.services import Database
from advisor.host.store import METADATA, create_missing, open_store, reading, writing
from advisor.host.team_tables import AUDIT, ENTRY
from advisor.record.record import Record, make_record, record_json

HOSTILE = "<script>alert(1)</script>'; DROP TABLE share;-- {{7*7}} =cmd|'/c' ![x](http://evil.example) \u202e"
DAY = date(2026, 11, 22)
FILES = ("record.json", "record.md", "record.html", "history.json")


@pytest.fixture(scope="module")
def record() -> Record:
    """A record over the shipped catalog whose every free text is hostile."""
    case = Case(name=HOSTILE[:100], purpose=HOSTILE, deciders=(HOSTILE[:100],))
    catalog = load_catalog(today=DAY)
    decision = decide(case, catalog, DAY, draws=50)
    return make_record(case, decision, catalog, app_version="test", created=DAY)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, database: Database) -> Iterator[Engine]:
    """An empty, prepared store."""
    engine = open_store(tmp_path / "data" if request.param == "sqlite" else database.url)
    if request.param == "postgresql":
        with writing(engine) as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    create_missing(engine)
    yield engine
    engine.dispose()


def test_migrations_make_exactly_the_declared_tables(store: Engine) -> None:
    """A table declared in code and the same table made by the migrations do not differ, and the migrations'
    files are named as they are chained."""
    with reading(store) as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, METADATA)
        reached = context.get_current_revision()
    chained = [
        one.revision for one in ScriptDirectory(str(Path(versions.__path__[0]).parent)).walk_revisions()
    ]

    assert differences == []
    assert list(revisions()) == chained[::-1]
    assert reached == revisions()[-1]


def test_four_replicas_may_migrate_at_once(store: Engine) -> None:
    """Replicas that start together leave one set of tables and no error."""
    with writing(store) as connection:
        METADATA.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    failures: list[Exception] = []

    def start() -> None:
        try:
            migrate(store)
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert library.search(store) == ()


def test_a_store_of_a_newer_version_is_left_alone(store: Engine) -> None:
    """Tables of an unknown revision are refused with advice, not changed."""
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match="newer version"):
        migrate(store)


def test_a_decision_is_kept_with_its_whole_history(store: Engine, record: Record) -> None:
    """Revision, comment, sign-off and status are added in order, hostile texts come back unchanged."""
    decision = library.keep(store, record, HOSTILE)
    library.comment(store, decision, HOSTILE, "bob")
    revised = record.with_changes(title="Second thoughts")
    library.revise(store, decision, revised, "ada", seen=3)
    with pytest.raises(BadInput, match="newer revision"):
        library.sign(store, decision, "agree", "bob", revision=1)
    library.sign(store, decision, "disagree", "bob", words="too dear", revision=4)
    library.set_status(store, decision, "accepted", "ada")
    history = library.entries(store, decision)

    assert [entry.kind.value for entry in history] == [
        "revision",
        "status",
        "comment",
        "revision",
        "sign-off",
        "status",
    ]
    assert history[0].author == HOSTILE
    assert library.record_at(history, 1) == record
    assert library.record_at(history).title == "Second thoughts"
    assert library.status_of(history) == "accepted"
    with pytest.raises(BadInput, match="settled"):
        library.revise(store, decision, record, "ada", seen=6)
    with pytest.raises(BadInput, match="cannot follow"):
        library.set_status(store, decision, "draft", "ada")


def test_two_people_cannot_revise_past_each_other(store: Engine, record: Record) -> None:
    """Who revises what somebody else changed meanwhile is told so, and nothing is added."""
    decision = library.keep(store, record, "ada")
    library.comment(store, decision, "wait", "bob")

    with pytest.raises(BadInput, match="has changed"):
        library.revise(store, decision, record, "ada", seen=2)
    assert len(library.entries(store, decision)) == 3


def test_the_library_finds_by_word_and_status(store: Engine, record: Record) -> None:
    """Every word must be found; percent signs are letters, not wildcards; status is the newest."""
    first = library.keep(store, record.with_changes(title="Support assistant 100%"), "ada")
    library.keep(store, record.with_changes(title="Coding agent"), "ada")
    library.set_status(store, first, "proposed", "ada")

    assert [row.title for row in library.search(store, "ASSISTANT support")] == ["Support assistant 100%"]
    assert [row.id for row in library.search(store, "0%")] == [first]
    assert [row.id for row in library.search(store, status="proposed")] == [first]
    assert library.search(store, "nowhere") == ()


def test_the_database_refuses_to_rewrite_history(store: Engine, record: Record) -> None:
    """Changing or removing an entry or an audit row fails in the database itself."""
    library.keep(store, record, "ada")
    for statement in (
        update(ENTRY).values(author="x"),
        delete(ENTRY),
        update(AUDIT).values(actor="x"),
        delete(AUDIT),
    ):
        with pytest.raises(DBAPIError, match="append-only"), writing(store) as connection:
            connection.execute(statement)

    assert [row.action for row in audit_log(store)] == [Action.DECISION]


def test_a_snapshot_opens_until_it_is_revoked(store: Engine, record: Record) -> None:
    """A link gives the record byte for byte; revoked, mistyped and oversized ones all say the same."""
    body = record_json(record).decode()
    link = shares.share(store, "snapshot", body, HOSTILE, "ada")
    opened = shares.find(store, link, "10.0.0.1", 20)

    assert (opened.body, opened.title, len(link)) == (body, HOSTILE[:200], 22)
    shares.revoke(store, link, "ada")
    for wrong in (link, "x" * 22, "../../etc/passwd", "x" * 100_000, ""):
        with pytest.raises(NotFound, match="mistyped, has expired, or was revoked"):
            shares.find(store, wrong, "10.0.0.2", 20)
    assert [row.action for row in audit_log(store)] == [Action.REVOKED, Action.SHARED]


def test_a_link_ends_on_its_day(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link of one day opens after 23 hours and not after 25."""
    now = 1_800_000_000.0
    monkeypatch.setattr(shares.time, "time", lambda: now)
    link = shares.share(store, "snapshot", "{}", "t", "ada", shares.Conditions(days=1))
    monkeypatch.setattr(shares.time, "time", lambda: now + 23 * 3600)

    assert shares.find(store, link, "10.0.0.1", 20).expires_at is not None
    monkeypatch.setattr(shares.time, "time", lambda: now + 25 * 3600)
    with pytest.raises(NotFound):
        shares.find(store, link, "10.0.0.1", 20)


def test_guessing_is_slowed_down_and_written_down(store: Engine) -> None:
    """After the allowed number of wrong links an address waits, others do not; admins see it."""
    link = shares.share(store, "snapshot", "{}", "t", "ada")
    for _ in range(3):
        with pytest.raises(NotFound):
            shares.find(store, "y" * 22, "10.0.0.3", 3)

    with pytest.raises(BadInput, match="too many"):
        shares.find(store, link, "10.0.0.3", 3)
    assert shares.find(store, link, "10.0.0.4", 3).id == link
    assert audit_log(store)[0].action == Action.GUESSED


def test_a_password_is_needed_and_never_stored(store: Engine) -> None:
    """The right password opens, wrong ones are counted; the store holds a digest only."""
    link = shares.share(store, "snapshot", "{}", "t", "ada", shares.Conditions(password="correct horse"))
    one = shares.find(store, link, "10.0.0.1", 3)

    assert shares.unlock(store, one, "correct horse", "10.0.0.1", 3)
    assert [shares.unlock(store, one, "wrong", "10.0.0.1", 3) for _ in range(3)] == [False] * 3
    with pytest.raises(BadInput, match="too many"):
        shares.unlock(store, one, "correct horse", "10.0.0.1", 3)
    with reading(store) as connection:
        kept = connection.execute(text("SELECT password FROM share")).scalar_one()
    assert "correct horse" not in kept
    with pytest.raises(BadInput, match="fewer than 8"):
        shares.share(store, "snapshot", "{}", "t", "ada", shares.Conditions(password="short"))


def test_a_backup_comes_back_into_the_other_database(
    store: Engine, record: Record, tmp_path: Path, database: Database
) -> None:
    """Every row of a backup is in the store it is restored into, and the store goes on from there."""
    decision = library.keep(store, record, "ada")
    draft = Drafts(store).create('{"a": 1}')
    file = tmp_path / "backup.jsonl"
    written = backup.backup(store, file)
    target = open_store(tmp_path / "restored")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert backup.restore(target, file) == written
    assert library.entries(target, decision) == library.entries(store, decision)
    assert Drafts(target).load(draft.id) == draft
    library.comment(target, decision, "it goes on", "bob")
    with pytest.raises(StoreError, match="not empty"):
        backup.restore(target, file)
    with pytest.raises(StoreError, match="cannot be written"):
        backup.backup(store, file)
    target.dispose()


def test_a_backup_of_sqlite_comes_back_into_postgresql(
    tmp_path: Path, record: Record, database: Database
) -> None:
    """A team that grows takes its library along, and new entries get new numbers."""
    small = open_store(tmp_path / "small")
    create_missing(small)
    decision = library.keep(small, record, "ada")
    backup.backup(small, tmp_path / "b.jsonl")
    small.dispose()
    large = open_store(database.url)
    with writing(large) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    backup.restore(large, tmp_path / "b.jsonl")
    library.comment(large, decision, "welcome", "bob")

    assert [entry.number for entry in library.entries(large, decision)] == [1, 2, 3]
    large.dispose()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    """A file of another kind, and a damaged backup, leave an empty store."""
    file = tmp_path / "b.jsonl"
    store = open_store(tmp_path / "data")
    create_missing(store)
    for body in ("[]\n", "not json\n", '{"format": "advisor-backup", "revision": "0"}\n'):
        file.write_text(body)
        with pytest.raises(BadInput):
            backup.restore(store, file)
    other = tmp_path / "c.jsonl"
    backup.backup(store, other)
    other.write_text(other.read_text() + '["drafts", {"nonsense": 1}]\n["nowhere", {}]\n')
    with pytest.raises(BadInput, match="damaged"):
        backup.restore(store, other)
    assert library.search(store) == ()
    store.dispose()


def test_an_export_holds_every_decision(store: Engine, record: Record, tmp_path: Path) -> None:
    """The ZIP has record and history of a decision, and its file names come from ids, never from titles."""
    decision = library.keep(store, record, "ada")
    count = backup.export(store, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()

    assert count == 1
    assert names == [
        f"{decision}/{name}" for name in ("record.json", "record.md", "record.html", "history.json")
    ]


def test_a_database_that_goes_away_comes_back(store: Engine, record: Record, database: Database) -> None:
    """While it is away every door says so in words; when it is back, everything is there."""
    if store.dialect.name == "sqlite":
        store.dispose()
        assert library.search(store) == ()
        return
    decision = library.keep(store, record, "ada")
    database.stop()
    with pytest.raises(StoreError, match="does not answer"):
        open_store(database.url)
    with pytest.raises(StoreError, match="cannot be read"):
        drafts_over(store).load("x" * 22)
    database.start()

    assert library.search(store)[0].id == decision


def drafts_over(store: Engine) -> Drafts:
    """Drafts over a store that is already prepared and now away."""
    drafts = Drafts.__new__(Drafts)
    drafts._engine = store  # pyright: ignore[reportPrivateUsage]  # the constructor would ask the database
    return drafts
