"""Workers as real processes, for tests that kill, freeze and restart them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from tests.probe.practice_server import Served
from tests.serving import ROOT

LIMIT_S = 60.0


class Worker:
    """One running worker.

    Args:
        pid: Its process id.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return Path(f"/proc/{self.pid}").exists()

    def signal(self, number: int) -> None:
        """Send a signal, if it is there."""
        if self.alive:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a crash would, at once."""
        self.signal(signal.SIGKILL)
        until(lambda: not self.alive)


class Nursery:
    """Starts workers; all that still run are ended with it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._started: list[Worker] = []

    def start(self, folder: Path, store: str | None = None, version: str | None = None) -> Worker:
        """Start a worker on a data folder, on the folder's own store or another one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        arguments = ["--data-dir", str(folder), *(["--store", store] if store else [])]
        self._process.stdin.write(json.dumps({"arguments": arguments, "version": version}) + "\n")
        self._process.stdin.flush()
        self._started.append(Worker(int(self._process.stdout.readline())))
        return self._started[-1]

    def end_all(self) -> None:
        """End every worker as an administrator would."""
        for worker in self._started:
            worker.signal(signal.SIGTERM)
            # A frozen one hears nothing.
            worker.signal(signal.SIGCONT)
        for worker in self._started:
            until(lambda worker=worker: not worker.alive)
        self._started.clear()


@contextmanager
def nursery() -> Generator[Nursery]:
    """A place workers are started from."""
    command = [sys.executable, "-m", "tests.host.nursery"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        started = Nursery(process)
        try:
            yield started
        finally:
            started.end_all()
            assert process.stdin is not None
            process.stdin.close()


def until(holds: Callable[[], bool], limit_s: float = LIMIT_S) -> float:
    """Wait until something holds; returns the seconds it took."""
    begin = time.monotonic()
    while not holds():
        assert time.monotonic() - begin < limit_s, "took too long"
        time.sleep(0.02)
    return time.monotonic() - begin


def times_asked(served: Served, model: str) -> Counter[str]:
    """How often each sample was asked for, by the practice server's own log."""
    return Counter(entry["probe_id"] for entry in served.asked(model))
