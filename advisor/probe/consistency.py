"""How far repeated answers agree. Works on keys: two answers with one key are the same answer.

Formulas on counts of one prompt's answers, unbiased at any number of answers where such a form
exists. Consistent is not correct.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import combinations
from statistics import fmean
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from advisor.probe.statistics import Bounds, exact_share, wilson

Keys = Sequence[Hashable]

PERMUTED_CELLS = 2_000_000
"""Most cells of a table of permuted answers held at once."""


def agree_at(keys: Keys, k: int = 2) -> float | None:
    """Chance that `k` people who ask all get the same answer: sum C(n_j, k) / C(N, k).

    Unbiased for the sum of p_j^k; None with fewer than `k` answers.
    """
    if len(keys) < k:
        return None
    return sum(math.comb(count, k) for count in Counter(keys).values()) / math.comb(len(keys), k)


class Majority(NamedTuple):
    """The most common answer."""

    keys: tuple[Hashable, ...]
    """More than one when they tie."""
    share: float
    bounds: Bounds
    """Wilson's interval of the share."""
    exact: Bounds
    """The interval of Clopper and Pearson, which also covers an answer picked for being most common."""


def majority(keys: Keys) -> Majority | None:
    """The most common answer and its share; None without any answer."""
    if not keys:
        return None
    counts = Counter(keys)
    most = max(counts.values())
    leaders = tuple(key for key, count in counts.items() if count == most)
    return Majority(leaders, most / len(keys), wilson(most, len(keys)), exact_share(most, len(keys)))


def unseen_share(keys: Keys) -> float | None:
    """Chance that the next answer is one not seen yet (Good-Turing): answers seen once / N."""
    if not keys:
        return None
    return sum(count == 1 for count in Counter(keys).values()) / len(keys)


def entropy(keys: Keys) -> float | None:
    """Plug-in entropy of the answers in nats; too low for few answers."""
    if not keys:
        return None
    shares = [count / len(keys) for count in Counter(keys).values()]
    # Adding zero turns -0.0 into 0.0.
    return -sum(share * math.log(share) for share in shares) + 0.0


def miller_madow(keys: Keys) -> float | None:
    """Entropy with the bias correction (K - 1) / 2N."""
    plain = entropy(keys)
    return None if plain is None else plain + (len(set(keys)) - 1) / (2 * len(keys))


class Accuracy(NamedTuple):
    """Right answers among N tries of one task."""

    right: int
    n: int

    def any_of(self, k: int) -> float | None:
        """pass@k: chance that at least one of `k` tries is right, unbiased; None when k > N."""
        if k > self.n:
            return None
        return 1.0 - math.comb(self.n - self.right, k) / math.comb(self.n, k)

    def all_of(self, k: int) -> float | None:
        """pass^k: chance that all of `k` tries are right, unbiased; None when k > N."""
        return None if k > self.n else math.comb(self.right, k) / math.comb(self.n, k)

    def most_of(self, k: int, share: float) -> float | None:
        """G-Pass@k: chance that at least `share` of `k` tries are right, unbiased; share 1 is pass^k."""
        if k > self.n:
            return None
        # The small subtraction keeps 0.3 x 10 from asking for four.
        enough = range(max(0, math.ceil(share * k - 1e-9)), k + 1)
        ways = (math.comb(self.right, j) * math.comb(self.n - self.right, k - j) for j in enough)
        return sum(ways) / math.comb(self.n, k)

    def most_of_mean(self, k: int) -> float | None:
        """mG-Pass@k: mean of G-Pass@k over the shares above one half, (2/k) x their sum."""
        if k > self.n:
            return None
        values = (self.most_of(k, j / k) for j in range(math.ceil(k / 2) + 1, k + 1))
        return 2 / k * sum(value for value in values if value is not None)


class PossibleAccuracy(NamedTuple):
    """Accuracy over tasks if luck were always against us, and always with us."""

    worst: float
    """Share of tasks right in all tries."""
    best: float
    """Share of tasks right in at least one try."""


def possible_accuracy(tasks: Sequence[Accuracy]) -> PossibleAccuracy | None:
    """Worst and best accuracy the tries allow; the distance grows with their number. None without tasks."""
    tried = [task for task in tasks if task.n]
    if not tried:
        return None
    worst, best = (task.right == task.n for task in tried), (task.right > 0 for task in tried)
    return PossibleAccuracy(fmean(worst), fmean(best))


class TotalAgreement(NamedTuple):
    """Share of prompts whose answers were all equal. Falls with more answers: never show it without N."""

    share: float
    bounds: Bounds
    """Wilson's interval over prompts."""
    prompts: int
    fewest: int
    """Answers to the prompt with the fewest."""
    most: int

    @property
    def n(self) -> str:
        """N as it belongs beside the figure, such as "5" or "4 to 5"."""
        return str(self.most) if self.fewest == self.most else f"{self.fewest} to {self.most}"


def total_agreement(prompts: Sequence[Keys]) -> TotalAgreement | None:
    """TAR@N (Atil et al. 2024): of raw replies TARr, of answers TARa; prompts below two answers left out."""
    counted = [keys for keys in prompts if len(keys) >= 2]
    if not counted:
        return None
    same, sizes = sum(len(set(keys)) == 1 for keys in counted), [len(keys) for keys in counted]
    share = same / len(counted)
    return TotalAgreement(share, wilson(same, len(counted)), len(counted), min(sizes), max(sizes))


class Wordings(NamedTuple):
    """Agreement of answers to one question asked in several wordings."""

    within: float
    """Mean agreement when the same wording is asked twice."""
    between: float
    """Mean agreement when two wordings are asked once each: what different people see."""

    @property
    def gap(self) -> float:
        """What the wording costs: half the mean squared distance of the answer distributions."""
        return self.within - self.between


def wordings(groups: Sequence[Keys]) -> Wordings | None:
    """Within and between agreement; None without two wordings, or when one has fewer than two answers."""
    inside = [agree_at(keys) for keys in groups]
    if len(groups) < 2 or any(value is None for value in inside):
        return None
    across = [_cross(one, other) for one, other in combinations(groups, 2)]
    return Wordings(fmean(value for value in inside if value is not None), fmean(across))


def wording_p_value(groups: Sequence[Keys], seed: int, rounds: int = 2_000) -> float | None:
    """Chance of so large a gap if wording did not matter: labels of the replies are permuted."""
    seen = wordings(groups)
    if seen is None:
        return None
    number = {key: place for place, key in enumerate(dict.fromkeys(key for keys in groups for key in keys))}
    pool = np.array([number[key] for keys in groups for key in keys])
    dice = np.random.default_rng(seed)
    # Rounds are dealt in portions, so that many replies need no gigabytes.
    portion = max(1, PERMUTED_CELLS // (len(pool) * len(number)))
    larger = 0
    for done in range(0, rounds, portion):
        mixed = dice.permuted(np.tile(pool, (min(portion, rounds - done), 1)), axis=1)
        larger += int((_gaps(mixed, [len(keys) for keys in groups], len(number)) >= seen.gap - 1e-12).sum())
    return (larger + 1) / (rounds + 1)


def _gaps(mixed: npt.NDArray[np.intp], sizes: Sequence[int], kinds: int) -> npt.NDArray[np.float64]:
    """The gap of each row, its answers dealt to groups of these sizes."""
    n, starts = np.array(sizes, dtype=np.float64), np.cumsum([0, *sizes[:-1]])
    counts = np.add.reduceat(mixed[:, :, None] == np.arange(kinds), starts, axis=1, dtype=np.float64)
    within = ((counts * (counts - 1)).sum(axis=2) / (n * (n - 1))).mean(axis=1)
    shares = counts / n[:, None]
    pairs = len(sizes) * (len(sizes) - 1)
    squares = (shares * shares).sum(axis=(1, 2))
    return within - ((shares.sum(axis=1) ** 2).sum(axis=1) - squares) / pairs


def _cross(one: Keys, other: Keys) -> float:
    first, second = Counter(one), Counter(other)
    return sum(count * second[key] for key, count in first.items()) / (len(one) * len(other))
