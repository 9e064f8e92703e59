"""Chained steps and agent loops: how tokens grow and how small errors add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

from advisor.cost.profile import ZERO, TokenProfile
from advisor.interval import Interval


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


def chain_success(
    step_reliability: float, steps: float, retries: int = 0, noticed_share: float = 1.0
) -> float:
    """Probability that every step of a chain succeeds: p^n without retries.

    A failed attempt is tried again only when it is noticed, which has probability q = (1 - p) x noticed; a
    step with r retries then succeeds with probability p x (1 + q + ... + q^r).

    Args:
        step_reliability: Share of attempts that go right, p.
        steps: Steps that must all succeed, n.
        retries: Attempts after the first.
        noticed_share: Share of failures that are noticed.
    """
    again = (1 - step_reliability) * noticed_share
    return (step_reliability * sum(again**attempt for attempt in range(retries + 1))) ** steps


def needed_step_reliability(target: float, steps: float) -> float:
    """Reliability each step needs so that the whole chain reaches `target`."""
    return target ** (1 / steps)


def steps_to_half(step_reliability: float) -> float:
    """Number of steps after which a chain is a coin toss; infinite for perfect steps."""
    return float("inf") if step_reliability >= 1 else log(0.5) / log(step_reliability)


def cap_before_overshoot(budget: float, dearest_step: float) -> float:
    """Cap to configure so that the budget holds: limits are checked between steps, one step may overshoot."""
    return max(0.0, budget - dearest_step)


@dataclass(frozen=True, slots=True)
class Chain:
    """Several calls one after another, each with a prompt and an answer like the first."""

    steps: Interval
    reliability: Interval
    """Share of steps that go right."""

    def into(self, profile: TokenProfile) -> TokenProfile:
        """One task's profile as a chain of calls."""
        return replace(
            profile,
            input_tokens=_times(profile.input_tokens, self.steps),
            output_tokens=_times(profile.output_tokens, self.steps),
            calls=profile.calls * self.steps,
            success_rate=profile.success_rate * chain_success_between(self.reliability, self.steps),
        )


@dataclass(frozen=True, slots=True)
class Loop:
    """An agent that resends its growing transcript with every step."""

    steps: Interval
    growth: Interval
    """Tokens each step adds to the transcript: the call, and what the tool gave back."""
    call_tokens: Interval
    """Tokens of a step's own output before the final answer."""
    reliability: Interval
    prefix_cached: bool | None
    """Whether the unchanged beginning is read from the cache; None is not known."""

    def into(self, profile: TokenProfile) -> TokenProfile:
        """One task's profile as a loop. A loop cannot wait for a batch API."""
        looped = replace(
            profile,
            output_tokens=self._output(profile.output_tokens),
            calls=profile.calls * self.steps,
            batch_share=ZERO,
            success_rate=profile.success_rate * chain_success_between(self.reliability, self.steps),
        )
        first = profile.input_tokens
        return looped if first is None else self._transcript(looped, first)

    def _output(self, answer: Interval | None) -> Interval | None:
        if answer is None:
            return None
        more = Interval(max(0.0, self.steps.low - 1), max(0.0, self.steps.mid - 1), self.steps.high - 1)
        return answer + self.call_tokens * more

    def _transcript(self, profile: TokenProfile, first: Interval) -> TokenProfile:
        ends = _corners(first, self.growth, self.steps)
        shares = list(zip(_ends(profile.cached_share), ends, strict=True))
        longest = profile.largest_input_tokens
        more = _between([last_prompt_tokens(0.0, g, n) for _, g, n in ends])
        shared = [share * b / max(1.0, loop_input_tokens(b, g, n)) for share, (b, g, n) in shares]
        plain = [part * n for part, (_, _, n) in zip(shared, ends, strict=True)]
        prefix = [part + cached_share_of_loop(*end) for part, end in zip(shared, ends, strict=True)]
        cached, written = self._cache(plain, prefix)
        return replace(
            profile,
            input_tokens=_between([loop_input_tokens(b, g, n) for b, g, n in ends]),
            largest_input_tokens=None if longest is None else longest + more,
            cached_share=cached,
            cache_written_share=written,
        )

    def _cache(self, plain: list[float], prefix: list[float]) -> tuple[Interval, Interval]:
        """Shares read from and written to the cache, with and without a cached transcript."""
        if self.prefix_cached:
            read = _spread(prefix)
            return read, Interval(1 - read.high, 1 - read.mid, 1 - read.low)
        if self.prefix_cached is None:
            low, high = min(plain), max(*prefix, *plain)
            return Interval(low, (low + high) / 2, high), ZERO
        return _spread(plain), ZERO


def chain_success_between(reliability: Interval, steps: Interval) -> Interval:
    """Bounds of p^n: fewest steps at the best reliability, most steps at the worst."""
    return Interval(
        chain_success(reliability.low, steps.high),
        chain_success(reliability.mid, steps.mid),
        chain_success(reliability.high, steps.low),
    )


def _times(tokens: Interval | None, factor: Interval) -> Interval | None:
    return None if tokens is None else tokens * factor


def _ends(quantity: Interval) -> tuple[float, float, float]:
    return quantity.low, quantity.mid, quantity.high


def _corners(first: Interval, growth: Interval, steps: Interval) -> list[tuple[float, float, float]]:
    """The quantities together at their low, middle and high ends."""
    return list(zip(_ends(first), _ends(growth), _ends(steps), strict=True))


def _between(ends: list[float]) -> Interval:
    return Interval(*ends)


def _spread(ends: list[float]) -> Interval:
    """Bounds of shares that need not rise with the quantities they come from."""
    return Interval(min(ends), ends[1], max(ends))
