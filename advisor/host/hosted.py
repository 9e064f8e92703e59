"""The whole hosted set on one machine, for trying it out: `python -m advisor.host.hosted`.

PostgreSQL, nginx, two web replicas and two probe workers on loopback, with a private folder and secrets
made at the first start. Ctrl-C ends all of them.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from advisor.errors import AdvisorError
from advisor.host.migrate import migrate
from advisor.host.paths import data_folder
from advisor.host.proxy import Proxy
from advisor.host.services import Database, Front, end, free_port, wait_for
from advisor.host.settings import read_settings, streamlit_secrets
from advisor.host.store import open_store

REPLICAS = 2
WORKERS = 2
_WEB = "from advisor.cli import main; main()"
_ROOTS_FOLDER = Path("/var/lib/advisor-hosted")


@dataclass
class Hosted:
    """The running set.

    Args:
        folder: Private folder; data and secrets in it are used again by the next start.
        port: Port of nginx on loopback; 0 takes a free one.
        environment: Variables of the web replicas and workers: provider keys, `ADVISOR_SETTINGS`.
    """

    folder: Path
    port: int = 0
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    replicas: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    ports: list[int] = field(default_factory=list[int])

    @property
    def url(self) -> str:
        """Where a browser finds it, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """The database's address; holds its password."""
        return self._database.url

    def __enter__(self) -> Self:
        # What the replicas would refuse is refused before anything starts.
        secret = {"ADVISOR_COOKIE_SECRET": "made at the first start"}
        streamlit_secrets(read_settings(self.environment), {**self.environment, **secret})
        # Services run under an account of their own and must be able to walk in, not to look around.
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.port = self.port or free_port()
        self._database = Database(self.folder / "postgres", free_port())
        self._front: Front | None = None
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self) -> None:
        self._database.start()
        # Once, before two replicas and two workers would queue for it.
        engine = open_store(self.database_url)
        migrate(engine)
        engine.dispose()
        self.workers = [self.start_worker(number) for number in range(WORKERS)]
        self.ports = [free_port() for _ in range(REPLICAS)]
        self.replicas = [self._start_web(number, port) for number, port in enumerate(self.ports)]
        for number in range(REPLICAS):
            self._wait_for_web(number)
        places = [f"127.0.0.1:{port}" for port in self.ports]
        self._front = Front(self.folder / "nginx", Proxy(f"127.0.0.1:{self.port}", places))
        self._front.start()

    def stop_database(self) -> None:
        """Let the database go away, as an outage would."""
        self._database.stop()

    def start_database(self) -> None:
        """Let it come back."""
        self._database.start()

    def restart_web(self, number: int) -> None:
        """Start a web replica again that has ended, at its old place."""
        self.replicas[number] = self._start_web(number, self.ports[number])
        self._wait_for_web(number)

    def _wait_for_web(self, number: int) -> None:
        port, log = self.ports[number], self.folder / f"web-{number}.log"
        wait_for(lambda: _healthy(port), self.replicas[number], "A web replica", log)

    def start_worker(self, number: int) -> subprocess.Popen[bytes]:
        """Start one probe worker."""
        place = self.folder / f"worker-{number}"
        return self._spawn(["-m", "advisor.worker", "--data-dir", str(place)], f"worker-{number}")

    def _start_web(self, number: int, port: int) -> subprocess.Popen[bytes]:
        return self._spawn(["-c", _WEB, "app", "--port", str(port)], f"web-{number}")

    def _spawn(self, arguments: Sequence[str], name: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  our own interpreter and modules
                [sys.executable, *arguments],
                env=self._variables(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _variables(self, name: str) -> dict[str, str]:
        secret = _kept_secret(self.folder / "cookie-secret")
        return {
            **self.environment,
            "ADVISOR_DATABASE_URL": self.database_url,
            "ADVISOR_DATA_DIR": str(self.folder / name),
            "ADVISOR_WORKER": "elsewhere",
            "ADVISOR_LOG": "json",
            "ADVISOR_COOKIE_SECRET": secret,
            "STREAMLIT_SERVER_COOKIE_SECRET": secret,
        }

    def stop(self) -> None:
        """End everything that was started, web first, the database last."""
        if self._front is not None:
            self._front.stop()
        for process in (*self.replicas, *self.workers):
            process.send_signal(signal.SIGTERM) if process.poll() is None else None
        for process in (*self.replicas, *self.workers):
            end(process)
        self._database.stop()


def _healthy(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def _kept_secret(file: Path) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the set and keep it running until interrupted."""
    parser = argparse.ArgumentParser(prog="advisor.host.hosted", description=__doc__)
    parser.add_argument("--port", type=int, default=8500)
    parser.add_argument("--folder", type=Path, help="private folder; data in it are used again")
    chosen = parser.parse_args(arguments)
    default = _ROOTS_FOLDER if os.geteuid() == 0 else data_folder() / "hosted"
    # Ended from outside, it ends its processes as Ctrl-C would.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _serve(Hosted((chosen.folder or default).absolute(), chosen.port))
    except AdvisorError as error:
        raise SystemExit(f"The hosted set did not start. {error}") from None


def _serve(hosted: Hosted) -> None:
    with hosted as running:
        print(f"Advisor, hosted for trying out: {running.url}", flush=True)  # noqa: T201  for whoever typed it
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("Ending …", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
