"""LiteLLM's price table, and eleven cases of a thousand tokens in and fifty out at gpt-5 prices."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from advisor.catalog.prices import Price, Rates
from advisor.probe.money import cost_usd
from advisor.probe.run.second_opinion import litellm_usd
from advisor.probe.samples import Usage
from advisor.probe.wire import read_stream

GPT_5 = Price(source="test", as_of=date(2026, 1, 1), rates=Rates(input=1.25, output=10.0, cache_read=0.125))
USED: dict[str, Any] = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
CACHED: dict[str, Any] = {**USED, "prompt_tokens_details": {"cached_tokens": 800}}
THOUGHT: dict[str, Any] = {
    "prompt_tokens": 1000,
    "completion_tokens": 250,
    "total_tokens": 1250,
    "completion_tokens_details": {"reasoning_tokens": 200},
}
BESIDE: dict[str, Any] = {**THOUGHT, "completion_tokens": 50}
WORD: dict[str, Any] = {"choices": [{"delta": {"content": "word "}}]}
THINK: dict[str, Any] = {"choices": [{"delta": {"reasoning_content": "hm "}}]}
END: dict[str, Any] = {"choices": [{"delta": {}, "finish_reason": "stop"}]}


def _last(usage: dict[str, Any]) -> list[dict[str, Any]]:
    return [*[WORD] * 50, END, {"choices": [], "usage": usage}]


CASES: dict[str, tuple[list[dict[str, Any]], float | None]] = {
    "usage in the last chunk": (_last(USED), 0.00175),
    "usage with the finish reason": ([*[WORD] * 50, {**END, "usage": USED}], 0.00175),
    "usage in every chunk": (
        [
            *[
                {**WORD, "usage": {**USED, "completion_tokens": n + 1, "total_tokens": 1001 + n}}
                for n in range(50)
            ],
            {**END, "usage": USED},
        ],
        0.00175,
    ),
    "80 % of the prompt cached": (_last(CACHED), 0.00085),
    "hidden reasoning in usage": (_last(THOUGHT), 0.00375),
    "usage not asked for": ([*[WORD] * 50, END], None),
    "no usage sent": ([*[WORD] * 50, END], None),
    "no usage, hidden reasoning": ([*[WORD] * 50, END], None),
    "no usage, visible reasoning": ([*[THINK] * 200, *[WORD] * 50, END], None),
    "reasoning beside the completion": (_last(BESIDE), 0.00375),
    "cut after ten tokens": ([WORD] * 10, None),
}
"""Events of a stream -> dollars; None: nobody can know, and so it is marked, never guessed."""


@pytest.mark.parametrize("case", CASES)
def test_the_cost_is_right_or_marked_unknown(case: str) -> None:
    """Exact where the provider counted, None where it did not: never a bare zero, never an invented count."""
    events, usd = CASES[case]
    frames = [(at, b"data: " + json.dumps(event).encode() + b"\n\n") for at, event in enumerate(events)]
    reading = read_stream(frames)
    cost = cost_usd(reading.usage, GPT_5)

    assert cost == (None if usd is None else pytest.approx(usd, rel=1e-12))
    assert usd is not None or "the provider sent no complete usage" in reading.warnings(3.0)


@pytest.mark.parametrize(
    ("model", "usage", "usd"),
    [
        ("openai/gpt-5", Usage(prompt_tokens=1000, completion_tokens=50), 0.00175),
        ("openai/gpt-5", Usage(prompt_tokens=1000, completion_tokens=50, cached_tokens=800), 0.00085),
        ("openai/gpt-5", Usage(prompt_tokens=1000, completion_tokens=250, reasoning_tokens=200), 0.00375),
        # Text in at 2.5, sound in at 32, text out at 10, sound out at 64 dollars per million.
        (
            "openai/gpt-audio-2025-08-28",
            Usage(
                prompt_tokens=1000,
                completion_tokens=50,
                audio_prompt_tokens=600,
                audio_completion_tokens=30,
            ),
            0.02232,
        ),
        ("openai/gpt-5", Usage(prompt_tokens=1000), None),
        ("openai/nobody-knows-this", Usage(prompt_tokens=1000, completion_tokens=50), None),
    ],
)
def test_the_second_opinion(model: str, usage: Usage, usd: float | None) -> None:
    """LiteLLM's dollars for the provider's counts; None for half a count or a model it does not list."""
    assert litellm_usd(model, usage) == (None if usd is None else pytest.approx(usd, rel=1e-9))
