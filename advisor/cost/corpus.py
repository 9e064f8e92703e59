"""What a body of knowledge costs beside the model calls: its index, and the store it is searched in.

Vector store: 16 USD per million read units, one unit for each GB of the index a query searches, at least
a quarter; storage about 0.33 USD per GB and month (a serverless price list of 2026, at second hand). The
same load spans 36 to 1,200 USD a month by price model, so a factor of five either way is kept as bounds.
Retrieval tiers: failed retrievals among the first 20 passages, and 1.02 USD per million document tokens
once for context per passage (Anthropic, "Contextual Retrieval").
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.cost.rag import EMBED_USD_PER_MTOK, Retrieval, index_bytes
from advisor.cost.rates import MTOK
from advisor.interval import Interval
from advisor.wording import number, usd

READ_UNIT_USD = 16e-6
STORE_USD_PER_GB = 0.33
LEAST_READ_UNITS = 0.25
STORE_SPREAD = Interval(0.2, 1.0, 5.0)
CONTEXT_USD_PER_MTOK = 1.02
NO_RETRIEVAL_UNDER = 200_000
"""Tokens of knowledge under which no retrieval is needed (same source)."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung of retrieval."""

    key: str
    label: str
    failed: float
    """Share of retrievals that miss the right passage."""
    contextual: bool
    reranked: bool


TIERS = (
    Tier("embeddings", "Search by meaning", 0.057, contextual=False, reranked=False),
    Tier("contextual", "… with context per passage", 0.037, contextual=True, reranked=False),
    Tier("hybrid", "… and word search (BM25)", 0.029, contextual=True, reranked=False),
    Tier("reranked", "… and re-ranking", 0.019, contextual=True, reranked=True),
)


@dataclass(frozen=True, slots=True)
class Library:
    """A body of knowledge, and how it is cut into passages."""

    corpus_tokens: float
    chunk_tokens: float = 800
    """Tokens of one passage as it stands in the prompt, its context included."""
    chunks_per_query: float = 5
    dimensions: float = 1536
    renewed_share: float = 0.0
    """Share of the corpus that changes each month and is indexed again."""

    def __post_init__(self) -> None:
        if min(self.corpus_tokens, self.chunk_tokens, self.chunks_per_query, self.dimensions) <= 0:
            raise ValueError("corpus, passages and dimensions must be positive")
        if self.renewed_share < 0:
            raise ValueError("shares cannot be negative")

    @property
    def chunks(self) -> float:
        """Passages in the index."""
        return self.corpus_tokens / self.chunk_tokens

    @property
    def passage_tokens(self) -> float:
        """Tokens of passages in one prompt."""
        return self.chunk_tokens * self.chunks_per_query


@dataclass(frozen=True, slots=True)
class KnowledgeLine:
    """One part of a month's bill."""

    label: str
    usd: Interval
    formula: str


def index_once_usd(library: Library, tier: Tier) -> float:
    """US dollars before the first question: embedding every passage, and writing its context."""
    setup = Retrieval(library.chunks, library.chunk_tokens, library.chunks_per_query, query_tokens=0)
    context = library.corpus_tokens * CONTEXT_USD_PER_MTOK / MTOK if tier.contextual else 0.0
    return setup.index_once_usd + context


def index_once_formula(library: Library, tier: Tier) -> str:
    """The same, written out."""
    context = f" + context per passage at {usd(CONTEXT_USD_PER_MTOK)}" if tier.contextual else ""
    size = number(library.corpus_tokens, 6)
    return (
        f"{size} tokens x (embedding at {usd(EMBED_USD_PER_MTOK)}{context}) per million = "
        f"{usd(index_once_usd(library, tier))}"
    )


def index_month(library: Library, tier: Tier, questions: float) -> tuple[KnowledgeLine, ...]:
    """A month's rent of the store, and indexing what changed.

    Args:
        library: The knowledge.
        tier: How it is searched.
        questions: Searches a month.
    """
    lines = (_store(library, questions),)
    return (*lines, _renewal(library, tier)) if library.renewed_share else lines


def _renewal(library: Library, tier: Tier) -> KnowledgeLine:
    once = index_once_usd(library, tier)
    formula = f"{number(100 * library.renewed_share)} % of {usd(once)} once"
    return KnowledgeLine("Indexing what changed", Interval.exact(once * library.renewed_share), formula)


def _store(library: Library, questions: float) -> KnowledgeLine:
    gigabytes = index_bytes(library.chunks, library.dimensions) / 1e9
    units = max(LEAST_READ_UNITS, gigabytes)
    spent = gigabytes * STORE_USD_PER_GB + questions * units * READ_UNIT_USD
    formula = (
        f"{number(gigabytes)} GB x {usd(STORE_USD_PER_GB)} + {number(questions, 6)} questions x "
        f"{number(units)} read units x $16 per million; prices differ by a factor of five either way"
    )
    return KnowledgeLine("Vector store", STORE_SPREAD.scaled(spent), formula)
