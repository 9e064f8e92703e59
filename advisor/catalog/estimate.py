"""How good a model is at an attribute, estimated from published benchmark results.

The scale is 0-100: the percentile of general ability among the models released since mid-2025. One result
becomes a place on it in two steps, both with numbers stored in `catalog/benchmarks.yaml`: its rank inside
its own source's table of that date, then the general ability found at that rank of the same table
(equipercentile linking). So raw values of different sources are never compared, and no place depends on
which models are in the catalog.

Most benchmarks measure one general factor. It is counted once: an attribute's estimate is the general
ability plus the deviation its own benchmarks show, shrunk as far as the evidence is thin:

    mid  = G + W / (W + K) * mean_w(place - G)
    sd^2 = S_G^2 / W_G + 1 / (1 / T^2 + W / S^2)

with W the summed weight of the attribute's results, K = S^2 / T^2, S the spread of one result around the
truth and T the spread of true deviations (both calibrated by `leave_one_out`). The interval is
mid +- 1.28 sd, about 80 %. Faithfulness does not follow general ability (it was found negatively related):
its results are ranked in their own table and shrunk towards 50. No result is no estimate, never a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from advisor.catalog.entries import Attribute, Benchmark, Catalog, Model, Reference, Score

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Reasoning effort levels, lowest first."""

REPORTER_WEIGHT = {"owner": 1.0, "third-party": 1.0, "crowd": 0.8, "aggregator": 0.7, "vendor": 0.4}
"""A vendor's own or rival-about-rival figure counts less than an independent one."""

RESULT_SD = 6.0
"""Spread of one result's place around the truth, points."""
DEVIATION_SD = 7.0
"""Spread of true deviations from general ability between models, points."""
UNLINKED_SD = 25.0
"""Spread of places where general ability says nothing, points."""
SMALL_TABLE = 10
"""Tables of fewer models place a result only coarsely."""
Z_80 = 1.2816


@dataclass(frozen=True, slots=True)
class Evidence:
    """One benchmark result and what it says."""

    score: Score
    benchmark: Benchmark
    place: float | None
    """Place on the 0-100 scale; None when the source has no stored reference to rank it in."""
    weight: float
    """What it counts, 0-1: reporter, table size, effort match."""
    same_effort: bool
    """False when it was measured at another effort than asked for."""

    @property
    def independent(self) -> bool:
        """Whether somebody other than a model vendor reports it."""
        return self.score.reporter != "vendor"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An attribute of one model at one effort, 0-100 with an interval of about 80 %."""

    attribute: Attribute
    low: float
    mid: float
    high: float
    effort: str | None
    """Effort asked for; None means the highest one measured."""
    general: float | None
    """General ability on the same scale, None when unknown."""
    evidence: tuple[Evidence, ...]

    @property
    def independent(self) -> int:
        """Benchmarks reported by somebody other than a vendor."""
        return len({item.benchmark.id for item in self.evidence if item.independent})

    @property
    def benchmarks(self) -> int:
        """Benchmarks behind it."""
        return len({item.benchmark.id for item in self.evidence})

    @property
    def other_efforts(self) -> tuple[str, ...]:
        """Efforts of the results that were not measured at the one asked for, lowest first."""
        stated = {item.score.effort for item in self.evidence if not item.same_effort}
        return tuple(effort for effort in EFFORTS if effort in stated)

    @property
    def words(self) -> str:
        """One sentence for people."""
        counted = f"{self.benchmarks} benchmark{'s' if self.benchmarks != 1 else ''}"
        who = f"{self.independent} independent" if self.independent else "vendors' own claims only"
        place = f"about {self.mid:.0f} of 100 ({self.low:.0f} to {self.high:.0f})"
        other = "" if all(item.same_effort for item in self.evidence) else ", partly at another effort"
        return f"{place}, from {counted}, {who}{other}."


Profile = dict[Attribute, Estimate]
"""Every attribute of one model that has evidence."""


def estimate(
    catalog: Catalog, model_id: str, attribute: Attribute, effort: str | None = None
) -> Estimate | None:
    """The estimate of one attribute, None when there is no evidence.

    Args:
        catalog: Facts with references; the result depends on this model's scores and on them alone.
        model_id: A model of the catalog.
        attribute: What to estimate.
        effort: Reasoning effort; results at another effort count half. None takes the highest measured.

    Raises:
        KeyError: The catalog has no such model.
    """
    return profile(catalog, model_id, effort).get(attribute)


def profile(catalog: Catalog, model_id: str, effort: str | None = None) -> Profile:
    """Estimates of all attributes with evidence, computed once per catalog, model and effort."""
    key = ("profile", model_id, effort)
    found = catalog.memo.get(key)
    if found is None:
        found = profile_of(catalog, catalog.model_by_id[model_id], effort)
        catalog.memo[key] = found
    return cast(Profile, found)


def results(catalog: Catalog, model: Model) -> tuple[Evidence, ...]:
    """Every published result of a model, ranked where its source allows; for the model's own page."""
    return tuple(_evidence(catalog, score, None) for score in model.scores)


def profile_of(
    catalog: Catalog, model: Model, effort: str | None, without: frozenset[str] = frozenset()
) -> Profile:
    """Estimates of all attributes, leaving out the benchmarks named in `without`."""
    chosen = [item for item in _chosen(catalog, model, effort) if item.benchmark.id not in without]
    ranked = _by_benchmark(item for item in chosen if item.place is not None)
    general = [group for group in ranked if group.benchmark.general]
    weight = sum(group.weight for group in general)
    ability = sum(group.weight * group.place for group in general) / weight if weight else None
    prior = _Prior(ability, RESULT_SD**2 / weight if weight else UNLINKED_SD**2)
    groups: dict[Attribute, list[_Group]] = defaultdict(list)
    for group in ranked:
        groups[group.benchmark.attribute].append(group)
    return {attribute: _estimate(attribute, groups[attribute], prior, effort) for attribute in groups}


@dataclass(frozen=True, slots=True)
class _Prior:
    """General ability and its variance; None when no general benchmark was run."""

    ability: float | None
    variance: float


@dataclass(frozen=True, slots=True)
class _Group:
    """The results of one benchmark, from whatever sources, as one piece of evidence."""

    benchmark: Benchmark
    place: float
    weight: float
    linked: bool
    items: tuple[Evidence, ...]


def _estimate(attribute: Attribute, groups: list[_Group], prior: _Prior, effort: str | None) -> Estimate:
    """The formula of the module's docstring."""
    general_only = all(group.benchmark.general for group in groups)
    own = groups if general_only else [group for group in groups if not group.benchmark.general]
    weight = sum(group.weight for group in own)
    mean = sum(group.weight * group.place for group in own) / weight
    linked = all(group.linked for group in own)
    if general_only and prior.ability is not None:
        mid, variance = prior.ability, prior.variance
    else:
        centre = prior.ability if linked and prior.ability is not None else 50.0
        spread = DEVIATION_SD if linked and prior.ability is not None else UNLINKED_SD
        pull = weight / (weight + (RESULT_SD / spread) ** 2)
        mid = centre + pull * (mean - centre)
        variance = 1 / (1 / spread**2 + weight / RESULT_SD**2)
        variance += (1 - pull) ** 2 * prior.variance if spread == DEVIATION_SD else 0.0
    half = Z_80 * variance**0.5
    evidence = tuple(item for group in groups for item in group.items)
    return Estimate(
        attribute, max(0.0, mid - half), _within(mid), min(100.0, mid + half), effort, prior.ability, evidence
    )


def _within(value: float) -> float:
    return min(100.0, max(0.0, value))


def _by_benchmark(items: Iterable[Evidence]) -> list[_Group]:
    """One group per benchmark: a second report of the same test is no second test."""
    grouped: dict[str, list[Evidence]] = defaultdict(list)
    for item in items:
        grouped[item.benchmark.id].append(item)
    return [_group(tuple(same)) for same in grouped.values()]


def _group(items: tuple[Evidence, ...]) -> _Group:
    total = sum(item.weight for item in items)
    place = sum(item.weight * cast(float, item.place) for item in items) / total
    linked = all(_is_linked(item) for item in items)
    return _Group(items[0].benchmark, place, max(item.weight for item in items), linked, items)


def _is_linked(item: Evidence) -> bool:
    found = reference_of(item.benchmark, item.score)
    return found is not None and found.ability is not None


def _chosen(catalog: Catalog, model: Model, effort: str | None) -> list[Evidence]:
    """Of each benchmark and source the result whose effort fits best."""
    best: dict[tuple[str, str, str | None], Score] = {}
    for score in model.scores:
        key = (score.benchmark, score.source, score.harness)
        if key not in best or _distance(score.effort, effort) < _distance(best[key].effort, effort):
            best[key] = score
    return [_evidence(catalog, score, effort) for score in best.values()]


def _distance(has: str | None, wanted: str | None) -> float:
    """How far apart two efforts are; an unstated effort is taken only when nothing stated is nearer."""
    target = EFFORTS.index(wanted) if wanted in EFFORTS else len(EFFORTS) - 1
    return abs(EFFORTS.index(has) - target) if has in EFFORTS else 2.5


def _evidence(catalog: Catalog, score: Score, effort: str | None) -> Evidence:
    benchmark = catalog.benchmark_by_id[score.benchmark]
    reference = reference_of(benchmark, score)
    same = effort is None or score.effort in (None, effort)
    weight = REPORTER_WEIGHT[score.reporter] * (1.0 if same else 0.5)
    if reference is not None and reference.n < SMALL_TABLE:
        weight *= 0.6
    place = None if reference is None else place_in(reference, score.value, benchmark.higher_is_better)
    return Evidence(score, benchmark, place, weight, same)


def reference_of(benchmark: Benchmark, score: Score) -> Reference | None:
    """The stored table a result is ranked in: the same source and the same date, or none."""
    for reference in benchmark.references:
        if reference.source == score.source and reference.as_of == score.as_of:
            return reference
    return None


def place_in(reference: Reference, value: float, higher_is_better: bool = True) -> float:
    """Place of a raw value on the 0-100 scale."""
    share = _share_below(reference.quantiles, value)
    if not higher_is_better:
        share = 1 - share
    if reference.ability is None:
        return 100 * share
    steps = share * (len(reference.ability) - 1)
    low = min(int(steps), len(reference.ability) - 2)
    return reference.ability[low] + (steps - low) * (reference.ability[low + 1] - reference.ability[low])


def _share_below(quantiles: tuple[float, ...], value: float) -> float:
    """Share of the table at or below a value, 0-1, interpolated; ties take the middle."""
    last = len(quantiles) - 1
    below = sum(1 for step in quantiles if step < value)
    same = sum(1 for step in quantiles if step == value)
    if same:
        return (below + (same - 1) / 2) / last
    if below in (0, last + 1):
        return 0.0 if below == 0 else 1.0
    low, high = quantiles[below - 1], quantiles[below]
    return (below - 1 + (value - low) / (high - low)) / last
