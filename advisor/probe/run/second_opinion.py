"""What LiteLLM's own price table makes of the same tokens: a second opinion beside our price."""

from __future__ import annotations

from typing import Any

from advisor.probe.run.lite import load_litellm
from advisor.probe.samples import Attempt, Usage
from advisor.probe.targets import Target


def with_second_opinion(attempt: Attempt, target: Target) -> Attempt:
    """The attempt with LiteLLM's figure for its usage; without one where LiteLLM cannot say."""
    if attempt.usage is None or target.practice:
        return attempt
    return attempt.model_copy(update={"litellm_usd": litellm_usd(target.model, attempt.usage)})


def litellm_usd(model: str, usage: Usage) -> float | None:
    """LiteLLM's dollars for the provider's own counts.

    None where the counts are incomplete, and where LiteLLM knows no price: what it calls zero it mostly
    does not know.
    """
    if usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    litellm = load_litellm()
    try:
        cost: Any = litellm.completion_cost(_response(model, usage), model=model)
    except Exception:  # It raises a plain one for a model it does not list.
        return None
    return float(cost) or None


def _made_of(usage: Usage) -> dict[str, int]:
    spoken, thought = usage.audio_completion_tokens or 0, usage.reasoning_tokens or 0
    written = (usage.completion_tokens or 0) - spoken - thought
    return {"audio_tokens": spoken, "reasoning_tokens": thought, "text_tokens": max(0, written)}


def _response(model: str, usage: Usage) -> object:
    litellm = load_litellm()
    counts = litellm.Usage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=(usage.prompt_tokens or 0) + (usage.completion_tokens or 0),
        reasoning_tokens=usage.reasoning_tokens,
        prompt_tokens_details={
            "cached_tokens": usage.cached_tokens or 0,
            "audio_tokens": usage.audio_prompt_tokens or 0,
        },
        completion_tokens_details=_made_of(usage) if usage.audio_completion_tokens else None,
        cache_creation_input_tokens=usage.cache_write_tokens or 0,
        cache_read_input_tokens=usage.cached_tokens or 0,
    )
    return litellm.ModelResponse(model=model.rpartition("/")[2], usage=counts)
