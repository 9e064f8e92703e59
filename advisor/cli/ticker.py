"""How far a run is, told on stderr: one line kept up to date on a terminal, few lines into a file or pipe."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from advisor.wording import usd

if TYPE_CHECKING:
    from advisor.host.runs import Progress

STEP = 0.1
"""Share of the answers after which a line is worth writing into a file."""
LEAST_S = 3.0
"""Least time between two such lines."""
HEARTBEAT_S = 60.0
"""Longest silence while a run goes on."""


class Ticker:
    """Tells the progress of one run.

    Args:
        say: Takes a whole line.
        terminal: Whether one line can be overwritten; None asks stderr.
        clock: Seconds.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        terminal: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say, self._clock = say, clock
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._said = ""
        self._at = 0.0
        self._before: Progress | None = None

    def __call__(self, now: Progress) -> None:
        """Tell it, if it is worth a line."""
        line = line_of(now)
        if self._terminal:
            self._overwrite(line, last=not now.under_way)
        elif line != self._said and self._due(now):
            self._say(line)
            self._said, self._at, self._before = line, self._clock(), now

    def _due(self, now: Progress) -> bool:
        before = self._before
        if before is None or (now.state, now.reason) != (before.state, before.reason) or not now.under_way:
            return True
        silent_s = self._clock() - self._at
        far = now.ended - before.ended >= STEP * now.wanted
        return silent_s >= HEARTBEAT_S or (far and silent_s >= LEAST_S)

    def _overwrite(self, line: str, *, last: bool) -> None:
        width = max(20, shutil.get_terminal_size().columns - 1)
        shown = line if last else line[:width]
        typer.echo(f"\r{shown.ljust(len(self._said))}", err=True, nl=last)
        self._said = shown


def line_of(now: Progress) -> str:
    """State, answers, failures and money in one line."""
    missing = f", {now.unknown} interrupted" if now.unknown else ""
    reason = f". {now.reason}" if now.reason else ""
    paid = f" ({now.unpaid})" if now.unpaid else ""
    return (
        f"{now.state.word}: {now.ended} of {now.wanted} ended, {now.failed} failed{missing}, "
        f"{usd(now.spent_usd)} charged{paid}{reason}"
    )
