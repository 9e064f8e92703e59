"""Run a probe without a browser: the same ledger, the same worker."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Engine

from advisor.host.control import cancel
from advisor.host.engine import start_worker
from advisor.host.limits import start_within
from advisor.host.rekeying import handed_to_workers
from advisor.host.runs import Progress, progress
from advisor.host.settings import Limits
from advisor.probe.plan import RunPlan

POLL_S = 0.25
COMMAND_LINE = "command line"
"""Who spends when nobody signs in: whoever may use the machine."""


def begin_headless(
    engine: Engine,
    folder: Path,
    plan: RunPlan,
    *,
    environment: Mapping[str, str] | None = None,
    owner: str = COMMAND_LINE,
    limits: Limits | None = None,
) -> str:
    """Have a worker and start a run; returns its id, by which the app shows it too.

    Args:
        engine: The opened and prepared store of `folder`.
        folder: The data folder.
        plan: What to run.
        environment: Where the worker finds keys; the present environment by default.
        owner: Who spends, for limits and the audit log.
        limits: Most that may be spent.

    Raises:
        BadInput: A limit does not allow the run.
    """
    have_worker(folder, environment)
    # Another worker may already be at work on the folder, one without the keys of this shell.
    ready = handed_to_workers(engine, plan, os.environ if environment is None else environment)
    return start_within(engine, ready, owner, limits or Limits())


def have_worker(folder: Path, environment: Mapping[str, str] | None = None) -> None:
    """Have a worker on the folder, unless workers run elsewhere (`ADVISOR_WORKER`)."""
    if (os.environ if environment is None else environment).get("ADVISOR_WORKER") != "elsewhere":
        start_worker(folder, environment)


def follow(
    engine: Engine, run_id: str, on_progress: Callable[[Progress], None], *, cancels: bool = True
) -> Progress:
    """Wait for a run's end, report on the way; returns the last progress. A paused run is waited for.

    Args:
        engine: The store.
        run_id: The run.
        on_progress: Called whenever something changed.
        cancels: Whether an interruption (Ctrl-C) cancels the run: calls in flight are kept, for they are
            paid. Otherwise it ends the waiting alone.
    """
    try:
        return _watch(engine, run_id, on_progress)
    except KeyboardInterrupt:
        if not cancels:
            raise
        cancel(engine, run_id)
        return _watch(engine, run_id, on_progress)


def _watch(engine: Engine, run_id: str, on_progress: Callable[[Progress], None]) -> Progress:
    before: Progress | None = None
    while True:
        now = progress(engine, run_id)
        if now != before:
            on_progress(now)
        if not now.under_way:
            return now
        before = now
        time.sleep(POLL_S)
