"""A prompt as chat messages: system, earlier turns, the question with its files, tools."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from advisor.case import Attachment, ProbePrompt, Tool
from advisor.catalog.entries import CatalogOffer
from advisor.wording import count

IMAGE_TOKENS = 8_000
"""Most tokens an image counts as when the worst case is reckoned; providers count 85 to a few thousand."""
BYTES_PER_TOKEN = 2
"""As in the worst case of text."""
_SOUNDS = {"audio/wav": "wav", "audio/mpeg": "mp3"}
"""Sound a prompt may carry -> its name in OpenAI's `input_audio`, which LiteLLM translates for others."""
_WAV_BYTES_PER_BYTE = 7
"""Bytes of plain samples that count as one of text when the worst case is reckoned.

At the least, 8 kB/s, and the most tokens a second, Gemini's 32, a token is 250 bytes of samples. Sound may
cost 16 times as much as text (OpenAI's audio models): 250 / 16 are 15 bytes for a text token of 2.
"""


def chat_messages(prompt: ProbePrompt, mark: str = "") -> list[dict[str, Any]]:
    """The messages to send, in OpenAI's shape, which LiteLLM translates.

    Args:
        prompt: What to ask, its places already filled.
        mark: Put before the first text, which makes the call unlike any other.
    """
    system = [("system", prompt.system)] if prompt.system else []
    said = [*system, *((turn.role, turn.text) for turn in prompt.turns), ("user", prompt.text)]
    said[0] = (said[0][0], f"{mark}{said[0][1]}")
    messages: list[dict[str, Any]] = [{"role": role, "content": text} for role, text in said]
    if prompt.attachments:
        parts = [{"type": "text", "text": said[-1][1]}, *map(_part, prompt.attachments)]
        messages[-1]["content"] = parts
    return messages


def _part(one: Attachment) -> dict[str, Any]:
    address = f"data:{one.media_type};base64,{one.data}"
    if one.media_type == "application/pdf":
        return {"type": "file", "file": {"filename": one.name, "file_data": address}}
    if one.media_type in _SOUNDS:
        return {"type": "input_audio", "input_audio": {"data": one.data, "format": _SOUNDS[one.media_type]}}
    return {"type": "image_url", "image_url": {"url": address}}


def chat_tools(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """Tools in OpenAI's shape."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters or {"type": "object", "properties": {}},
            },
        }
        for tool in tools
    ]


def prompt_bytes(prompt: ProbePrompt) -> int:
    """Bytes the worst case counts for a prompt: all its texts, and images and documents on the safe side."""
    texts = [prompt.text, prompt.system or "", *(turn.text for turn in prompt.turns)]
    texts += [tool.model_dump_json() for tool in prompt.tools]
    size = sum(len(text.encode()) for text in texts)
    return size + sum(map(_attachment_bytes, prompt.attachments))


def _attachment_bytes(one: Attachment) -> int:
    # A document may be text throughout, and MP3 speech as dense: each byte counts. An image costs by its
    # size on screen.
    least = IMAGE_TOKENS * BYTES_PER_TOKEN
    if _kind(one) == "image":
        return least
    size = len(base64.b64decode(one.data, validate=False))
    return max(size // (_WAV_BYTES_PER_BYTE if one.media_type == "audio/wav" else 1), least)


def _kind(one: Attachment) -> str:
    return "pdf" if one.media_type == "application/pdf" else one.media_type.partition("/")[0]


def inputs_wanted(prompt: ProbePrompt) -> tuple[str, ...]:
    """What an offer must take beside text: image, pdf, audio, tools."""
    kinds = [_kind(one) for one in prompt.attachments]
    return tuple(dict.fromkeys([*kinds, *(["tools"] if prompt.tools else [])]))


_CANNOT = {"image": "take images", "pdf": "take PDF files", "audio": "take sound", "tools": "call tools"}


def unfit(prompts: Sequence[ProbePrompt], offers: Sequence[CatalogOffer]) -> tuple[str, ...]:
    """A sentence for each offer that, by the catalog, does not take what some prompts send."""
    wanted = [need for prompt in prompts for need in inputs_wanted(prompt)]
    return tuple(
        f"{offer.label} does not {_CANNOT[need]}, or the catalog does not know of it: "
        f"{count(wanted.count(need), 'prompt')} of it may fail."
        for offer in offers
        for need in dict.fromkeys(wanted)
        if not _takes(offer, need)
    )


def _takes(offer: CatalogOffer, need: str) -> bool:
    return offer.feature("tools") is True if need == "tools" else need in offer.inputs
