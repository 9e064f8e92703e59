"""Bytes are stamped when they arrive, not when somebody gets round to reading them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.run import arrivals
from advisor.probe.run.addresses import CarefulResolver
from advisor.probe.run.arrivals import Marks, StampingConnector, marks_of, stamped

PIECES = (b"one", b"two", b"three")
APART_S = 0.1


async def _speak(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for piece in PIECES:
        await response.write(piece)
        await asyncio.sleep(APART_S)
    return response


@asynccontextmanager
async def _answering() -> AsyncGenerator[aiohttp.ClientSession]:
    """A session whose requests to / are answered in three pieces."""
    app = web.Application()
    app.router.add_get("/", _speak)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    connector = StampingConnector(keepalive_timeout=1, resolver=CarefulResolver())
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession(base, connector=connector) as session:
            yield session
    finally:
        await runner.cleanup()


async def _read_late() -> list[tuple[int, bytes]]:
    async with _answering() as session, session.get("/") as reply:
        # Whoever reads comes when everything is there.
        await asyncio.sleep(APART_S * (len(PIECES) + 1))
        part = await reply.content.readany()
        marks = marks_of(reply.content)
        assert marks is not None
        return stamped([(time.monotonic_ns(), part)], marks.reads)


async def _give_up() -> Marks | None:
    async with _answering() as session:
        async with session.get("/") as reply:
            await asyncio.sleep(APART_S)
            kept = reply.content
        # The connection of an unread reply is closed, which takes a turn of the loop.
        await asyncio.sleep(APART_S)
        return marks_of(kept)


def test_a_late_reader_sees_when_each_piece_came() -> None:
    """Three pieces a tenth of a second apart, read at once: three stamps, as far apart."""
    pieces = asyncio.run(_read_late())
    gaps_s = [(after - before) / 1e9 for (before, _), (after, _) in pairwise(pieces)]

    assert tuple(data for _, data in pieces) == PIECES
    assert all(0.5 * APART_S < gap < 3 * APART_S for gap in gaps_s)


def test_a_connection_knows_when_the_request_left_and_the_reply_began() -> None:
    """Sent, first bytes of the reply, first piece of it: in that order, for each reply of a connection."""

    async def twice() -> list[Marks | None]:
        async with _answering() as session:
            found: list[Marks | None] = []
            for _ in range(2):
                async with session.get("/") as reply:
                    await reply.read()
                    found.append(marks_of(reply.content))
            return found

    for marks in asyncio.run(twice()):
        assert marks is not None
        assert marks.sent_ns is not None
        assert marks.sent_ns <= marks.first_ns <= marks.reads[0][0]
        assert marks.reads[0][0] - marks.sent_ns < 1e9 * APART_S


def test_a_reply_nobody_read_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The marks of an abandoned reply go with its connection."""
    monkeypatch.setattr(arrivals, "FORGOTTEN_AFTER_S", 0.0)

    assert asyncio.run(_give_up()) is None


@given(st.lists(st.binary(max_size=5), max_size=6), st.lists(st.integers(0, 40), max_size=6))
def test_no_byte_is_lost_or_moved(read: list[bytes], ends: list[int]) -> None:
    """Whatever the marks say, the pieces together are the reply, and none is empty."""
    parts = [(100 + at, data) for at, data in enumerate(read)]
    pieces = stamped(parts, [(at, end) for at, end in enumerate(sorted(ends))])

    assert b"".join(data for _, data in pieces) == b"".join(read)
    assert all(data for _, data in pieces)


def test_without_marks_the_readers_time_stands() -> None:
    """A reply no connection of ours read keeps the time it was read at."""
    assert stamped([(7, b"a"), (9, b"b")], []) == [(7, b"a"), (9, b"b")]
