"""One call: LiteLLM builds it, the stopwatch sends and records it, both read it afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.errors import FailureKind
from advisor.probe.redaction import redact
from advisor.probe.run.cohere import ask_cohere, takes_cohere
from advisor.probe.run.embeddings import embed
from advisor.probe.run.failures import kind_of
from advisor.probe.run.lite import client_for, key_for, load_litellm, route_of, wanted_parameters
from advisor.probe.run.order import Order, not_sent
from advisor.probe.run.plain import read_plainly
from advisor.probe.run.recorded import Recording, attempt_of
from advisor.probe.run.responses import ask_responses, takes_responses
from advisor.probe.run.second_opinion import with_second_opinion
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.run.transport import RecordingTransport
from advisor.probe.samples import Attempt


async def make_call(order: Order, stopwatch: Stopwatch, environment: Mapping[str, str]) -> Attempt:
    """Make one attempt. Never raises for what a provider does: it becomes the attempt's failure."""
    key = key_for(order.target, environment)
    if key is None:
        return not_sent(order, FailureKind.MISSING_KEY, f"{order.target.key_env} is not set")
    if order.plan.hold_microusd(order.target, order.prompt) is None:
        return not_sent(order, FailureKind.BUDGET, "the price is unknown and no bound per call was agreed to")
    if order.plan.embeds is not None:
        return await embed(order, stopwatch, key)
    transport = RecordingTransport(stopwatch, order.key, order.plan.timeout_s)
    started_ns = time.monotonic_ns()
    said = await _through_litellm(order, transport, key)
    if transport.exchange is not None:
        recording = Recording(transport.exchange, transport.body, said.error, said.dropped)
        return with_second_opinion(attempt_of(order, recording, key), order.target)
    if said.stream is not None:
        return await read_plainly(order, said.stream, started_ns, key, said.dropped)
    assert said.error is not None
    failed = not_sent(order, kind_of(said.error), redact(str(said.error), [key], order.texts))
    # A route that takes no client of ours may have sent the call all the same.
    timed_out = kind_of(said.error) is FailureKind.TIMEOUT
    return failed.model_copy(update={"cost_usd": None}) if timed_out else failed


@dataclass(frozen=True, slots=True)
class _Said:
    """What LiteLLM made of the call: a stream or an error, and the parameters it does not take."""

    stream: AsyncIterator[Any] | None = None
    error: Exception | None = None
    dropped: tuple[str, ...] = ()


async def _through_litellm(order: Order, transport: RecordingTransport, key: str) -> _Said:
    litellm = load_litellm()
    dropped: tuple[str, ...] = ()
    try:
        route = route_of(order.target)
        parameters, dropped = wanted_parameters(order.plan, order.target, route.provider)
        if takes_responses(order, route):
            await ask_responses(order, route, transport, key, parameters)
            return _Said(dropped=dropped)
        if takes_cohere(order, route):
            await ask_cohere(order, route, transport, key, parameters)
            return _Said(dropped=dropped)
        answer = await litellm.acompletion(
            model=order.target.model,
            messages=order.messages,
            api_key=key,
            api_base=order.target.base_url,
            stream=True,
            max_retries=0,
            num_retries=0,
            client=client_for(route, transport, key),
            timeout=order.plan.timeout_s,
            **_with_tools(order),
            **parameters,
        )
        stream = answer if transport.exchange is not None else await _opened(answer)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        return _Said(error=error, dropped=dropped)
    return _Said(stream=stream, dropped=dropped)


def _with_tools(order: Order) -> dict[str, Any]:
    # LiteLLM's own way to tool servers is not ours, and needs a package that is not installed.
    return {**order.tools, "_skip_mcp_handler": True} if order.tools else {}


async def _opened(stream: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """The stream, once its first chunk is here: some routes send the request only when it is asked for."""
    try:
        first = await anext(stream)
    except StopAsyncIteration:
        return _chained([], stream)
    return _chained([first], stream)


async def _chained(first: list[Any], rest: AsyncIterator[Any]) -> AsyncIterator[Any]:
    for chunk in first:
        yield chunk
    async for chunk in rest:
        yield chunk
