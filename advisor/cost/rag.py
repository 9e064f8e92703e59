"""What answering from retrieved text costs, besides the model call itself."""

from __future__ import annotations

from dataclasses import dataclass

GIB = 2**30
MTOK = 1e6

EMBED_USD_PER_MTOK = 0.02
"""A small hosted embedding model; the LiteLLM price map 1.106.2 lists 0.004 to 0.2 for most."""
RERANK_USD_PER_QUERY = 0.002
"""A hosted re-ranker (Cohere and Azure in the same map); 0.001 to 0.0025 elsewhere."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """A retrieval set-up in numbers."""

    chunks: float
    """Passages in the index."""
    chunk_tokens: float
    chunks_per_query: float
    query_tokens: float
    embed_usd_per_mtok: float = EMBED_USD_PER_MTOK
    rerank_usd_per_query: float = 0.0

    @property
    def index_once_usd(self) -> float:
        """Embedding every passage once."""
        return self.chunks * self.chunk_tokens * self.embed_usd_per_mtok / MTOK

    @property
    def context_tokens(self) -> float:
        """Prompt tokens the passages add to each query."""
        return self.chunks_per_query * self.chunk_tokens

    @property
    def embed_usd_per_query(self) -> float:
        """Embedding one query."""
        return self.query_tokens * self.embed_usd_per_mtok / MTOK

    @property
    def extra_usd_per_query(self) -> float:
        """Embedding and re-ranking one query, without the model call."""
        return self.embed_usd_per_query + self.rerank_usd_per_query


def vector_bytes(vectors: float, dimensions: float, bytes_per_value: float = 4.0) -> float:
    """Bytes of the raw vectors."""
    return vectors * dimensions * bytes_per_value


def index_bytes(vectors: float, dimensions: float, bytes_per_value: float = 4.0) -> float:
    """Bytes of the vectors with a graph index (HNSW), about half as much again."""
    return 1.5 * vector_bytes(vectors, dimensions, bytes_per_value)
