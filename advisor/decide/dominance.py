"""Dominance: the truth that needs no weights. One offer is at least as good on everything.

Bounds are taken seriously: the better offer must be at least as good however the unknowns turn out.
A figure both offers share (same model, same workload) is right or wrong for both together, so it is
compared end by end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor.decide.value import Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NAMED = 3
"""How many dominating offers are named, best-ranked first."""


def dominated_by(rows: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    """For each offer of a ranking, the undominated offers that dominate it; empty for the front.

    Rows come best first, so a dominating offer always stands before the one it dominates, and one
    member of the front dominates every dominated offer.
    """
    import numpy as np

    if not rows:
        return ()
    bounds = np.array([[(p.value.low, p.value.mid, p.value.high) for p in row.contributions] for row in rows])
    owners = _codes(rows)
    front: list[int] = []
    named: list[tuple[str, ...]] = []
    for i, row_bounds in enumerate(bounds):
        beats = _dominate(bounds[front], row_bounds, owners[front] == owners[i])
        above = [front[j] for j in beats.nonzero()[0].tolist()]
        named.append(tuple(rows[j].id for j in above[:NAMED]))
        if not above:
            front.append(i)
    return tuple(named)


def _codes(rows: Sequence[Row]) -> NDArray[np.int64]:
    import numpy as np

    names: dict[str, int] = {}
    return np.array([[names.setdefault(owner, len(names)) for owner in row.owners] for row in rows])


def _dominate(many: Floats, one: Floats, shared: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of many offers (criteria across, low-mid-high deep) dominate one."""
    import numpy as np

    together = (many >= one).all(axis=2)
    apart = many[:, :, 0] >= one[:, 2]
    never_worse = np.where(shared, together, apart).all(axis=1)
    better = (many > one).any(axis=(1, 2))
    return np.logical_and(never_worse, better)
