"""PostgreSQL and nginx from the distribution's packages as private processes on loopback."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from advisor.errors import NotFound, StoreError
from advisor.host.proxy import Proxy, nginx_config

START_LIMIT_S = 90.0
STOP_LIMIT_S = 15.0
_UNPRIVILEGED = ("postgres", "www-data", "nobody")


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Database:
    """A PostgreSQL cluster of its own, reachable from this machine alone, with a random password.

    Args:
        folder: Where it lives; made when it does not exist, used again when it does.
        port: TCP port on loopback.

    Raises:
        NotFound: PostgreSQL is not installed.
        StoreError: It does not start.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self._programs = _postgres_programs()
        self._process: subprocess.Popen[bytes] | None = None
        _own_folder(folder)
        self._password = self._kept_password()
        if not (folder / "cluster" / "PG_VERSION").exists():
            self._create()

    @property
    def url(self) -> str:
        """What `ADVISOR_DATABASE_URL` is set to; holds the password."""
        return f"postgresql://advisor:{self._password}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self._folder / "postgres.log").open("ab") as log:
            self._process = as_nobody_special(
                [
                    str(self._programs / "postgres"),
                    *("-D", str(self._folder / "cluster"), "-p", str(self._port), "-h", "127.0.0.1"),
                    *("-c", f"unix_socket_directories={self._folder}", "-c", "max_connections=60"),
                ],
                self._folder,
                log.fileno(),
            )
        wait_for(self._answers, self._process, "PostgreSQL", self._folder / "postgres.log")

    def stop(self) -> None:
        """End it at once but cleanly: open connections are closed, nothing committed is lost."""
        if self._process is not None:
            # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
            end(self._process, gently=2)

    def _answers(self) -> bool:
        ask = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port)]
        return subprocess.run(ask, check=False).returncode == 0  # noqa: S603  a program of the distribution

    def _kept_password(self) -> str:
        file = self._folder / "password"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(24))
            _give(file)
        return file.read_text()

    def _create(self) -> None:
        command = [str(self._programs / "initdb"), "-D", str(self._folder / "cluster"), "-U", "advisor"]
        command += [
            "--auth=scram-sha-256",
            f"--pwfile={self._folder / 'password'}",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        with (self._folder / "initdb.log").open("wb") as log:
            process = as_nobody_special(command, self._folder, log.fileno())
        if process.wait() != 0:
            words = (self._folder / "initdb.log").read_text("utf-8", "replace")
            raise StoreError("PostgreSQL could not create its files.", words[-500:])


class Front:
    """nginx in front of web replicas.

    Args:
        folder: Private folder for its files.
        proxy: What to serve; its folder is set here.

    Raises:
        NotFound: nginx is not installed.
    """

    def __init__(self, folder: Path, proxy: Proxy) -> None:
        self._folder = folder
        self._program = _program("nginx", ("/usr/sbin/nginx",))
        self._listen = proxy.listen
        _own_folder(folder)
        settled = Proxy(proxy.listen, proxy.replicas, proxy.name, str(folder), proxy.certificate)
        (folder / "nginx.conf").write_text(nginx_config(settled))
        (folder / "nginx.conf").chmod(0o644)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        log = self._folder / "nginx.log"
        command = [
            self._program,
            "-p",
            str(self._folder),
            "-c",
            str(self._folder / "nginx.conf"),
            "-e",
            "stderr",
        ]
        with log.open("ab") as output:
            self._process = as_nobody_special(command, self._folder, output.fileno())
        host, _, port = self._listen.rpartition(":")
        wait_for(lambda: listens(host, int(port)), self._process, "nginx", log)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            end(self._process)


def listens(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def as_nobody_special(command: Sequence[str], folder: Path, output: int) -> subprocess.Popen[bytes]:
    """Start a program that must not or need not run as root."""
    account = _account()
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    return subprocess.Popen(  # noqa: S603  programs of the distribution
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    """Wait until a started program is ready.

    Raises:
        StoreError: It ended or did not become ready; carries the end of its log.
    """
    deadline = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.05)
    words = log.read_text("utf-8", "replace")[-800:] if log.exists() else ""
    raise StoreError(f"{name} did not start.", words)


def end(process: subprocess.Popen[bytes], gently: int = 15) -> None:
    """End a program we started, by signal, then by force."""
    if process.poll() is None:
        process.send_signal(gently)
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _account() -> pwd.struct_passwd | None:
    """The account services run under when we are root; None when we are nobody special ourselves."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NotFound("There is no unprivileged account to run services under.", "Start this without root.")


def _own_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _give(folder)


def _give(path: Path) -> None:
    account = _account()
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def _postgres_programs() -> Path:
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = packaged[-1] if packaged else Path(_program("initdb", ()))
    return found.resolve().parent


def _program(name: str, places: Sequence[str]) -> str:
    found = shutil.which(name) or next((place for place in places if Path(place).exists()), None)
    if found is None:
        package = "postgresql" if name == "initdb" else name
        raise NotFound(f"{package} is not installed.", f"Install it: apt-get install {package}")
    return found
