"""What one event of a stream says, in the four dialects that matter.

The dialect is told by the event's own shape, so a gateway that speaks another one is read right too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from advisor.probe.samples import TokenOdds, Usage

Event = Mapping[str, Any]


class CallPart(NamedTuple):
    """News of one tool call; parts of the same place belong together."""

    place: int | None
    """None: a call of its own, whole."""
    name: str
    arguments: str
    """What is added to its arguments, JSON."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One event's news; empty fields mean it said nothing about them."""

    answer: str = ""
    reasoning: str = ""
    tool: bool = False
    """Whether it carried part of a tool call: tokens too, though no text."""
    calls: tuple[CallPart, ...] = ()
    """What it said of tool calls."""
    odds: tuple[TokenOdds, ...] = ()
    refusal: bool = False
    finish: str | None = None
    usage: Usage | None = None
    total_tokens: int | None = None
    """The provider's own sum, to check the parts against."""
    model: str | None = None
    fingerprint: str | None = None
    error: Event | None = None

    @property
    def has_tokens(self) -> bool:
        """Whether the event carried any token."""
        return bool(self.answer or self.reasoning or self.tool)


_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "max_output_tokens": "length",
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "TOOL_CALL": "tool_calls",
    "ERROR_TOXIC": "content_filter",
}


def read_event(event: Event) -> Piece:
    """Read one decoded event of OpenAI chat or responses, Anthropic messages, Gemini or Cohere."""
    if event.get("error"):
        error = event["error"]
        return Piece(error=error if isinstance(error, Mapping) else {"message": str(error)})
    if "candidates" in event or "usageMetadata" in event:
        return _gemini(event)
    kind = event.get("type")
    if isinstance(kind, str) and kind.startswith("response."):
        return _responses(kind, event)
    if isinstance(kind, str) and kind.partition("-")[0] in _COHERE_KINDS:
        return _cohere(kind, event.get("delta") or {}, event.get("index") or 0)
    if isinstance(kind, str) and "choices" not in event:
        return _anthropic(kind, event)
    return _chat(event)


def _chat(event: Event) -> Piece:
    choices = event.get("choices") or [{}]
    delta = choices[0].get("delta") or choices[0].get("message") or {}
    usage = event.get("usage") or {}
    refusal = delta.get("refusal") or ""
    return Piece(
        answer=delta.get("content") or refusal,
        reasoning=delta.get("reasoning_content") or delta.get("reasoning") or "",
        tool=bool(delta.get("tool_calls")),
        calls=tuple(_chat_call(call) for call in delta.get("tool_calls") or ()),
        odds=_odds((choices[0].get("logprobs") or {}).get("content") or (), "logprob", "top_logprobs"),
        refusal=bool(refusal),
        finish=_finish(choices[0].get("finish_reason")),
        usage=_chat_usage(usage) if usage else None,
        total_tokens=usage.get("total_tokens"),
        model=event.get("model"),
        fingerprint=event.get("system_fingerprint"),
    )


def _odds(content: Iterable[Event], name: str, others: str) -> tuple[TokenOdds, ...]:
    """Tokens that came with what might have stood in their place."""
    return tuple(
        TokenOdds(
            token=str(entry.get("token") or ""),
            top=tuple((str(one.get("token") or ""), float(one[name])) for one in entry[others]),
        )
        for entry in content
        if entry.get(others)
    )


def _chat_call(call: Event) -> CallPart:
    function = call.get("function") or {}
    return CallPart(call.get("index"), function.get("name") or "", function.get("arguments") or "")


def _chat_usage(usage: Event) -> Usage:
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    reasoning = _detail(usage, "completion", "reasoning")
    # Some hosts report reasoning beside the completion, not inside it; their own total gives it away.
    beside = [prompt or 0, completion or 0, reasoning or 0]
    if completion is not None and reasoning and usage.get("total_tokens") == sum(beside):
        completion += reasoning
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        cached_tokens=_detail(usage, "prompt", "cached"),
        reasoning_tokens=reasoning,
        audio_prompt_tokens=_detail(usage, "prompt", "audio"),
        audio_completion_tokens=_detail(usage, "completion", "audio"),
    )


def _detail(usage: Event, side: str, kind: str) -> int | None:
    return (usage.get(f"{side}_tokens_details") or {}).get(f"{kind}_tokens")


def _responses(kind: str, event: Event) -> Piece:
    if kind in ("response.completed", "response.incomplete", "response.failed"):
        return _response_end(kind, event.get("response") or {})
    delta = str(event.get("delta") or "")
    if kind == "response.output_text.delta":
        return Piece(answer=delta)
    if kind == "response.refusal.delta":
        return Piece(answer=delta, refusal=True)
    if kind.startswith("response.reasoning") and kind.endswith(".delta"):
        return Piece(reasoning=delta)
    return _responses_call(kind, event, delta)


def _responses_call(kind: str, event: Event, delta: str) -> Piece:
    place = event.get("output_index") or 0
    if kind == "response.function_call_arguments.delta":
        return Piece(tool=True, calls=(CallPart(place, "", delta),))
    item = event.get("item") or {}
    if kind == "response.output_item.added" and item.get("type") == "function_call":
        return Piece(calls=(CallPart(place, item.get("name") or "", ""),))
    return Piece()


def _response_end(kind: str, response: Event) -> Piece:
    if kind == "response.failed":
        return Piece(error=response.get("error") or {"message": "the response failed"})
    reason = (response.get("incomplete_details") or {}).get("reason")
    usage = response.get("usage") or {}
    return Piece(
        finish=_finish(reason) or "stop",
        usage=_responses_usage(usage) if usage else None,
        total_tokens=usage.get("total_tokens"),
        model=response.get("model"),
    )


def _responses_usage(usage: Event) -> Usage:
    return Usage(
        prompt_tokens=usage.get("input_tokens"),
        completion_tokens=usage.get("output_tokens"),
        cached_tokens=_detail(usage, "input", "cached"),
        reasoning_tokens=_detail(usage, "output", "reasoning"),
        audio_prompt_tokens=_detail(usage, "input", "audio"),
        audio_completion_tokens=_detail(usage, "output", "audio"),
    )


def _anthropic(kind: str, event: Event) -> Piece:
    if kind == "message_start":
        message = event.get("message") or {}
        return Piece(model=message.get("model"), usage=_anthropic_usage(message.get("usage") or {}))
    if kind == "content_block_delta":
        delta = event.get("delta") or {}
        return Piece(
            answer=delta.get("text") or "",
            reasoning=delta.get("thinking") or "",
            tool=bool(delta.get("partial_json")),
            calls=(CallPart(event.get("index") or 0, "", delta["partial_json"]),)
            if delta.get("partial_json")
            else (),
        )
    if kind == "content_block_start":
        block = event.get("content_block") or {}
        part = CallPart(event.get("index") or 0, block.get("name") or "", "")
        return Piece(calls=(part,) if block.get("type") == "tool_use" else ())
    if kind == "message_delta":
        finish = _finish((event.get("delta") or {}).get("stop_reason"))
        return Piece(finish=finish, usage=_anthropic_usage(event.get("usage") or {}))
    return Piece()


def _anthropic_usage(usage: Event) -> Usage:
    # Anthropic counts the cached parts beside `input_tokens`, not inside it.
    read, write = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    plain = usage.get("input_tokens")
    return Usage(
        prompt_tokens=None if plain is None else plain + (read or 0) + (write or 0),
        completion_tokens=usage.get("output_tokens"),
        cached_tokens=read,
        cache_write_tokens=write,
    )


_COHERE_KINDS = ("message", "content", "tool", "citation")
"""How the kinds of Cohere's events begin: `content-delta`, `tool-plan-delta`."""


def _cohere(kind: str, delta: Event, place: int) -> Piece:
    if kind == "message-end":
        return _cohere_end(delta)
    message = delta.get("message") or {}
    content = message.get("content") or {}
    words = content if isinstance(content, Mapping) else {}
    function = (message.get("tool_calls") or {}).get("function") if kind.startswith("tool-call") else None
    calls = (
        (CallPart(place, function.get("name") or "", function.get("arguments") or ""),) if function else ()
    )
    return Piece(
        answer=words.get("text") or "",
        # What it means to do with its tools is thinking aloud.
        reasoning=words.get("thinking") or message.get("tool_plan") or "",
        tool=bool(calls),
        calls=calls,
    )


def _cohere_end(delta: Event) -> Piece:
    reason, usage = delta.get("finish_reason"), delta.get("usage") or {}
    if reason == "ERROR" or delta.get("error"):
        return Piece(error={"message": str(delta.get("error") or "the provider ended with an error")})
    # What is billed leaves out the template around the prompt, which the plain counts include.
    counts = usage.get("billed_units") or usage.get("tokens") or {}
    return Piece(finish=_finish(reason), usage=_cohere_usage(counts) if counts else None)


def _cohere_usage(counts: Event) -> Usage:
    told = {side: counts.get(f"{side}_tokens") for side in ("input", "output")}
    whole = {side: None if count is None else int(count) for side, count in told.items()}
    return Usage(prompt_tokens=whole["input"], completion_tokens=whole["output"])


def _gemini(event: Event) -> Piece:
    candidate = (event.get("candidates") or [{}])[0]
    parts = (candidate.get("content") or {}).get("parts") or []
    usage = event.get("usageMetadata") or {}
    return Piece(
        answer="".join(part.get("text") or "" for part in parts if not part.get("thought")),
        reasoning="".join(part.get("text") or "" for part in parts if part.get("thought")),
        tool=any("functionCall" in part for part in parts),
        calls=tuple(_gemini_call(part["functionCall"]) for part in parts if "functionCall" in part),
        odds=_gemini_odds(candidate.get("logprobsResult") or {}),
        finish=_finish(candidate.get("finishReason")),
        usage=_gemini_usage(usage) if usage else None,
        model=event.get("modelVersion"),
    )


def _gemini_odds(told: Event) -> tuple[TokenOdds, ...]:
    chosen, top = told.get("chosenCandidates") or (), told.get("topCandidates") or ()
    both = ({**one, "others": other.get("candidates")} for one, other in zip(chosen, top, strict=False))
    return _odds(both, "logProbability", "others")


def _gemini_call(call: Event) -> CallPart:
    return CallPart(None, call.get("name") or "", json.dumps(call.get("args") or {}, ensure_ascii=False))


def _gemini_usage(usage: Event) -> Usage:
    visible, thoughts = usage.get("candidatesTokenCount"), usage.get("thoughtsTokenCount")
    return Usage(
        prompt_tokens=usage.get("promptTokenCount"),
        completion_tokens=None if visible is None else visible + (thoughts or 0),
        cached_tokens=usage.get("cachedContentTokenCount"),
        reasoning_tokens=thoughts,
        audio_prompt_tokens=_spoken(usage.get("promptTokensDetails")),
        audio_completion_tokens=_spoken(usage.get("candidatesTokensDetails")),
    )


def _spoken(details: Sequence[Event] | None) -> int | None:
    """Tokens of sound among Gemini's counts by modality."""
    counts = [one.get("tokenCount") or 0 for one in details or () if one.get("modality") == "AUDIO"]
    return sum(counts) if counts else None


def _finish(reason: object) -> str | None:
    return _FINISH.get(reason, reason) if isinstance(reason, str) and reason else None
