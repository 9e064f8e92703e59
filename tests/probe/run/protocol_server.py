"""A server that speaks what providers speak: one canned stream for each protocol, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Event = dict[str, Any]
GEMINI = {"promptTokenCount": 9, "candidatesTokenCount": 2, "thoughtsTokenCount": 5, "totalTokenCount": 16}


def _chat(*deltas: Event, finish: str = "stop") -> list[Event]:
    usage = {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}
    details = {"completion_tokens_details": {"reasoning_tokens": 5}}
    parts = [{"id": "x", "model": "m", "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    end = {"id": "x", "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
    return [*parts, end, {"id": "x", "model": "m", "choices": [], "usage": usage | details}]


def _responses(*events: Event, end: str = "response.completed", **more: Any) -> list[Event]:
    usage = {"input_tokens": 9, "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 5}}
    return [*events, {"type": end, "response": {"model": "m", "usage": usage, **more}}]


def _claude(*deltas: Event, stop: str = "end_turn") -> list[Event]:
    start = {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 9}}}
    parts = [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas]
    end = {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": 7}}
    return [start, *parts, end, {"type": "message_stop"}]


def _gemini(*parts: Event, finish: str = "STOP") -> list[Event]:
    each = [{"candidates": [{"content": {"parts": [part]}}]} for part in parts]
    return [*each, {"candidates": [{"finishReason": finish}], "usageMetadata": GEMINI, "modelVersion": "m"}]


TOOL = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]}
STREAMS: dict[tuple[str, str], list[Event]] = {
    ("chat", "answer"): _chat({"reasoning_content": "hm"}, {"content": "Paris"}),
    ("chat", "tool"): _chat(TOOL, finish="tool_calls"),
    ("chat", "refusal"): _chat({"refusal": "I cannot."}),
    ("chat", "filter"): _chat({"content": "Pa"}, finish="content_filter"),
    ("responses", "answer"): _responses(
        {"type": "response.reasoning_summary_text.delta", "delta": "hm"},
        {"type": "response.output_text.delta", "delta": "Paris"},
    ),
    ("responses", "tool"): _responses(
        {"type": "response.output_item.added", "item": {"type": "function_call", "name": "f"}},
        {"type": "response.function_call_arguments.delta", "delta": "{}"},
    ),
    ("responses", "refusal"): _responses({"type": "response.refusal.delta", "delta": "I cannot."}),
    ("responses", "filter"): _responses(
        end="response.incomplete", incomplete_details={"reason": "content_filter"}
    ),
    ("anthropic", "answer"): _claude({"thinking": "hm"}, {"text": "Paris"}),
    ("anthropic", "tool"): [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "name": "f"}},
        *_claude({"partial_json": "{}"}, stop="tool_use"),
    ],
    ("anthropic", "filter"): _claude(stop="refusal"),
    ("gemini", "answer"): _gemini({"text": "hm", "thought": True}, {"text": "Paris"}),
    ("gemini", "tool"): _gemini({"functionCall": {"name": "f", "args": {}}}),
    ("gemini", "filter"): _gemini(finish="SAFETY"),
}
COHERE_USAGE = {
    "billed_units": {"input_tokens": 9, "output_tokens": 7},
    "tokens": {"input_tokens": 504, "output_tokens": 9},
    "cached_tokens": 448,
}


def _cohere(*events: Event, finish: str = "COMPLETE") -> list[Event]:
    message = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    start = {"id": "x", "type": "message-start", "delta": {"message": message}}
    end = {"type": "message-end", "delta": {"finish_reason": finish, "usage": COHERE_USAGE}}
    return [start, *events, end]


def _block(place: int, kind: str, word: str, key: str) -> list[Event]:
    """A content block of Cohere's: its start, one delta, its end."""
    begun = {"message": {"content": {"type": kind, key: ""}}}
    said = {"message": {"content": {key: word}}}
    return [
        {"type": "content-start", "index": place, "delta": begun},
        {"type": "content-delta", "index": place, "delta": said},
        {"type": "content-end", "index": place},
    ]


_CALL = {"id": "f_1", "type": "function", "function": {"name": "f", "arguments": ""}}
STREAMS.update(
    {
        ("cohere", "answer"): _cohere(
            *_block(0, "thinking", "hm", "thinking"), *_block(1, "text", "Paris", "text")
        ),
        ("cohere", "tool"): _cohere(
            {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "hm"}}},
            {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": _CALL}}},
            {
                "type": "tool-call-delta",
                "index": 0,
                "delta": {"message": {"tool_calls": {"function": {"arguments": "{}"}}}},
            },
            {"type": "tool-call-end", "index": 0},
            finish="TOOL_CALL",
        ),
        ("cohere", "filter"): _cohere(finish="ERROR_TOXIC"),
        ("cohere v1", "answer"): [
            {"is_finished": False, "event_type": "stream-start", "generation_id": "x"},
            {"is_finished": False, "event_type": "text-generation", "text": "Paris"},
            {"is_finished": True, "event_type": "stream-end", "finish_reason": "COMPLETE"},
        ],
    }
)
LINES = ("cohere v1", "cohere lines")
"""Protocols whose events are lines of JSON."""


class Protocols:
    """What was asked, and under which name each scene is played.

    Args:
        scene: `answer`, `tool`, `refusal` or `filter`.
    """

    def __init__(self, scene: str) -> None:
        self.scene = scene
        self.bodies: list[tuple[str, Event]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Play the scene in the protocol of the address."""
        self.bodies.append((request.path, await request.json()))
        name = next(name for end, name in _ENDS if request.path.endswith(end))
        events = STREAMS[name.removesuffix(" lines"), self.scene]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in events:
            await response.write(_frame(event, name))
        await response.write_eof()
        return response


def _frame(event: Event, name: str) -> bytes:
    if name in LINES:
        return f"{json.dumps(event)}\n".encode()
    head = f"event: {event['type']}\n" if "type" in event else ""
    return f"{head}data: {json.dumps(event)}\n\n".encode()


_ENDS = (
    ("/chat/completions", "chat"),
    ("/responses", "responses"),
    ("/messages", "anthropic"),
    (":streamGenerateContent", "gemini"),
    ("/v1/chat", "cohere v1"),
    ("/lines/v2/chat", "cohere lines"),
    ("/v2/chat", "cohere"),
)


@asynccontextmanager
async def protocols(scene: str) -> AsyncGenerator[tuple[Protocols, str]]:
    """Serve one scene on a free port of loopback; gives the record and the address."""
    told = Protocols(scene)
    app = web.Application()
    app.router.add_post("/{path:.*}", told.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield told, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
