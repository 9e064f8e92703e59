"""Scaling laws: what pre-training a model takes, and the best size for a budget.

C = 6 N D (Kaplan et al. 2020); the compute-optimal point has about D = 20 N, so N = sqrt(C / 120)
(Hoffmann et al. 2022, "Chinchilla"; their table agrees within 8 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from advisor.cost.tuning import training_hours
from advisor.interval import Interval

TOKENS_PER_PARAMETER = 20.0

WHY_PAST_OPTIMUM = (
    "Today's small models are trained far past 20 tokens per parameter: the law makes training cheapest, "
    "while a model that is used a lot is cheapest when it is small. It prices pre-training, not fine-tuning."
)
"""To be shown beside every figure of this calculator."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A model size and a number of training tokens."""

    parameters: float
    tokens: float

    def __post_init__(self) -> None:
        if min(self.parameters, self.tokens) <= 0:
            raise ValueError("parameters and tokens must be positive")

    @property
    def flops(self) -> float:
        """Training compute: 6 x parameters x tokens."""
        return 6 * self.parameters * self.tokens

    @property
    def tokens_per_parameter(self) -> float:
        """20 is the compute-optimal point."""
        return self.tokens / self.parameters

    @property
    def past_optimum(self) -> float:
        """How many times more tokens than the optimum for this size."""
        return self.tokens_per_parameter / TOKENS_PER_PARAMETER


def optimal_for_compute(flops: float) -> Scale:
    """The compute-optimal size and tokens of a budget of operations.

    Raises:
        ValueError: The budget is not positive.
    """
    if flops <= 0:
        raise ValueError("the budget must be positive")
    parameters = sqrt(flops / (6 * TOKENS_PER_PARAMETER))
    return Scale(parameters, TOKENS_PER_PARAMETER * parameters)


def optimal_for_size(parameters: float) -> Scale:
    """The compute-optimal training of a given size."""
    return Scale(parameters, TOKENS_PER_PARAMETER * parameters)


def gpu_hours(scale: Scale, tflops: float, mfu: Interval) -> Interval:
    """GPU-hours of pre-training.

    Args:
        scale: What is trained.
        tflops: Peak rate of one GPU, 10^12 per second.
        mfu: Share of the peak that training reaches.
    """
    return training_hours(scale.flops, 1, tflops, mfu)


def training_usd(scale: Scale, tflops: float, mfu: Interval, usd_per_gpu_hour: Interval) -> Interval:
    """US dollars of renting the GPUs; people, data and failed runs come on top."""
    return gpu_hours(scale, tflops, mfu) * usd_per_gpu_hour
