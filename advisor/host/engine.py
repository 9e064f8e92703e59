"""Keeps one worker process running beside the app: started with it, restarted when it dies."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import advisor
from advisor.errors import StoreError

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""A worker that lived so long is restarted soon when it dies; others after a growing pause."""
END_S = 8.0
"""Longest wait for a worker to let its calls end."""


class Keeper:
    """Starts the worker, watches it, starts it again.

    The worker watches us too: its input is a pipe whose other end only we hold, so it ends when we do.

    Args:
        folder: The data folder; of several workers on one folder only one works, the others wait.
        environment: Where the worker finds API keys and settings.
        store: Database URL, None for the folder's own file.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], store: str | None = None) -> None:
        self._command = [sys.executable, "-m", "advisor.worker", "--data-dir", str(folder), "--with-parent"]
        self._command += ["--store", store] if store else []
        self._environment = _with_package(environment)
        self._stopping = threading.Event()
        self._process = self._spawn()
        self._thread = threading.Thread(target=self._watch, name="worker keeper", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Process id of the present worker."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the worker runs at this moment."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the worker; calls in flight get a few seconds."""
        self._stopping.set()
        _close_input(self._process)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join(END_S)

    def _watch(self) -> None:
        pause_s = FIRST_PAUSE_S / 2
        while True:
            pause_s = FIRST_PAUSE_S if _lived_long(self._process) else min(LONGEST_PAUSE_S, pause_s * 2)
            _close_input(self._process)
            if self._stopping.wait(pause_s):
                return
            self._process = self._spawn()

    def _spawn(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603  our own interpreter and module
                self._command, stdin=subprocess.PIPE, env=self._environment
            )
        except OSError as error:
            raise StoreError(
                f"The worker cannot be started: {error.strerror}.", "Check that Python may start processes."
            ) from error


def _lived_long(process: subprocess.Popen[bytes]) -> bool:
    """Wait for a process to end; says whether it had lived long by then."""
    try:
        process.wait(STEADY_S)
    except subprocess.TimeoutExpired:
        process.wait()
        return True
    return False


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()


def _with_package(environment: Mapping[str, str]) -> dict[str, str]:
    # The worker must find this very package, wherever the app was started from.
    here = str(Path(advisor.__file__).resolve().parents[1])
    path = os.pathsep.join([here, *filter(None, [environment.get("PYTHONPATH")])])
    return {**environment, "PYTHONPATH": path}


_keepers: dict[Path, Keeper] = {}
_guard = threading.Lock()


def start_worker(
    folder: Path, environment: Mapping[str, str] | None = None, store: str | None = None
) -> Keeper:
    """Have a worker on the data folder; calling it again changes nothing.

    Raises:
        StoreError: The process cannot be started.
    """
    with _guard:
        place = folder.resolve()
        if place not in _keepers:
            _keepers[place] = Keeper(place, os.environ if environment is None else environment, store)
            atexit.register(stop_worker, place)
        return _keepers[place]


def stop_worker(folder: Path) -> None:
    """End the worker this process started on the folder, if it did."""
    with _guard:
        keeper = _keepers.pop(folder.resolve(), None)
    if keeper is not None:
        keeper.stop()
