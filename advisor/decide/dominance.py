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

NAMED = 3
"""How many dominating offers are named, best-ranked first."""


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
    table, front, size = _table(rows), np.zeros(len(rows), dtype=np.int64), 0
    named: list[tuple[str, ...]] = []
    for i in range(len(rows)):
        above = _dominators(table, front[:size], i)
        named.append(tuple(rows[j].id for j in above[:NAMED].tolist()))
        if not len(above):
            front[size] = i
            size += 1
    return tuple(named)


def _table(rows: Sequence[Row]) -> _Table:
    import numpy as np

    names: dict[str, int] = {}
    codes = [[names.setdefault(owner, len(names)) for owner in row.owners] for row in rows]
    ends = [[(part.value.low, part.value.mid, part.value.high) for part in row.contributions] for row in rows]
    bounds = np.array(ends, dtype=float)
    return _Table(bounds[:, :, 0], bounds[:, :, 1], bounds[:, :, 2], np.array(codes))


def _dominators(table: _Table, above: Ints, i: int) -> Ints:
    """Which of the offers `above` dominate offer i; each criterion leaves fewer to look at."""
    for k in range(table.low.shape[1]):
        low, mid, high = table.low[above, k], table.mid[above, k], table.high[above, k]
        together = (low >= table.low[i, k]) & (mid >= table.mid[i, k]) & (high >= table.high[i, k])
        shared = table.owners[above, k] == table.owners[i, k]
        above = above[(shared & together) | (low >= table.high[i, k])]
    better = (table.mid[above] > table.mid[i]) | (table.low[above] > table.low[i])
    return above[(better | (table.high[above] > table.high[i])).any(axis=1)]
