"""A practice answer in one piece, for whoever does not ask for a stream: same words, same total time."""

from __future__ import annotations

import json
from typing import Any

from advisor.probe.run.script import Cue, Script

_START, _DONE = b"data: ", b"[DONE]"


def in_one_piece(script: Script) -> dict[str, Any] | None:
    """The chat completion a script adds up to; None for refusals and faults, which stay as they are."""
    if script.status != 200 or script.reset:
        return None
    try:
        events = [json.loads(data) for data in map(_payload, script.cues) if data != _DONE]
    except ValueError:
        return None
    choices = [event["choices"][0] for event in events if event.get("choices")]
    usage = next((event["usage"] for event in events if event.get("usage")), None)
    if not choices or usage is None:
        return None
    message = {"role": "assistant", "content": _joined(choices, "content")}
    thoughts = _joined(choices, "reasoning_content")
    calls = [call for choice in choices for call in choice["delta"].get("tool_calls") or ()]
    whole = {
        "index": 0,
        "finish_reason": choices[-1]["finish_reason"],
        "message": message
        | ({"reasoning_content": thoughts} if thoughts else {})
        | ({"tool_calls": calls} if calls else {}),
    }
    return {**events[0], "object": "chat.completion", "choices": [whole], "usage": usage}


def _payload(cue: Cue) -> bytes:
    return cue.data.removeprefix(_START).strip()


def _joined(choices: list[dict[str, Any]], name: str) -> str:
    return "".join(choice["delta"].get(name) or "" for choice in choices)
