"""Does the estimator predict a benchmark it was not shown? One line per benchmark, for `make bench`.

A composite index contains some of the other benchmarks, so with it part of the agreement is built in; leave
the composites out as well (`COMPOSITES`) to see what remains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from advisor.catalog.entries import Attribute, Catalog, Score
from advisor.catalog.estimate import EFFORTS, RESULT_SD, Z_80, place_in, profile_of, reference_of

COMPOSITES = frozenset({"aa-index-4.1", "aa-index-4.3", "aa-coding-index"})

MIN_OVERLAP = 15
"""Fewer models say nothing about a rank correlation."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How well the estimate without a benchmark ranks the models on that benchmark."""

    attribute: Attribute
    benchmark: str
    models: int
    rank_correlation: float
    coverage: float
    """Share of left-out places inside the 80 % interval widened by one result's own spread."""


def leave_one_out(
    catalog: Catalog, min_overlap: int = MIN_OVERLAP, without: frozenset[str] = frozenset()
) -> tuple[LeftOut, ...]:
    """Every benchmark left out in turn, with those of `without`, where enough models have other evidence."""
    lines = (_left_out(catalog, benchmark.id, min_overlap, without) for benchmark in catalog.benchmarks)
    return tuple(sorted((line for line in lines if line), key=lambda line: (line.attribute, line.benchmark)))


def _left_out(
    catalog: Catalog, benchmark_id: str, min_overlap: int, without: frozenset[str]
) -> LeftOut | None:
    benchmark = catalog.benchmark_by_id[benchmark_id]
    pairs: list[tuple[float, float, bool]] = []
    for model in catalog.models:
        score = _top(model.scores, benchmark_id)
        reference = None if score is None else reference_of(benchmark, score)
        if score is None or reference is None:
            continue
        guess = profile_of(catalog, model, score.effort, without | {benchmark_id}).get(benchmark.attribute)
        if guess is not None:
            place = place_in(reference, score.value, benchmark.higher_is_better)
            half = ((guess.high - guess.low) ** 2 / 4 + (Z_80 * RESULT_SD) ** 2) ** 0.5
            pairs.append((guess.mid, place, abs(place - guess.mid) <= half))
    if len(pairs) < min_overlap:
        return None
    rho = rank_correlation([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    covered = mean(1.0 if pair[2] else 0.0 for pair in pairs)
    return LeftOut(benchmark.attribute, benchmark_id, len(pairs), rho, covered)


def _top(scores: Sequence[Score], benchmark_id: str) -> Score | None:
    """The newest result at the highest effort."""
    own = [score for score in scores if score.benchmark == benchmark_id]
    rank = {effort: index for index, effort in enumerate(EFFORTS)}
    return max(own, key=lambda score: (score.as_of, rank.get(score.effort or "", -1)), default=None)


def rank_correlation(left: Sequence[float], right: Sequence[float]) -> float:
    """Spearman's rho with middle ranks for ties; 0 when one side is constant."""
    a, b = _ranks(left), _ranks(right)
    mean_a, mean_b = mean(a), mean(b)
    top = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    bottom = (sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) ** 0.5
    return top / bottom if bottom else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    below = [sum(1 for other in values if other < value) for value in values]
    same = [sum(1 for other in values if other == value) for value in values]
    return [low + (ties - 1) / 2 for low, ties in zip(below, same, strict=True)]
