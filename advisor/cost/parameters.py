"""Number of parameters of a transformer, counted from its configuration. Norms and biases are left out."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.cost.hardware import Latent, ModelShape


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters in memory, and those one token passes through."""

    total: float
    active: float


def count_parameters(shape: ModelShape) -> Parameters | None:
    """Parameters by configuration; None when it does not give every width."""
    hidden, vocab = shape.hidden, shape.vocab
    attention = _attention(shape)
    if hidden is None or vocab is None or attention is None:
        return None
    embeddings = vocab * hidden * (1 if shape.tied_embeddings else 2)
    both = shape.layers * attention + embeddings
    feed_forward = _feed_forward(shape, hidden)
    if feed_forward is None:
        return None
    return Parameters(both + feed_forward.total, both + feed_forward.active)


def lora_parameters(shape: ModelShape, rank: int, targets: tuple[str, ...]) -> int | None:
    """Trainable parameters of a LoRA adapter: rank x (in + out) for each matrix it sits on.

    Args:
        shape: A dense model with grouped-query attention.
        rank: Of the adapter.
        targets: Projections, out of `LORA_TARGETS`.
    """
    if None in (shape.hidden, shape.q_heads, shape.head_dim, shape.dense_width) or shape.experts:
        return None
    hidden, width = shape.hidden or 0, shape.dense_width or 0
    query, key = (shape.q_heads or 0) * (shape.head_dim or 0), shape.kv_heads * (shape.head_dim or 0)
    ends = {
        "q": hidden + query,
        "k": hidden + key,
        "v": hidden + key,
        "o": query + hidden,
        "gate": hidden + width,
        "up": hidden + width,
        "down": width + hidden,
    }
    return rank * shape.layers * sum(ends[target] for target in targets)


LORA_TARGETS = ("q", "k", "v", "o", "gate", "up", "down")
"""The seven projections of one layer."""


def _attention(shape: ModelShape) -> float | None:
    """Parameters of one attention layer."""
    if shape.latent is not None:
        return _latent_attention(shape, shape.latent)
    if shape.hidden is None or shape.q_heads is None or shape.head_dim is None:
        return None
    query, key = shape.q_heads * shape.head_dim, shape.kv_heads * shape.head_dim
    return shape.hidden * (2 * query + 2 * key)


def _latent_attention(shape: ModelShape, latent: Latent) -> float | None:
    """Queries and values go down to a rank and up again, keys share the latent part."""
    hidden, heads = shape.hidden, shape.q_heads
    if hidden is None or heads is None or latent.q_rank is None:
        return None
    if latent.nope_dim is None or latent.v_dim is None:
        return None
    queries = latent.q_rank * (hidden + heads * (latent.nope_dim + latent.rope_dim))
    down = hidden * (latent.kv_rank + latent.rope_dim)
    up = latent.kv_rank * heads * (latent.nope_dim + latent.v_dim)
    return queries + down + up + heads * latent.v_dim * hidden


def _feed_forward(shape: ModelShape, hidden: int) -> Parameters | None:
    dense = 3 * hidden * (shape.dense_width or 0)
    if shape.experts is None:
        return Parameters(shape.layers * dense, shape.layers * dense) if dense else None
    if shape.expert_width is None or shape.experts_per_token is None:
        return None
    expert, router = 3 * hidden * shape.expert_width, hidden * shape.experts
    mixed = shape.layers - shape.dense_layers
    always = shape.dense_layers * dense + mixed * (router + shape.shared_experts * expert)
    return Parameters(
        always + mixed * shape.experts * expert, always + mixed * shape.experts_per_token * expert
    )
