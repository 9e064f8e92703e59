"""Before each run: how wrong is our own clock? Calls of known length on loopback tell."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import aiohttp

from advisor.case import ProbePrompt
from advisor.probe.instrument import InstrumentError, Truth, instrument_error
from advisor.probe.plan import RunPlan
from advisor.probe.practice import PACED, PROMPT_CALL, PracticeModel
from advisor.probe.run.call import make_call
from advisor.probe.run.order import Order
from advisor.probe.run.practice_process import PracticeProcess
from advisor.probe.run.stopwatch import Request, Stopwatch
from advisor.probe.run.transport import PROBE_HEADER
from advisor.probe.targets import Target
from advisor.probe.wire import read_stream

FEWEST_CALLS = 20
"""So many are needed for a 95th percentile."""
WHOLE_WAY = 4
"""Every so manieth call is built and read by LiteLLM too: a run does that while it times other calls."""
CROWD = 8
"""From so many calls at once on they are paced like a real model's: 200 chunks a second each is nobody's."""
APART_S = 0.004
"""Between the first calls of two lanes: LiteLLM takes longer to build one."""
LONGEST_S = 10.0
"""Longest time the calls may take, the server's start apart: a busy machine takes seconds for that."""
STARTING_S = 30.0
"""Longest wait for a server that does not run yet."""

_Seen = tuple[str, tuple[int, ...]]
"""Key of a call, and when we saw its tokens, in nanoseconds from its sending."""


async def measure_instrument(
    stopwatch: Stopwatch, practice: PracticeProcess, concurrency: int
) -> InstrumentError | None:
    """Measure our own error at the run's number of calls at once, in about a second once the server runs.

    None when it could not be measured; a run goes on all the same, and says so.
    """
    try:
        async with asyncio.timeout(STARTING_S):
            base_url = await practice.start()
        async with asyncio.timeout(LONGEST_S):
            mark = secrets.token_hex(4)
            seen = await _calls(stopwatch, base_url, concurrency, mark)
            log = await _log(base_url, mark)
    except (TimeoutError, OSError, ValueError, aiohttp.ClientError):
        return None
    calls = _matched(seen, log)
    return instrument_error(calls, concurrency, datetime.now(UTC)) if calls else None


async def _calls(stopwatch: Stopwatch, base_url: str, concurrency: int, mark: str) -> list[_Seen]:
    model = PACED if concurrency >= CROWD else PROMPT_CALL
    numbers, wanted, seen = count(), max(FEWEST_CALLS, concurrency), list[_Seen]()

    async def lane(place: int) -> None:
        # Calls of a run do not all start in the same millisecond either.
        await asyncio.sleep(place * APART_S)
        while (number := next(numbers)) < wanted:
            key = f"{mark}-{number}"
            whole = number % WHOLE_WAY == 0
            call = _through_litellm if whole else _directly
            seen.append((key, await call(stopwatch, base_url, model, key)))

    await asyncio.gather(*(lane(place) for place in range(concurrency)))
    return seen


async def _directly(stopwatch: Stopwatch, base_url: str, model: PracticeModel, key: str) -> tuple[int, ...]:
    body = {"model": model.name, "messages": [{"role": "user", "content": "?"}], "stream": True}
    headers = [("content-type", "application/json"), (PROBE_HEADER, key)]
    request = Request(
        "POST", f"{base_url}/chat/completions", headers, json.dumps(body).encode(), timeout_s=LONGEST_S
    )
    exchange = await stopwatch.send(request)
    return _since(exchange.sent_ns, read_stream(exchange.chunks).tokens_ns)


async def _through_litellm(
    stopwatch: Stopwatch, base_url: str, model: PracticeModel, key: str
) -> tuple[int, ...]:
    target = Target(
        ref="practice:calibration",
        label=model.label,
        model=f"openai/{model.name}",
        base_url=base_url,
        price=model.price,
        simulated=True,
    )
    attempt = await make_call(Order(_plan(target), target, _PROMPT, key), stopwatch, {})
    return _since(attempt.timeline.sent_ns, attempt.timeline.tokens_ns)


_PROMPT = ProbePrompt(id="calibration", text="?")


def _plan(target: Target) -> RunPlan:
    return RunPlan(
        day=date.min,
        targets=(target,),
        prompts=(_PROMPT,),
        samples_per_prompt=1,
        max_output_tokens=4096,
        cap_microusd=1,
        concurrency=1,
        timeout_s=LONGEST_S,
    )


def _since(start_ns: int | None, stamps_ns: Sequence[int]) -> tuple[int, ...]:
    return () if start_ns is None else tuple(at_ns - start_ns for at_ns in stamps_ns)


async def _log(base_url: str, mark: str) -> list[Mapping[str, Any]]:
    url = f"{base_url.removesuffix('/v1')}/practice/log"
    async with aiohttp.ClientSession() as session, session.get(url, params={"probe": mark}) as answer:
        return await answer.json()


def _matched(seen: Sequence[_Seen], log: Sequence[Mapping[str, Any]]) -> list[Truth]:
    """Calls both sides saw whole."""
    true = {
        entry["probe_id"]: tuple(at_ns - entry["received_ns"] for at_ns in entry["tokens_ns"])
        for entry in log
    }
    pairs = [(true.get(key, ()), stamps) for key, stamps in seen]
    return [Truth(theirs, ours) for theirs, ours in pairs if theirs and len(theirs) == len(ours)]
