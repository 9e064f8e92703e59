"""Several models for one job: easy requests to a cheap one, and fallbacks when one fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.interval import Interval
from advisor.wording import percent, usd


@dataclass(frozen=True, slots=True)
class Lane:
    """One model in a route or chain."""

    usd_per_request: float | None
    """None when its price is unknown."""
    success: float
    """Share of its requests that end well."""
    answer_time_s: float | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """What a request costs and brings on average."""

    usd_per_request: float | None
    success: float
    answer_time_s: float | None
    formula: str = ""

    @property
    def usd_per_success(self) -> float | None:
        """US dollars per request that ends well; None when unknown or when none does."""
        if self.usd_per_request is None or self.success <= 0:
            return None
        return self.usd_per_request / self.success


@dataclass(frozen=True, slots=True)
class Router:
    """Tells easy requests from hard ones."""

    easy_share: float
    """Share of the requests that the cheap model does as well as the dear one."""
    hit_rate: float = 0.9
    """Share of the easy ones it recognises; the others go to the dear model."""
    false_easy_rate: float = 0.1
    """Share of the hard ones it takes for easy: they go to the cheap model."""
    usd_per_request: float = 0.0
    """Of the decision itself."""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        shares = (self.easy_share, self.hit_rate, self.false_easy_rate)
        if not all(0 <= share <= 1 for share in shares) or min(self.usd_per_request, self.seconds) < 0:
            raise ValueError("shares lie between 0 and 1, costs and seconds are not negative")

    @property
    def to_cheap(self) -> float:
        """Share of all requests that go to the cheap model."""
        return self.easy_share * self.hit_rate + (1 - self.easy_share) * self.false_easy_rate


def route(router: Router, cheap: Lane, dear: Lane, *, cheap_on_hard: float) -> Routed:
    """Requests split between two models by a router.

    Args:
        router: How well it tells.
        cheap: The cheap model; its success is that on easy requests.
        dear: The dear model; its success holds for all requests.
        cheap_on_hard: Share of hard requests the cheap model still does well.
    """
    share = router.to_cheap
    lost = (1 - router.easy_share) * router.false_easy_rate
    right = router.easy_share * router.hit_rate * cheap.success + lost * cheap_on_hard
    spent = _weighted(share, cheap.usd_per_request, dear.usd_per_request, router.usd_per_request)
    return Routed(
        usd_per_request=spent,
        success=right + (1 - share) * dear.success,
        answer_time_s=_weighted(share, cheap.answer_time_s, dear.answer_time_s, router.seconds),
        formula=(
            f"{percent(share)} x {usd(cheap.usd_per_request)} + {percent(1 - share)} x "
            f"{usd(dear.usd_per_request)} + {usd(router.usd_per_request)} for the router = {usd(spent)}"
        ),
    )


def routing_saves(router: Router, cheap: Lane, dear: Lane) -> float | None:
    """Share of the dear model's bill that routing saves; negative when the router costs more than that."""
    spent = _weighted(router.to_cheap, cheap.usd_per_request, dear.usd_per_request, router.usd_per_request)
    return None if spent is None or not dear.usd_per_request else 1 - spent / dear.usd_per_request


def cascade(lanes: Sequence[Lane], noticed: float = 1.0) -> Routed:
    """Models tried in order until one ends well, as a fallback chain or from cheap to dear.

    A failure leads to the next model only when it is noticed; every attempt is paid.

    Args:
        lanes: The models, first one first.
        noticed: Share of failures that are noticed: 1 for timeouts and error codes, less for wrong answers.

    Raises:
        ValueError: There is no model, or a share is not between 0 and 1.
    """
    if not lanes or not 0 <= noticed <= 1 or not all(0 <= lane.success <= 1 for lane in lanes):
        raise ValueError("needs at least one model, and shares between 0 and 1")
    reached, right, parts = 1.0, 0.0, list[str]()
    spent: float | None = 0.0
    seconds: float | None = 0.0
    for lane in lanes:
        spent = (
            None if spent is None or lane.usd_per_request is None else spent + reached * lane.usd_per_request
        )
        seconds = (
            None if seconds is None or lane.answer_time_s is None else seconds + reached * lane.answer_time_s
        )
        parts.append(f"{percent(reached)} x {usd(lane.usd_per_request)}")
        right += reached * lane.success
        reached *= (1 - lane.success) * noticed
    return Routed(spent, right, seconds, f"{' + '.join(parts)} = {usd(spent)}")


def _weighted(share: float, cheap: float | None, dear: float | None, more: float) -> float | None:
    return None if cheap is None or dear is None else share * cheap + (1 - share) * dear + more


def pass_hat_k(passed: Sequence[int], tried: int, k: int) -> float:
    """Probability that k repeats of a task all succeed, averaged over tasks.

    The unbiased estimate of tau-bench: the mean of C(passed, k) / C(tried, k). Failures cluster by task, so
    the k-th power of the pass rate is a lower bound, not an estimate.

    Args:
        passed: Successful trials of each task.
        tried: Trials of each task.
        k: Repeats, at most `tried`.

    Raises:
        ValueError: There are no tasks, or the counts do not fit.
    """
    if not passed or not 1 <= k <= tried or not all(0 <= count <= tried for count in passed):
        raise ValueError("needs tasks, and counts between 0 and the number of trials, k at most that number")
    return sum(_falling(count, k) / _falling(tried, k) for count in passed) / len(passed)


def _falling(count: int, k: int) -> float:
    """Count x (count - 1) x ... over k factors."""
    product = 1.0
    for step in range(k):
        product *= count - step
    return product


PUBLISHED_PASS_HAT_K: dict[str, tuple[float, float, float, float]] = {
    "tau-bench airline, gpt-4o": (0.420, 0.273, 0.220, 0.200),
    "tau-bench retail, Claude 3.5 Sonnet (2024-10-22)": (0.692, 0.576, 0.509, 0.462),
    "tau2-bench telecom, Claude 3.7 Sonnet": (0.490, 0.437, 0.401, 0.372),
    "tau2-bench airline, GPT-5.2 without reasoning": (0.525, 0.357, 0.270, 0.220),
}
"""Benchmark and model -> pass^1 to pass^4 (sierra-research/tau-bench and tau2-bench submissions)."""


def repeats_bounds(pass_rate: float, k: int) -> Interval:
    """Where pass^k lies: from independent failures to ones that hit the same tasks; middle halfway."""
    low = pass_rate**k
    return Interval(low, (low + pass_rate) / 2, pass_rate)
