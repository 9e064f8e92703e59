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
from advisor.host.runs import Progress, progress
from advisor.host.settings import Limits
from advisor.probe.plan import RunPlan

POLL_S = 0.25
COMMAND_LINE = "command line"
"""Who spends when nobody signs in: whoever may use the machine."""


def run_headless(
    engine: Engine,
    folder: Path,
    plan: RunPlan,
    on_progress: Callable[[Progress], None],
    environment: Mapping[str, str] | None = None,
    *,
    owner: str = COMMAND_LINE,
    limits: Limits | None = None,
) -> Progress:
    """Start a run, wait for its end, report on the way; returns the last progress.

    An interruption (Ctrl-C) cancels the run: calls in flight are kept, for they are paid.

    Args:
        engine: The opened and prepared store of `folder`.
        folder: The data folder.
        plan: What to run.
        on_progress: Called whenever something changed.
        environment: Where the worker finds keys; the present environment by default.
        owner: Who spends, for limits and the audit log.
        limits: Most that may be spent.

    Raises:
        BadInput: A limit does not allow the run.
    """
    if (os.environ if environment is None else environment).get("ADVISOR_WORKER") != "elsewhere":
        start_worker(folder, environment)
    run_id = start_within(engine, plan, owner, limits or Limits())
    try:
        return _watch(engine, run_id, on_progress)
    except KeyboardInterrupt:
        cancel(engine, run_id)
        return _watch(engine, run_id, on_progress)


def _watch(engine: Engine, run_id: str, on_progress: Callable[[Progress], None]) -> Progress:
    before: Progress | None = None
    while True:
        now = progress(engine, run_id)
        if now != before:
            on_progress(now)
        if not now.live:
            return now
        before = now
        time.sleep(POLL_S)
