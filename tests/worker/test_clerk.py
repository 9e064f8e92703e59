"""The clerk waits for an absent database, but keeps no worker that is told to end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from advisor.worker import clerk as counter
from advisor.worker.clerk import Clerk, leaving

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of a test's length."""
    monkeypatch.setattr(counter, "LEAVING_S", 0.2)
    monkeypatch.setattr(counter, "RETRY_S", 0.05)


def _away() -> OperationalError:
    return OperationalError("SELECT 1", {}, ConnectionRefusedError("nobody listens"))


def _absent(times: int, on_try: Callable[[int], None] = lambda _tries: None) -> Callable[[], str]:
    """A statement that finds the database only after so many tries."""
    tries = 0

    def work() -> str:
        nonlocal tries
        tries += 1
        on_try(tries)
        if tries <= times:
            raise _away()
        return "written"

    return work


async def _surely(work: Callable[[], str], stop: asyncio.Event) -> str:
    with Clerk(stop) as clerk:
        return await clerk.surely(work)


def test_it_waits_for_an_absent_database() -> None:
    """A statement is tried until the database is back."""
    assert asyncio.run(_surely(_absent(3), asyncio.Event())) == "written"


def test_told_to_end_it_gives_up_soon() -> None:
    """Told to end while the database is away, it stops waiting within its last moments, not after minutes."""

    async def scene() -> float:
        stop = asyncio.Event()
        waiting = asyncio.create_task(_surely(_absent(10**6), stop))
        await asyncio.sleep(0.1)
        stop.set()
        told = time.monotonic()
        with pytest.raises(OperationalError):
            await waiting
        return time.monotonic() - told

    assert 0.2 <= asyncio.run(scene()) < 2.0


def test_told_to_end_it_still_writes_when_the_database_comes_back() -> None:
    """What is paid for is written down when the database is back in those last moments."""

    async def scene() -> str:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        work = _absent(2, lambda tries: loop.call_soon_threadsafe(stop.set) and None if tries == 1 else None)
        return await _surely(work, stop)

    assert asyncio.run(scene()) == "written"


def test_only_an_absent_database_is_forgiven_and_only_at_the_end() -> None:
    """While it works, and for any other fault, nothing is passed over."""
    stop = asyncio.Event()
    with pytest.raises(OperationalError), leaving(stop):
        raise _away()
    stop.set()
    with pytest.raises(ValueError, match="a fault"), leaving(stop):
        raise ValueError("a fault")
    with leaving(stop):
        raise _away()
