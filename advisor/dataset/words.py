"""Text as numbers: words, word runs (shingles) and short sketches of them, the same on every machine."""

from __future__ import annotations

import re
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

_WORD = re.compile(r"\w+")
# Odd 64-bit constants of SplitMix64: they spread neighbouring numbers over the whole range.
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(31)


def words(text: str) -> list[str]:
    """Words in lower case, punctuation left out. Scripts without spaces give one word per run."""
    return _WORD.findall(text.lower())


def digest(text: str) -> int:
    """64-bit fingerprint of a text, spaces and case evened out."""
    normal = " ".join(text.lower().split())
    return int.from_bytes(blake2b(normal.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class Vocabulary:
    """Numbers words by a hash, remembering each word once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def numbers(self, text_words: list[str]) -> Hashes:
        """One 64-bit number per word."""
        known = self._numbers
        for word in text_words:
            if word not in known:
                known[word] = digest(word)
        return np.array([known[word] for word in text_words], dtype=np.uint64)


def runs(numbers: Hashes, length: int) -> Hashes:
    """Sorted distinct hashes of all runs of `length` words; of the whole text when it is shorter."""
    return np.unique(runs_in_order(numbers, length))


def runs_in_order(numbers: Hashes, length: int) -> Hashes:
    """A hash for every run of `length` words, repeated ones too; of the whole text when it is shorter."""
    if numbers.size == 0:
        return numbers
    length = min(length, numbers.size)
    mixed = np.zeros(numbers.size - length + 1, dtype=np.uint64)
    for offset in range(length):
        mixed = _spread((mixed + _STEP) ^ numbers[offset : offset + mixed.size])
    return mixed


def _spread(values: Hashes) -> Hashes:
    values = (values ^ (values >> _SHIFT)) * _FIRST
    return (values ^ (values >> _SHIFT)) * _SECOND
