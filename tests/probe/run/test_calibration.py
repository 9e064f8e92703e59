"""Before a run our own clock is held against calls of known length, over real sockets."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

import pytest

from advisor.case import ProbePrompt
from advisor.probe.instrument import InstrumentError
from advisor.probe.practice import PACED, PROMPT_CALL
from advisor.probe.run import calibration
from advisor.probe.run.calibration import APART_S, CROWD, FEWEST_CALLS, measure_instrument
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Stopwatch

pytestmark = pytest.mark.filterwarnings("ignore:Item 'summary' on TypedDict")


def _measured(concurrency: int, practice: PracticeProcess) -> InstrumentError | None:
    async def run() -> InstrumentError | None:
        async with Stopwatch() as stopwatch, practice:
            return await measure_instrument(stopwatch, practice, concurrency)

    load_litellm()
    return asyncio.run(run())


@pytest.mark.parametrize(("concurrency", "gaps"), [(4, 5), (16, 11)])
def test_our_error_is_measured_over_twenty_calls_and_all_their_gaps(
    concurrency: int, gaps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call is seen whole, so both have a 95th percentile; the bench says how large it is."""
    monkeypatch.setattr(calibration, "LONGEST_S", 60.0)
    found = _measured(concurrency, PracticeProcess())

    assert found is not None
    assert (found.concurrency, found.n, found.gap_n) == (concurrency, 20, 20 * gaps)
    assert found.ttft_p95_ms is not None
    assert found.gap_p95_ms is not None


@pytest.mark.parametrize("concurrency", [1, 4, 7, 8, 16, 32, 64])
def test_it_takes_about_a_second(concurrency: int) -> None:
    """At any number at once the calls, one after the other in each lane, last 1.1 s by the server's own plan.

    One at once: twenty calls of 20 ms and six tokens 5 ms apart. From eight on: three rounds of 100 ms and
    twelve tokens 20 ms apart at most.
    """
    model = PACED if concurrency >= CROWD else PROMPT_CALL
    rounds = math.ceil(max(FEWEST_CALLS, concurrency) / concurrency)
    each_s = model.ttft_s + (model.answer_tokens - 1) * model.gap_s

    assert rounds * each_s + (concurrency - 1) * APART_S < 1.1


def test_a_server_slow_to_start_takes_nothing_from_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no time at all for calls the server is started all the same; the error is unknown then."""

    class Practice(PracticeProcess):
        started = False

        async def start(self, prompts: Sequence[ProbePrompt] = ()) -> str:
            base_url = await super().start(prompts)
            self.started = True
            return base_url

    monkeypatch.setattr(calibration, "LONGEST_S", 0.0)
    practice = Practice()
    assert _measured(4, practice) is None
    assert practice.started


def test_a_run_goes_on_without_it() -> None:
    """A practice server that cannot start leaves the error unknown; nothing is raised."""
    assert _measured(4, PracticeProcess(("--no-such-option",))) is None
