"""What tuning takes: memory, time and money.

Memory bounds enclose the published requirements of LLaMA-Factory and Unsloth, which differ by up to
40 %. Time rests on a model FLOPS utilisation of 0.35, between 0.25 and 0.45: an assumption of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from advisor.cost.hardware import Gpu
from advisor.cost.memory import GIB, USABLE_SHARE, Precision, Refusal
from advisor.cost.throughput import compute_tflops
from advisor.cost.tuning_facts import Technique
from advisor.interval import Interval
from advisor.wording import number, percent, usd

MFU = Interval(0.25, 0.35, 0.45)
"""Share of the peak rate that training reaches; assumed."""
MTOK = 1e6

_STATE = {
    Technique.FULL: Interval(8.0, 16.0, 18.0),
    Technique.LORA: Interval(2.0, 2.3, 2.75),
    Technique.QLORA: Interval(0.5, 0.56, 0.86),
    Technique.DISTIL: Interval(2.0, 2.3, 2.75),
}
"""Bytes per parameter of the base: 8 is pure bf16, 16 mixed precision with AdamW (weights 2, gradients 2,
master copy and moments 12), 18 what LLaMA-Factory states; 2 a frozen 16-bit base, 0.5 a 4-bit one."""
_WORKING_GB = {Technique.QLORA: (2.0, 5.0), Technique.LORA: (0.0, 5.0), Technique.DISTIL: (0.0, 5.0)}
"""Working space beside the state, middle and high."""
_ADAPTER_BYTES = 16
"""State of one trained parameter."""
_ACTIVATION_GB = 1.6
"""GB per 1,000 tokens of a sequence for a model of 7.7 B (Qwen-7B, QLoRA on one card, 512 to 8,192 tokens);
scaled by size to the power 2/3, as layers times width grow."""


def state_bytes(parameters: float, *, pure_bf16: bool = False) -> float:
    """Weights, gradients and optimizer of full tuning: 16 bytes a parameter, 8 in pure bf16."""
    return parameters * (8 if pure_bf16 else 16)


def memory_gb(
    parameters: float, technique: Technique, *, adapter: float = 0.0, sequence_tokens: float = 1024
) -> Interval:
    """GPU memory of one training run over all its GPUs, in GB (10^9 bytes).

    Args:
        parameters: Of the base, experts included.
        technique: Full, LoRA, QLoRA or distillation (trained like LoRA).
        adapter: Trained parameters of the adapter.
        sequence_tokens: Tokens of the longest sequence; activations grow with it.
    """
    state, (middle_gb, high_gb) = _STATE[technique], _WORKING_GB.get(technique, (0.0, 0.0))
    base = state.scaled(parameters / 1e9)
    activations = _activations_gb(parameters, sequence_tokens)
    trained = 0.0 if technique is Technique.FULL else adapter * _ADAPTER_BYTES / 1e9
    more = Interval(trained, trained + middle_gb + activations / 2, trained + high_gb + activations)
    return base + more


def _activations_gb(parameters: float, sequence_tokens: float) -> float:
    """GB of activations of one sequence, at most; half of it in the middle figure."""
    return _ACTIVATION_GB * sequence_tokens / 1000 * (parameters / 7.7e9) ** (2 / 3)


def training_flops(active: float, tokens: float, technique: Technique) -> float:
    """Floating-point operations: 6 per parameter and token, 4 when the base is frozen."""
    return (6 if technique is Technique.FULL else 4) * active * tokens


def training_hours(flops: float, gpus: int, tflops: float, mfu: Interval = MFU) -> Interval:
    """Hours on so many GPUs of a peak rate (10^12 per second)."""
    peak = gpus * tflops * 1e12 * 3600
    return Interval(flops / (peak * mfu.high), flops / (peak * mfu.mid), flops / (peak * mfu.low))


@dataclass(frozen=True, slots=True)
class OwnTraining:
    """One training run on own or rented GPUs."""

    gpu: Gpu
    gpus: int
    memory_gb: Interval
    hours: Interval
    usd_per_gpu_hour: Interval | None

    @property
    def usd(self) -> Interval | None:
        """GPUs x hours x price; None when no price is known."""
        rent = self.usd_per_gpu_hour
        return None if rent is None else (self.hours * rent).scaled(self.gpus)

    @property
    def formula(self) -> str:
        """The middle figures, written out."""
        rent = self.usd_per_gpu_hour
        hours = f"{number(self.hours.mid)} h"
        if rent is None:
            return f"{self.gpus} x {hours} x unknown price"
        return f"{self.gpus} x {hours} x {usd(rent.mid)} = {usd(self.gpus * self.hours.mid * rent.mid)}"


@dataclass(frozen=True, slots=True)
class Job:
    """What is trained."""

    total: float
    """Parameters of the base, experts included."""
    active: float
    """Parameters one token passes through."""
    technique: Technique
    tokens: float
    """Tokens trained on, epochs included."""
    adapter: float = 0.0
    sequence_tokens: float = 1024

    def __post_init__(self) -> None:
        if min(self.total, self.active, self.tokens, self.sequence_tokens) <= 0 or self.adapter < 0:
            raise ValueError("parameters and tokens must be positive")


def train_on(
    job: Job, gpu: Gpu, *, gpus: int | None = None, own_usd_per_gpu_hour: float | None = None
) -> OwnTraining | Refusal:
    """GPUs, hours and dollars of a run; refuses where the peak rate is not known.

    Args:
        job: What is trained.
        gpu: On which accelerator.
        gpus: How many; None takes as many as the middle memory figure needs.
        own_usd_per_gpu_hour: The user's own price, in place of the catalog's range.
    """
    tflops = compute_tflops(gpu, Precision.BF16)
    if tflops is None:
        return Refusal(f"The peak rate of {gpu.name} is not known.", "Choose another accelerator.")
    memory = memory_gb(job.total, job.technique, adapter=job.adapter, sequence_tokens=job.sequence_tokens)
    needed = ceil(memory.mid * 1e9 / (USABLE_SHARE * gpu.memory_gib * GIB))
    count = gpus or max(1, needed)
    hours = training_hours(training_flops(job.active, job.tokens, job.technique), count, tflops)
    own = own_usd_per_gpu_hour
    rent = gpu.rent_usd_per_hour if own is None else Interval.exact(own)
    return OwnTraining(gpu, count, memory, hours, rent)


def run_formulas(job: Job, run: OwnTraining) -> tuple[str, ...]:
    """Memory, GPUs, hours and price of a run, the middle figures written out."""
    factor = 6 if job.technique is Technique.FULL else 4
    flops = training_flops(job.active, job.tokens, job.technique)
    tflops = compute_tflops(run.gpu, Precision.BF16) or 0.0
    room = USABLE_SHARE * run.gpu.memory_gib * GIB / 1e9
    return (
        f"GPU memory: {_memory_formula(job)} = {number(run.memory_gb.mid)} GB",
        f"GPUs: {number(run.memory_gb.mid)} GB / {number(room)} GB usable on each, {percent(USABLE_SHARE)} "
        f"of {number(run.gpu.memory_gib)} GiB, rounded up: {run.gpus}",
        f"Operations: {factor} x {number(job.active / 1e9, 4)} billion x {number(job.tokens, 9)} tokens = "
        f"{flops:.3g}",
        f"Hours: {flops:.3g} / ({run.gpus} x {number(tflops, 4)} x 10^12 a second x {percent(MFU.mid)} x "
        f"3,600 s) = {number(run.hours.mid)} h",
        f"Price: {run.formula}",
    )


def _memory_formula(job: Job) -> str:
    state, (working_gb, _) = _STATE[job.technique].mid, _WORKING_GB.get(job.technique, (0.0, 0.0))
    parts = [f"{number(job.total / 1e9, 4)} billion x {number(state)} bytes"]
    if job.technique is not Technique.FULL:
        parts.append(f"{number(job.adapter / 1e9)} billion trained x {_ADAPTER_BYTES} bytes")
    if working_gb:
        parts.append(f"{number(working_gb)} GB of working space")
    half = _activations_gb(job.total, job.sequence_tokens) / 2
    return " + ".join(
        [*parts, f"{number(half)} GB for {number(job.sequence_tokens, 6)} tokens of a sequence"]
    )


def billed_tokens(
    training_tokens: float, epochs: float = 1, validation_tokens: float = 0, evaluations: float = 0
) -> float:
    """Tokens a hosted service charges: epochs x training + evaluations x validation."""
    return training_tokens * epochs + validation_tokens * evaluations


def unpacked_tokens(rows: float, longest_sequence_tokens: float) -> float:
    """Training tokens charged when short rows are not packed together: every row as long as the longest."""
    return rows * longest_sequence_tokens


def hosted_usd(tokens: float, usd_per_mtok: float | None) -> float | None:
    """Price of a hosted run; None when the price is unknown."""
    return None if usd_per_mtok is None else tokens * usd_per_mtok / MTOK
