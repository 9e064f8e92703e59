"""Replies that call tools: as text for people and graders, and as a key for equal calls."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence

from advisor.probe.extract import bare, canonical_json, normalised, parsed_json
from advisor.probe.samples import Reply, ToolCall


def call_key(calls: Sequence[ToolCall]) -> Hashable:
    """Equal for equal calls: same names, same arguments as JSON, in whatever order they were written."""
    return tuple(sorted((call.name, _arguments(call)) for call in calls))


def _arguments(call: ToolCall) -> str:
    canonical = canonical_json(call.arguments)
    return normalised(call.arguments) if canonical is None else canonical


def said(reply: Reply) -> str:
    """The reply's text; where it has none, its tool calls as JSON, several of them as an array."""
    if bare(reply.text) or not reply.tool_calls:
        return reply.text
    calls = [{"name": call.name, "arguments": _read(call)} for call in reply.tool_calls]
    return json.dumps(calls[0] if len(calls) == 1 else calls, ensure_ascii=False)


def _read(call: ToolCall) -> object:
    found = parsed_json(call.arguments)
    return call.arguments if found is None else found[0]


def shown(calls: Sequence[ToolCall]) -> str:
    """The calls as people write them, one a line."""
    return "\n".join(f"{call.name}({call.arguments})" for call in calls)
