"""Which lanes are taken off DBOS's queue, and what is said when one went to another worker."""

from __future__ import annotations

import logging

import pytest
from dbos._error import DBOSAwaitedWorkflowCancelledError

from advisor.host.carrier import VERSION, Carried, Plainly, dead_lanes
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
