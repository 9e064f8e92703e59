"""What the practice server sends for one request, and when: a reply, or a fault asked for by name.

A model name may carry a fault, `quick:reset`; tests and demonstrations ask for it that way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log
from random import Random
from typing import Any

from advisor.case import ProbePrompt
from advisor.probe.practice import PracticeModel, possible_answers

STALL_S = 4.0
SLOW_HEADERS_S = 2.0
RETRY_AFTER_S = 1
HUGE_TOKENS = 20_000
TOKENS_A_CHUNK = 4


@dataclass(frozen=True, slots=True)
class Cue:
    """Bytes to send at a moment, counted from the arrival of the request."""

    at_s: float
    data: bytes
    token: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """One answer of the server, start to end."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    headers_at_s: float = 0.0
    cues: tuple[Cue, ...] = ()
    reset: bool = False
    """Break the connection after the last cue instead of ending the reply."""
    said: str = ""
    """The answer text, for the log."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, as far as the server looks at it."""

    model: PracticeModel
    prompt: ProbePrompt | None
    prompt_tokens: int
    max_tokens: int
    wants_usage: bool
    top_logprobs: int = 0
    """Tokens each place of the answer is to come with; 0 for none."""
    tools: tuple[str, ...] = ()
    """Names of the tools offered."""


def perform(ask: Ask, fault: str, nth: int, random: Random) -> Script:
    """The script of a request; `nth` counts the requests to this model name, from 1.

    Raises:
        KeyError: There is no such fault.
    """
    name, once = fault.removesuffix("-once"), fault.endswith("-once")
    if not name or (once and nth > 1):
        return _good(ask, random)
    if name in _REFUSALS:
        return _refusal(*_REFUSALS[name])
    return _FAULTS[name](ask, random)


def _good(ask: Ask, random: Random) -> Script:
    model = ask.model
    share = random.choices(range(len(model.shares)), weights=model.shares)[0]
    answers = possible_answers(ask.prompt, len(model.shares))
    answer = answers[share]
    if ask.tools and (ask.prompt is None or ask.prompt.expected is None):
        return _calling(ask, json.dumps({"answer": answer}))
    thoughts = ["thinking "] * model.reasoning_tokens
    words = _words(model, answer)
    kept = words[: max(0, ask.max_tokens - len(thoughts))]
    first_s = model.ttft_s * (1 + random.uniform(-model.jitter, model.jitter))
    deltas = [{"reasoning_content": word} for word in thoughts] + [{"content": word} for word in kept]
    odds = _odds(ask, answers, words) if ask.top_logprobs else {}
    cues = [
        Cue(
            first_s + index * model.gap_s,
            _event(ask, {"delta": delta, **odds.get(index - len(thoughts), {})}),
            token=True,
        )
        for index, delta in enumerate(deltas)
    ]
    return Script(cues=(*cues, *_ending(ask, cues, len(kept) < len(words))), said="".join(kept))


def _calling(ask: Ask, arguments: str) -> Script:
    """A call of the first tool offered, in place of words."""
    name = ask.tools[0] if ask.tools else "no_tool_was_offered"
    call = {
        "index": 0,
        "id": "call-1",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }
    at_s = ask.model.ttft_s
    told = Cue(at_s, _event(ask, {"delta": {"tool_calls": [call]}}), token=True)
    finish = Cue(at_s, _event(ask, {"delta": {}, "finish_reason": "tool_calls"}))
    return Script(cues=(told, finish, *_ending(ask, (told,), cut=False)[1:]))


def _odds(ask: Ask, answers: Sequence[str], words: Sequence[str]) -> dict[int, dict[str, Any]]:
    """Place of a word -> its log-probabilities: the answer's first word is drawn, all others are certain."""
    firsts: dict[str, float] = {}
    for answer, share in zip(answers, ask.model.shares, strict=True):
        first = answer.split(" ")[0]
        firsts[first] = firsts.get(first, 0.0) + share
    drawn = len(words) - len(next(answer for answer in answers if _ends(words, answer)).split(" "))
    known = {place: {word.strip(): 1.0} if place != drawn else firsts for place, word in enumerate(words)}
    return {
        place: {"logprobs": {"content": [_entry(ask, words[place], top)]}} for place, top in known.items()
    }


def _ends(words: Sequence[str], answer: str) -> bool:
    parts = answer.split(" ")
    return [word.strip() for word in words[-len(parts) :]] == [part.strip() for part in parts]


def _entry(ask: Ask, word: str, shares: Mapping[str, float]) -> dict[str, Any]:
    likely = sorted(((log(share), token) for token, share in shares.items() if share > 0), reverse=True)
    top = [{"token": token, "logprob": value} for value, token in likely[: ask.top_logprobs]]
    mine = next((one["logprob"] for one in top if one["token"] == word.strip()), likely[-1][0])
    return {"token": word.strip(), "logprob": mine, "top_logprobs": top}


def _words(model: PracticeModel, answer: str) -> list[str]:
    lead = [f"{word} " for word in model.lead.split()]
    tail = [f"{word} " for word in answer.split(" ")]
    tail[-1] = tail[-1].rstrip()
    count = max(0, model.answer_tokens - len(lead) - len(tail))
    return [*_filling(count), *lead, *tail]


def _filling(count: int) -> list[str]:
    """Whole sentences of `count` words together, on a line of their own."""
    longest = len(_SENTENCES)
    whole, rest = divmod(count, longest)
    text = " ".join([*[_SENTENCES[longest]] * whole, *([_SENTENCES[rest]] if rest else [])])
    words = [f"{word} " for word in text.split()]
    return [*words[:-1], words[-1].rstrip() + "\n"] if words else []


_SENTENCES = {
    1: "Simulated.",
    2: "Simulated reply.",
    3: "This is simulated.",
    4: "This reply is simulated.",
    5: "All of this is simulated.",
    6: "This reply is simulated for practice.",
    7: "This reply and its pace are simulated.",
    8: "This reply, its words and pace are simulated.",
    9: "This reply, its words and its pace are simulated.",
    10: "This practice reply, its words and its pace are simulated.",
    11: "This reply is simulated: its words and its pace are known.",
}
"""Sentences by their number of words, so that any filling ends with a full stop."""


def _ending(ask: Ask, cues: Sequence[Cue], cut: bool) -> tuple[Cue, ...]:
    at_s = cues[-1].at_s if cues else ask.model.ttft_s
    finish = Cue(at_s, _event(ask, {"delta": {}, "finish_reason": "length" if cut else "stop"}))
    usage = Cue(at_s, _usage_event(ask, len(cues)))
    return (finish, *((usage,) if ask.wants_usage else ()), Cue(at_s, b"data: [DONE]\n\n"))


def _event(ask: Ask, choice: Mapping[str, Any]) -> bytes:
    filled = {"index": 0, "finish_reason": None, **choice}
    return _frame({**_base(ask), "choices": [filled]})


def _usage_event(ask: Ask, tokens: int, total_off: int = 0) -> bytes:
    thought = min(tokens, ask.model.reasoning_tokens)
    usage = {
        "prompt_tokens": ask.prompt_tokens,
        "completion_tokens": tokens,
        "total_tokens": ask.prompt_tokens + tokens + total_off,
        "completion_tokens_details": {"reasoning_tokens": thought},
    }
    return _frame({**_base(ask), "choices": [], "usage": usage})


def _base(ask: Ask) -> dict[str, Any]:
    return {"id": "practice", "object": "chat.completion.chunk", "created": 0, "model": ask.model.name}


def _frame(body: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def _refusal(status: int, headers: Mapping[str, str], kind: str, message: str) -> Script:
    body = json.dumps({"error": {"message": message, "type": kind, "code": kind}}).encode()
    return Script(status, {"Content-Type": "application/json", **headers}, cues=(Cue(0.0, body),))


_REFUSALS: dict[str, tuple[int, dict[str, str], str, str]] = {
    "401": (401, {}, "invalid_api_key", "Incorrect API key provided: practice-key-123456."),
    "403": (403, {}, "permission_denied", "This key may not use this model."),
    "404": (404, {}, "model_not_found", "The model does not exist."),
    "context": (
        400,
        {},
        "context_length_exceeded",
        "This model's maximum context length is 10 tokens. Reduce the length of the messages.",
    ),
    "400": (400, {}, "invalid_request_error", "Unsupported parameter."),
    "429": (429, {}, "rate_limit_exceeded", "Rate limit reached."),
    "429-retry-after": (
        429,
        {"Retry-After": str(RETRY_AFTER_S)},
        "rate_limit_exceeded",
        "Rate limit reached.",
    ),
    "500": (500, {}, "server_error", "Something went wrong."),
    "503": (503, {}, "overloaded", "Overloaded."),
}


def _middle(script: Script) -> int:
    return max(1, sum(cue.token for cue in script.cues) // 2)


def _reset(ask: Ask, random: Random) -> Script:
    whole = _good(ask, random)
    return replace(whole, cues=whole.cues[: _middle(whole)], reset=True)


def _cut(ask: Ask, random: Random) -> Script:
    whole = _good(ask, random)
    return replace(whole, cues=whole.cues[: _middle(whole)])


def _stall(ask: Ask, random: Random) -> Script:
    whole = _good(ask, random)
    at = _middle(whole)
    late = tuple(replace(cue, at_s=cue.at_s + STALL_S) for cue in whole.cues[at:])
    return replace(whole, cues=whole.cues[:at] + late)


def _spoiled(ask: Ask, random: Random, bad: bytes) -> Script:
    whole = _good(ask, random)
    at = _middle(whole)
    broken = Cue(whole.cues[at - 1].at_s, bad)
    return replace(whole, cues=(*whole.cues[:at], broken, *whole.cues[at:]))


def _malformed(ask: Ask, random: Random) -> Script:
    return _spoiled(ask, random, b'data: {"choices": [{"delta": {"content": "bro\n\n')


def _invalid_utf8(ask: Ask, random: Random) -> Script:
    return _spoiled(ask, random, b'data: {"choices": [{"index": 0, "delta": {"content": "\xff\xfe"}}]}\n\n')


def _error_in_stream(ask: Ask, random: Random) -> Script:
    error = _frame({"error": {"message": "The engine failed.", "type": "server_error", "code": 500}})
    whole = _spoiled(ask, random, error)
    return replace(whole, cues=whole.cues[: _middle(whole) + 1])


def _empty(ask: Ask, _random: Random) -> Script:
    return Script(cues=_ending(ask, (), cut=False))


def _filtered(ask: Ask, random: Random) -> Script:
    whole = _cut(ask, random)
    end = Cue(whole.cues[-1].at_s, _event(ask, {"delta": {}, "finish_reason": "content_filter"}))
    return replace(whole, cues=(*whole.cues, end))


def _wrong_usage(ask: Ask, random: Random) -> Script:
    whole = _good(ask, random)
    tokens = sum(cue.token for cue in whole.cues)
    wrong = Cue(whole.cues[-1].at_s, _usage_event(ask, tokens, total_off=7))
    return replace(whole, cues=(*whole.cues[: -2 if ask.wants_usage else -1], wrong, whole.cues[-1]))


def _no_usage(ask: Ask, random: Random) -> Script:
    return _good(replace(ask, wants_usage=False), random)


def _duplicate_finish(ask: Ask, random: Random) -> Script:
    return _spoiled(ask, random, _event(ask, {"delta": {}, "finish_reason": "stop"}))


def _slow_headers(ask: Ask, random: Random) -> Script:
    whole = _good(ask, random)
    late = tuple(replace(cue, at_s=cue.at_s + SLOW_HEADERS_S) for cue in whole.cues)
    return replace(whole, headers_at_s=SLOW_HEADERS_S, cues=late)


def _huge(ask: Ask, random: Random) -> Script:
    bigger = ask.model.model_copy(update={"answer_tokens": HUGE_TOKENS, "gap_s": 0.0})
    return _good(replace(ask, model=bigger, max_tokens=HUGE_TOKENS), random)


def _tool_call(ask: Ask, _random: Random) -> Script:
    return _calling(ask, "{}")


def _chunky(ask: Ask, random: Random) -> Script:
    """Several tokens in one event, as some providers send them."""
    whole = _good(ask, random)
    words = [cue for cue in whole.cues if cue.token]
    groups = [words[at : at + TOKENS_A_CHUNK] for at in range(0, len(words), TOKENS_A_CHUNK)]
    said = whole.said.split(" ")
    texts = [" ".join(said[at : at + TOKENS_A_CHUNK]) + " " for at in range(0, len(said), TOKENS_A_CHUNK)]
    cues = [
        Cue(group[-1].at_s, _event(ask, {"delta": {"content": text}}), token=True)
        for group, text in zip(groups, texts, strict=False)
    ]
    return replace(whole, cues=(*cues, *(cue for cue in whole.cues if not cue.token)))


_FAULTS: dict[str, Callable[[Ask, Random], Script]] = {
    "reset": _reset,
    "cut": _cut,
    "stall": _stall,
    "malformed": _malformed,
    "invalid-utf8": _invalid_utf8,
    "error-in-stream": _error_in_stream,
    "empty": _empty,
    "filtered": _filtered,
    "wrong-usage": _wrong_usage,
    "no-usage": _no_usage,
    "duplicate-finish": _duplicate_finish,
    "slow-headers": _slow_headers,
    "huge": _huge,
    "chunky": _chunky,
    "tool-call": _tool_call,
}

FAULTS = (*_REFUSALS, *_FAULTS)
"""Names of all faults; with `-once` at the end only the first request to that model name meets it."""
