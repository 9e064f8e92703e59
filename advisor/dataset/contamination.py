"""Evaluation rows that the training set has seen: shared runs of 13 words, as for GPT-3.

A run that several evaluation rows share is an instruction, not content, and does not count. An evaluation
row too short for a run counts when a training row asks exactly the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from advisor.dataset.rows import Example
from advisor.dataset.words import Hashes, Vocabulary, digest, runs, words

RUN_WORDS = 13


@dataclass(frozen=True, slots=True)
class Contamination:
    """Training rows that contain evaluation rows."""

    hits: tuple[tuple[int, int], ...]
    """Training row and the evaluation row it gives away."""


@dataclass
class EvaluationIndex:
    """The evaluation set as hashes, then asked about every training row."""

    _vocabulary: Vocabulary = field(default_factory=Vocabulary)
    _per_row: list[tuple[int, Hashes]] = field(default_factory=list[tuple[int, Hashes]])
    _prompts: dict[int, int] = field(default_factory=dict[int, int])
    _keys: Hashes | None = None
    _owners: dict[int, int] = field(default_factory=dict[int, int])

    @property
    def rows(self) -> int:
        """Evaluation rows taken so far."""
        return len(self._per_row)

    def add(self, example: Example) -> None:
        """Takes one evaluation row."""
        numbers = self._vocabulary.numbers(words(example.spoken))
        hashes = runs(numbers, RUN_WORDS) if numbers.size >= RUN_WORDS else numbers[:0]
        self._per_row.append((example.row, hashes))
        if example.prompt.strip():
            self._prompts.setdefault(digest(example.prompt), example.row)

    def close(self) -> None:
        """Ends the evaluation set: runs shared by several rows are dropped as instructions."""
        seen = Counter[int]()
        for row, hashes in self._per_row:
            for key in hashes.tolist():
                seen[key] += 1
                self._owners.setdefault(key, row)
        most = max(2, len(self._per_row) // 50)
        self._owners = {key: row for key, row in self._owners.items() if seen[key] <= most}
        self._keys = np.array(sorted(self._owners), dtype=np.uint64)

    def hit(self, example: Example, numbers: Hashes) -> int | None:
        """The evaluation row that this training row gives away, None when there is none.

        Args:
            example: The training row.
            numbers: Its words as numbers of any `Vocabulary`.
        """
        assert self._keys is not None, "close() comes first"
        same = self._prompts.get(digest(example.prompt)) if example.prompt.strip() else None
        if same is not None or not self._keys.size or numbers.size < RUN_WORDS:
            return same
        mine = runs(numbers, RUN_WORDS)
        places = np.minimum(np.searchsorted(self._keys, mine), self._keys.size - 1)
        shared = mine[self._keys[places] == mine]
        return self._owners[int(shared[0])] if shared.size else None
