"""How many tokens per second a group of GPUs generates: a roofline with five fitted constants.

decode step for b sequences on n GPUs
    = max((weights read + b x KV) / (n x bandwidth x e_bw), 2 x active x b / (n x FLOPS x e_f))
      + t0 + tc x log2(n)
prefill of one request = 2 x active x input / (n x FLOPS x e_p)
output tokens/s        = 1 / (step / b + prefill / output)

The constants were fitted on one half of 192 published points (TensorRT-LLM, vLLM, SGLang and NIM, tuned
engines, random prompts); on the other half the median error is 22 % and 95 % lie within a factor 2.
Agents with shared prefixes do better, long prompts worse. Say "within a factor 2" beside every figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from advisor.cost.hardware import Gpu
from advisor.cost.memory import Precision, Refusal, Served, free_for_kv, weight_bytes
from advisor.interval import Interval

ERROR_WORDS = "within a factor 2"
MAX_BATCH = 1024
"""Sequences in one step that engines allow at full load, as fitted."""


@dataclass(frozen=True, slots=True)
class Roofline:
    """The five constants."""

    bandwidth_share: float = 0.475
    flops_share: float = 0.25
    prefill_share: float = 0.5
    step_s: float = 0.002
    """Seconds of every decode step that do not depend on the model."""
    link_s: float = 0.0015
    """Seconds of every step for each doubling of the group."""


FITTED = Roofline()


@dataclass(frozen=True, slots=True)
class Group:
    """One copy of a model on a tensor-parallel group."""

    served: Served
    gpu: Gpu
    gpus: int
    precision: Precision
    kv_bytes_per_value: float


@dataclass(frozen=True, slots=True)
class Speed:
    """What one copy does under one load."""

    output_tps: float
    """Generated tokens per second over all sequences."""
    batch: float
    """Sequences in flight."""
    step_s: float
    """Seconds between two tokens of one sequence."""
    prefill_s: float
    """Seconds of work before the first token of one request."""

    @property
    def bounds(self) -> Interval:
        """Half and twice the figure: the error of the estimate."""
        return Interval(self.output_tps / 2, self.output_tps, self.output_tps * 2)


def estimate(
    group: Group,
    input_tokens: float,
    output_tokens: float,
    concurrency: float | None = None,
    constants: Roofline = FITTED,
) -> Speed | Refusal:
    """Speed of one copy.

    Args:
        group: Model and GPUs.
        input_tokens: Prompt tokens of a request.
        output_tokens: Generated tokens of a request.
        concurrency: Requests in flight; None fills the card.
        constants: Of the roofline.
    """
    tflops = compute_tflops(group.gpu, group.precision)
    if tflops is None:
        return Refusal(f"The peak rate of {group.gpu.name} is not known.", "Choose another accelerator.")
    most = largest_batch(group, input_tokens, output_tokens)
    if most < 1:
        return Refusal(
            f"{group.served.name} at {group.precision.value} does not fit {group.gpus} x {group.gpu.name}.",
            "Take more GPUs, a larger one, or a lower precision.",
        )
    batch = most if concurrency is None else min(concurrency, most)
    step = decode_step_s(group, batch, input_tokens + output_tokens / 2, tflops, constants)
    work = 2 * group.served.active * input_tokens
    prefill = work / (group.gpus * tflops * 1e12 * constants.prefill_share)
    return Speed(1 / (step / batch + prefill / output_tokens), batch, step, prefill)


def largest_batch(group: Group, input_tokens: float, output_tokens: float) -> float:
    """Sequences whose cache fits, half the answer written on average; at most `MAX_BATCH`."""
    free = free_for_kv(group.served, group.gpu, group.gpus, group.precision)
    each = group.served.kv_for(input_tokens + output_tokens / 2, group.kv_bytes_per_value)
    return min(float(MAX_BATCH), free / each)


def decode_step_s(
    group: Group, batch: float, context_tokens: float, tflops: float, constants: Roofline = FITTED
) -> float:
    """Seconds of one decode step for the whole batch."""
    served, gpus = group.served, group.gpus
    cache = batch * served.kv_for(context_tokens, group.kv_bytes_per_value)
    read = weights_read(served, group.precision, batch) + cache
    moving = read / (gpus * group.gpu.bandwidth_gb_s * 1e9 * constants.bandwidth_share)
    counting = 2 * served.active * batch / (gpus * tflops * 1e12 * constants.flops_share)
    return max(moving, counting) + constants.step_s + constants.link_s * log2(gpus)


def weights_read(served: Served, precision: Precision, batch: float) -> float:
    """Bytes of weights one decode step reads: of the experts only those that some sequence chose.

    Without the number of experts, the active share of all parameters stands for the chosen share.
    """
    total = weight_bytes(served.total, precision)
    if served.active >= served.total:
        return total
    if not served.experts or not served.experts_per_token:
        return total * (1 - (1 - served.active / served.total) ** batch)
    per_expert = (served.total - served.active) / (served.experts - served.experts_per_token)
    shared = served.active - served.experts_per_token * per_expert
    chosen = 1 - (1 - served.experts_per_token / served.experts) ** batch
    return weight_bytes(shared + served.experts * per_expert * chosen, precision)


def compute_tflops(gpu: Gpu, precision: Precision) -> float | None:
    """Peak rate the weights are computed at: 4-bit integers and MXFP4 are unpacked to 16 bit."""
    rates = {
        Precision.FP4: (gpu.fp4_tflops, gpu.fp8_tflops, gpu.bf16_tflops),
        Precision.FP8: (gpu.fp8_tflops, gpu.bf16_tflops),
    }
    return next((rate for rate in rates.get(precision, (gpu.bf16_tflops,)) if rate is not None), None)
