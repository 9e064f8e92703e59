"""How many different answers there are, seen and unseen: estimates from the counts of one prompt's answers.

With few answers all of them are rough; they belong into a detail view, beside the number of answers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable

from advisor.probe.consistency import Keys, entropy


def chao1(keys: Keys) -> float | None:
    """Lower bound of the number of different answers, unseen ones included (Chao 1984, bias-corrected).

    Unreliable below ten answers; None without any.
    """
    if not keys:
        return None
    counts = Counter(keys)
    once, twice = _seen(counts, 1), _seen(counts, 2)
    return len(counts) + once * (once - 1) / (2 * (twice + 1))


def chao_shen(keys: Keys) -> float | None:
    """Entropy in nats, corrected for unseen answers by their coverage (Chao and Shen 2003)."""
    if not keys:
        return None
    counts, n = Counter(keys), len(keys)
    once = _seen(counts, 1)
    # All answers different would mean a coverage of zero: one of them counts as seen before.
    coverage = 1.0 - (n - 1 if once == n else once) / n
    return sum(_weighed(coverage * count / n, n) for count in counts.values()) + 0.0


def _weighed(share: float, n: int) -> float:
    if share <= 0.0 or share >= 1.0:
        return 0.0
    return -share * math.log(share) / (1.0 - (1.0 - share) ** n)


def negentropy(keys: Keys) -> float | None:
    """1 when all answers are equal, 0 when all differ: 1 - H / ln N.

    Depends on the number of answers, so never comparable between different ones; None below two answers.
    """
    plain = entropy(keys)
    return None if plain is None or len(keys) < 2 else 1.0 - plain / math.log(len(keys))


def effective_answers(keys: Keys) -> float | None:
    """Number of equally common answers with the same entropy: exp(H)."""
    plain = entropy(keys)
    return None if plain is None else math.exp(plain)


def _seen(counts: Counter[Hashable], times: int) -> int:
    return sum(count == times for count in counts.values())
