"""Two offers on the same prompts: how far apart they are, with an interval, or too close to call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, exp, isfinite, log
from statistics import fmean, stdev

from advisor.probe.metrics import by_offer, counted, timed
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.statistics import mean_interval

FEWEST_PAIRS = 3
FEWEST_PROMPTS = 6
"""Below so many prompts, pairs are single calls of one block: prompts alone would be too few."""

Read = Callable[[Sample], float | None]
_RATIOS: tuple[tuple[str, str, Read], ...] = (
    ("ttft", "Time to first token", lambda one: one.ttft_s),
    ("answer_time", "Time to complete answer", lambda one: one.total_s),
    ("output_tps", "Output speed", lambda one: one.output_tps),
    ("cost", "Cost per call", lambda one: one.cost_usd),
)
_TIMES = frozenset({"ttft", "answer_time", "output_tps"})


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as much one offer takes as another, on the same prompts."""

    metric: str
    label: str
    first: str
    second: str
    value: float
    """Geometric mean of first divided by second over the pairs."""
    low: float | None
    high: float | None
    """Ends of the 95 % interval; None below three pairs."""
    pairs: int
    over_prompts: bool
    """Whether a pair is a prompt, or a single call of one block."""
    more_needed: int | None
    """Pairs that would settle a difference of this size; None when it is settled or cannot be."""

    @property
    def settled(self) -> bool:
        """Whether the interval leaves out one."""
        return self.low is not None and self.high is not None and not self.low <= 1.0 <= self.high


def ratios(plan: RunPlan, samples: Sequence[Sample]) -> tuple[Ratio, ...]:
    """Every two offers on every time and cost that both have."""
    groups = by_offer(samples)
    found = [
        _ratio(
            key, label, read, (first.ref, groups.get(first.ref, [])), (second.ref, groups.get(second.ref, []))
        )
        for first, second in combinations(plan.targets, 2)
        for key, label, read in _RATIOS
    ]
    return tuple(ratio for ratio in found if ratio is not None)


_Side = tuple[str, Sequence[Sample]]


def _ratio(key: str, label: str, read: Read, first: _Side, second: _Side) -> Ratio | None:
    sides = [_values(key, read, mine) for _, mine in (first, second)]
    shared = [place for place in sides[0] if place in sides[1]]
    by_prompt: dict[str, list[float]] = defaultdict(list)
    for place in shared:
        by_prompt[place[0]].append(log(sides[0][place] / sides[1][place]))
    over_prompts = len(by_prompt) >= FEWEST_PROMPTS
    single = [one for logs in by_prompt.values() for one in logs]
    logs = [fmean(one) for one in by_prompt.values()] if over_prompts else single
    if not logs:
        return None
    # Times are skewed, their logarithms nearly normal: Student's interval covers what it says from three on.
    bounds = mean_interval(logs) if len(logs) >= FEWEST_PAIRS else None
    settled = bounds is not None and not bounds.low <= 0 <= bounds.high
    return Ratio(
        key,
        label,
        first[0],
        second[0],
        exp(fmean(logs)),
        None if bounds is None else exp(bounds.low),
        None if bounds is None else exp(bounds.high),
        len(logs),
        over_prompts,
        None if settled else pairs_needed(logs),
    )


def _values(key: str, read: Read, mine: Sequence[Sample]) -> Mapping[tuple[str, str, int], float]:
    fitting = timed(mine)[0] if key in _TIMES else counted(mine)
    values = {
        (one.prompt, one.purpose.value, one.repeat): read(one) for one in fitting if one.reply is not None
    }
    return {
        place: value for place, value in values.items() if value is not None and value > 0 and isfinite(value)
    }


def pairs_needed(logs: Sequence[float]) -> int | None:
    """Pairs at which an interval around this mean would leave out zero; None without any difference."""
    if len(logs) < FEWEST_PAIRS or fmean(logs) == 0:
        return None
    return max(len(logs) + 1, ceil((1.96 * stdev(logs) / fmean(logs)) ** 2))
