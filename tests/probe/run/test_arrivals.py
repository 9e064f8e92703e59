"""Bytes are stamped when they arrive, not when somebody gets round to reading them."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import aiohttp
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.run.addresses import CarefulResolver
from advisor.probe.run.arrivals import StampingConnector, marks_of, stamped

PIECES = (b"one", b"two", b"three")
APART_S = 0.1


async def _speak(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for piece in PIECES:
        await response.write(piece)
        await asyncio.sleep(APART_S)
    return response


async def _read_late() -> list[tuple[int, bytes]]:
    app = web.Application()
    app.router.add_get("/", _speak)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    connector = StampingConnector(keepalive_timeout=1, resolver=CarefulResolver())
    try:
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        async with aiohttp.ClientSession(connector=connector) as session, session.get(address) as reply:
            # Whoever reads comes when everything is there.
            await asyncio.sleep(APART_S * (len(PIECES) + 1))
            part = await reply.content.readany()
            return stamped([(time.monotonic_ns(), part)], marks_of(reply.content))
    finally:
        await runner.cleanup()


def test_a_late_reader_sees_when_each_piece_came() -> None:
    """Three pieces a tenth of a second apart, read at once: three stamps, as far apart."""
    pieces = asyncio.run(_read_late())
    gaps_s = [(after - before) / 1e9 for (before, _), (after, _) in pairwise(pieces)]

    assert tuple(data for _, data in pieces) == PIECES
    assert all(0.5 * APART_S < gap < 3 * APART_S for gap in gaps_s)


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
