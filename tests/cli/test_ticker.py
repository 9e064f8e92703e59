"""Progress of a headless run: few lines into a file, one line kept up to date on a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from advisor.cli.ticker import Ticker
from advisor.host.runs import Progress
from advisor.host.tables import RunState

START = Progress(
    run="r",
    state=RunState.RUNNING,
    todo=1000,
    calling=0,
    done=0,
    failed=0,
    unknown=0,
    spent_usd=0.0,
    held_usd=0.0,
    cap_usd=1.0,
    simulated_usd=0.0,
    simulated=True,
    asked_again=0,
    started_at=datetime(2026, 11, 24, tzinfo=UTC),
    ended_at=None,
    reason="",
)


def _at(done: int) -> Progress:
    state = RunState.DONE if done == 1000 else RunState.RUNNING
    return replace(START, todo=1000 - done, done=done, state=state)


def test_a_long_run_writes_few_lines_into_a_file() -> None:
    """A thousand answers in 500 s: the first line, one for each tenth, the end; all say simulated."""
    told: list[str] = []
    now_s = 0.0
    ticker = Ticker(told.append, terminal=False, clock=lambda: now_s)
    for done in range(1001):
        now_s = done / 2
        ticker(_at(done))

    assert len(told) == 11
    assert "1,000 of" not in told[0]
    assert "1000 of 1000 ended" in told[-1]
    assert all("simulated" in line for line in told)


def test_a_silent_run_is_heard_of_every_minute() -> None:
    """Ten answers in ten minutes of a thousand wanted: a line a minute, although no tenth is done."""
    told: list[str] = []
    now_s = 0.0
    ticker = Ticker(told.append, terminal=False, clock=lambda: now_s)
    for done in range(11):
        now_s = 60.0 * done
        ticker(_at(done))

    assert len(told) == 11


def test_a_terminal_shows_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    """On a terminal the line is overwritten, and ended once, at the run's end."""
    ticker = Ticker(lambda words: None, terminal=True)
    for done in (0, 500, 1000):
        ticker(_at(done))

    written = capfd.readouterr().err
    assert written.count("\r") == 3
    assert written.count("\n") == 1
    assert written.endswith("\n")
