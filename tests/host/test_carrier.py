"""Which lanes are taken off DBOS's queue, and what is said when one went to another worker."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest
from dbos import DBOS
from dbos._error import DBOSAwaitedWorkflowCancelledError
from sqlalchemy import Engine

from advisor.host.carrier import POLL_S, VERSION, Carried, Carrier, Plainly, dead_lanes
from advisor.host.lanes import Lane
from advisor.host.sessions import LEASE_S

NOW = 1000.0


def lane(name: str, status: str, executor: str | None = None, version: str = VERSION) -> Carried:
    """A workflow that changed longer ago than any lease."""
    return Carried(name, Lane("run", 0, 0), 1, status, executor, version, NOW - LEASE_S - 1)


def test_only_lanes_of_the_dead_are_cancelled() -> None:
    """A queued lane may be begun at any moment, and an ended one is nobody's: neither is cancelled."""
    carried = [
        lane("queued", "ENQUEUED"),
        lane("mine", "PENDING", "me"),
        lane("ended", "SUCCESS", "gone"),
        lane("orphan", "PENDING", "gone"),
        lane("other version", "ENQUEUED", version="lanes-0"),
    ]

    assert dead_lanes(carried, {"me"}, NOW) == ["orphan", "other version"]


@pytest.fixture
def dbos_log(caplog: pytest.LogCaptureFixture) -> logging.Logger:
    """A logger with the filter DBOS's has."""
    logger = logging.getLogger("tests.dbos")
    logger.addFilter(Plainly())
    caplog.set_level(logging.WARNING, logger.name)
    return logger


def test_a_lane_taken_over_is_one_plain_line(
    dbos_log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    """No traceback and no second line; a real fault keeps its traceback."""
    dbos_log.warning("Workflow x was cancelled during execution. Waiting for the recorded outcome")
    dbos_log.error("Exception:", exc_info=DBOSAwaitedWorkflowCancelledError("x"))
    dbos_log.error("Exception:", exc_info=ValueError("a fault"))
    plain, fault = caplog.records

    assert plain.getMessage().startswith("A lane of a probe run went to another worker")
    assert (plain.levelname, plain.exc_info) == ("WARNING", None)
    assert fault.exc_info is not None


def test_no_lane_is_taken_by_who_is_closing(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the last step of closing takes, what waits in the queue is left to others."""
    lanes = [Lane("run", offer, 0) for offer in range(3)]
    left: list[list[str]] = []
    destroy = DBOS.destroy

    def late() -> None:
        time.sleep(4 * POLL_S)
        left.append(sorted(one.status for one in carrier.carried()))
        destroy()

    monkeypatch.setattr(DBOS, "destroy", late)

    async def work_and_close() -> None:
        taken, ended = asyncio.Event(), asyncio.Event()

        async def drain(run: str) -> None:
            taken.set()
            await ended.wait()

        nonlocal carrier
        carrier = Carrier(store, "me", drain)
        carrier.launch()
        await asyncio.to_thread(carrier.prepare)
        await asyncio.to_thread(carrier.arrange, (), {"run": lanes}, ())
        await taken.wait()
        closing = asyncio.create_task(asyncio.to_thread(carrier.close))
        ended.set()
        await closing

    carrier: Carrier
    asyncio.run(work_and_close())
    # One more may have been taken in the round under way: it was ended, the last was left.
    assert left[0][0] == "ENQUEUED"
    assert set(left[0]) == {"ENQUEUED", "SUCCESS"}
