"""The stopwatch process: sends finished requests and stamps the bytes that come back. It parses nothing.

It runs apart from everything that computes, so that nothing but the operating system stands between a
byte's arrival and its stamp. Lines of JSON come in on standard input and go out on standard output, each
followed by the bytes of the reply; it ends when its input is closed.

    in   {"id", "method", "url", "headers": [[name, value]], "body": base64, "timeout_s"} or {"abort": id}
    out  {"id", "status", "headers", "started_ns", "sent_ns", "connect_ns", "headers_ns",
          "chunks": [[ns, number of bytes]], "ended_ns", "error", "detail"} and then those bytes
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import os
import sys
import time
from queue import SimpleQueue
from threading import Thread
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from advisor.probe.run.addresses import CarefulResolver, RefusedAddress, refused
from advisor.probe.run.arrivals import Marks, StampingConnector, marks_of, stamped

LINE_LIMIT = 128_000_000
KEEP_ALIVE_S = 75.0
LAST_WORDS_S = 1.0
"""Longest wait at the end for records nobody reads."""
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


class Stamper:
    """Sends requests and records what comes back."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._out = SimpleQueue[bytes | None]()
        self._direct = _session(proxies=False)
        self._outside = _session(proxies=True)

    async def obey(self, line: bytes) -> None:
        """Start or abort one request."""
        order = json.loads(line)
        if "abort" in order:
            task = self._tasks.get(order["abort"])
            if task is not None:
                task.cancel()
            return
        task = asyncio.create_task(self._run(order))
        self._tasks[order["id"]] = task
        task.add_done_callback(lambda _: self._tasks.pop(order["id"], None))

    def write(self) -> None:
        """Hand over records until told to stop; run it in a thread.

        Whoever reads them may be busy for long, and a full pipe must not stop the stamping. When nobody
        is left to read, this process is about to end: its input is closed as well.
        """
        try:
            while (line := self._out.get()) is not None:
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
        except BrokenPipeError:
            # What is left in the buffer must not be tried again, and complained about, at the very end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def stop_writing(self) -> None:
        """Let `write` end once everything before is handed over."""
        self._out.put(None)

    async def close(self) -> None:
        """Drop what is in flight and close every socket."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(self._direct.close(), self._outside.close())

    async def _run(self, order: dict[str, Any]) -> None:
        record: dict[str, Any] = {"id": order["id"], "started_ns": time.monotonic_ns(), "chunks": []}
        chunks: list[tuple[int, bytes]] = []
        try:
            async with asyncio.timeout(order["timeout_s"]):
                await self._exchange(order, record, chunks)
        except TimeoutError:
            record |= {"error": "timeout", "detail": f"no complete answer within {order['timeout_s']:g} s"}
        except asyncio.CancelledError:
            record |= {"error": "aborted", "detail": "aborted"}
        except (aiohttp.ClientError, OSError, ValueError) as error:
            record |= {"error": "connection", "detail": f"{type(error).__name__}: {error}"}
        record["ended_ns"] = chunks[-1][0] if chunks and "error" not in record else time.monotonic_ns()
        record["chunks"] = [(at_ns, len(data)) for at_ns, data in chunks]
        self._out.put(b"".join([json.dumps(record).encode(), b"\n", *(data for _, data in chunks)]))

    async def _exchange(
        self, order: dict[str, Any], record: dict[str, Any], chunks: list[tuple[int, bytes]]
    ) -> None:
        host = urlsplit(order["url"]).hostname or ""
        if refused(host):
            raise RefusedAddress(host)
        near = host in LOOPBACK_HOSTS
        session = self._direct if near else self._outside
        async with session.request(
            order["method"],
            order["url"],
            headers=order["headers"],
            data=base64.b64decode(order["body"]),
            allow_redirects=False,
            trace_request_ctx=record,
        ) as response:
            record["headers_ns"] = time.monotonic_ns()
            record["status"] = response.status
            record["headers"] = list(response.headers.items())
            parts: list[tuple[int, bytes]] = []
            try:
                async for data in response.content.iter_any():
                    parts.append((time.monotonic_ns(), data))
            finally:
                marks = marks_of(response.content)
                chunks += stamped(parts, marks.reads if marks else ())
                record |= _moments(marks)


def _moments(marks: Marks | None) -> dict[str, int]:
    """What the connection knows better than whoever reads."""
    if marks is None:
        return {}
    sent = {} if marks.sent_ns is None else {"sent_ns": marks.sent_ns}
    return {"headers_ns": marks.first_ns, **sent}


def _session(*, proxies: bool) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=StampingConnector(keepalive_timeout=KEEP_ALIVE_S, resolver=CarefulResolver()),
        timeout=aiohttp.ClientTimeout(total=None),
        auto_decompress=False,
        trust_env=proxies,
        trace_configs=[_tracing()],
    )


def _tracing() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(_connecting)
    trace.on_connection_create_end.append(_connected)
    trace.on_request_headers_sent.append(_sent)
    # The bytes go out with the body, a turn of the loop after the headers are written down.
    trace.on_request_chunk_sent.append(_sent)
    return trace


async def _connecting(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
    context.connecting_ns = time.monotonic_ns()


async def _connected(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
    context.trace_request_ctx["connect_ns"] = time.monotonic_ns() - context.connecting_ns


async def _sent(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
    context.trace_request_ctx["sent_ns"] = time.monotonic_ns()


async def run() -> None:
    """Obey until standard input is closed."""
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    stamper = Stamper()
    writing = Thread(target=stamper.write, daemon=True)
    writing.start()
    # What exists now lives as long as the process; the collector need not look at it again.
    gc.freeze()
    while line := await reader.readline():
        await stamper.obey(line)
    await stamper.close()
    stamper.stop_writing()
    await asyncio.to_thread(writing.join, LAST_WORDS_S)


if __name__ == "__main__":
    asyncio.run(run())
