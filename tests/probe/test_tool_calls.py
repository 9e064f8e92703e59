"""Replies that call tools: valid, compared by name and arguments, graded and exported as JSON."""

from __future__ import annotations

import json

from advisor.case import Grader, ProbePrompt
from advisor.probe.agreement import study
from advisor.probe.equality import BY_CALL, Category
from advisor.probe.reply_file import read_replies
from advisor.probe.samples import Reply, ToolCall
from advisor.probe.wire import read_stream

PROMPT = ProbePrompt(id="weather", text="Weather in Rome?")


def _calling(name: str, arguments: str, text: str = "") -> Reply:
    call = ToolCall(name=name, arguments=arguments)
    return Reply(text=text, finish_reason="tool_calls", tool_calls=(call,))


def test_equal_calls_agree_whatever_their_spelling() -> None:
    """Same name and same arguments as JSON are one answer; another name or another value is another."""
    replies = (
        _calling("weather", '{"city": "Rome", "days": 2}'),
        _calling("weather", '{"days":2.0,"city":"Rome"}', text="Let me look."),
        _calling("weather", '{"city": "Oslo", "days": 2}'),
        _calling("climate", '{"city": "Rome", "days": 2}'),
    )
    figures = study("weather", "m", PROMPT, replies).figures

    assert [one.cluster for one in figures.answers] == [1, 1, 2, 3]
    assert {one.rule for one in figures.answers} == {BY_CALL}
    assert figures.valid == 4
    # One pair of six agrees.
    assert figures.agree_2 == 1 / 6


def test_a_call_is_no_words() -> None:
    """A call never equals a reply in words, and neither words nor calls are still empty."""
    replies = (
        _calling("weather", "{}"),
        Reply(text="weather", finish_reason="stop"),
        Reply(text=" ", finish_reason="stop"),
    )
    answers = study("weather", "m", PROMPT, replies).figures.answers

    assert [one.category for one in answers] == [Category.VALID, Category.VALID, Category.EMPTY]
    assert answers[0].cluster != answers[1].cluster


def test_arguments_that_are_no_json_are_compared_as_text() -> None:
    """A model that writes broken arguments is still compared with itself."""
    replies = tuple(_calling("weather", text) for text in ("{city: Rome", "{CITY:  Rome", "{city: Oslo"))
    assert [one.cluster for one in study("w", "m", PROMPT, replies).figures.answers] == [1, 1, 2]


def test_graders_and_expected_answer_read_calls_as_json() -> None:
    """A call can be expected, and checked by every grader that reads text."""
    schema = Grader(kind="json_schema", value='{"properties": {"name": {"const": "weather"}}}')
    wanted = '{"name": "weather", "arguments": {"city": "Rome"}}'
    prompt = PROMPT.model_copy(update={"answer_type": "json", "expected": wanted, "graders": (schema,)})
    replies = (_calling("weather", '{"city":"Rome"}'), _calling("weather", '{"city":"Oslo"}'))

    assert [one.right for one in study("w", "m", prompt, replies).figures.answers] == [True, False]


def test_calls_side_by_side_are_put_together_from_their_parts() -> None:
    """Parts of two calls in one stream go to their own call; one call made twice in either order is equal."""
    parts = [
        {"index": 0, "function": {"name": "a", "arguments": ""}},
        {"index": 1, "function": {"name": "b", "arguments": '{"x"'}},
        {"index": 0, "function": {"arguments": "{}"}},
        {"index": 1, "function": {"arguments": ":1}"}},
    ]
    events = [{"choices": [{"delta": {"tool_calls": [part]}}]} for part in parts]
    chunks = [(n, f"data: {json.dumps(event)}\n\n".encode()) for n, event in enumerate(events)]
    calls = read_stream(chunks).tool_calls

    assert calls == (ToolCall(name="a", arguments="{}"), ToolCall(name="b", arguments='{"x":1}'))
    both = [Reply(text="", finish_reason="tool_calls", tool_calls=one) for one in (calls, calls[::-1])]
    assert study("w", "m", PROMPT, both).figures.agree_2 == 1.0


def test_a_file_of_replies_may_hold_calls() -> None:
    """`advisor consistency` reads tool calls beside text."""
    call = {"tool_calls": [{"name": "weather", "arguments": "{}"}], "finish_reason": "tool_calls"}
    line = {"prompt": "p", "model": "m", "replies": [call, call]}
    (found,) = read_replies([json.dumps(line).encode()], "file")
    assert study("p", "m", found.asked, found.outcomes).figures.agree_2 == 1.0
