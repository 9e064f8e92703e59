"""Every protocol that matters, over real HTTP through LiteLLM's own translation of the request."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from advisor.case import Attachment, Tool
from advisor.catalog.prices import Price, Rates
from advisor.errors import FailureKind
from advisor.probe.plan import Target
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.order import Order
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.samples import Attempt, Failure, Reply, ToolCall, UsageSource
from tests.probe.plans import case_of, plan_of_case
from tests.probe.run.protocol_server import protocols

pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
)

MODELS = {
    "chat": ("openai/gpt-5", "/v1"),
    "responses": ("openai/gpt-5-pro", "/v1"),
    "anthropic": ("anthropic/claude-sonnet-4-5", ""),
    "gemini": ("gemini/gemini-2.5-pro", "/v1beta"),
    "cohere": ("cohere_chat/command-a-reasoning-08-2025", "/v2/chat"),
    "cohere lines": ("cohere_chat/command-a-reasoning-08-2025", "/lines/v2/chat"),
    "cohere v1": ("cohere_chat/v1/command-r", "/v1/chat"),
}
"""Protocol -> a model LiteLLM speaks it with, and what follows the server's address."""


def _asked(
    protocol: str,
    scene: str,
    tools: tuple[Tool, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    **probe: Any,
) -> tuple[Attempt, list[tuple[str, dict[str, Any]]]]:
    model, path = MODELS[protocol]
    plan = plan_of_case(case_of(timeout_s=10, **probe))
    price = Price(source="test", as_of=date(2026, 1, 1), rates=Rates(input=1, output=2))

    async def run() -> tuple[Attempt, list[tuple[str, dict[str, Any]]]]:
        async with protocols(scene) as (told, address), Stopwatch() as stopwatch:
            target = Target(ref="own:x", label="x", model=model, base_url=f"{address}{path}", price=price)
            prompt = plan.prompts[0].model_copy(update={"tools": tools, "attachments": attachments})
            order = Order(plan.model_copy(update={"targets": (target,)}), target, prompt, "key-1")
            return await make_call(order, stopwatch, {}), told.bodies

    load_litellm()
    return asyncio.run(run())


@pytest.mark.parametrize("protocol", ["chat", "responses", "anthropic", "gemini"])
def test_reasoning_answer_and_usage_of_each_protocol(protocol: str) -> None:
    """Thoughts and answer apart, stamped before parsing, usage from the wire, the token limit sent."""
    attempt, bodies = _asked(protocol, "answer", max_output_tokens=77, effort="high")

    assert isinstance(attempt.outcome, Reply)
    assert (attempt.outcome.text, attempt.outcome.reasoning, attempt.outcome.finish_reason) == (
        "Paris",
        "hm",
        "stop",
    )
    assert (attempt.instrument, attempt.usage_source) == ("stamped", UsageSource.WIRE)
    assert attempt.usage is not None
    assert (attempt.usage.prompt_tokens, attempt.usage.completion_tokens) == (9, 7)
    assert attempt.cost_usd == pytest.approx((9 * 1 + 7 * 2) / 1e6)
    assert len(bodies) == 1
    assert "77" in str(bodies[0][1])
    assert any(word in str(bodies[0][1]) for word in ("effort", "thinking"))


@pytest.mark.parametrize("protocol", ["chat", "gemini"])
@pytest.mark.parametrize(("media_type", "format"), [("audio/wav", "wav"), ("audio/mpeg", "mp3")])
def test_sound_reaches_who_takes_it(protocol: str, media_type: Any, format: str) -> None:
    """A recording is sent whole, in the shape the protocol has for it, and answered as any other."""
    sound = Attachment(name="call", media_type=media_type, data="UklGRg==")
    attempt, bodies = _asked(protocol, "answer", attachments=(sound,))
    told = {
        "chat": {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": format}},
        "gemini": {"inline_data": {"data": "UklGRg==", "mime_type": f"audio/{format}"}},
    }[protocol]
    body = bodies[0][1]
    sent = body["messages"][-1]["content"] if protocol == "chat" else body["contents"][-1]["parts"]

    assert isinstance(attempt.outcome, Reply)
    assert told in sent


@pytest.mark.parametrize("protocol", ["chat", "responses", "anthropic", "gemini"])
def test_a_tool_call_is_an_answer(protocol: str) -> None:
    """The tools are offered; a reply that only calls one is complete, names it, has a time to first token."""
    attempt, bodies = _asked(protocol, "tool", tools=(Tool(name="f", description="Finds it"),))

    assert "Finds it" in str(bodies[0][1])

    assert isinstance(attempt.outcome, Reply)
    assert attempt.outcome.text == ""
    assert attempt.outcome.tool_calls == (ToolCall(name="f", arguments="{}"),)
    assert len(attempt.timeline.tokens_ns) == 1


@pytest.mark.parametrize("protocol", ["chat", "responses"])
def test_a_refusal_is_marked(protocol: str) -> None:
    """A refusal the provider marks as one is kept as text and marked."""
    attempt, _ = _asked(protocol, "refusal")

    assert isinstance(attempt.outcome, Reply)
    assert (attempt.outcome.text, attempt.outcome.refused) == ("I cannot.", True)


@pytest.mark.parametrize("protocol", ["chat", "responses", "anthropic", "gemini", "cohere"])
def test_a_filtered_answer_is_a_failure(protocol: str) -> None:
    """What the provider's filter stopped is a failure of that kind in every protocol."""
    attempt, _ = _asked(protocol, "filter")

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.kind is FailureKind.CONTENT_FILTER


@pytest.mark.parametrize("protocol", ["cohere", "cohere lines"])
def test_cohere_is_read_off_the_wire(protocol: str) -> None:
    """Thoughts, answer, finish and billed tokens, as events or lines of JSON, which LiteLLM reads as cut."""
    attempt, bodies = _asked(protocol, "answer", max_output_tokens=77)
    told = attempt.outcome

    assert isinstance(told, Reply)
    assert (told.text, told.reasoning, told.finish_reason) == ("Paris", "hm", "stop")
    assert (attempt.instrument, attempt.usage_source) == ("stamped", UsageSource.WIRE)
    assert attempt.cost_usd == pytest.approx((9 * 1 + 7 * 2) / 1e6)
    assert len(bodies) == 1
    assert (bodies[0][1]["max_tokens"], bodies[0][1]["stream"]) == (77, True)


def test_a_tool_call_of_cohere() -> None:
    """Its plan is reasoning, its start carries the name, its deltas the arguments."""
    attempt, _ = _asked("cohere", "tool")

    assert isinstance(attempt.outcome, Reply)
    assert (attempt.outcome.reasoning, attempt.outcome.finish_reason) == ("hm", "tool_calls")
    assert attempt.outcome.tool_calls == (ToolCall(name="f", arguments="{}"),)


def test_a_route_of_its_own_is_read_plainly() -> None:
    """A route that takes no client of ours: the answer comes all the same, with its wider error said."""
    attempt, bodies = _asked("cohere v1", "answer")

    assert isinstance(attempt.outcome, Reply)
    assert attempt.outcome.text == "Paris"
    assert attempt.instrument == "plain"
    assert any("through LiteLLM" in words for words in attempt.outcome.warnings)
    assert len(bodies) == 1
