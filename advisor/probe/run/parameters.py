"""What LiteLLM makes of sampling parameters for a model, asked of LiteLLM itself. Nothing is sent anywhere.

    python -m advisor.probe.run.parameters MODEL...

prints one line of JSON: model -> parameter -> what becomes of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from advisor.probe.run.lite import load_litellm, parameter_taken, route_of
from advisor.probe.targets import Target

TRIED: Mapping[str, float | int | bool] = {"temperature": 0.7, "top_p": 0.9, "top_k": 40, "logprobs": True}
"""Parameters and the values tried."""


def fates(model: str) -> dict[str, str]:
    """Parameter -> `sent`, `sent as NAME`, or `dropped`; `unknown` when LiteLLM does not know the model."""
    litellm = load_litellm()
    target = Target(ref=model, label=model, model=model)
    try:
        provider = route_of(target).provider
    except litellm.exceptions.BadRequestError:
        return dict.fromkeys(TRIED, "unknown")
    return {name: _fate(target, provider, name) for name in TRIED}


def _fate(target: Target, provider: str, name: str) -> str:
    if not parameter_taken(target, provider, {name: TRIED[name]}):
        return "dropped"
    bare = target.model.partition("/")[2] or target.model
    made: dict[str, Any] = load_litellm().get_optional_params(
        model=bare, custom_llm_provider=provider, **{name: TRIED[name]}
    )
    flat = {**made, **(made.get("extra_body") or {})}
    if name in flat:
        return "sent"
    renamed = next((key for key, value in flat.items() if value == TRIED[name]), None)
    return f"sent as {renamed}" if renamed else "dropped"


if __name__ == "__main__":
    print(json.dumps({model: fates(model) for model in sys.argv[1:]}))  # noqa: T201  its output
