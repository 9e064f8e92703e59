"""How temperature, top-k and top-p turn logits into probabilities.

Our order: divide by the temperature, softmax, top-k, top-p (the smallest prefix that reaches p, at least
one token), renormalise. Temperature 0 takes the largest logit. Engines differ in order and in ties; ties
here are kept in the order given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log2


@dataclass(frozen=True, slots=True)
class Knobs:
    """The three knobs; None leaves one alone."""

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if self.temperature < 0:
            raise ValueError("temperature cannot be negative")
        if self.top_k is not None and self.top_k < 1:
            raise ValueError("top-k keeps at least one token")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ValueError("top-p is a share above 0 and at most 1")


def probabilities(logits: Sequence[float], knobs: Knobs) -> tuple[float, ...]:
    """Probability of every token, in the order given; 0 for those cut off.

    Raises:
        ValueError: There are no logits.
    """
    if not logits:
        raise ValueError("needs at least one logit")
    if knobs.temperature == 0:
        best = max(range(len(logits)), key=lambda token: logits[token])
        return tuple(1.0 if token == best else 0.0 for token in range(len(logits)))
    shares = _softmax(logits, knobs.temperature)
    kept = sorted(range(len(shares)), key=lambda token: -shares[token])[: knobs.top_k]
    if knobs.top_p is not None:
        kept = _prefix(kept, shares, knobs.top_p)
    total = sum(shares[token] for token in kept)
    return tuple(shares[token] / total if token in kept else 0.0 for token in range(len(shares)))


def _softmax(logits: Sequence[float], temperature: float) -> list[float]:
    """Softmax of logits over temperature; the largest is taken off first, so that nothing overflows."""
    top = max(logits)
    weights = [exp((logit - top) / temperature) for logit in logits]
    return [weight / sum(weights) for weight in weights]


def _prefix(tokens: list[int], shares: Sequence[float], top_p: float) -> list[int]:
    """The fewest of the likeliest tokens that reach `top_p` of what is left."""
    reach = top_p * sum(shares[token] for token in tokens)
    together = 0.0
    for count, token in enumerate(tokens, 1):
        together += shares[token]
        if together >= reach - 1e-12:
            return tokens[:count]
    return tokens


def kept(shares: Sequence[float]) -> int:
    """Tokens that can still be drawn."""
    return sum(share > 0 for share in shares)


def entropy_bits(shares: Sequence[float]) -> float:
    """How open the choice is: 0 is certain, 1 bit a fair coin."""
    return sum((share * log2(1 / share) for share in shares if share > 0), start=0.0)


def from_logprobs(logprobs: Sequence[float], knobs: Knobs) -> tuple[float, ...]:
    """The same for the top log-probabilities a provider returned: they are logits but for a constant.

    Only the returned tokens take part, so every share is somewhat too high.
    """
    return probabilities(logprobs, knobs)
