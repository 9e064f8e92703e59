"""Models that are asked through OpenAI's responses protocol: LiteLLM builds the request, we send it.

LiteLLM's own way round needs a package for tool servers that we have no other use for; its translation
of the request does not.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import httpx

from advisor.probe.run.lite import Route, load_litellm
from advisor.probe.run.order import Order
from advisor.probe.run.transport import RecordingTransport

_NOT_SENT = frozenset({"litellm_logging_obj", "client", "extra_headers", "extra_body"})
OPENAI_URL = "https://api.openai.com/v1"


def takes_responses(order: Order, route: Route) -> bool:
    """Whether LiteLLM would ask this model through the responses protocol."""
    if route.provider != "openai":
        return False
    load_litellm()
    from litellm.main import responses_api_bridge_check  # noqa: TID251  the one room it lives in

    name = order.target.model.partition("/")[2] or order.target.model
    info, _ = responses_api_bridge_check(model=name, custom_llm_provider=route.provider)
    return info.get("mode") == "responses"


async def ask_responses(
    order: Order, route: Route, transport: RecordingTransport, key: str, parameters: dict[str, Any]
) -> None:
    """Send one request; the transport keeps what came back."""
    body = _body(order, route, parameters)
    url = f"{(route.base_url or OPENAI_URL).rstrip('/')}/responses"
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=None) as web:  # noqa: S113  the stopwatch keeps the time limits
        await web.post(url, headers=headers, content=json.dumps(body).encode())


def _body(order: Order, route: Route, parameters: dict[str, Any]) -> dict[str, Any]:
    litellm = load_litellm()
    from litellm.completion_extras.litellm_responses_transformation.transformation import (  # noqa: TID251  the one room it lives in
        LiteLLMResponsesTransformationHandler,
    )

    name = order.target.model.partition("/")[2].removeprefix("responses/")
    asked = {each: value for each, value in parameters.items() if each != "stream_options"}
    translate: Any = litellm.get_optional_params
    translated = translate(
        model=name, custom_llm_provider=route.provider, stream=True, **order.tools, **asked
    )
    transform: Any = LiteLLMResponsesTransformationHandler().transform_request
    body = transform(
        model=name,
        messages=order.messages,
        optional_params=translated,
        litellm_params={},
        headers={},
        litellm_logging_obj=SimpleNamespace(call_type=None),
    )
    return {each: value for each, value in body.items() if each not in _NOT_SENT and value is not None}
