"""An attempt out of what the stopwatch recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from advisor.errors import FailureKind
from advisor.probe.money import cost_usd, unpriced_audio
from advisor.probe.redaction import redact
from advisor.probe.run.failures import kind_of, kind_of_status, retry_after_s
from advisor.probe.run.order import Order, moment
from advisor.probe.run.stopwatch import Exchange
from advisor.probe.samples import Attempt, Failure, Parameters, Reply, Timeline, UsageSource
from advisor.probe.wire import Reading, read_stream

UNPRICED = "audio tokens not priced: no audio price; charged at the worst case of text"
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-goog-request-id", "cf-ray")


@dataclass(frozen=True, slots=True)
class Recording:
    """One exchange, and what LiteLLM made of it."""

    exchange: Exchange
    body: bytes
    """The request as it went out."""
    error: Exception | None
    """What LiteLLM raised; meaningful only when the exchange did not bring a stream."""
    dropped: tuple[str, ...]


def attempt_of(order: Order, recording: Recording, key: str) -> Attempt:
    """Judge and price one exchange."""
    exchange = recording.exchange
    reading = read_stream(exchange.chunks) if exchange.status == 200 else Reading()
    problem = _problem(exchange, reading, recording.error)
    return Attempt(
        number=order.number,
        started_at=moment(exchange.started_ns),
        timeline=_timeline(exchange, reading),
        outcome=reply_of(order, reading)
        if problem is None
        else _failure(order, exchange, reading, problem, key),
        usage=reading.usage,
        usage_source=UsageSource.NONE if reading.usage is None else UsageSource.WIRE,
        cost_usd=_cost(order, exchange, reading),
        parameters=Parameters(sent=_sent_parameters(recording.body), dropped=recording.dropped),
        request_id=_request_id(exchange),
    )


def reply_of(order: Order, reading: Reading, *warnings: str) -> Reply:
    """The answer that was read, with what its reader should know."""
    unpriced = unpriced_audio(reading.usage, order.target.price) is not None
    return Reply(
        text=reading.answer,
        reasoning=reading.reasoning,
        finish_reason=reading.finishes[0],
        model=reading.model,
        fingerprint=reading.fingerprint,
        refused=reading.refused,
        tool_calls=reading.tool_calls,
        odds=tuple(reading.odds),
        warnings=(*warnings, *reading.warnings(order.plan.stall_s), *([UNPRICED] if unpriced else [])),
    )


def _failure(
    order: Order, exchange: Exchange, reading: Reading, problem: tuple[FailureKind, str], key: str
) -> Failure:
    return Failure(
        kind=problem[0],
        detail=redact(problem[1], [key], order.texts),
        retry_after_s=retry_after_s(exchange.headers or {}, datetime.now(UTC)),
        received=reading.answer,
    )


def _cost(order: Order, exchange: Exchange, reading: Reading) -> float | None:
    # A refused request is not billed; anything that began to answer may be.
    refused = exchange.status is not None and exchange.status >= 400
    never_sent = exchange.error == "connection" and exchange.sent_ns is None
    return 0 if refused or never_sent else cost_usd(reading.usage, order.target.price)


def _problem(exchange: Exchange, reading: Reading, error: Exception | None) -> tuple[FailureKind, str] | None:
    if exchange.error == "timeout":
        return FailureKind.TIMEOUT, exchange.detail
    if exchange.error is not None or exchange.status is None:
        kind = FailureKind.INTERRUPTED if exchange.error == "aborted" else FailureKind.CONNECTION
        return kind, _broken_off(exchange) if exchange.error == "connection" else exchange.detail
    if exchange.status == 200:
        return reading.problem
    message = _message(exchange.body)
    return _kind(error, exchange, message), f"HTTP {exchange.status}: {message}"


def _broken_off(exchange: Exchange) -> str:
    """Where it broke; of a reply that had begun, the client's own words are about its decoding alone."""
    name = exchange.detail.partition(":")[0]
    begun = exchange.status is not None
    return f"the connection broke off within the reply ({name})" if begun else exchange.detail


def _kind(error: Exception | None, exchange: Exchange, message: str) -> FailureKind:
    # A clear status is the provider's own word; where it is general, LiteLLM knows each provider's terms.
    status = exchange.status or 0
    general = status in (400, 422) or status >= 500
    told = kind_of(error) if error is not None and general else FailureKind.INTERNAL
    known = told not in (FailureKind.INTERNAL, FailureKind.CONNECTION)
    return told if known else kind_of_status(status, message)


def _message(body: bytes) -> str:
    text = body.decode(errors="replace")
    try:
        parsed: Any = json.loads(text)
        error = parsed[0]["error"] if isinstance(parsed, list) else parsed.get("error", parsed)
        return str(error.get("message", error)) if isinstance(error, dict) else str(error)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        return text


def _timeline(exchange: Exchange, reading: Reading) -> Timeline:
    return Timeline(
        started_ns=exchange.started_ns,
        sent_ns=exchange.sent_ns,
        connect_ns=exchange.connect_ns,
        headers_ns=exchange.headers_ns,
        first_byte_ns=exchange.chunks[0][0] if exchange.chunks else None,
        first_reasoning_ns=reading.first_reasoning_ns,
        first_answer_ns=reading.first_answer_ns,
        tokens_ns=tuple(reading.tokens_ns),
        ended_ns=exchange.ended_ns,
    )


def _sent_parameters(body: bytes) -> dict[str, float | int | str | bool | None]:
    try:
        parsed: dict[str, Any] = json.loads(body)
    except ValueError:
        return {}
    flat = {**parsed, **(parsed.get("generationConfig") or {})}
    return {name: value for name, value in flat.items() if isinstance(value, str | int | float | bool)}


def _request_id(exchange: Exchange) -> str | None:
    headers = exchange.headers or {}
    return next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), None)
