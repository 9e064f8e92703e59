"""Forks workers from a process that has imported everything: a start costs milliseconds instead of seconds.

    python -m tests.host.nursery

Each line of JSON on standard input, `{"arguments": [...], "version": null or "..."}`, starts one worker; its
process id comes back as a line. Ends when its input is closed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

from advisor.host import carrier
from advisor.probe.run.lite import load_litellm
from advisor.worker import main


def _serve() -> None:
    load_litellm()
    assert threading.active_count() == 1, "only a process with a single thread may be forked"
    # Dead workers vanish by themselves.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    leashes: list[int] = []
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        leashes.append(writing)
        pid = os.fork()
        if pid == 0:
            os.dup2(reading, 0)
            _become_worker(leashes, order["arguments"], order["version"])
        os.close(reading)
        print(pid, flush=True)  # noqa: T201  the answer


def _become_worker(leashes: list[int], arguments: list[str], version: str | None) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Held by the nursery alone, so that its workers end with it however it ends.
    for leash in leashes:
        os.close(leash)
    if version is not None:
        carrier.VERSION = version
    main([*arguments, "--with-parent"])
    os._exit(0)


if __name__ == "__main__":
    _serve()
