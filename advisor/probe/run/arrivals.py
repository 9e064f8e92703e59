"""When bytes arrived: stamps taken where the event loop hands over what it read from a socket.

A reader of the reply wakes up later, after everything else that came in the same turn of the loop; with
many calls at once that is the larger part of an instrument's error.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.streams import StreamReader

Mark = tuple[int, int]
"""Monotonic nanoseconds of a read, and the bytes of the reply that had arrived with it."""

_marks: dict[int, tuple[StreamReader, list[Mark]]] = {}
"""Marks of the replies being read, by the identity of their stream; it is kept, so that no other gets it."""


FORGOTTEN_AFTER_S = 5.0


class StampingHandler(ResponseHandler):
    """aiohttp's protocol of a connection, which notes the moment of every read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._replies: set[int] = set()

    def data_received(self, data: bytes) -> None:
        """Stamp first, then let aiohttp parse."""
        at_ns = time.monotonic_ns()
        super().data_received(data)
        reply = self._payload
        if isinstance(reply, StreamReader) and reply.total_bytes:
            self._replies.add(id(reply))
            _marks.setdefault(id(reply), (reply, []))[1].append((at_ns, reply.total_bytes))

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget replies nobody read to the end; who did read one asks for its marks within moments."""
        super().connection_lost(exc)
        for one in self._replies:
            self._loop.call_later(FORGOTTEN_AFTER_S, _marks.pop, one, None)


class StampingConnector(aiohttp.TCPConnector):
    """Connections that stamp."""

    def __init__(self, *, keepalive_timeout: float, resolver: AbstractResolver) -> None:
        super().__init__(limit=0, keepalive_timeout=keepalive_timeout, resolver=resolver)
        # aiohttp has no setting for it; a test fails when this is no longer what makes connections.
        self._factory = partial(StampingHandler, asyncio.get_running_loop())


def marks_of(reply: StreamReader) -> list[Mark]:
    """Marks of a reply so far; it is forgotten by that, so ask once, at its end."""
    return _marks.pop(id(reply), (reply, []))[1]


def stamped(parts: Sequence[tuple[int, bytes]], marks: Sequence[Mark]) -> list[tuple[int, bytes]]:
    """The bytes of a reply in the pieces they arrived in.

    Args:
        parts: What a reader got, and when it did.
        marks: Of the reply. What they do not cover keeps the reader's time.
    """
    if not marks:
        return [part for part in parts if part[1]]
    whole = b"".join(data for _, data in parts)
    pieces: list[tuple[int, bytes]] = []
    start = 0
    for at_ns, end in marks:
        if start < end:
            pieces.append((at_ns, whole[start:end]))
            start = end
    if start < len(whole):
        pieces.append((parts[-1][0], whole[start:]))
    return [piece for piece in pieces if piece[1]]
