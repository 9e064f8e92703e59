"""Agreement beyond what always giving the most common label would bring; for one closed set of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

from advisor.probe.consistency import Keys


def krippendorff_alpha(prompts: Sequence[Keys]) -> float | None:
    """Krippendorff's alpha for nominal labels: 1 - observed / expected disagreement.

    All prompts must be answered from the same labels. Unstable when one label dominates. None when
    no prompt has two answers or only one label occurs: then chance agreement is perfect as well.
    """
    units = [Counter(keys) for keys in prompts if len(keys) >= 2]
    pooled = sum(units, Counter[Hashable]())
    n = pooled.total()
    chance = _unequal_pairs(pooled) / (n - 1) if n > 1 else 0.0
    if not chance:
        return None
    return 1.0 - sum(_unequal_pairs(unit) / (unit.total() - 1) for unit in units) / chance


def _unequal_pairs(counts: Counter[Hashable]) -> int:
    return counts.total() ** 2 - sum(count * count for count in counts.values())
