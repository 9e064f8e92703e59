"""What LiteLLM does with sampling parameters, as LiteLLM itself says."""

from __future__ import annotations

from advisor.host.parameters import parameter_fates


def test_litellm_says_what_it_sends_and_drops() -> None:
    """GPT-4.1 takes all, GPT-5 mini no temperature, Claude no log-probabilities, Cohere calls top-p p."""
    told = parameter_fates(
        (
            "openai/gpt-4.1",
            "openai/gpt-5-mini",
            "anthropic/claude-haiku-4-5",
            "cohere_chat/command-a-03-2025",
            "no-such",
        )
    )
    assert set(told["openai/gpt-4.1"].values()) == {"sent"}
    assert told["openai/gpt-5-mini"]["temperature"] == "dropped"
    assert told["anthropic/claude-haiku-4-5"]["logprobs"] == "dropped"
    assert told["cohere_chat/command-a-03-2025"]["top_p"] == "sent as p"
    assert set(told["no-such"].values()) == {"unknown"}


def test_nothing_asked_starts_no_process() -> None:
    """Without a model there is nothing to wait for."""
    assert parameter_fates(()) == {}
