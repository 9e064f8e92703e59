"""How fast a run may ask: who is asked on one account, what a call may use, how often one may come.

The rule for rates is the generic cell rate algorithm: a bucket remembers one moment, the theoretical
arrival of the next call, and needs no history. Times are seconds, tokens are tokens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.probe.money import BYTES_PER_TOKEN, FIXED_PROMPT_TOKENS, PROMPT_MARGIN

PRACTICE_ACCOUNT = "practice"
"""Account of the built-in practice models: nothing is ever paid there."""
BURST_SHARE = 1 / 12
"""Share of a minute's limit that may come at once; the rest is spread, so that no minute exceeds it."""
MINUTE_S = 60.0
_SLACK_S = 1e-5
"""Moments counted from 1970 are exact to a quarter of a microsecond."""


def account_of(ref: str, base_url: str | None, key_env: str | None) -> str:
    """Whose limits and bill a call falls under: the provider, or the host and key of an own endpoint.

    Args:
        ref: The offer as the plan names it, without a variant.
        base_url: Address of an own endpoint.
        key_env: Variable of its key; two keys on one host are two accounts.
    """
    kind, _, rest = ref.partition(":")
    if kind == "own":
        host = (base_url or "").partition("://")[2].partition("/")[0].rpartition("@")[2]
        return " ".join(filter(None, [host or rest, key_env]))
    if kind == PRACTICE_ACCOUNT:
        return PRACTICE_ACCOUNT
    if kind == "litellm":
        return rest.partition("/")[0]
    return ref.rpartition("@")[2]


def most_tokens(prompt_bytes: int, max_output_tokens: int) -> int:
    """Tokens a call can use at most: a generous count of its prompt, and every output token allowed."""
    return math.ceil(prompt_bytes / BYTES_PER_TOKEN * PROMPT_MARGIN) + FIXED_PROMPT_TOKENS + max_output_tokens


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit per second and what may come at once."""

    per_s: float
    burst: float

    def admits(self, arrival: float, now: float, units: float) -> bool:
        """Whether a call of so many units may start now; one above the burst waits for an empty bucket."""
        ahead_s = max(arrival, now) + units / self.per_s - now
        return arrival <= now or ahead_s <= self.burst / self.per_s + _SLACK_S

    def after(self, arrival: float, now: float, units: float) -> float:
        """The bucket's moment once the call has started."""
        return max(arrival, now) + units / self.per_s

    def barred(self, now: float, wait_s: float) -> float:
        """The bucket's moment at which nothing starts for `wait_s` seconds."""
        return now + wait_s + max(0.0, self.burst - 1) / self.per_s


def per_minute(limit: float) -> Rate:
    """The rate under which no minute sees more than `limit` units, as long as single calls fit the burst."""
    burst = max(1.0, limit * BURST_SHARE)
    spread = limit - burst
    # A limit of one or two a minute leaves nothing to spread: one call, then a whole minute's share.
    return Rate((spread if spread >= 1 else limit) / MINUTE_S, burst)
