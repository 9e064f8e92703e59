"""Knowledge from retrieved passages against all of it in every prompt: what a month of each costs.

Vector store: 16 USD per million read units, one unit for each GB of the index a query searches, at least
a quarter; storage about 0.33 USD per GB and month (a serverless price list of 2026, at second hand). The
same load spans 36 to 1,200 USD a month by price model, so a factor of five either way is kept as bounds.
Retrieval tiers: failed retrievals among the first 20 passages, and 1.02 USD per million document tokens
once for context per passage (Anthropic, "Contextual Retrieval").
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog.prices import Price, Rates
from advisor.cost.memory import Refusal
from advisor.cost.rag import RERANK_USD, WARM_REQUESTS, Retrieval, index_bytes
from advisor.cost.rates import MTOK, cache_read_rate, cache_write_rate
from advisor.interval import Interval
from advisor.wording import number, usd

READ_UNIT_USD = 16e-6
STORE_USD_PER_GB = 0.33
LEAST_READ_UNITS = 0.25
STORE_SPREAD = Interval(0.2, 1.0, 5.0)
CONTEXT_USD_PER_MTOK = 1.02
CONTEXT_TOKENS = 75.0
"""Tokens of context added to each passage: 50 to 100."""
NO_RETRIEVAL_UNDER = 200_000
"""Tokens of knowledge under which no retrieval is needed (same source)."""
CACHE_REFRESHES = 730.0
"""Writes of the cached corpus a month that a warm cache still needs: about one an hour, an assumption."""


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
class CorpusJob:
    """Questions to a body of knowledge."""

    corpus_tokens: float
    requests_per_month: float
    prompt_tokens: float
    """Of the prompt without knowledge."""
    output_tokens: float
    cached_tokens: float = 0.0
    """Part of that prompt that repeats from request to request and is read from the cache."""
    chunk_tokens: float = 800
    chunks_per_query: float = 5
    dimensions: float = 1536
    renewed_share: float = 0.0
    """Share of the corpus that changes each month and is indexed again."""

    def __post_init__(self) -> None:
        if min(self.corpus_tokens, self.chunk_tokens, self.chunks_per_query, self.dimensions) <= 0:
            raise ValueError("corpus, passages and dimensions must be positive")
        if min(self.requests_per_month, self.prompt_tokens, self.output_tokens, self.renewed_share) < 0:
            raise ValueError("requests, tokens and shares cannot be negative")
        if not 0 <= self.cached_tokens <= self.prompt_tokens:
            raise ValueError("no more of a prompt can be cached than it has")

    @property
    def chunks(self) -> float:
        """Passages in the index."""
        return self.corpus_tokens / self.chunk_tokens


@dataclass(frozen=True, slots=True)
class KnowledgeLine:
    """One part of a month's bill."""

    label: str
    usd: Interval
    formula: str


@dataclass(frozen=True, slots=True)
class KnowledgeBill:
    """A month of one way to knowledge."""

    lines: tuple[KnowledgeLine, ...]
    once_usd: float = 0.0
    """Before the first question."""

    @property
    def month(self) -> Interval:
        """All parts together."""
        total = Interval.exact(0.0)
        for line in self.lines:
            total = total + line.usd
        return total


def retrieval_bill(job: CorpusJob, price: Price, tier: Tier) -> KnowledgeBill:
    """A month of retrieved passages: embedding, store, re-ranking, and the longer prompts."""
    size = job.chunk_tokens + (CONTEXT_TOKENS if tier.contextual else 0.0)
    setup = Retrieval(job.chunks, size, job.chunks_per_query, query_tokens=40)
    context = job.corpus_tokens * CONTEXT_USD_PER_MTOK / MTOK if tier.contextual else 0.0
    once = setup.index_once_usd + context
    lines = [_model(job, price, setup.context_tokens), _embedding(job, setup), _store(job)]
    if tier.reranked:
        lines.append(_reranking(job))
    if job.renewed_share:
        again = f"{number(100 * job.renewed_share)} % of {usd(once)} once"
        lines.append(KnowledgeLine("Indexing what changed", Interval.exact(once * job.renewed_share), again))
    return KnowledgeBill(tuple(lines), once)


def _model(job: CorpusJob, price: Price, more: float) -> KnowledgeLine:
    prompt = job.prompt_tokens + more
    rates = price.rates_for(prompt)
    each = (more * rates.input) / MTOK + _question_usd(job, rates)
    cached = f" + {number(job.cached_tokens, 6)} cached x {usd(cache_read_rate(rates))}"
    formula = (
        f"{number(job.requests_per_month, 6)} x ({number(prompt - job.cached_tokens, 6)} tokens x "
        f"{usd(rates.input)}{cached if job.cached_tokens else ''} "
        f"+ {number(job.output_tokens, 6)} x {usd(rates.output)} per million)"
    )
    return KnowledgeLine("Model calls", Interval.exact(each * job.requests_per_month), formula)


def _question_usd(job: CorpusJob, rates: Rates) -> float:
    """US dollars of one prompt without knowledge and its answer."""
    fresh = (job.prompt_tokens - job.cached_tokens) * rates.input
    return (fresh + job.cached_tokens * cache_read_rate(rates) + job.output_tokens * rates.output) / MTOK


def _embedding(job: CorpusJob, setup: Retrieval) -> KnowledgeLine:
    spent = job.requests_per_month * setup.embed_usd_per_query
    formula = f"{number(job.requests_per_month, 6)} x {usd(setup.embed_usd_per_query)} for 40 tokens"
    return KnowledgeLine("Embedding the questions", Interval.exact(spent), formula)


def _reranking(job: CorpusJob) -> KnowledgeLine:
    formula = f"{number(job.requests_per_month, 6)} x {usd(RERANK_USD.mid)}"
    return KnowledgeLine("Re-ranking", RERANK_USD.scaled(job.requests_per_month), formula)


def _store(job: CorpusJob) -> KnowledgeLine:
    gigabytes = index_bytes(job.chunks, job.dimensions) / 1e9
    units = max(LEAST_READ_UNITS, gigabytes)
    spent = gigabytes * STORE_USD_PER_GB + job.requests_per_month * units * READ_UNIT_USD
    formula = (
        f"{number(gigabytes)} GB x {usd(STORE_USD_PER_GB)} + {number(job.requests_per_month, 6)} x "
        f"{number(units)} read units x $16 per million; prices differ by a factor of five either way"
    )
    return KnowledgeLine("Vector store", STORE_SPREAD.scaled(spent), formula)


def whole_corpus_bill(
    job: CorpusJob, price: Price, context_limit: float | None = None
) -> KnowledgeBill | Refusal:
    """A month with all knowledge in every prompt; refused where the prompt does not fit.

    The long-context price holds for the whole prompt, cached part included. The corpus is read from the
    cache while requests keep that warm, and paid in full otherwise: these are the bounds.
    """
    prompt = job.corpus_tokens + job.prompt_tokens
    if context_limit is not None and prompt > context_limit:
        said = f"A prompt of {number(prompt, 6)} tokens does not fit the {number(context_limit, 6)} it takes."
        return Refusal(said, "Retrieve passages instead, or choose a model with a longer context.")
    rates, count = price.rates_for(prompt), job.requests_per_month
    cold = job.corpus_tokens * cache_write_rate(rates) / MTOK
    read = job.corpus_tokens * cache_read_rate(rates) / MTOK
    renewals = min(CACHE_REFRESHES, count)
    warm = (count - renewals) * read + renewals * cold
    dear = max(count * cold, count * job.corpus_tokens * rates.input / MTOK)
    middle = warm if count >= WARM_REQUESTS else dear
    corpus = KnowledgeLine(
        "The corpus in every prompt",
        Interval(min(warm, middle), middle, max(dear, middle)),
        f"{number(count, 6)} x {usd(read)} from a warm cache, {usd(cold)} when it is cold",
    )
    plain = _question_usd(job, rates)
    rest = f"{number(count, 6)} x {usd(plain)} for question and answer"
    return KnowledgeBill((corpus, KnowledgeLine("Question and answer", Interval.exact(plain * count), rest)))
