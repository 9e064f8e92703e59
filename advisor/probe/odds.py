"""One call for the token probabilities of an answer: a run of its own, priced and kept like all others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from advisor.case import ProbePrompt
from advisor.probe.plan import RunPlan
from advisor.probe.samples import MICROUSD_PER_USD, Sample, TokenOdds
from advisor.probe.targets import Target

ANSWER_TOKENS = 40
"""Longest answer; places after it would say little more about the knobs."""
TOP = 20
"""Likeliest tokens of each place; providers give at most 20, some fewer."""
CAP_USD = 0.10
UNKNOWN_USD = 0.05
"""Dollars a call of unknown price is held at."""
TIMEOUT_S = 60.0


def odds_plan(target: Target, question: str, day: date) -> RunPlan:
    """One call with log-probabilities, at the provider's default temperature."""
    return RunPlan(
        case_name="Sampling lab",
        day=day,
        targets=(target,),
        prompts=(ProbePrompt(id="question", text=question),),
        samples_per_prompt=1,
        max_output_tokens=ANSWER_TOKENS,
        cap_microusd=round(CAP_USD * MICROUSD_PER_USD),
        concurrency=1,
        timeout_s=TIMEOUT_S,
        unknown_price_bound_usd=UNKNOWN_USD,
        top_logprobs=TOP,
    )


def odds_of(samples: Sequence[Sample]) -> tuple[TokenOdds, ...]:
    """The token probabilities of the answer; empty when it came without, or not at all."""
    return next((one.reply.odds for one in samples if one.reply is not None), ())


def left_out(samples: Sequence[Sample]) -> bool:
    """Whether the question for log-probabilities was not sent, because LiteLLM knows it is not taken."""
    return any("logprobs" in attempt.parameters.dropped for one in samples for attempt in one.attempts)
