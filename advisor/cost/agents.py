"""Chained steps and agent loops: how tokens grow and how small errors add up."""

from __future__ import annotations

from math import log


def loop_input_tokens(first_prompt: float, growth: float, steps: float) -> float:
    """Prompt tokens of a loop that resends its transcript: n x B + g x n(n-1)/2 (rule `autonomy.growth`).

    Args:
        first_prompt: Tokens of the first call's prompt, B.
        growth: Tokens each step adds to the transcript, g.
        steps: Number of calls, n.
    """
    return steps * first_prompt + growth * steps * (steps - 1) / 2


def last_prompt_tokens(first_prompt: float, growth: float, steps: float) -> float:
    """Prompt tokens of the last call of a loop: B + g x (n-1)."""
    return first_prompt + growth * max(0.0, steps - 1)


def cached_share_of_loop(first_prompt: float, growth: float, steps: float) -> float:
    """Share of a loop's prompt tokens that a prefix cache can serve: each is sent fresh once, then read."""
    total = loop_input_tokens(first_prompt, growth, steps)
    return 0.0 if total == 0 else 1 - last_prompt_tokens(first_prompt, growth, steps) / total


def chain_success(step_reliability: float, steps: float, noticed_retries: int = 0) -> float:
    """Probability that every step of a chain succeeds: p^n, each step retried when its failure is noticed."""
    return (1 - (1 - step_reliability) ** (noticed_retries + 1)) ** steps


def needed_step_reliability(target: float, steps: float) -> float:
    """Reliability each step needs so that the whole chain reaches `target`."""
    return target ** (1 / steps)


def steps_to_half(step_reliability: float) -> float:
    """Number of steps after which a chain is a coin toss; infinite for perfect steps."""
    return float("inf") if step_reliability >= 1 else log(0.5) / log(step_reliability)


def cap_before_overshoot(budget: float, dearest_step: float) -> float:
    """Cap to configure so that the budget holds: limits are checked between steps, one step may overshoot."""
    return max(0.0, budget - dearest_step)
