"""Our end of the stopwatch process: hand over a finished request, get back stamped bytes."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Self

from advisor.probe.run.stamper import LINE_LIMIT
from advisor.probe.wire import Chunk


@dataclass(frozen=True, slots=True)
class Request:
    """Finished bytes to send."""

    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came back, stamped on the clock of `time.monotonic_ns`."""

    started_ns: int
    ended_ns: int
    sent_ns: int | None = None
    connect_ns: int | None = None
    headers_ns: int | None = None
    status: int | None = None
    headers: Mapping[str, str] | None = None
    """Names in lower case."""
    chunks: tuple[Chunk, ...] = ()
    error: str | None = None
    """`timeout`, `connection` or `aborted`; None when the reply came to its end."""
    detail: str = ""

    @property
    def body(self) -> bytes:
        """All bytes of the reply."""
        return b"".join(data for _, data in self.chunks)


BACKGROUND = 5
"""Niceness of the process that builds and reads, so that the one that stamps is served first."""


def give_way() -> None:
    """Lower this process's priority; call it once the stopwatch process runs."""
    os.nice(max(0, BACKGROUND - os.nice(0)))


class Stopwatch:
    """Starts the process on entry and ends it on exit; a died process is started again."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._listener: asyncio.Task[None] | None = None
        self._waiting: dict[str, asyncio.Future[Exchange]] = {}
        self._ids = count()

    async def __aenter__(self) -> Self:
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        process, listener = self._process, self._listener
        if process is None or listener is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 2.0)
        if process.returncode is None:
            process.kill()
            await process.wait()
        await listener

    async def send(self, request: Request) -> Exchange:
        """Send once, never again, and wait for the end. A cancelled wait closes the socket."""
        process = await self._alive()
        key = str(next(self._ids))
        self._waiting[key] = asyncio.get_running_loop().create_future()
        try:
            await _write(process, _order(key, request))
            return await self._waiting[key]
        except asyncio.CancelledError:
            await _write(process, {"abort": key})
            raise
        finally:
            self._waiting.pop(key, None)

    async def _alive(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            await self._start()
        assert self._process is not None
        return self._process

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "advisor.probe.run.stamper",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT,
        )
        self._listener = asyncio.create_task(self._listen(self._process))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            record = json.loads(line)
            body = await process.stdout.readexactly(sum(size for _, size in record["chunks"]))
            future = self._waiting.get(record["id"])
            if future is not None and not future.done():
                future.set_result(_exchange(record, body))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the stopwatch process ended"))


async def _write(process: asyncio.subprocess.Process, order: Mapping[str, Any]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):
        process.stdin.write(json.dumps(order).encode() + b"\n")
        await process.stdin.drain()


def _order(key: str, request: Request) -> dict[str, Any]:
    return {
        "id": key,
        "method": request.method,
        "url": request.url,
        "headers": list(request.headers),
        "body": base64.b64encode(request.body).decode(),
        "timeout_s": request.timeout_s,
    }


def _exchange(record: Mapping[str, Any], body: bytes) -> Exchange:
    chunks: list[Chunk] = []
    start = 0
    for at_ns, size in record["chunks"]:
        chunks.append((at_ns, body[start : start + size]))
        start += size
    return Exchange(
        started_ns=record["started_ns"],
        ended_ns=record["ended_ns"],
        sent_ns=record.get("sent_ns"),
        connect_ns=record.get("connect_ns"),
        headers_ns=record.get("headers_ns"),
        status=record.get("status"),
        headers={name.lower(): value for name, value in record.get("headers") or ()},
        chunks=tuple(chunks),
        error=record.get("error"),
        detail=record.get("detail", ""),
    )
