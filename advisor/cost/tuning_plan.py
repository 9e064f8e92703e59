"""How to go about tuning: how much data, the trial and when to stop, distillation, and when it pays."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from advisor.cost.tuning_facts import Technique
from advisor.interval import Interval
from advisor.wording import count, number

TRIAL_EXAMPLES = Interval(50, 75, 100)
"""First improvement shows with 50 to 100 good examples (OpenAI, supervised fine-tuning guide)."""
TECHNICAL_MINIMUM = 10
"""Fewer are refused by hosted services (same guide)."""

_NEEDED = {
    Technique.LORA: Interval(200, 1_000, 5_000),
    Technique.QLORA: Interval(200, 1_000, 5_000),
    Technique.FULL: Interval(10_000, 50_000, 1_000_000),
    Technique.DISTIL: Interval(1_000, 10_000, 50_000),
}
"""LoRA: hundreds to thousands (Together); full: tens of thousands to millions; distillation: claims range
from 1,000 to 50,000 pairs. LIMA aligned the style of a 65 B base with 1,000."""
_COMPLEXITY = {"simple": 0.5, "medium": 1.0, "complex": 2.0}
_BASE = {"strong": 0.5, "medium": 1.0, "weak": 2.0}


def examples_needed(technique: Technique, complexity: str = "medium", base: str = "medium") -> Interval:
    """Examples a technique needs.

    The factors (half or double for an easy or hard task, likewise for a strong or weak base model) are
    assumptions of ours; the order of magnitude is published.

    Args:
        technique: How the model is tuned.
        complexity: Of the task: simple (fixed form, few labels), medium, complex (open-ended, many cases).
        base: Strength of the base model on the task before tuning: strong, medium or weak.

    Raises:
        ValueError: An unknown complexity or strength.
    """
    if complexity not in _COMPLEXITY or base not in _BASE:
        known = f"{', '.join(_COMPLEXITY)} and {', '.join(_BASE)}"
        raise ValueError(f"unknown complexity {complexity!r} or base {base!r}; known are {known}")
    return _NEEDED[technique].scaled(_COMPLEXITY[complexity] * _BASE[base])


def detectable_gain(pass_rate: float, cases: int) -> float:
    """Smallest gain in pass rate that so many evaluation cases can tell from luck.

    Two standard errors of the difference between two measured shares, about 95 % confidence.
    """
    if cases <= 0 or not 0 <= pass_rate <= 1:
        raise ValueError("needs at least one case and a pass rate between 0 and 1")
    spread = max(pass_rate * (1 - pass_rate), 0.25 / cases)
    return 2 * sqrt(2 * spread / cases)


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """A go or no-go trial: steps in order, and when to stop."""

    train: int
    half: int
    """Size of the first of the two runs."""
    evaluate: int
    detectable: float
    """Gain in pass rate that the evaluation can tell from luck."""
    steps: tuple[str, ...]
    stop_rules: tuple[str, ...]


def trial_plan(examples: int, evaluation_cases: int, base_pass_rate: float = 0.5) -> TrialPlan | None:
    """The trial with what there is; None when there are fewer than 50 examples or no evaluation.

    Args:
        examples: Good examples at hand.
        evaluation_cases: Cases kept out of training, with a known good answer.
        base_pass_rate: Share the prompted base model gets right.
    """
    if examples < TRIAL_EXAMPLES.low or evaluation_cases < 1:
        return None
    train = min(examples, int(TRIAL_EXAMPLES.high))
    half, gain = train // 2, detectable_gain(base_pass_rate, evaluation_cases)
    steps = (
        f"Keep {count(evaluation_cases, 'case')} out of training; check that no training row contains them.",
        "Measure the base model with its best prompt and examples on these cases: that is the mark to beat.",
        f"Tune a LoRA on {half} examples, then on all {train}; leave everything else as it is.",
        "Measure both on the same cases, and on some general tasks to see what was unlearned.",
    )
    stop = (
        f"Stop when the run on {train} examples gains less than {number(100 * gain, 2)} percentage points "
        f"over the mark: {count(evaluation_cases, 'case')} cannot tell less from luck.",
        f"Stop when {train} examples are no better than {half}: more of the same data will not help.",
        "Stop when the general tasks got worse by more than you accept.",
        "Go on when both steps gained: then double the data and measure again until that gains nothing.",
    )
    return TrialPlan(train, half, evaluation_cases, gain, steps, stop)


def teacher_usd(
    examples: float,
    input_tokens: float,
    output_tokens: float,
    input_usd_per_mtok: float | None,
    output_usd_per_mtok: float | None,
) -> float | None:
    """What a teacher's answers cost; None when its price is unknown."""
    if input_usd_per_mtok is None or output_usd_per_mtok is None:
        return None
    return examples * (input_tokens * input_usd_per_mtok + output_tokens * output_usd_per_mtok) / 1e6


@dataclass(frozen=True, slots=True)
class PaysOff:
    """When tuning has paid for itself."""

    calls: float | None
    """Calls after which it has; None when it never does."""
    months: float | None
    """The same in months at the given volume and upkeep; None when it never does."""


def pays_off(
    once_usd: float,
    base_usd_per_call: float,
    tuned_usd_per_call: float,
    calls_per_month: float,
    upkeep_usd_per_month: float = 0.0,
) -> PaysOff:
    """When (base - tuned) x calls exceeds data, training and upkeep.

    Args:
        once_usd: Data, teacher and training.
        base_usd_per_call: A call to the model used today.
        tuned_usd_per_call: A call to the tuned model, without its hosting by time.
        calls_per_month: Volume.
        upkeep_usd_per_month: Hosting by time, re-training and care.
    """
    if min(once_usd, base_usd_per_call, tuned_usd_per_call, calls_per_month, upkeep_usd_per_month) < 0:
        raise ValueError("costs and calls cannot be negative")
    saved_per_call = base_usd_per_call - tuned_usd_per_call
    saved_per_month = saved_per_call * calls_per_month - upkeep_usd_per_month
    if saved_per_month <= 0:
        return PaysOff(None, None)
    months = once_usd / saved_per_month
    return PaysOff(months * calls_per_month, months)


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A set with made-up examples in it."""

    share: float
    """Share of the rows a model wrote."""
    generations: int
    """Times in a row a model learned from a model's output: 1 is a teacher that learned from people."""
    distinct_real: float | None = None
    """Share of distinct three-word runs in answers people wrote; see `advisor.dataset.variety`."""
    distinct_synthetic: float | None = None
    """The same in answers a model wrote."""
    judged_by_task: bool | None = None
    """Whether the evaluation checks the result of the task, and not how the answer sounds."""


SYNTHETIC_BENEFITS = (
    "fills rare cases and languages that real data hardly has",
    "carries no customer data when it is written from scratch",
    "labels and formats are even, and more can be had in an hour",
)


@dataclass(frozen=True, slots=True)
class RiskCheck:
    """One risk of made-up data, and whether the set passes."""

    risk: str
    passed: bool | None
    """None when a figure it needs is not known."""
    says: str


def synthetic_checks(data: Synthetic) -> tuple[RiskCheck, ...]:
    """The two known risks: model collapse and superficial imitation.

    Shumailov et al. 2024; Gudibande et al. 2023.
    The limits (a tenth of real rows, one generation, 80 % of the real variety) are assumptions of ours.
    """
    return (_mixture(data), _variety(data), _imitation(data))


def _mixture(data: Synthetic) -> RiskCheck:
    passed = data.generations <= 1 and (data.share < 0.9 or data.share == 0)
    says = (
        "Models that learn from models lose the rare cases with every generation. "
        "Keep real rows in the set, and never train on what the tuned model itself wrote."
    )
    return RiskCheck("model collapse: real rows", passed, says)


def _variety(data: Synthetic) -> RiskCheck:
    known = data.distinct_real is not None and data.distinct_synthetic is not None
    passed = (data.distinct_synthetic or 0) >= 0.8 * (data.distinct_real or 0) if known else None
    says = "Compare the distinct three-word runs: made-up rows that vary less teach one manner."
    return RiskCheck("model collapse: variety", passed, says)


def _imitation(data: Synthetic) -> RiskCheck:
    says = (
        "A student soon sounds like its teacher without knowing more. "
        "Judge by results on held-out tasks, not by which answer reads better."
    )
    return RiskCheck("superficial imitation", data.judged_by_task, says)
