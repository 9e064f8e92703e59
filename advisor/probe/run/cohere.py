"""Cohere's chat protocol, version 2: LiteLLM builds the request, we send it and read the reply ourselves.

LiteLLM's route for it takes no client of ours, and its reader never sees the stream's end: it looks for the
finish reason and the usage in another place than Cohere writes them, so every answer would seem cut.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

from advisor.probe.run.lite import Route, load_litellm
from advisor.probe.run.order import Order
from advisor.probe.run.transport import RecordingTransport

COHERE_URL = "https://api.cohere.com/v2/chat"
_PROVIDERS = ("cohere", "cohere_chat")


def takes_cohere(order: Order, route: Route) -> bool:
    """Whether the model is asked by version 2 of Cohere's protocol."""
    return route.provider in _PROVIDERS and "v1/" not in order.target.model


async def ask_cohere(
    order: Order, route: Route, transport: RecordingTransport, key: str, parameters: dict[str, Any]
) -> None:
    """Send one request; the transport keeps what came back."""
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
    }
    body = json.dumps(_body(order, route, parameters)).encode()
    async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=None) as web:  # noqa: S113  the stopwatch keeps the time limits
        await web.post(route.base_url or COHERE_URL, headers=headers, content=body)


def _body(order: Order, route: Route, parameters: dict[str, Any]) -> dict[str, Any]:
    litellm = load_litellm()
    name = order.target.model.removeprefix("cohere_chat/").removeprefix("cohere/").removeprefix("v2/")
    translate: Any = litellm.get_optional_params
    translated = translate(
        model=name, custom_llm_provider=route.provider, stream=True, **order.tools, **parameters
    )
    transform: Any = litellm.CohereV2ChatConfig().transform_request
    return transform(
        model=name, messages=order.messages, optional_params=translated, litellm_params={}, headers={}
    )
