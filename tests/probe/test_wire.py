"""Replies are read off their stamped bytes, and judged complete only there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import FailureKind
from advisor.probe.dialects import read_event
from advisor.probe.samples import Usage
from advisor.probe.wire import Chunk, read_stream


def _frame(event: dict[str, Any], name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(event)}\n\n".encode()


def _delta(**delta: Any) -> dict[str, Any]:
    return {"model": "m-1", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


FINISH: dict[str, Any] = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
USAGE: dict[str, Any] = {
    "choices": [],
    "usage": {
        "prompt_tokens": 1000,
        "completion_tokens": 50,
        "total_tokens": 1050,
        "prompt_tokens_details": {"cached_tokens": 800},
        "completion_tokens_details": {"reasoning_tokens": 20},
    },
}
GOOD: tuple[Chunk, ...] = (
    (100, _frame(_delta(role="assistant", content=""))),
    (200, b": keep-alive\n\n"),
    (300, _frame(_delta(reasoning_content="hm"))),
    (400, _frame(_delta(content="Par"))),
    (500, _frame(_delta(content="is")) + _frame(FINISH)),
    (600, _frame(USAGE) + b"data: [DONE]\n\n"),
)


def test_a_good_stream() -> None:
    """Text, moments, usage and model come out; role chunks and heart-beats are no tokens."""
    reading = read_stream(GOOD)

    assert (reading.answer, reading.reasoning, reading.finishes, reading.model) == (
        "Paris",
        "hm",
        ["stop"],
        "m-1",
    )
    assert (reading.tokens_ns, reading.first_reasoning_ns, reading.first_answer_ns) == (
        [300, 400, 500],
        300,
        400,
    )
    assert reading.usage == Usage(
        prompt_tokens=1000, completion_tokens=50, cached_tokens=800, reasoning_tokens=20
    )
    assert reading.problem is None
    assert reading.warnings(stall_s=3.0) == ()


@given(st.lists(st.integers(1, 40), min_size=1))
def test_borders_of_reads_do_not_matter(sizes: list[int]) -> None:
    """The same bytes cut anywhere say the same."""
    whole = b"".join(data for _, data in GOOD)
    cuts: list[Chunk] = []
    at = 0
    while at < len(whole):
        size = sizes[len(cuts) % len(sizes)]
        cuts.append((len(cuts), whole[at : at + size]))
        at += size
    reading = read_stream(cuts)

    assert (reading.answer, reading.finishes, reading.usage) == ("Paris", ["stop"], read_stream(GOOD).usage)


@pytest.mark.parametrize(
    ("chunks", "kind"),
    [
        (GOOD[:4], FailureKind.TRUNCATED_STREAM),
        ((), FailureKind.TRUNCATED_STREAM),
        ((*GOOD[:4], (450, b'data: {"choices": [{\n\n'), *GOOD[4:]), FailureKind.MALFORMED_STREAM),
        ((*GOOD[:4], (450, b'data: {"x": "\xff"}\n\n'), *GOOD[4:]), FailureKind.MALFORMED_STREAM),
        (((1, _frame(FINISH)),), FailureKind.EMPTY_REPLY),
        (((1, _frame({"error": {"message": "engine", "code": 500}})),), FailureKind.PROVIDER_DOWN),
        (((1, _frame({"error": {"type": "rate_limit_error"}})),), FailureKind.RATE_LIMIT),
        (((1, b"<html>Bad gateway</html>"),), FailureKind.TRUNCATED_STREAM),
        (
            ((1, _frame({"choices": [{"delta": {"content": "x"}, "finish_reason": "content_filter"}]})),),
            FailureKind.CONTENT_FILTER,
        ),
    ],
)
def test_what_is_no_answer(chunks: tuple[Chunk, ...], kind: FailureKind) -> None:
    """A stream that is cut, broken, empty, filtered or carries an error is a failure of that kind."""
    problem = read_stream(chunks).problem

    assert problem is not None
    assert problem[0] is kind


def test_a_stall_is_named() -> None:
    """A pause of three seconds between two chunks is told, one of 2.9 is not."""
    stream = read_stream([(0, _frame(_delta(content="a"))), (3_000_000_000, _frame(_delta(content="b")))])

    assert stream.warnings(3.0)[0] == "stalled 3.0 s between two chunks"
    assert not any("stalled" in words for words in stream.warnings(3.1))


def test_doubts_are_named() -> None:
    """Missing or contradictory usage, a second finish and tokens that come all at once are told."""
    wrong = {**USAGE, "usage": {**USAGE["usage"], "total_tokens": 1057}}
    reading = read_stream(
        [(5, b"".join(_frame(one) for one in (_delta(content="a"), FINISH, FINISH, wrong)))]
    )
    no_usage = read_stream(GOOD[:5])

    assert reading.warnings(3.0) == (
        "finish reason sent more than once",
        "usage does not add up: 1000 + 50 is not 1057",
        "all tokens came in one read: speed is not measurable",
    )
    assert no_usage.warnings(3.0) == ("the provider sent no complete usage",)


def test_reasoning_beside_the_completion_is_added() -> None:
    """When the provider's total is the sum of all three, hidden reasoning is billed too."""
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 50,
        "total_tokens": 1250,
        "completion_tokens_details": {"reasoning_tokens": 200},
    }
    read = read_event({"choices": [], "usage": usage}).usage

    assert read == Usage(prompt_tokens=1000, completion_tokens=250, reasoning_tokens=200)


def test_anthropic_messages() -> None:
    """Thinking, text, cached parts of the prompt and the stop reason of an Anthropic stream."""
    start = {
        "type": "message_start",
        "message": {"model": "c-1", "usage": {"input_tokens": 10, "cache_read_input_tokens": 90}},
    }
    events = [
        (1, start),
        (2, {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}}),
        (3, {"type": "ping"}),
        (4, {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Paris"}}),
        (5, {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}),
        (6, {"type": "message_stop"}),
    ]
    reading = read_stream([(at, _frame(event, str(event["type"]))) for at, event in events])

    assert (reading.answer, reading.reasoning, reading.finishes, reading.model) == (
        "Paris",
        "hm",
        ["stop"],
        "c-1",
    )
    assert (reading.first_reasoning_ns, reading.first_answer_ns) == (2, 4)
    assert reading.usage == Usage(prompt_tokens=100, completion_tokens=7, cached_tokens=90)


def test_gemini() -> None:
    """Thoughts, text and token counts of a Gemini stream; thoughts are part of the completion."""
    events = [
        {"candidates": [{"content": {"parts": [{"text": "hm", "thought": True}]}}]},
        {
            "candidates": [{"content": {"parts": [{"text": "Paris"}]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 2, "thoughtsTokenCount": 5},
            "modelVersion": "g-1",
        },
    ]
    reading = read_stream([(at, _frame(event)) for at, event in enumerate(events)])

    assert (reading.answer, reading.reasoning, reading.finishes, reading.model) == (
        "Paris",
        "hm",
        ["stop"],
        "g-1",
    )
    assert reading.usage == Usage(prompt_tokens=9, completion_tokens=7, reasoning_tokens=5)


def test_openai_responses() -> None:
    """Summaries, text and the final usage of a responses stream."""
    usage = {"input_tokens": 9, "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 5}}
    events = [
        {"type": "response.created", "response": {}},
        {"type": "response.reasoning_summary_text.delta", "delta": "hm"},
        {"type": "response.output_text.delta", "delta": "Paris"},
        {"type": "response.completed", "response": {"model": "o-1", "usage": usage}},
    ]
    reading = read_stream([(at, _frame(event)) for at, event in enumerate(events)])

    assert (reading.answer, reading.reasoning, reading.finishes, reading.model) == (
        "Paris",
        "hm",
        ["stop"],
        "o-1",
    )
    assert reading.usage == Usage(prompt_tokens=9, completion_tokens=7, reasoning_tokens=5)


@given(st.lists(st.binary(max_size=60)))
def test_no_bytes_break_the_reader(parts: list[bytes]) -> None:
    """Whatever comes over the wire is read or called a failure; nothing is raised."""
    reading = read_stream([(at, part) for at, part in enumerate(parts)])

    assert reading.problem is not None or reading.finishes


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_no_json_breaks_the_reader(value: Any) -> None:
    """Well-formed JSON of the wrong shape is a malformed stream."""
    reading = read_stream([(1, f"data: {json.dumps({'choices': value, 'usage': value})}\n\n".encode())])

    assert reading.problem is not None


@pytest.mark.parametrize(
    "event",
    [
        {
            "choices": [],
            "usage": {
                "prompt_tokens": 1000,
                "completion_tokens": 50,
                "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 600},
                "completion_tokens_details": {"audio_tokens": 30},
            },
        },
        {
            "usageMetadata": {
                "promptTokenCount": 1000,
                "candidatesTokenCount": 50,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 400},
                    {"modality": "AUDIO", "tokenCount": 600},
                ],
                "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 30}],
            }
        },
    ],
)
def test_tokens_of_sound_are_counted_apart(event: dict[str, Any]) -> None:
    """OpenAI names them in its details, Gemini by modality: 600 of 1,000 in and 30 of 50 out."""
    usage = read_event(event).usage

    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens) == (1000, 50)
    assert (usage.audio_prompt_tokens, usage.audio_completion_tokens) == (600, 30)
