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
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_worker(order["arguments"], order["version"])
        print(pid, flush=True)  # noqa: T201  the answer


def _become_worker(arguments: list[str], version: str | None) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if version is not None:
        carrier.VERSION = version
    main(arguments)
    os._exit(0)


if __name__ == "__main__":
    _serve()
