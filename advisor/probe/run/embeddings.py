"""One call for embeddings: a list of texts, in the place of a prompt. Counted and paid like every other."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, cast

from advisor.errors import FailureKind
from advisor.probe.embedding import written
from advisor.probe.money import cost_usd
from advisor.probe.redaction import redact
from advisor.probe.run.failures import kind_of
from advisor.probe.run.lite import client_for, load_litellm, route_of
from advisor.probe.run.order import Order, moment
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.run.transport import RecordingTransport
from advisor.probe.samples import Attempt, Failure, Reply, Timeline, Usage, UsageSource


async def embed(order: Order, stopwatch: Stopwatch, key: str) -> Attempt:
    """Ask for the embeddings of the texts of the order's prompt; the reply's text holds the vectors."""
    transport = RecordingTransport(stopwatch, order.key, order.plan.timeout_s)
    texts: list[str] = json.loads(order.prompt.text)
    started_ns = time.monotonic_ns()
    try:
        async with asyncio.timeout(order.plan.timeout_s):
            answer = await _asked(order, transport, key, texts)
        data = sorted(answer["data"], key=lambda each: int(each["index"]))
        outcome = _reply(order, texts, [each["embedding"] for each in data], answer.get("model"))
        usage = _usage(answer.get("usage") or {})
    except TimeoutError:
        outcome, usage = _failed(FailureKind.TIMEOUT, f"no answer within {order.plan.timeout_s:g} s"), None
    except Exception as error:
        outcome = _failed(kind_of(error), redact(str(error), [key, *texts], order.texts))
        usage = None
    return Attempt(
        number=order.number,
        started_at=moment(started_ns),
        timeline=Timeline(started_ns=started_ns, ended_ns=time.monotonic_ns()),
        outcome=outcome,
        usage=usage,
        usage_source=UsageSource.NONE if usage is None else UsageSource.WIRE,
        cost_usd=_cost(order, transport, usage),
    )


async def _asked(order: Order, transport: RecordingTransport, key: str, texts: list[str]) -> dict[str, Any]:
    litellm = load_litellm()
    route = route_of(order.target)
    answer = await litellm.aembedding(
        model=order.target.model,
        input=texts,
        api_key=key,
        api_base=order.target.base_url,
        client=client_for(route, transport, key),
        timeout=order.plan.timeout_s,
        max_retries=0,
        num_retries=0,
    )
    return cast("dict[str, Any]", answer.model_dump())


def _reply(order: Order, texts: list[str], vectors: list[list[float]], model: str | None) -> Reply | Failure:
    if len(vectors) != len(texts) or len({len(one) for one in vectors}) != 1 or not vectors[0]:
        detail = f"{len(vectors)} embeddings came back for {len(texts)} texts, or not all of one length"
        return _failed(FailureKind.MALFORMED_STREAM, detail)
    return Reply(text=written(vectors), finish_reason="stop", model=model or order.target.model)


def _failed(kind: FailureKind, detail: str) -> Failure:
    return Failure(kind=kind, detail=detail)


def _usage(told: dict[str, Any]) -> Usage | None:
    tokens = told.get("prompt_tokens")
    return None if tokens is None else Usage(prompt_tokens=tokens, completion_tokens=0)


def _cost(order: Order, transport: RecordingTransport, usage: Usage | None) -> float | None:
    # A refused request is not billed; one that was never sent neither; any other may have been.
    exchange = transport.exchange
    refused = exchange is not None and exchange.status is not None and exchange.status >= 400
    unsent = exchange is not None and exchange.error == "connection" and exchange.sent_ns is None
    return 0 if refused or unsent else cost_usd(usage, order.target.price)
