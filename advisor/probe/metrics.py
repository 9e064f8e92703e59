"""What a set of samples shows, one row per metric. To add a metric: write its function, add its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from advisor.case import ProbePrompt
from advisor.probe.consistency import Accuracy, agree_at
from advisor.probe.equality import Category, category, judge
from advisor.probe.freetext import ACCURACY
from advisor.probe.grading import grade
from advisor.probe.model_agreement import over_prompts, pass_rate_over
from advisor.probe.samples import Purpose, Sample
from advisor.probe.statistics import (
    Bounds,
    mean_interval,
    median_interval,
    percentile,
    prompts_interval,
    wilson,
)
from advisor.wording import count, in_unit, within

Prompts = Mapping[str, ProbePrompt]
"""Prompt id -> prompt."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure of one offer, with how sure it is. Bounds are 95 %; None when they cannot be given."""

    value: float
    n: int
    """What it rests on, as `Metric.rests_on` counts it."""
    low: float | None = None
    high: float | None = None
    smallest: float | None = None
    largest: float | None = None
    p95: float | None = None
    """95th percentile, only from 20 values on."""
    note: str = ""
    answers: int | None = None
    """Of a share over prompts: answers behind it; None for other figures."""
    prompts: int | None = None
    """Of a share over prompts: the prompts they answer; with several, the interval is over prompts."""

    @property
    def bounds(self) -> Bounds | None:
        """The interval, None when it is unknown."""
        return None if self.low is None or self.high is None else Bounds(self.low, self.high)


Compute = Callable[[Sequence[Sample], Prompts], Estimate | None]
"""How a metric reads all samples of one offer; None when they show nothing about it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of every probe table and chart."""

    key: str
    label: str
    unit: str
    """Unit of the value: s, USD, tokens/s, share (0 to 1)."""
    higher_is_better: bool
    compute: Compute
    help: str = ""
    rests_on: str = "answer"
    """What `Estimate.n` counts, in the singular."""


def _typical(
    read: Callable[[Sample], float | None],
) -> Callable[[Sequence[Sample], Prompts], Estimate | None]:
    """The median of a time or speed, with its distribution-free interval."""

    def compute(samples: Sequence[Sample], _prompts: Prompts) -> Estimate | None:
        mine, doubt = timed(samples)
        values = [value for value in map(read, mine) if value is not None]
        if not values:
            return None
        bounds = median_interval(values)
        missing = sum(sample.reply is not None for sample in mine) - len(values)
        return Estimate(
            median(values),
            len(values),
            *(bounds or (None, None)),
            smallest=min(values),
            largest=max(values),
            p95=percentile(values, 0.95),
            note="; ".join(
                words for words in (doubt, f"unknown for {missing} more" if missing else "") if words
            ),
        )

    return compute


def counted(samples: Sequence[Sample]) -> list[Sample]:
    """All but warm-ups, which are part of no figure."""
    return [sample for sample in samples if sample.purpose is not Purpose.WARM_UP]


def answered(samples: Sequence[Sample]) -> list[Sample]:
    """Those that brought an answer, warm-ups left out."""
    return [sample for sample in counted(samples) if sample.reply is not None]


def identical(samples: Sequence[Sample]) -> list[Sample]:
    """Calls with exactly the prompt as written: answers and agreement rest on these."""
    return [sample for sample in samples if sample.purpose is Purpose.CONSISTENCY]


def timed(samples: Sequence[Sample]) -> tuple[list[Sample], str]:
    """Calls that times rest on, and the doubt about them where there is one.

    Where no call was made unique, those with the prompt as written must do: from the second on, a prompt
    cache may have shortened them.
    """
    unique = [sample for sample in samples if sample.purpose is Purpose.LATENCY]
    if unique:
        return unique, ""
    same = identical(samples)
    repeated = any(sample.repeat for sample in same)
    return same, "equal prompts: a prompt cache may have shortened it" if repeated else ""


def _cost(samples: Sequence[Sample], _prompts: Prompts) -> Estimate | None:
    """Mean dollars per call that brought an answer."""
    return _mean_cost(answered(samples))


def _mean_cost(calls: Sequence[Sample]) -> Estimate | None:
    """Mean dollars of the calls whose cost is known; the note counts the others."""
    costs = [call.cost_usd for call in calls]
    known = [cost for cost in costs if cost is not None]
    if not known:
        return None
    bounds = mean_interval(known)
    missing = len(costs) - len(known)
    return Estimate(
        fmean(known),
        len(known),
        *((max(0.0, bounds.low), bounds.high) if bounds else (None, None)),
        smallest=min(known),
        largest=max(known),
        note=f"cost of {missing} more is unknown" if missing else "",
    )


def judged(samples: Sequence[Sample], prompts: Prompts) -> dict[str, list[tuple[Sample, bool]]]:
    """Prompt id -> its judged calls, each with whether it was right; prompts nobody judges are left out."""
    marked = {
        prompt: [
            (one, right)
            for one, right in zip(mine, grade(mine, prompts[prompt]), strict=True)
            if right is not None
        ]
        for prompt, mine in by_prompt(identical(samples)).items()
    }
    return {prompt: mine for prompt, mine in marked.items() if mine}


def _cost_per_success(samples: Sequence[Sample], prompts: Prompts) -> Estimate | None:
    """Dollars of the judged calls over the right answers among them; None when none is right or priced.

    Calls that were not judged, such as those that only measure speed, count on neither side. The bounds
    combine those of both, so they hold together at least as often as each alone.
    """
    calls = [pair for mine in judged(samples, prompts).values() for pair in mine]
    cost, passed = _mean_cost([one for one, _ in calls]), _pass_rate(samples, prompts)
    share = fmean(right for _, right in calls) if calls else 0.0
    if cost is None or passed is None or share == 0:
        return None
    low = high = None
    if cost.bounds and passed.bounds:
        low = cost.bounds.low / max(passed.bounds.high, share)
        high = cost.bounds.high / min(passed.bounds.low, share) if passed.bounds.low > 0 else None
    open_end = "the pass rate may be zero: no upper bound" if high is None else ""
    return Estimate(
        cost.value / share,
        len(calls),
        low if high is not None else None,
        high,
        note="; ".join(filter(None, (cost.note, open_end))),
    )


def _agreement(*, free: bool) -> Compute:
    """Mean over prompts of agree@2: those with a declared answer type, or those of free text, never both."""

    def compute(samples: Sequence[Sample], prompts: Prompts) -> Estimate | None:
        keys = [
            valid_keys(mine, prompts[prompt])
            for prompt, mine in by_prompt(identical(samples)).items()
            if (prompts[prompt].answer_type == "free") is free
        ]
        compared = [each for each in keys if len(each) > 1]
        values = [agree_at(each) or 0.0 for each in compared]
        figure = over_prompts(values)
        if figure is None:
            return None
        return Estimate(
            figure.value,
            figure.n,
            *_around(figure.value, prompts_interval(values)),
            smallest=min(values),
            largest=max(values),
            note=APPROXIMATE if free else "",
            answers=sum(map(len, compared)),
            prompts=figure.n,
        )

    return compute


APPROXIMATE = f"approximate: free text compared without a judge. {ACCURACY}"


def valid_keys(samples: Sequence[Sample], prompt: ProbePrompt) -> list[object]:
    """Keys of the valid answers to one prompt."""
    return [judged.key for judged in judge(samples, prompt) if judged.category is Category.VALID]


def _pass_rate(samples: Sequence[Sample], prompts: Prompts) -> Estimate | None:
    """Share of right replies, mean over the prompts that are judged; failed calls are left out."""
    tasks = [
        Accuracy(sum(right for _, right in mine), len(mine)) for mine in judged(samples, prompts).values()
    ]
    figure = pass_rate_over(tasks)
    if figure is None:
        return None
    several = prompts_interval([task.right / task.n for task in tasks])
    bounds = wilson(tasks[0].right, tasks[0].n) if len(tasks) == 1 else several
    answers = sum(task.n for task in tasks)
    around = _around(figure.value, bounds)
    return Estimate(figure.value, answers, *around, answers=answers, prompts=len(tasks))


def _around(value: float, bounds: Bounds | None) -> tuple[float, float] | tuple[None, None]:
    """Bounds that hold the value itself: the widened interval is centred nearer to one half."""
    return (None, None) if bounds is None else (min(value, bounds.low), max(value, bounds.high))


def _failure_share(samples: Sequence[Sample], _prompts: Prompts) -> Estimate | None:
    """Share of calls that brought no usable answer; what was never sent tells nothing of the provider."""
    sent = [sample for sample in counted(samples) if sample.attempts]
    ended = [sample for sample in sent if category(sample) is not Category.PENDING]
    if not ended:
        return None
    failed = sum(sample.reply is None for sample in ended)
    return Estimate(failed / len(ended), len(ended), *wilson(failed, len(ended)))


FREE_TEXT = "consistency_free_text"
"""Key of the approximate agreement."""

METRICS: tuple[Metric, ...] = (
    Metric(
        "cost", "Cost per call", "USD", False, _cost, "Mean dollars per answered call, by the price table."
    ),
    Metric(
        "cost_per_success",
        "Cost per passed answer",
        "USD",
        False,
        _cost_per_success,
        "Dollars of the calls that were judged, over the right answers among them: wrong ones are paid for "
        "too. Calls nobody judged, such as those for speed, count on neither side.",
        "judged call",
    ),
    Metric(
        "ttft",
        "Time to first token",
        "s",
        False,
        _typical(lambda sample: sample.ttft_s),
        "Median seconds from sending to the first token of any kind.",
    ),
    Metric(
        "first_answer",
        "Time to first answer token",
        "s",
        False,
        _typical(lambda sample: sample.first_answer_s),
        "Median seconds to the first token after any reasoning.",
    ),
    Metric(
        "answer_time",
        "Time to complete answer",
        "s",
        False,
        _typical(lambda sample: sample.total_s),
        "Median seconds from sending to the last token.",
    ),
    Metric(
        "output_tps",
        "Output speed",
        "tokens/s",
        True,
        _typical(lambda sample: sample.output_tps),
        "Median output tokens per second after the first ones.",
    ),
    Metric(
        "consistency",
        "Agreement (agree@2)",
        "share",
        True,
        _agreement(free=False),
        "Ask twice: how often both answers are the same, over prompts with a declared answer type. Says "
        "nothing about being right.",
        rests_on="prompt",
    ),
    Metric(
        FREE_TEXT,
        "Agreement of free text (approximate)",
        "share",
        True,
        _agreement(free=True),
        f"The same over prompts answered in free text: approximate, so never pooled with the exact one, and "
        f"no evidence for a ranking. {ACCURACY}",
        rests_on="prompt",
    ),
    Metric(
        "pass_rate",
        "Pass rate",
        "share",
        True,
        _pass_rate,
        "Share of right replies, mean over prompts. Empty, cut off and refused replies are wrong, unless a "
        "refusal is expected; failed calls are left out.",
    ),
    Metric(
        "failures",
        "Failed calls",
        "share",
        False,
        _failure_share,
        "Share of calls sent that brought no answer.",
        "call",
    ),
)
"""Every metric, in the order shown. Keys that are also criteria become evidence for the case."""


def basis(found: Estimate, metric: Metric) -> str:
    """What a figure rests on, and what its interval is taken over: answers to one prompt hang together."""
    if found.answers is None or found.prompts is None:
        return count(found.n, metric.rests_on)
    told = f"{count(found.answers, 'answer')} to {count(found.prompts, 'prompt')}"
    over_answers = found.prompts == 1 and metric.rests_on == "answer"
    return f"{told}, interval over {'these answers' if over_answers else 'prompts'}"


def span(found: Estimate, metric: Metric) -> str:
    """Smallest and largest single value, with the 95th percentile where there are enough; or nothing."""
    if found.smallest is None or found.largest is None or found.smallest == found.largest:
        return ""
    _, ends = within(found.value, found.smallest, found.largest, metric.unit)
    tail = "" if found.p95 is None else f", 95th percentile {in_unit(found.p95, metric.unit)}"
    return ends + tail


def by_offer(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    """Samples of each offer, in the order of their first call."""
    return _grouped(samples, lambda sample: sample.offer)


def by_prompt(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    """Samples of each prompt."""
    return _grouped(samples, lambda sample: sample.prompt)


def _grouped(samples: Sequence[Sample], key: Callable[[Sample], str]) -> dict[str, list[Sample]]:
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(key(sample), []).append(sample)
    return groups


def errors_by_kind(samples: Sequence[Sample]) -> dict[str, int]:
    """How often each failure kind occurred, most frequent first."""
    kinds = (sample.failure.kind.value for sample in samples if sample.failure is not None)
    return dict(Counter(kinds).most_common())
