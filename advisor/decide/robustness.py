"""How sure the ranking is: stochastic multicriteria acceptability analysis, SMAA-2.

Lahdelma & Salminen (2001). Each draw takes one set of weights and one completion of every unknown
fact. The random numbers of an uncertain figure depend on nothing but the seed, its owner and the
criterion: they are a stretch of one table, found by a hash. So the same seed gives the same bytes,
and adding or removing an offer leaves every other offer's draws as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from advisor.decide.value import Row
from advisor.decide.weights import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Ints = NDArray[np.int64]

SEED = 20_261_124
DRAWS = 10_000
MAX_DRAWS = 100_000
RANKS_KEPT = 10
"""Ranks whose acceptability is reported."""
CONCENTRATION = 30.0
"""Stated weights vary like a Dirichlet of this total: a weight of 30 % moves by about 8 points."""
_TABLE_SIZE = 1 << 18
_CELLS = 4_000_000
"""Offers times draws handled at once: bounds the memory of thousands of offers."""
_TIE_BREAK = 1e-5
"""Equal scores are ordered by chance: a thousandth of a point of 100, above rounding, below what is shown."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The valued offers as plain arrays: offers down, criteria across."""

    low: Floats
    mid: Floats
    high: Floats
    owners: tuple[tuple[str, ...], ...]
    """Key of the random numbers of each figure."""
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acceptability:
    """What the draws say."""

    ranks: Floats
    """Share of draws in which an offer (down) takes a rank (across, first ranks only)."""
    central: Floats
    """Mean weights with which an offer comes first; rows of not-a-number when it never does."""
    adjacent: Floats
    """Share of draws in which offer i beats offer i + 1."""
    pairwise: Floats
    """Share of draws in which the row's offer beats the column's, for the first offers only."""


def figures(rows: Sequence[Row], keys: Sequence[str]) -> Figures:
    """The arrays of some rows, in their order."""
    import numpy as np

    shape = (len(rows), len(keys))
    bounds = np.array(
        [[(p.value.low, p.value.mid, p.value.high) for p in row.contributions] for row in rows], dtype=float
    ).reshape(*shape, 3)
    owners = tuple(
        tuple(f"{owner}|{key}" for owner, key in zip(row.owners, keys, strict=True)) for row in rows
    )
    low, mid, high = (np.ascontiguousarray(bounds[:, :, i]) for i in range(3))
    return Figures(low, mid, high, owners, tuple(row.id for row in rows))


def uniform_weights(n: int, draws: int, seed: int) -> Floats:
    """Weights spread evenly over all that sum to 1; draws down, criteria across."""
    import numpy as np

    return np.random.default_rng([seed, 1]).dirichlet(np.ones(n), draws)


def ordered_weights(n: int, draws: int, seed: int) -> Floats:
    """Weights spread evenly over all that sum to 1 and never rise from one criterion to the next."""
    import numpy as np

    return np.sort(uniform_weights(n, draws, seed), axis=1)[:, ::-1]


def weights_around(values: Sequence[float], draws: int, seed: int) -> Floats:
    """Weights from a Dirichlet distribution whose mean is the stated weights."""
    return _around(tuple(values), draws, seed)


@lru_cache(maxsize=4)
def _around(values: tuple[float, ...], draws: int, seed: int) -> Floats:
    # What else a case says does not move its weights, so neighbouring decisions share these draws.
    import numpy as np

    return np.random.default_rng([seed, 2]).dirichlet(np.asarray(values) * CONCENTRATION, draws)


def drawn_weights(weights: Weights, draws: int, seed: int) -> Floats:
    """Draws of the effective weights: over their order when only that was stated, else around them."""
    import numpy as np

    slots = _slot_weights(weights)
    values = tuple(slots.values())
    drawn = (
        ordered_weights(len(values), draws, seed) if weights.ordered else weights_around(values, draws, seed)
    )
    column = {slot: i for i, slot in enumerate(slots)}
    share = np.array([w / slots[slot] for w, slot in zip(weights.values, weights.slots, strict=True)])
    return drawn[:, [column[slot] for slot in weights.slots]] * share


def _slot_weights(weights: Weights) -> dict[str, float]:
    slots: dict[str, float] = {}
    for slot, value in zip(weights.slots, weights.values, strict=True):
        slots[slot] = slots.get(slot, 0.0) + value
    return dict(sorted(slots.items(), key=lambda item: -item[1]))


def acceptability(table: Figures, weights: Floats, seed: int, pairs: int = 0) -> Acceptability:
    """Run the draws.

    Args:
        table: The offers in rank order.
        weights: One row of weights per draw.
        seed: Seed of the unknown facts.
        pairs: For how many of the first offers to count every pairwise win.
    """
    import numpy as np

    n, draws = len(table.ids), len(weights)
    kept = min(n, RANKS_KEPT)
    ranks, central = np.zeros((n, kept)), np.zeros((n, weights.shape[1]))
    adjacent, pairwise = np.zeros(max(0, n - 1)), np.zeros((min(pairs, n), min(pairs, n)))
    step = max(500, _CELLS // max(1, n))
    for start in range(0, draws, step):
        part = weights[start : start + step]
        scores = drawn_scores(table, part, seed, start)
        firsts = _count_ranks(scores, ranks)
        _sum_weights(firsts, part, central)
        adjacent += (scores[:-1] > scores[1:]).sum(axis=1)
        count_pairs(scores, pairwise)
    with np.errstate(invalid="ignore"):
        central /= ranks[:, :1]
    return Acceptability(ranks / draws, central, adjacent / draws, pairwise / draws)


def drawn_scores(table: Figures, weights: Floats, seed: int, start: int = 0) -> Singles:
    """Scores of every offer (down) in every draw (across), drawing each unknown figure.

    Single precision: seven digits say who is ahead, in half the time.

    Args:
        table: The offers.
        weights: One row of weights per draw.
        seed: Seed of the unknown facts.
        start: Number of the first draw.
    """
    import numpy as np

    across = np.ascontiguousarray(weights.T, dtype=np.float32)
    scores = table.mid.astype(np.float32) @ across
    for k, line in enumerate(across):
        _add_unknowns(scores, table, k, line, (seed, start))
    ties = _ties(seed)
    for i, name in enumerate(table.ids):
        where = _start(name, seed) + start
        scores[i] += ties[where : where + len(weights)]
    return scores


def _add_unknowns(scores: Singles, table: Figures, k: int, line: Singles, stretch: tuple[int, int]) -> None:
    """Add what the uncertain figures of one criterion deviate from their middles, draw by draw.

    Offers that share a figure with the same bounds share its draws, so those are worked out once.
    """
    worked_out: dict[tuple[str, float, float], Singles] = {}
    downs, ups = (table.mid[:, k] - table.low[:, k]).tolist(), (table.high[:, k] - table.mid[:, k]).tolist()
    for i, (down, up) in enumerate(zip(downs, ups, strict=True)):
        if down == 0 and up == 0:
            continue
        figure = (table.owners[i][k], down, up)
        if figure not in worked_out:
            below, above = _deviations(table.owners[i][k], stretch, len(line))
            worked_out[figure] = (below * down + above * up) * line
        scores[i] += worked_out[figure]


def _deviations(owner: str, stretch: tuple[int, int], draws: int) -> tuple[Singles, Singles]:
    """One figure's own random numbers: how far below the middle (-1..0) and above it (0..1), per draw."""
    seed, start = stretch
    below, above = _halves(seed)
    where = _start(owner, seed) + start
    return below[where : where + draws], above[where : where + draws]


@lru_cache(maxsize=4)
def _halves(seed: int) -> tuple[Any, Any]:
    """The whole random table, split into deviations below and above the middle."""
    import numpy as np

    table = np.random.default_rng([seed, 3]).uniform(-1.0, 1.0, _TABLE_SIZE).astype(np.float32)
    return np.minimum(table, 0.0), np.maximum(table, 0.0)


@lru_cache(maxsize=4)
def _ties(seed: int) -> Any:  # noqa: ANN401 - as above
    """The whole random table as what orders equal scores."""
    below, above = _halves(seed)
    return (below + above) * _TIE_BREAK


@lru_cache(maxsize=65_536)
def _start(name: str, seed: int) -> int:
    digest = blake2b(f"{seed}|{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (_TABLE_SIZE - MAX_DRAWS)


def _count_ranks(scores: Singles, ranks: Floats) -> Ints:
    import numpy as np

    left = np.ascontiguousarray(scores.T)
    lines = np.arange(left.shape[0])
    firsts = left.argmax(axis=1)
    taken = firsts
    for rank in range(ranks.shape[1]):
        taken = firsts if rank == 0 else left.argmax(axis=1)
        ranks[:, rank] += np.bincount(taken, minlength=ranks.shape[0])
        left[lines, taken] = -np.inf
    return firsts


def _sum_weights(firsts: Ints, weights: Floats, central: Floats) -> None:
    import numpy as np

    for k in range(weights.shape[1]):
        central[:, k] += np.bincount(firsts, weights=weights[:, k], minlength=central.shape[0])


def count_pairs(scores: Singles | Floats, pairwise: Floats) -> None:
    """Add, for each pair of the first offers, the draws in which the row's offer beats the column's."""
    import numpy as np

    for i in range(pairwise.shape[0]):
        wins = np.packbits(scores[i] > scores[: pairwise.shape[1]], axis=1)
        # Eight draws to a byte: a quarter of the time of a sum over truth values.
        pairwise[i] += np.bitwise_count(wins).sum(axis=1)


CLOSE = 0.6
"""Too close to call: the better offer wins at most this share of the draws."""


def tie_groups(pairwise: Sequence[Sequence[float]], adjacent: Sequence[float]) -> tuple[int, ...]:
    """Group numbers in rank order, 1 for the leader's.

    An offer belongs to the group before it while that group's first offer is too close to call with it.
    Beyond the offers whose pairs were counted, neighbours are compared instead.
    """
    groups, head = [1], 0
    for i, neighbour in enumerate(adjacent, start=1):
        rate = pairwise[head][i] if i < len(pairwise) else neighbour
        if rate > CLOSE:
            head = i
        groups.append(groups[-1] + (1 if rate > CLOSE else 0))
    return tuple(groups)
