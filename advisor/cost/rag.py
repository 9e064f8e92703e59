"""What answering from retrieved text costs, besides the model call itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from advisor.cost.profile import TokenProfile
from advisor.interval import Interval

MTOK = 1e6

EMBED_USD_PER_MTOK = 0.02
"""A small hosted embedding model; the LiteLLM price map 1.106.2 lists 0.004 to 0.2 for most."""
EMBED_RATES = Interval(0.004, EMBED_USD_PER_MTOK, 0.2)
"""The same with its bounds, in US dollars per million tokens."""
EMBED_TOKENS = 40
"""Tokens of a question."""
EMBED_USD = Interval(1.6e-7, 8e-7, 8e-6)
"""Embedding a question of 40 tokens at 0.004, 0.02 and 0.2 USD per million tokens."""
RERANK_USD = Interval(0.001, 0.002, 0.0025)
"""Re-ranking the passages of one question, as listed in the same map."""
RERANK_S = Interval(0.1, 0.15, 0.2)
"""Seconds a re-ranker adds (rule `knowledge.hybrid`)."""
WARM_REQUESTS = 8_760
"""Requests a month that keep a cache of five minutes warm on average: 730 hours x 12."""
CACHE_REFRESHES = 730.0
"""Writes of the cached corpus a month that a warm cache still needs: about one an hour, an assumption."""


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


@dataclass(frozen=True, slots=True)
class WholeCorpus:
    """All knowledge in every prompt, read from the cache while requests keep that warm."""

    corpus: Interval
    """Tokens."""
    requests_per_month: float | None

    def into(self, profile: TokenProfile) -> TokenProfile:
        """A task's profile with the corpus in its prompt."""
        prompt = profile.input_tokens
        if prompt is None:
            return profile
        cold = _diluted(profile.cached_share, prompt, self.corpus)
        whole = max(1.0, prompt.mid + self.corpus.mid)
        warm = max(1 - prompt.mid * (1 - profile.cached_share.mid) / whole, cold.mid)
        written = self._renewed * self.corpus.mid / whole
        return replace(
            profile,
            input_tokens=prompt + self.corpus,
            largest_input_tokens=_plus(profile.largest_input_tokens, self.corpus),
            cached_share=Interval(cold.low, self._middle(cold.mid, warm - written), max(warm, cold.high)),
            cache_written_share=profile.cache_written_share + Interval(0.0, written, written),
        )

    @property
    def _renewed(self) -> float:
        """Share of the requests that write a warm cache again; 0 where it is not kept warm."""
        requests = self.requests_per_month
        warm = requests is not None and requests >= WARM_REQUESTS
        return min(1.0, CACHE_REFRESHES / requests) if warm and requests else 0.0

    def _middle(self, cold: float, warm: float) -> float:
        if self.requests_per_month is None:
            return (cold + warm) / 2
        return warm if self.requests_per_month >= WARM_REQUESTS else cold


@dataclass(frozen=True, slots=True)
class Passages:
    """Retrieved passages in every prompt, with the price and time of finding them."""

    tokens: Interval
    extra_usd: Interval
    extra_s: Interval
    replaces_long_input: bool
    """Whether passages stand in for the longest input, so that only a typical prompt must fit."""

    def into(self, profile: TokenProfile) -> TokenProfile:
        """A task's profile with the passages in its prompt."""
        prompt, share = profile.input_tokens, profile.cached_share
        longest = prompt if self.replaces_long_input else profile.largest_input_tokens
        return replace(
            profile,
            input_tokens=_plus(prompt, self.tokens),
            largest_input_tokens=_plus(longest, self.tokens),
            cached_share=share if prompt is None else _diluted(share, prompt, self.tokens),
            extra_usd=profile.extra_usd + self.extra_usd,
            extra_s=profile.extra_s + self.extra_s,
        )


def _plus(tokens: Interval | None, more: Interval) -> Interval | None:
    return None if tokens is None else tokens + more


def _diluted(share: Interval, prompt: Interval, added: Interval) -> Interval:
    """Cached share of a prompt after adding tokens that are not cached."""
    return Interval(
        share.low * prompt.low / max(1.0, prompt.low + added.high),
        share.mid * prompt.mid / max(1.0, prompt.mid + added.mid),
        share.high * prompt.high / max(1.0, prompt.high + added.low),
    )
