"""Before a run our own clock is held against calls of known length, over real sockets."""

from __future__ import annotations

import asyncio
import time

import pytest

from advisor.probe.instrument import InstrumentError
from advisor.probe.run.calibration import measure_instrument
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Stopwatch

pytestmark = pytest.mark.filterwarnings("ignore:Item 'summary' on TypedDict")


def _measured(
    *concurrencies: int, options: tuple[str, ...] = ()
) -> list[tuple[InstrumentError | None, float]]:
    async def run() -> list[tuple[InstrumentError | None, float]]:
        found: list[tuple[InstrumentError | None, float]] = []
        async with Stopwatch() as stopwatch, PracticeProcess(options) as practice:
            for concurrency in concurrencies:
                start = time.monotonic()
                found.append(
                    (await measure_instrument(stopwatch, practice, concurrency), time.monotonic() - start)
                )
        return found

    load_litellm()
    return asyncio.run(run())


def test_our_error_is_measured_in_about_a_second() -> None:
    """At 4 and at 16 calls at once: twenty calls, all their gaps, an error of milliseconds, soon done."""
    for (found, took_s), concurrency in zip(_measured(4, 16), (4, 16), strict=True):
        assert found is not None
        assert (found.concurrency, found.n) == (concurrency, 20)
        assert found.gap_n == 20 * (11 if concurrency >= 8 else 5)
        assert abs(found.ttft_median_ms) < 20
        assert found.gap_p95_ms is not None
        assert found.gap_p95_ms < 20
        assert took_s < 4


def test_a_run_goes_on_without_it() -> None:
    """A practice server that cannot start leaves the error unknown; nothing is raised."""
    assert _measured(4, options=("--no-such-option",))[0][0] is None
