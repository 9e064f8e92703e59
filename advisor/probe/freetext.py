"""Same answer or not, for free text and without a judge: approximate, and called so wherever shown.

Replies echo the question, so similarity of whole texts measures the echo. Words of the prompt and
words without content are dropped first; what is left must overlap. Agreement found this way is never
ranked together with agreement of exact keys.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

SAME_FROM = 0.6
"""Overlap of content words from which two replies say the same."""
SHORT_WORDS = 4
SAME_FROM_SHORT = 0.46
"""The same for replies of up to four words, on the token-set ratio."""

_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_WITHOUT_CONTENT = """
a an the and or but if then so of to in on at by for with from as is are was were be been being it its
this that these those there here he she they we you i his her their our your my me him them us not no
do does did has have had can could will would should may might must also very more most than which who
what when where how why because about into over under up down out just only
"""
_STOP = frozenset(_WITHOUT_CONTENT.split())


def clusters(replies: Sequence[str], prompt: str) -> tuple[int, ...]:
    """A cluster number for each reply; replies of one cluster all say the same as each other.

    Complete linkage on the overlap: no chain of near neighbours joins what is far apart. The result
    does not depend on the order of the replies.
    """
    echoed = _words(prompt)
    distinct = _by_frequency(replies)
    groups: list[list[str]] = [[text] for text in distinct]
    while (best := _closest(groups, echoed)) is not None:
        first, second = best
        groups[first] += groups.pop(second)
    place = {text: number for number, group in enumerate(groups) for text in group}
    return tuple(place[text] for text in replies)


def _by_frequency(replies: Sequence[str]) -> list[str]:
    counts = Counter(replies)
    return sorted(counts, key=lambda text: (-counts[text], text))


def _closest(groups: Sequence[Sequence[str]], echoed: frozenset[str]) -> tuple[int, int] | None:
    best: tuple[float, int, int] | None = None
    for first in range(len(groups)):
        for second in range(first + 1, len(groups)):
            nearness = min(_excess(a, b, echoed) for a in groups[first] for b in groups[second])
            if nearness >= 0 and (best is None or nearness > best[0]):
                best = (nearness, first, second)
    return None if best is None else (best[1], best[2])


def _excess(one: str, other: str, echoed: frozenset[str]) -> float:
    """How far the similarity lies above the level that means the same; negative below it."""
    if _numbers(one) and _numbers(other) and not _numbers(one) & _numbers(other):
        return -1.0
    if max(len(_WORD.findall(one)), len(_WORD.findall(other))) <= SHORT_WORDS:
        return token_set_ratio(one, other) - SAME_FROM_SHORT
    return overlap(one, other, echoed) - SAME_FROM


def overlap(one: str, other: str, echoed: frozenset[str] = frozenset()) -> float:
    """Overlap coefficient of the content words, `echoed` ones left out: common / smaller set."""
    first, second = _words(one) - _STOP - echoed, _words(other) - _STOP - echoed
    if not first or not second:
        return 1.0 if first == second else 0.0
    return len(first & second) / min(len(first), len(second))


def token_set_ratio(one: str, other: str) -> float:
    """Likeness of two short texts as sets of words, 0 to 1: common words first, then what differs."""
    first, second = _words(one), _words(other)
    common = " ".join(sorted(first & second))
    left = f"{common} {' '.join(sorted(first - second))}".strip()
    right = f"{common} {' '.join(sorted(second - first))}".strip()
    pairs = [(left, right)] if not common else [(common, left), (common, right), (left, right)]
    return max(_likeness(*pair) for pair in pairs)


def _likeness(one: str, other: str) -> float:
    """Twice the longest common subsequence over both lengths."""
    if not one and not other:
        return 1.0
    row = [0] * (len(other) + 1)
    for letter in one:
        before = 0
        for index, its in enumerate(other, start=1):
            before, row[index] = row[index], before + 1 if letter == its else max(row[index], row[index - 1])
    return 2 * row[-1] / (len(one) + len(other))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(word for word in _words(text) if any(letter.isdigit() for letter in word))
