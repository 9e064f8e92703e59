"""Turns, images, documents and tools reach the provider as LiteLLM writes them."""

from __future__ import annotations

import base64

import pytest

from advisor.case import Attachment, Case, ProbePlan, ProbePrompt, Tool, Turn
from advisor.errors import BadCase
from advisor.probe.messages import chat_messages, chat_tools, inputs_wanted, prompt_bytes
from advisor.probe.plan import wanted
from advisor.probe.run.order import Order
from advisor.probe.samples import Purpose
from tests.probe.plans import plan_of_case

PIXEL = base64.b64encode(b"\x89PNG not really").decode()
PROMPT = ProbePrompt(
    id="p",
    system="Be short.",
    turns=(Turn(role="user", text="Hello"), Turn(role="assistant", text="Hi")),
    text="What is on {{what}}?",
    vars={"what": "the {{picture}}"},
    attachments=(
        Attachment(name="a.png", media_type="image/png", data=PIXEL),
        Attachment(name="b.pdf", media_type="application/pdf", data=PIXEL),
    ),
    tools=(Tool(name="look", description="Looks."),),
)


def _planned(prompt: ProbePrompt) -> Order:
    case = Case(probe=ProbePlan(offers=("practice:quick",), prompts=(prompt,)))
    plan = plan_of_case(case)
    return Order(plan, plan.targets[0], plan.prompts[0], "key")


def test_a_prompt_becomes_messages_in_order() -> None:
    """System, turns, question with its parts; values are inserted once and not read as templates."""
    messages = _planned(PROMPT).messages

    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    text, image, document = messages[-1]["content"]
    assert text == {"type": "text", "text": "What is on the {{picture}}?"}
    assert image["image_url"]["url"] == f"data:image/png;base64,{PIXEL}"
    assert document["file"]["filename"] == "b.pdf"


def test_a_call_for_times_is_marked_in_its_first_text() -> None:
    """The marker stands before everything a prompt cache could match."""
    order = _planned(PROMPT)
    marked = Order(order.plan, order.target, order.prompt, "key", purpose=Purpose.LATENCY)

    assert marked.messages[0]["content"].startswith("[call ")
    assert marked.messages[0]["content"].endswith("Be short.")


def test_tools_are_sent_in_the_common_shape() -> None:
    """A tool without parameters takes an empty object; a prompt without tools sends no such parameter."""
    assert chat_tools(PROMPT.tools)[0]["function"]["parameters"] == {"type": "object", "properties": {}}
    assert _planned(PROMPT).tools["tools"][0]["function"]["name"] == "look"
    assert _planned(ProbePrompt(id="p", text="Hi")).tools == {}


def test_the_worst_case_counts_all_that_is_sent() -> None:
    """Turns and tools count by their bytes, an image and a short document by a generous fixed size."""
    plain = ProbePrompt(id="p", text="Hi")

    assert prompt_bytes(plain) == 2
    assert prompt_bytes(plain.model_copy(update={"turns": PROMPT.turns})) == 9
    assert prompt_bytes(plain.model_copy(update={"attachments": PROMPT.attachments})) == 2 + 2 * 16_000
    assert inputs_wanted(PROMPT) == ("image", "pdf", "tools")


def test_the_worst_case_of_sound_follows_its_length() -> None:
    """Each byte of MP3 counts as one of text, seven of WAV; a short one as much as an image."""
    whole = base64.b64encode(bytes(700_000)).decode()
    sounds = [
        Attachment(name="a", media_type="audio/wav", data=whole),
        Attachment(name="a", media_type="audio/mpeg", data=whole),
        Attachment(name="a", media_type="audio/wav", data=PIXEL),
    ]
    prompts = [ProbePrompt(id="p", text="Hi", attachments=(sound,)) for sound in sounds]

    assert [prompt_bytes(one) for one in prompts] == [100_002, 700_002, 16_002]
    assert inputs_wanted(prompts[0]) == ("audio",)


def test_another_image_is_another_call() -> None:
    """The key of a call follows what is sent beside the text."""
    keys = [
        wanted(_planned(PROMPT.model_copy(update={"attachments": attachments})).plan)[-1].key
        for attachments in (PROMPT.attachments, PROMPT.attachments[:1])
    ]

    assert keys[0] != keys[1]


def test_a_place_without_a_value_is_named() -> None:
    """A template with a column missing is refused by name; braces without any values are plain text."""
    with pytest.raises(BadCase, match="has no value for what"):
        _planned(PROMPT.model_copy(update={"vars": {"other": "x"}}))
    assert chat_messages(ProbePrompt(id="p", text="a {{b}}"))[0]["content"] == "a {{b}}"
