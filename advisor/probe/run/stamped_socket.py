"""Sockets that know when their last bytes left, and when the operating system received the last that came.

A process that stamps what it reads is late by as long as it was not looking: other calls, the scheduler,
its own turn of the loop. Linux notes the arrival of every segment itself; asked for, it hands that moment
over with the bytes, so that nothing this process does is part of the figure. Elsewhere, and whenever the
system's moment makes no sense, the moment of the read stands.

Source: Linux kernel documentation, Documentation/networking/timestamping.rst, SO_TIMESTAMPNS; for a TCP
stream the moment is that of the last segment read.
"""

from __future__ import annotations

import contextlib
import platform
import socket
import struct
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

SO_TIMESTAMPNS = 35
"""The option and its message on the processors below; Python's socket module does not name it."""
KNOWN_ON = frozenset({"x86_64", "AMD64", "aarch64", "arm64"})
MOMENT = struct.Struct("@qq")
"""Seconds and nanoseconds of the wall clock."""
ROOM = socket.CMSG_SPACE(MOMENT.size) if hasattr(socket, "CMSG_SPACE") else 0
LONGEST_AGO_NS = 60 * 10**9
"""An arrival further back, or one still to come, means that the wall clock was set meanwhile."""

_open = WeakValueDictionary[int, "StampedSocket"]()
"""Open sockets by their file number, which is all that asyncio lets a protocol see of its own."""


class StampedSocket(socket.socket):
    """A stream socket for asyncio, which reads and writes by the methods below."""

    sent_ns: int | None = None
    """Monotonic nanoseconds: the last bytes were about to be handed to the operating system."""
    arrived_ns: int | None = None
    """Monotonic nanoseconds: the last bytes read had arrived."""

    def accept(self) -> tuple[socket.socket, Any]:
        """Take a connection, as one that is stamped as well."""
        taken, address = super().accept()
        return _stamping(StampedSocket(fileno=taken.detach())), address

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Read, and note when it came."""
        data, notes, _, _ = self.recvmsg(bufsize, ROOM, flags)
        self.arrived_ns = _arrival_ns(notes)
        return data

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        """Read into a buffer, and note when it came."""
        view = memoryview(buffer)
        count, notes, _, _ = self.recvmsg_into([view[:nbytes] if nbytes else view], ROOM, flags)
        self.arrived_ns = _arrival_ns(notes)
        return count

    def send(self, data: ReadableBuffer, flags: int = 0, /) -> int:
        """Note the moment, and write."""
        self.sent_ns = time.monotonic_ns()
        return super().send(data, flags)

    def sendmsg(self, buffers: Iterable[ReadableBuffer], *rest: Any) -> int:  # noqa: ANN401 - passed on
        """Note the moment, and write."""
        self.sent_ns = time.monotonic_ns()
        return super().sendmsg(buffers, *rest)


def open_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket for an address as `getaddrinfo` gives it: stamped where the system can, plain elsewhere."""
    family, kind, protocol = address[0], address[1], address[2]
    if sys.platform != "linux" or platform.machine() not in KNOWN_ON:
        return socket.socket(family, kind, protocol)
    return _stamping(StampedSocket(family, kind, protocol))


def _stamping(opened: StampedSocket) -> StampedSocket:
    # A system that refuses still gives the moment of each read.
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    _open[opened.fileno()] = opened
    return opened


def stamped_socket(file_number: int) -> StampedSocket | None:
    """The open socket of that number; None where sockets are not stamped."""
    return _open.get(file_number)


def _arrival_ns(notes: list[tuple[int, int, bytes]]) -> int:
    now_ns = time.monotonic_ns()
    for level, kind, data in notes:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= MOMENT.size:
            seconds, rest_ns = MOMENT.unpack_from(data)
            ago_ns = time.time_ns() - (seconds * 10**9 + rest_ns)
            return now_ns - ago_ns if 0 <= ago_ns < LONGEST_AGO_NS else now_ns
    return now_ns
