"""The way round for providers whose LiteLLM route takes no client: read LiteLLM's own stream.

Stamps are taken after LiteLLM's parsing, so they are late by milliseconds, and whether the stream was
complete cannot be seen; both are said in the attempt.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from advisor.errors import FailureKind
from advisor.probe.dialects import read_event
from advisor.probe.money import cost_usd
from advisor.probe.redaction import redact
from advisor.probe.run.failures import kind_of
from advisor.probe.run.order import Order, moment
from advisor.probe.run.recorded import reply_of
from advisor.probe.samples import Attempt, Failure, Parameters, Timeline, UsageSource
from advisor.probe.wire import Reading

WIDER_ERROR = "timed through LiteLLM: later by some milliseconds, completeness not checked on the wire"


async def read_plainly(
    order: Order, stream: AsyncIterator[Any], started_ns: int, key: str, dropped: tuple[str, ...]
) -> Attempt:
    """Read a LiteLLM stream to its end; a failure on the way becomes the attempt's."""
    reading = Reading()
    problem: tuple[FailureKind, str] | None = None
    try:
        async with asyncio.timeout(order.plan.timeout_s):
            async for chunk in stream:
                reading.take(time.monotonic_ns(), read_event(chunk.model_dump()))
        problem = reading.problem
    except TimeoutError:
        problem = FailureKind.TIMEOUT, f"no complete answer within {order.plan.timeout_s:g} s"
    except Exception as error:
        problem = kind_of(error), redact(str(error), [key], order.texts)
    return _attempt(order, reading, started_ns, problem, dropped)


def _attempt(
    order: Order,
    reading: Reading,
    started_ns: int,
    problem: tuple[FailureKind, str] | None,
    dropped: tuple[str, ...],
) -> Attempt:
    return Attempt(
        number=order.number,
        started_at=moment(started_ns),
        timeline=_timeline(reading, started_ns),
        outcome=reply_of(order, reading, WIDER_ERROR) if problem is None else _failure(reading, problem),
        usage=reading.usage,
        # LiteLLM fills in usage that the provider did not send, and does not say so.
        usage_source=UsageSource.NONE if reading.usage is None else UsageSource.ESTIMATED,
        cost_usd=cost_usd(reading.usage, order.target.price),
        parameters=Parameters(sent={"max_tokens": order.plan.max_output_tokens}, dropped=dropped),
        instrument="plain",
    )


def _timeline(reading: Reading, started_ns: int) -> Timeline:
    return Timeline(
        started_ns=started_ns,
        sent_ns=started_ns,
        first_byte_ns=reading.tokens_ns[0] if reading.tokens_ns else None,
        first_reasoning_ns=reading.first_reasoning_ns,
        first_answer_ns=reading.first_answer_ns,
        tokens_ns=tuple(reading.tokens_ns),
        ended_ns=time.monotonic_ns(),
    )


def _failure(reading: Reading, problem: tuple[FailureKind, str]) -> Failure:
    return Failure(kind=problem[0], detail=problem[1], received=reading.answer)
