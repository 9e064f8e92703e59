"""Exact and near duplicates.

Near means that the sets of three-word runs of two rows have a Jaccard index of at least 0.7. Every row
keeps the smallest 256 of its run hashes; the smallest 16 of them go into an inverted index, and rows
that share three of them are candidates. Candidates are compared on the kept hashes: exactly when a row
has at most 256 runs, else as a bottom-k estimate (standard error 3 %).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from advisor.dataset.words import Hashes, digest, runs

Sketch = npt.NDArray[np.uint32]
"""The upper halves of a row's smallest run hashes, in order."""

RUN_WORDS = 3
NEAR = 0.7
MIN_RUNS = 8
"""Shorter texts are compared exactly only: two short questions share most of their runs by nature."""
SKETCH = 256
INDEXED = 16
_SHARED = 3
"""Indexed hashes two rows must share to be compared: near copies share about eleven of sixteen."""
_HALF = np.uint64(32)
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
    _sketches: list[Sketch] = field(default_factory=list[Sketch])

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
            self._sketches.append(sketch(hashes))

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
        """Pairs of rows that share some of their smallest hashes."""
        if not self._sketches:
            return
        keys = np.concatenate([kept[:INDEXED] for kept in self._sketches])
        sizes = [min(INDEXED, kept.size) for kept in self._sketches]
        owners = np.repeat(np.arange(len(sizes)), sizes)
        order = np.argsort(keys, kind="stable")
        keys, owners = keys[order], owners[order]
        pairs = [_equal_keys(keys, owners, gap) for gap in range(1, _NEIGHBOURS + 1)]
        unique, shared = np.unique(np.concatenate(pairs), return_counts=True)
        for pair in unique[shared >= _SHARED].tolist():
            yield pair >> 32, pair & 0xFFFFFFFF


def sketch(hashes: Hashes) -> Sketch:
    """What is kept of a row's sorted run hashes."""
    return (hashes[:SKETCH] >> _HALF).astype(np.uint32)


def similarity(one: Sketch, two: Sketch) -> float:
    """Jaccard index of two sets of runs, by their smallest hashes."""
    union = np.union1d(one, two)
    if max(one.size, two.size) >= SKETCH:
        union = union[:SKETCH]
    shared = np.intersect1d(one, two, assume_unique=True)
    return float(np.count_nonzero(shared <= union[-1])) / union.size


def _equal_keys(keys: Sketch, owners: npt.NDArray[np.int64], gap: int) -> npt.NDArray[np.int64]:
    """Pairs of owners whose keys are equal, `gap` places apart in key order; two numbers in one."""
    equal = keys[:-gap] == keys[gap:]
    return (owners[:-gap][equal] << 32) | owners[gap:][equal]


def _leader(leader: list[int], index: int) -> int:
    while leader[index] != index:
        leader[index] = leader[leader[index]]
        index = leader[index]
    return index
