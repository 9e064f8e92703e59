"""LiteLLM, set up so that it hides nothing: no retry, no cache, no fallback, nothing fetched."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx

from advisor.probe.plan import RunPlan
from advisor.probe.practice import practised
from advisor.probe.targets import Target

OPENAI_ROUTE = frozenset(
    {
        "openai",
        "custom_openai",
        "baseten",
        "cerebras",
        "dashscope",
        "deepinfra",
        "hosted_vllm",
        "lm_studio",
        "meta",
        "moonshot",
        "nebius",
        "perplexity",
        "scaleway",
        "xiaomi_mimo",
        "zai",
    }
)
"""LiteLLM providers that go through the OpenAI client and so take one of ours."""
HTTP_ROUTE = frozenset(
    {
        "anthropic",
        "deepseek",
        "fireworks_ai",
        "gemini",
        "groq",
        "minimax",
        "mistral",
        "openrouter",
        "together_ai",
        "xai",
    }
)
"""LiteLLM providers that go through its own HTTP handler and take one of ours."""
PLACEHOLDER_KEY = "no-key-needed"
PASSED_ON = frozenset({"top_k"})
"""Parameters LiteLLM hands on unchecked; the provider may refuse them."""


def load_litellm() -> ModuleType:
    """Import LiteLLM (3 to 6 s the first time) with everything off that would falsify a probe."""
    # Both are read at import: the price map is not fetched, and no .env file of the folder is read.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import litellm  # noqa: TID251  the one room it lives in

    # Else the first call loads it: for seconds, on the loop, and within the time the calibration has.
    importlib.import_module("openai.resources")
    litellm.drop_params = False
    litellm.num_retries = 0
    litellm.cache = None
    litellm.suppress_debug_info = True
    litellm.disable_hf_tokenizer_download = True
    litellm.disable_streaming_logging = True
    return litellm


@dataclass(frozen=True, slots=True)
class Route:
    """Who serves a target, in LiteLLM's terms."""

    provider: str
    base_url: str | None
    """None: LiteLLM puts it together itself."""


def route_of(target: Target) -> Route:
    """LiteLLM's name and address for who serves the target.

    Raises:
        litellm.exceptions.BadRequestError: LiteLLM does not know the model id.
    """
    litellm = load_litellm()
    _, provider, _, base_url = litellm.get_llm_provider(target.model, api_base=target.base_url)
    return Route(str(provider), target.base_url or base_url)


def client_for(route: Route, transport: httpx.AsyncBaseTransport, key: str) -> object | None:
    """A client that sends through `transport`, None when this provider's route takes none."""
    # The stopwatch keeps the time limits.
    web = httpx.AsyncClient(transport=transport, trust_env=False, timeout=httpx.Timeout(None))
    if route.provider in OPENAI_ROUTE:
        from openai import AsyncOpenAI

        # Without the address the client would take one provider's key to another.
        return AsyncOpenAI(api_key=key, base_url=route.base_url, http_client=web, max_retries=0)
    if route.provider in HTTP_ROUTE:
        from litellm.llms.custom_httpx.http_handler import (  # noqa: TID251  the one room it lives in
            AsyncHTTPHandler,
        )

        handler = AsyncHTTPHandler(timeout=None)
        handler.client = web
        return handler
    return None


def wanted_parameters(plan: RunPlan, target: Target, provider: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Parameters to send, and those left out because the model does not take them."""
    settings = plan.settings(target)
    asked = {
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "top_k": settings.top_k,
        "reasoning_effort": settings.effort,
        **_odds_wanted(plan),
    }
    sent: dict[str, Any] = {}
    dropped: list[str] = []
    for name, value in asked.items():
        if value is None:
            continue
        if _practice_takes(target, name, value) or parameter_taken(target, provider, {**sent, name: value}):
            sent[name] = value
        else:
            dropped.append(name)
    if _practice_takes(target, "reasoning_effort", sent.get("reasoning_effort")):
        # LiteLLM knows no practice model, so it has to be told that this one reasons.
        sent["allowed_openai_params"] = ["reasoning_effort"]
    # The token limit is sent in any case: without it a call has no worst case.
    sent["max_tokens"] = plan.max_output_tokens
    if provider in OPENAI_ROUTE or _lists(target, provider, "stream_options"):
        sent["stream_options"] = {"include_usage": True}
    return sent, tuple(dropped)


def _odds_wanted(plan: RunPlan) -> dict[str, Any]:
    return {} if plan.top_logprobs is None else {"logprobs": True, "top_logprobs": plan.top_logprobs}


def _practice_takes(target: Target, name: str, value: object) -> bool:
    model = practised(target.model) if target.simulated and name == "reasoning_effort" else None
    return model is not None and value in model.efforts


def parameter_taken(target: Target, provider: str, parameters: dict[str, Any]) -> bool:
    """Whether LiteLLM would translate these parameters for the model instead of refusing them."""
    litellm = load_litellm()
    try:
        litellm.get_optional_params(model=_bare(target), custom_llm_provider=provider, **parameters)
    except litellm.UnsupportedParamsError:
        return False
    return all(name in PASSED_ON or _lists(target, provider, name) for name in parameters)


def _lists(target: Target, provider: str, parameter: str) -> bool:
    supported: Any = load_litellm().get_supported_openai_params
    return parameter in (supported(_bare(target), custom_llm_provider=provider) or [])


def _bare(target: Target) -> str:
    return target.model.partition("/")[2] or target.model


def key_for(target: Target, environment: Mapping[str, str]) -> str | None:
    """The key of a target; None when its variable is not set."""
    if target.key_env is None:
        return PLACEHOLDER_KEY
    return environment.get(target.key_env) or None
