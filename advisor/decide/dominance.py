"""Dominance: the truth that needs no weights. One offer is at least as good on everything.

Bounds are taken seriously: the better offer must be at least as good however the unknowns turn out.
A figure both offers share (same model, same workload) is right or wrong for both together, so it is
compared end by end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.decide.value import Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

NAMED = 3
"""How many dominating offers are named, best-ranked first."""

BLOCK = 256
"""Offers compared with those before them at once: bounds the memory of thousands of offers."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Worths of all offers: offers down, criteria across."""

    low: Floats
    mid: Floats
    high: Floats
    owners: Ints


def dominated_by(rows: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    """For each offer of a ranking, the undominated offers that dominate it; empty for the front.

    Rows come best first, so a dominating offer always stands before the one it dominates, and one
    member of the front dominates every dominated offer.
    """
    import numpy as np

    if not rows:
        return ()
    table = _table(rows)
    front: list[int] = []
    named: list[tuple[str, ...]] = []
    for start in range(0, len(rows), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(rows)))
        before, among = (
            _dominates(table, np.array(front, dtype=np.int64), block),
            _dominates(table, block, block),
        )
        known = len(front)
        for i in block.tolist():
            earlier = [front[j] for j in np.flatnonzero(before[:, i - start]).tolist()]
            above = earlier + [j for j in front[known:] if among[j - start, i - start]]
            named.append(tuple(rows[j].id for j in above[:NAMED]))
            if not above:
                front.append(i)
    return tuple(named)


def _table(rows: Sequence[Row]) -> _Table:
    import numpy as np

    names: dict[str, int] = {}
    codes = [[names.setdefault(owner, len(names)) for owner in row.owners] for row in rows]
    ends = [[(part.value.low, part.value.mid, part.value.high) for part in row.contributions] for row in rows]
    bounds = np.array(ends, dtype=float)
    return _Table(bounds[:, :, 0], bounds[:, :, 1], bounds[:, :, 2], np.array(codes))


def _dominates(table: _Table, above: Ints, below: Ints) -> Flags:
    """Which of some offers (down) dominate which of others (across)."""
    import numpy as np

    no_worse = np.ones((len(above), len(below)), dtype=bool)
    better = np.zeros_like(no_worse)
    for k in range(table.low.shape[1]):
        low, mid, high = (end[above, k, None] for end in (table.low, table.mid, table.high))
        to_low, to_mid, to_high = (end[below, k] for end in (table.low, table.mid, table.high))
        shared = table.owners[above, k, None] == table.owners[below, k]
        together = (low >= to_low) & (mid >= to_mid) & (high >= to_high)
        no_worse &= (shared & together) | (low >= to_high)
        better |= (mid > to_mid) | (low > to_low) | (high > to_high)
    return no_worse & better
