"""Exact and near duplicates.

Near means that the sets of three-word runs of two rows have a Jaccard index of at least 0.7. Every row
keeps the smallest 256 of its run hashes; the smallest 16 of them go into an inverted index, so that two
rows sharing 70 % of their runs miss each other a few times in a billion. Candidates are compared on the
kept hashes: exactly when a row has at most 256 runs, else as a bottom-k estimate (standard error 3 %).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from advisor.dataset.words import Hashes, digest, runs

RUN_WORDS = 3
NEAR = 0.7
MIN_RUNS = 8
"""Shorter texts are compared exactly only: two short questions share most of their runs by nature."""
SKETCH = 256
INDEXED = 16
_NEIGHBOURS = 4
"""Rows of a long list compared with each next one: clusters link up, boilerplate costs little."""


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Rows that say the same, the first of them first."""

    rows: tuple[int, ...]

    @property
    def extra(self) -> tuple[int, ...]:
        """All but the first."""
        return self.rows[1:]


@dataclass
class DuplicateFinder:
    """Takes rows one by one, then tells which say the same."""

    _by_digest: dict[int, list[int]] = field(default_factory=lambda: defaultdict[int, list[int]](list))
    _rows: list[int] = field(default_factory=list[int])
    _sketches: list[Hashes] = field(default_factory=list[Hashes])

    def add(self, row: int, text: str, numbers: Hashes) -> None:
        """Takes one row; an exact copy of an earlier one is not compared again.

        Args:
            row: Its number.
            text: All that counts.
            numbers: Its words as numbers of any `Vocabulary`.
        """
        same = self._by_digest[digest(text)]
        same.append(row)
        if len(same) > 1:
            return
        hashes = runs(numbers, RUN_WORDS)
        if hashes.size >= MIN_RUNS:
            self._rows.append(row)
            self._sketches.append(hashes[:SKETCH].copy())

    def exact(self) -> list[DuplicateGroup]:
        """Groups of rows that are equal but for case and spaces."""
        return [DuplicateGroup(tuple(rows)) for rows in self._by_digest.values() if len(rows) > 1]

    def near(self) -> list[DuplicateGroup]:
        """Groups of rows that are nearly equal; of exact copies only the first takes part."""
        leader = list(range(len(self._rows)))
        for first, second in self._candidates():
            one, two = _leader(leader, first), _leader(leader, second)
            if one != two and similarity(self._sketches[first], self._sketches[second]) >= NEAR:
                leader[max(one, two)] = min(one, two)
        groups: dict[int, list[int]] = defaultdict(list)
        for index, row in enumerate(self._rows):
            groups[_leader(leader, index)].append(row)
        return [DuplicateGroup(tuple(rows)) for rows in groups.values() if len(rows) > 1]

    def _candidates(self) -> Iterator[tuple[int, int]]:
        """Pairs of rows that share one of their smallest hashes."""
        if not self._sketches:
            return
        keys = np.concatenate([sketch[:INDEXED] for sketch in self._sketches])
        sizes = [min(INDEXED, sketch.size) for sketch in self._sketches]
        owners = np.repeat(np.arange(len(sizes)), sizes)
        order = np.argsort(keys, kind="stable")
        keys, owners = keys[order], owners[order]
        pairs = [_equal_keys(keys, owners, gap) for gap in range(1, _NEIGHBOURS + 1)]
        yield from np.unique(np.concatenate(pairs), axis=0).tolist()


def similarity(one: Hashes, two: Hashes) -> float:
    """Jaccard index of two sets of runs, by their smallest hashes."""
    union = np.union1d(one, two)
    if max(one.size, two.size) >= SKETCH:
        union = union[:SKETCH]
    shared = np.intersect1d(one, two, assume_unique=True)
    return float(np.count_nonzero(shared <= union[-1])) / union.size


def _equal_keys(keys: Hashes, owners: np.ndarray, gap: int) -> np.ndarray:
    """Pairs of owners whose keys are equal, `gap` places apart in key order."""
    equal = keys[:-gap] == keys[gap:]
    return np.stack([owners[:-gap][equal], owners[gap:][equal]], axis=1)


def _leader(leader: list[int], index: int) -> int:
    while leader[index] != index:
        leader[index] = leader[leader[index]]
        index = leader[index]
    return index
