"""When bytes arrived: stamps taken where the event loop hands over what it read from a socket.

A reader of the reply wakes up later, after everything else that came in the same turn of the loop; with
many calls at once that is the larger part of an instrument's error.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader

from advisor.probe.run.stamped_socket import StampedSocket, open_socket, stamped_socket

Mark = tuple[int, int]
"""Monotonic nanoseconds of a read, and the bytes of the reply that had arrived with it."""


@dataclass
class Marks:
    """What a connection noted of one reply, in monotonic nanoseconds."""

    reply: StreamReader
    """Kept, so that no other gets its identity."""
    sent_ns: int | None
    """The last bytes of the request left; None where sockets are not stamped."""
    first_ns: int
    """The first bytes of the reply, those of its status line, arrived."""
    reads: list[Mark] = field(default_factory=list[Mark])


_marks: dict[int, Marks] = {}
"""Of the replies being read, by the identity of their stream."""


FORGOTTEN_AFTER_S = 5.0


class StampingHandler(ResponseHandler):
    """aiohttp's protocol of a connection, which notes the moment of every read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._socket: StampedSocket | None = None
        self._first_ns: int | None = None
        self._latest: Marks | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Find the socket underneath, below TLS as well."""
        super().connection_made(transport)
        under = transport.get_extra_info("socket")
        self._socket = None if under is None else stamped_socket(under.fileno())

    def data_received(self, data: bytes) -> None:
        """Stamp first, then let aiohttp parse."""
        at_ns = self._arrived_ns()
        if self._latest is None or self._latest.reply.is_eof():
            self._first_ns = self._first_ns or at_ns
        super().data_received(data)
        reply = self._payload
        if reply is EMPTY_PAYLOAD:
            # One object for every reply without a body: nothing to tell them apart by.
            self._first_ns = None
        elif isinstance(reply, StreamReader):
            self._note(reply, at_ns)

    def _arrived_ns(self) -> int:
        """When what was just read arrived; each arrival is told once."""
        own = self._socket
        if own is None or own.arrived_ns is None:
            return time.monotonic_ns()
        at_ns, own.arrived_ns = own.arrived_ns, None
        return at_ns

    def _note(self, reply: StreamReader, at_ns: int) -> None:
        latest = self._latest
        if latest is None or latest.reply is not reply:
            sent_ns = self._socket.sent_ns if self._socket else None
            latest = self._latest = _marks[id(reply)] = Marks(reply, sent_ns, self._first_ns or at_ns)
            self._first_ns = None
        # While the head of the next reply comes in, aiohttp still shows the one before, which does not grow.
        if reply.total_bytes > (latest.reads[-1][1] if latest.reads else 0):
            latest.reads.append((at_ns, reply.total_bytes))

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget a reply nobody read to the end; who did read it asks for its marks within moments."""
        super().connection_lost(exc)
        if self._latest is not None:
            self._loop.call_later(FORGOTTEN_AFTER_S, _forget, self._latest)


class StampingConnector(aiohttp.TCPConnector):
    """Connections that stamp."""

    def __init__(self, *, keepalive_timeout: float, resolver: AbstractResolver) -> None:
        super().__init__(
            limit=0, keepalive_timeout=keepalive_timeout, resolver=resolver, socket_factory=open_socket
        )
        # aiohttp has no setting for it; a test fails when this is no longer what makes connections.
        self._factory = partial(StampingHandler, asyncio.get_running_loop())


def marks_of(reply: StreamReader) -> Marks | None:
    """What was noted of a reply so far; it is forgotten by that, so ask once, at its end."""
    return _marks.pop(id(reply), None)


def _forget(marks: Marks) -> None:
    # Another reply may have got the identity meanwhile.
    if _marks.get(id(marks.reply)) is marks:
        del _marks[id(marks.reply)]


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
