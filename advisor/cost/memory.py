"""GPU memory: weights by precision, KV cache by kind of attention, and what fits where.

Sizes in bytes unless a name says GiB (2^30 bytes). With a mixture of experts every expert stays in
memory, so the total number of parameters counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import floor

from advisor.catalog.entries import Weights
from advisor.cost.hardware import Gpu, ModelShape

GIB = 2**30

RUNTIME_RESERVE_GIB = 3.5
"""Kept by the runtime on each GPU (aiconfigurator 0.12.0, system files)."""
LINK_RESERVE_GIB = 0.36
"""Communication buffers on each GPU of a tensor-parallel group: 0.34 to 0.39 in the same files."""
USABLE_SHARE = 0.90
"""Share of memory that serving engines use by default."""
PARALLEL = (1, 2, 4, 8)
"""Tensor-parallel group sizes within one machine."""


class Precision(StrEnum):
    """How weights are stored."""

    BF16 = "bf16"
    FP8 = "fp8"
    INT8 = "int8"
    FP4 = "fp4"
    MXFP4 = "mxfp4"
    INT4 = "int4"

    @property
    def bytes_per_param(self) -> float:
        """Bytes per parameter, scales included."""
        return _BYTES_PER_PARAM[self]

    @property
    def kv_bytes_per_value(self) -> float:
        """Usual cache precision beside these weights: 8 bit with FP8 and FP4 weights, else 16 bit."""
        return 1.0 if self in (Precision.FP8, Precision.FP4, Precision.MXFP4) else 2.0


_BYTES_PER_PARAM = {
    Precision.BF16: 2.0,
    Precision.FP8: 1.0,
    Precision.INT8: 1.0,
    Precision.FP4: 0.5625,
    Precision.MXFP4: 0.54,
    Precision.INT4: 0.545,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a figure cannot be given, and what would help."""

    reason: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.reason} {self.hint}".strip()


@dataclass(frozen=True, slots=True)
class Served:
    """A model as memory and speed see it."""

    name: str
    total: float
    """Parameters, experts included."""
    active: float
    """Parameters one token passes through."""
    kv_bytes: float
    """KV bytes per token at 2 bytes a value, layers that keep every token."""
    window_kv_bytes: float = 0.0
    window_tokens: float = 0.0
    kv_heads: int | None = None
    """Heads that can be split over GPUs; None when the cache splits freely or it is not known."""
    experts: int | None = None
    experts_per_token: int | None = None

    def kv_for(self, tokens: float, bytes_per_value: float = 2.0) -> float:
        """KV cache bytes of one sequence of `tokens` tokens."""
        windowed = self.window_kv_bytes * min(tokens, self.window_tokens)
        return (self.kv_bytes * tokens + windowed) * bytes_per_value / 2


def from_shape(shape: ModelShape) -> Served | Refusal:
    """A model from its published configuration; refuses where no formula holds."""
    if shape.no_formula is not None:
        hint = "Measure it with the serving engine, or take the memory the serving recipe states."
        return Refusal(f"Memory of {shape.names[0]} cannot be computed: {shape.no_formula}.", hint)
    if shape.total_b is None or shape.active_b is None or shape.kv_bytes is None:
        return Refusal(f"The number of parameters of {shape.names[0]} is not published.", "Enter it by hand.")
    splits = shape.attention != "latent"
    return Served(
        name=shape.names[0],
        total=shape.total_b * 1e9,
        active=shape.active_b * 1e9,
        kv_bytes=shape.kv_bytes,
        window_kv_bytes=shape.window_kv_bytes or 0.0,
        window_tokens=shape.window_tokens or 0,
        kv_heads=shape.kv_heads if splits else None,
        experts=shape.experts,
        experts_per_token=shape.experts_per_token,
    )


def from_weights(name: str, weights: Weights) -> Served | Refusal:
    """A model from the catalog's facts about its weights; refuses what they do not tell."""
    if not weights.open:
        return Refusal(f"The weights of {name} cannot be had.", "Choose a model with open weights.")
    if weights.total_b is None:
        return Refusal(f"The number of parameters of {name} is not published.", "Enter it by hand.")
    if weights.kv_bytes_per_token_16bit is None:
        hint = "Measure it with the serving engine, or take the memory the serving recipe states."
        return Refusal(f"KV bytes per token of {name} are not known, or no formula holds.", hint)
    return Served(
        name=name,
        total=weights.total_b * 1e9,
        active=(weights.active_b or weights.total_b) * 1e9,
        kv_bytes=weights.kv_bytes_per_token_16bit,
        window_kv_bytes=weights.window_bytes_per_token_16bit or 0.0,
        window_tokens=weights.window_tokens or 0,
    )


def grouped_kv_bytes(layers: int, kv_heads: int, head_dim: int, bytes_per_value: float = 2.0) -> float:
    """KV bytes per token of grouped-query attention: 2 x layers x KV heads x head size x bytes."""
    return 2 * layers * kv_heads * head_dim * bytes_per_value


def latent_kv_bytes(layers: int, kv_rank: int, rope_dim: int, bytes_per_value: float = 2.0) -> float:
    """KV bytes per token of multi-head latent attention: layers x (latent + rotary part) x bytes."""
    return layers * (kv_rank + rope_dim) * bytes_per_value


def weight_bytes(parameters: float, precision: Precision) -> float:
    """Bytes of the weights."""
    return parameters * precision.bytes_per_param


def cache_copies(served: Served, gpus: int) -> float:
    """How often the cache is stored over a group: heads fewer than GPUs are replicated."""
    return max(1.0, gpus / served.kv_heads) if served.kv_heads else 1.0


def free_for_kv(
    served: Served,
    gpu: Gpu,
    gpus: int,
    precision: Precision,
    *,
    link_reserve_gib: float = LINK_RESERVE_GIB,
) -> float:
    """Bytes left for KV cache over a group of GPUs; negative when the weights alone do not fit.

    Args:
        served: The model.
        gpu: The accelerator.
        gpus: How many share one copy.
        precision: Of the weights.
        link_reserve_gib: Buffers per GPU, counted when there is more than one.
    """
    reserve = RUNTIME_RESERVE_GIB + (link_reserve_gib if gpus > 1 else 0.0)
    room = gpus * (USABLE_SHARE * gpu.memory_gib - reserve) * GIB
    return (room - weight_bytes(served.total, precision)) / cache_copies(served, gpus)


def gib_per_gpu(
    served: Served, gpus: int, precision: Precision, *, users: float, tokens: float, kv_bytes_per_value: float
) -> float:
    """GiB each GPU of a group needs for `users` sequences of `tokens` tokens."""
    cache = users * served.kv_for(tokens, kv_bytes_per_value) * cache_copies(served, gpus)
    reserve = RUNTIME_RESERVE_GIB + (LINK_RESERVE_GIB if gpus > 1 else 0.0)
    return (weight_bytes(served.total, precision) + cache) / gpus / GIB + reserve


def users_served(free_bytes: float, served: Served, tokens: float, kv_bytes_per_value: float) -> int:
    """Sequences of `tokens` tokens whose cache fits at the same time."""
    return max(0, floor(free_bytes / served.kv_for(tokens, kv_bytes_per_value)))


def smallest_group(
    served: Served, gpu: Gpu, precision: Precision, *, users: float, tokens: float, kv_bytes_per_value: float
) -> int | None:
    """GPUs one copy needs for so many users; None when even eight are too few."""
    for gpus in PARALLEL:
        if free_for_kv(served, gpu, gpus, precision) >= users * served.kv_for(tokens, kv_bytes_per_value):
            return gpus
    return None
