"""A user's own key on its whole way: from the session's hand-over to the provider's door."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from advisor.host.control import resume
from advisor.host.engine import Keeper
from advisor.host.keys import held_names
from advisor.host.ledger import prepare, start_run
from advisor.host.rekeying import bring_keys
from advisor.host.runs import progress, samples
from advisor.host.store import open_store
from advisor.host.tables import RunState
from tests.probe.plans import case_of, plan_of_case, served

OWN, SERVER = "own-key-of-one-visitor-123", "key-of-the-server-456"
LIMIT_S = 100.0


@contextmanager
def provider() -> Generator[tuple[int, list[str]]]:
    """A provider that refuses every key by repeating it, and keeps what it was shown."""
    shown: list[str] = []

    class Door(BaseHTTPRequestHandler):
        """Answers 401."""

        def do_POST(self) -> None:
            """Refuse."""
            key = self.headers.get("Authorization", "")
            shown.append(key)
            body = f'{{"error": {{"message": "Incorrect API key provided: {key}"}}}}'.encode()
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, shown
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.05)


def test_a_key_of_ones_own_is_shown_to_the_provider_and_kept_nowhere(tmp_path: Path) -> None:
    """The provider sees the visitor's key, once for each offer if it refuses it, and no file holds it.

    Until the key is with a worker no call is made, and no sample fails for want of it.
    """
    folder = tmp_path / "data"
    store = open_store(folder)
    prepare(store)
    keeper = Keeper(folder, {**os.environ, "GATEWAY_KEY": SERVER})
    try:
        with provider() as (port, shown):
            own = [
                served(port, "some-model", name=name).model_copy(update={"key_env": "GATEWAY_KEY"})
                for name in ("mine", "yours")
            ]
            offers = tuple(f"own:{one.name}" for one in own)
            case = case_of(offers, own_endpoints=tuple(own), prompts=2, samples_per_prompt=5, warm_up=True)
            until(lambda: held_names(store) is not None)
            update = {"own_keys": ("GATEWAY_KEY",), "key_ticket": "of a worker that has died"}
            run = start_run(store, plan_of_case(case, {"GATEWAY_KEY": OWN}).model_copy(update=update))
            until(lambda: progress(store, run).state is RunState.PAUSED)
            waiting, before = progress(store, run), list(shown)
            bring_keys(store, run, {"GATEWAY_KEY": OWN}, {})
            resume(store, run)
            until(lambda: not progress(store, run).live)
    finally:
        keeper.stop()
    failures = [one.failure for one in samples(store, run)]
    store.dispose()
    kept = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())

    assert (before, waiting.failed, waiting.todo) == ([], 0, 20)
    assert "GATEWAY_KEY is gone" in waiting.reason
    assert shown == [f"Bearer {OWN}"] * 2
    assert failures
    assert all(one is not None and OWN not in one.detail for one in failures)
    assert OWN.encode() not in kept
    assert SERVER.encode() not in kept
