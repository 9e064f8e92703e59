"""Keys between web process and workers: names published, a user's own key sealed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text, update

from advisor.errors import BadInput, StoreError
from advisor.host import backup
from advisor.host.control import cancel, pause, resume
from advisor.host.keys import KeyRing, available, hand_over, held_names, take_back
from advisor.host.ledger import prepare, start_run
from advisor.host.sessions import open_session
from advisor.host.store import Engine, open_store, reading, writing
from advisor.host.tables import SESSION
from tests.host.ledger_steps import practice_plan

SECRET = "sk-this-is-mine-alone-0123456789"
SERVER = {
    "OPENAI_API_KEY": "server-openai",
    "PATH": "/bin",
    "ADVISOR_COOKIE_SECRET": "never",
    "LONELY_KEY": "x",
}


@pytest.fixture
def store(tmp_path: Path) -> Engine:
    """A prepared store."""
    engine = open_store(tmp_path / "data")
    prepare(engine)
    return engine


def worker(store: Engine, name: str, environment: dict[str, str] | None = None) -> KeyRing:
    """A living worker that has published its names."""
    ring = KeyRing(
        store, open_session(store, name, alone=False), SERVER if environment is None else environment
    )
    ring.publish()
    return ring


def everything(store: Engine) -> str:
    """All that stands in the tables of keys."""
    with reading(store) as connection:
        rows = [
            connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("worker_keys", "sealed_key")
        ]
    return repr(rows)


def test_workers_tell_names_and_never_values(store: Engine) -> None:
    """What every living worker holds counts; values, other variables and this product's secrets stay away."""
    assert held_names(store) is None
    worker(store, "one")
    assert held_names(store) == {"OPENAI_API_KEY", "LONELY_KEY"}
    worker(store, "two", {"OPENAI_API_KEY": "server-openai"})

    assert held_names(store) == {"OPENAI_API_KEY"}
    assert available(store, {"ADVISOR_WORKER": "elsewhere", "XAI_API_KEY": "k"}).keys() == {"OPENAI_API_KEY"}
    assert available(store, {"XAI_API_KEY": "k", "EMPTY": ""}) == {"XAI_API_KEY": "set"}
    assert "server-openai" not in everything(store)
    assert "ADVISOR" not in everything(store)


def test_a_dead_worker_holds_nothing(store: Engine) -> None:
    """A worker whose lease has ended is not counted, and its row goes when the next one starts."""
    worker(store, "one")
    with writing(store) as connection:
        connection.execute(update(SESSION).values(lease_until=time.time() - 1))

    assert held_names(store) is None
    with pytest.raises(StoreError, match="No probe worker"):
        hand_over(store, {"OPENAI_API_KEY": SECRET})


def test_a_key_of_ones_own_reaches_the_workers_and_nobody_else(store: Engine, tmp_path: Path) -> None:
    """Every living worker opens its copy once; the store and a backup never hold the key in the clear."""
    first, second = worker(store, "one"), worker(store, "two")
    ticket = hand_over(store, {"OPENAI_API_KEY": SECRET})
    seen = everything(store)
    backup.backup(store, tmp_path / "b.jsonl")

    assert first.environment(["OPENAI_API_KEY"], ticket)["OPENAI_API_KEY"] == SECRET
    assert second.environment(["OPENAI_API_KEY"], ticket)["OPENAI_API_KEY"] == SECRET
    assert first.environment()["OPENAI_API_KEY"] == "server-openai"
    assert "ADVISOR_COOKIE_SECRET" not in first.environment()
    assert SECRET not in seen + everything(store)
    assert "sealed_key" not in (tmp_path / "b.jsonl").read_text()
    with reading(store) as connection:
        assert (
            connection.execute(text("SELECT count(*) FROM sealed_key WHERE sealed <> ''")).scalar_one() == 0
        )


def test_the_servers_key_never_stands_in_for_ones_own(store: Engine) -> None:
    """A worker that came too late, or has forgotten the run, has no value for the name at all."""
    early = worker(store, "one")
    ticket = hand_over(store, {"OPENAI_API_KEY": SECRET})
    late = worker(store, "two")

    assert "OPENAI_API_KEY" not in late.environment(["OPENAI_API_KEY"], ticket)
    early.environment(["OPENAI_API_KEY"], ticket)
    early.forget("a run that is over", ticket)
    assert "OPENAI_API_KEY" not in early.environment(["OPENAI_API_KEY"], ticket)


def test_a_run_that_pauses_keeps_its_key_until_it_ends(store: Engine) -> None:
    """After "Go on" the calls carry the user's key again; once the run is cancelled the key is gone."""
    ring = worker(store, "one")
    ticket = hand_over(store, {"OPENAI_API_KEY": SECRET})
    run = start_run(store, practice_plan(own_keys=("OPENAI_API_KEY",), key_ticket=ticket))
    ring.environment(["OPENAI_API_KEY"], ticket)

    pause(store, run)
    ring.forget(run, ticket)
    resume(store, run)
    assert ring.environment(["OPENAI_API_KEY"], ticket)["OPENAI_API_KEY"] == SECRET

    pause(store, run)
    ring.forget(run, ticket)
    cancel(store, run)
    ring.forget_ended()
    assert "OPENAI_API_KEY" not in ring.environment(["OPENAI_API_KEY"], ticket)


def test_a_moved_or_withdrawn_key_does_not_open(store: Engine) -> None:
    """A sealed row under another ticket is refused; what was taken back is gone."""
    ring = worker(store, "one")
    moved = hand_over(store, {"OPENAI_API_KEY": SECRET})
    with writing(store) as connection:
        connection.execute(text("UPDATE sealed_key SET ticket = 'other'"))
    back = hand_over(store, {"OPENAI_API_KEY": SECRET})
    take_back(store, back)

    for ticket in (moved, "other", back):
        assert "OPENAI_API_KEY" not in ring.environment(["OPENAI_API_KEY"], ticket)


@pytest.mark.parametrize("wrong", ["", "two\nlines", "snow☃", "x" * 4001])
def test_what_cannot_be_a_key_is_refused(store: Engine, wrong: str) -> None:
    """Nothing that would break a header is handed over."""
    worker(store, "one")
    with pytest.raises(BadInput, match="unusual characters"):
        hand_over(store, {"OPENAI_API_KEY": wrong})
