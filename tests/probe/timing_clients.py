"""Clients whose stopwatch is held against the practice server's: `python -m tests.probe.timing_clients`.

Arguments: client name, port, concurrency, number of requests. Prints one JSON object: request id ->
[seconds to first token, seconds to last token, gaps between tokens].
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import pairwise
from typing import Any

import httpx

from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.order import Order
from advisor.probe.run.stopwatch import Stopwatch, give_way
from advisor.probe.samples import Sample
from tests.probe.plans import case_of, plan_of_case, served

Timed = tuple[float, float, list[float]]
PROMPT = "Question 0?"


def _timed(start: float, stamps: list[float]) -> Timed:
    gaps = [after - before for before, after in pairwise(stamps)]
    return stamps[0] - start, stamps[-1] - start, gaps


async def _httpx(client: httpx.AsyncClient, port: int, key: str) -> Timed:
    body = {
        "model": "bench",
        "messages": [{"role": "user", "content": PROMPT}],
        "stream": True,
        "max_tokens": 512,
    }
    url, headers = f"http://127.0.0.1:{port}/v1/chat/completions", {"x-probe-id": key}
    stamps: list[float] = []
    start = time.perf_counter()
    async with client.stream("POST", url, json=body, headers=headers) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                delta = json.loads(line[6:])["choices"][0]["delta"]
                if delta.get("content"):
                    stamps.append(time.perf_counter())
    return _timed(start, stamps)


class _Socket(asyncio.Protocol):
    """Writes one request and stamps what comes back: the least any client on this machine can be off."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.start = 0.0
        self.stamps: list[float] = []
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.start = time.perf_counter()
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.stamps += [time.perf_counter()] * data.count(b'"content": "')

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set_result(None)


async def _socket(port: int, key: str) -> Timed:
    body = json.dumps(
        {
            "model": "bench",
            "messages": [{"role": "user", "content": PROMPT}],
            "stream": True,
            "max_tokens": 512,
        }
    )
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nx-probe-id: {key}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    _, asked = await asyncio.get_running_loop().create_connection(
        lambda: _Socket((head + body).encode()), "127.0.0.1", port
    )
    await asked.ended
    return _timed(asked.start, asked.stamps)


async def _litellm(litellm: Any, port: int, key: str) -> Timed:
    stamps: list[float] = []
    start = time.perf_counter()
    stream = await litellm.acompletion(
        model="openai/bench",
        messages=[{"role": "user", "content": PROMPT}],
        api_base=f"http://127.0.0.1:{port}/v1",
        api_key="x",
        stream=True,
        max_tokens=512,
        max_retries=0,
        num_retries=0,
        extra_headers={"x-probe-id": key},
    )
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            stamps.append(time.perf_counter())
    return _timed(start, stamps)


async def _ours(stopwatch: Stopwatch, port: int, key: str) -> Timed:
    plan = plan_of_case(case_of(offers=("own:mine",), own_endpoints=(served(port, "bench"),)))
    attempt = await make_call(Order(plan, plan.targets[0], plan.prompts[0], key), stopwatch, {})
    sample = Sample(key=key, run="r", offer="o", prompt="p", repeat=0, attempts=(attempt,))
    assert sample.ttft_s is not None
    assert sample.total_s is not None
    return sample.ttft_s, sample.total_s, list(sample.gaps_s or ())


async def _many(call: Callable[[str], Awaitable[Timed]], concurrency: int, count: int) -> dict[str, Timed]:
    room = asyncio.Semaphore(concurrency)
    results: dict[str, Timed] = {}

    async def one(key: str) -> None:
        async with room:
            results[key] = await call(key)

    await asyncio.gather(*(one(f"{concurrency}-{number}") for number in range(count)))
    return results


async def _run(name: str, port: int, concurrency: int, count: int) -> dict[str, Timed]:
    if name == "socket":
        return await _many(partial(_socket, port), concurrency, count)
    if name == "httpx":
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            return await _many(partial(_httpx, client, port), concurrency, count)
    if name == "litellm":
        return await _many(partial(_litellm, load_litellm(), port), concurrency, count)
    load_litellm()
    async with Stopwatch() as stopwatch:
        give_way()
        return await _many(partial(_ours, stopwatch, port), concurrency, count)


if __name__ == "__main__":
    chosen, port, concurrency, count = sys.argv[1:]
    results = asyncio.run(_run(chosen, int(port), int(concurrency), int(count)))
    sys.stdout.write(json.dumps(results) + "\n")
