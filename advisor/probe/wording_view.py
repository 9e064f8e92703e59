"""How alike replies are as wording, whatever they say: a view of style, never of agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

WORDINGS_COMPARED = 20
"""Different wordings of one prompt that are compared, most frequent first."""


def phrasing_stability(replies: Sequence[str]) -> float | None:
    """Mean likeness of two replies to one prompt as sequences of words, 0 to 1; None below two replies.

    The likeness is ROUGE-L: twice the longest common subsequence over both lengths.
    """
    counts = Counter(replies).most_common(WORDINGS_COMPARED)
    n = sum(count for _, count in counts)
    if n < 2:
        return None
    same = sum(count * (count - 1) for _, count in counts)
    words = [(text.split(), count) for text, count in counts]
    across = sum(a * b * likeness(one, other) for (one, a), (other, b) in combinations(words, 2))
    return (same + 2 * across) / (n * (n - 1))


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Twice the longest common subsequence over both lengths; 1 for two empty sequences."""
    if not one and not other:
        return 1.0
    return 2 * common_length(one, other) / (len(one) + len(other))


def common_length(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence, by Hyyrö's (2004) bit-parallel count: a row per integer."""
    places: dict[str, int] = {}
    for index, item in enumerate(one):
        places[item] = places.get(item, 0) | 1 << index
    full = (1 << len(one)) - 1
    row = full
    for item in other:
        matched = row & places.get(item, 0)
        row = ((row + matched) | (row - matched)) & full
    return len(one) - row.bit_count()
