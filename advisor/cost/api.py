"""What API calls cost: between bounds for one task, and per month.

An unknown price or an unknown number of tokens gives None, never 0. The exact cost of one request
from its usage is `request_cost`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time

from advisor.catalog.entries import CatalogOffer
from advisor.catalog.facts import Origin, Provenance, provenance
from advisor.catalog.prices import Price, SearchFee
from advisor.cost import reasoning
from advisor.cost.breakdown import CostBreakdown, CostLine
from advisor.cost.profile import ZERO, TokenProfile
from advisor.cost.rag import EMBED_RATES, EMBED_TOKENS, EMBED_USD
from advisor.cost.rates import MTOK, is_off_peak
from advisor.cost.request import Usage, request_cost
from advisor.cost.scenario import End, Part, token_parts
from advisor.interval import Interval
from advisor.wording import number, tokens, usd

__all__ = [
    "Usage",
    "known_part",
    "monthly_cost",
    "reasoning_per_output",
    "reasoning_tokens",
    "request_cost",
    "side_lines",
    "side_usd",
    "task_cost",
    "task_total",
]

SEARCH_USD_PER_1000 = Interval(2.5, 10.0, 35.0)
"""Provider search fees as seen across the LiteLLM price map 1.106.2; used where an offer lists none."""

_LABELS = {
    "input": "Prompt tokens",
    "cached": "Prompt tokens read from the cache",
    "cache_write": "Prompt tokens written to the cache",
    "output": "Answer tokens",
    "reasoning": "Hidden reasoning tokens",
}
_EMBED_NOTE = (
    f"most embedding models are listed at ${EMBED_RATES.low:g} to ${EMBED_RATES.high:g} per million tokens "
    f"(LiteLLM price map 1.106.2); {EMBED_TOKENS} tokens are our assumption"
)
_RERANK_NOTE = "as re-rankers are listed per question (LiteLLM price map 1.106.2)"
_OURS = Provenance("our own assumption", None, Origin.ASSUMED)


def reasoning_per_output(offer: CatalogOffer, profile: TokenProfile, effort: str | None) -> Interval:
    """Hidden reasoning tokens per visible one of this offer's model.

    Args:
        offer: The offer.
        profile: The task; its figure is the plan's.
        effort: Effort class of the plan; `none` means that nobody asked for reasoning.
    """
    planned = ZERO if effort == "none" else profile.reasoning_per_output
    return reasoning.for_mode(offer.model.reasoning.mode, planned)


def reasoning_tokens(offer: CatalogOffer, profile: TokenProfile, effort: str | None) -> Interval:
    """Hidden reasoning tokens per task.

    Raises:
        ValueError: The number of answer tokens is unknown.
    """
    if profile.output_tokens is None:
        raise ValueError("answer tokens are unknown")
    return profile.output_tokens * reasoning_per_output(offer, profile, effort)


def task_cost(
    offer: CatalogOffer,
    profile: TokenProfile,
    day: date,
    effort: str | None,
    *,
    requests_per_month: float | None = None,
) -> CostBreakdown | None:
    """US dollars of one task; None when its price or its tokens are unknown.

    Args:
        offer: Whose price.
        profile: Tokens and calls of one task.
        day: The price schedule in force on this day counts.
        effort: Effort class of the plan.
        requests_per_month: Spreads a monthly free search allowance; without it searches cost in full.
    """
    price = offer.price(day)
    parts = None if price is None else _scenarios(offer, price, profile, effort)
    if price is None or parts is None:
        return None
    others = side_lines(profile, price, requests_per_month)
    lines = (*_token_lines(price, profile, parts), *others)
    total = _token_usd(parts) + side_usd(profile, price, requests_per_month)
    return CostBreakdown(lines, total, profile.success_rate)


def task_total(
    offer: CatalogOffer,
    profile: TokenProfile,
    day: date,
    effort: str | None,
    *,
    requests_per_month: float | None = None,
) -> Interval | None:
    """US dollars of one attempted task, as `task_cost` has it, without the lines nobody looks at."""
    price = offer.price(day)
    parts = None if price is None else _scenarios(offer, price, profile, effort)
    if price is None or parts is None:
        return None
    return _token_usd(parts) + side_usd(profile, price, requests_per_month)


def _scenarios(
    offer: CatalogOffer, price: Price, profile: TokenProfile, effort: str | None
) -> list[dict[str, Part]] | None:
    thinking = reasoning_per_output(offer, profile, effort)
    ends = [token_parts(price, profile, thinking, end) for end in End]
    known = [parts for parts in ends if parts is not None]
    return known if len(known) == len(ends) else None


def known_part(
    offer: CatalogOffer,
    profile: TokenProfile,
    day: date,
    effort: str | None,
    *,
    requests_per_month: float | None = None,
) -> float | None:
    """US dollars one task costs at least, when some of its tokens are unknown; None when nothing is known.

    Unknown tokens are left out of this figure, never taken for free: it is a lower bound and must be
    called one.
    """
    known = replace(
        profile, input_tokens=profile.input_tokens or ZERO, output_tokens=profile.output_tokens or ZERO
    )
    total = task_total(offer, known, day, effort, requests_per_month=requests_per_month)
    return None if total is None or total.low <= 0 else total.low


def monthly_cost(
    offer: CatalogOffer, profile: TokenProfile, day: date, effort: str | None, requests_per_month: float
) -> Interval | None:
    """US dollars a month for so many attempted tasks, free search allowance deducted once."""
    total = task_total(offer, profile, day, effort, requests_per_month=requests_per_month)
    return None if total is None else total.scaled(requests_per_month)


def _usd(parts: Mapping[str, Part]) -> float:
    return sum(part.tokens * part.usd_per_mtok for part in parts.values()) / MTOK


def _token_usd(ends: Sequence[Mapping[str, Part]]) -> Interval:
    return _hull([_usd(parts) for parts in ends])


def _hull(ends: Sequence[float]) -> Interval:
    """Bounds over the three scenarios around the middle one."""
    return Interval(min(ends), ends[1], max(ends))


def _token_lines(
    price: Price, profile: TokenProfile, ends: Sequence[Mapping[str, Part]]
) -> tuple[CostLine, ...]:
    lines = [_token_line(kind, [parts[kind] for parts in ends], price, profile) for kind in _LABELS]
    return tuple(line for line in lines if line.key in ("input", "output") or line.usd.high > 0)


def _token_line(kind: str, ends: Sequence[Part], price: Price, profile: TokenProfile) -> CostLine:
    middle = ends[1]
    spent = _hull([part.tokens * part.usd_per_mtok / MTOK for part in ends])
    formula = f"{tokens(middle.tokens)} x ${number(middle.usd_per_mtok)} per million = {usd(spent.mid)}"
    return CostLine(
        key=kind,
        label=_LABELS[kind],
        tokens=_hull([part.tokens for part in ends]),
        usd_per_mtok=_hull([part.usd_per_mtok for part in ends]),
        usd=spent,
        formula=formula,
        provenance=provenance(price),
        note=_note(kind, price, profile),
    )


def _note(kind: str, price: Price, profile: TokenProfile) -> str:
    """A caveat about one line."""
    notes: list[str] = []
    if kind == "cached" and price.rates.cache_read is None:
        notes.append("no cache price is known: cached tokens are counted at the full rate")
    if kind == "input" and profile.batch_share.high > 0 and price.batch is None:
        notes.append("no batch price is known: every request is counted at the standard rate")
    if kind == "input" and profile.at is not None:
        notes.append(_hour_note(price, profile.at))
    if kind == "input" and profile.regional and price.regional_uplift is not None:
        notes.append(f"includes the factor {number(price.regional_uplift)} for a named region")
    return "; ".join(notes)


def _hour_note(price: Price, at: time) -> str:
    if price.off_peak is None:
        return "no off-peak price is known: the hour makes no difference"
    inside = is_off_peak(price.off_peak, at)
    return f"{at:%H:%M} UTC on a working day lies {'inside' if inside else 'outside'} the off-peak hours"


def side_lines(
    profile: TokenProfile, price: Price | None = None, requests_per_month: float | None = None
) -> tuple[CostLine, ...]:
    """What a task costs beside model tokens: searches, retrieval, re-ranking.

    Args:
        profile: The task.
        price: Whose search fee; None is a model without one, such as on own machines.
        requests_per_month: Spreads a monthly free search allowance.
    """
    lines: list[CostLine] = []
    if profile.searches.high > 0:
        lines.append(_search_line(price, profile.searches, requests_per_month))
    if profile.extra_usd.high > 0:
        lines += _retrieval_lines(profile.extra_usd)
    return tuple(lines)


def side_usd(
    profile: TokenProfile, price: Price | None = None, requests_per_month: float | None = None
) -> Interval:
    """What the lines of `side_lines` come to, without their words."""
    if profile.searches.high <= 0:
        return profile.extra_usd
    return _searches_usd(price, profile.searches, requests_per_month) + profile.extra_usd


def _searches_usd(price: Price | None, searches: Interval, requests_per_month: float | None) -> Interval:
    fee = price.search if price else None
    if fee is None:
        return (searches * SEARCH_USD_PER_1000).scaled(1 / 1000)
    return _paid_searches(fee, searches, requests_per_month).scaled(fee.usd_per_1000 / 1000)


def _retrieval_lines(extra: Interval) -> list[CostLine]:
    """How retrieval's price per task comes about: the question embedded, and what is left is re-ranking."""
    many, spent = Interval(EMBED_TOKENS, EMBED_TOKENS, EMBED_TOKENS), EMBED_USD
    formula = f"{tokens(many.mid)} x ${number(EMBED_RATES.mid)} per million = {usd(spent.mid)}"
    found = [
        CostLine("embedding", "Embedding the question", many, EMBED_RATES, spent, formula, _OURS, _EMBED_NOTE)
    ]
    if extra.mid > spent.mid:
        # Where the whole was given as one exact sum, what is left narrows as embedding costs more.
        more = Interval(*sorted((extra.low - spent.low, extra.mid - spent.mid, extra.high - spent.high)))
        formula = f"{usd(more.mid)} for each question"
        found.append(
            CostLine("rerank", "Re-ranking the passages", None, None, more, formula, _OURS, _RERANK_NOTE)
        )
    return found


def _search_line(price: Price | None, searches: Interval, requests_per_month: float | None) -> CostLine:
    spent = _searches_usd(price, searches, requests_per_month)
    fee = price.search if price else None
    if price is None or fee is None:
        note = "this offer's search fee is not known: the range seen across providers is counted"
        seen = usd(SEARCH_USD_PER_1000.mid)
        formula = f"{number(searches.mid)} searches x {seen} per 1,000 = {usd(spent.mid)}"
        return CostLine("search", "Live web search", None, None, spent, formula, _OURS, note)
    paid = _paid_searches(fee, searches, requests_per_month)
    formula = f"{number(paid.mid)} paid searches x {usd(fee.usd_per_1000)} per 1,000 = {usd(spent.mid)}"
    free = f"the first {number(fee.free_per_month)} a month are free" if fee.free_per_month else ""
    return CostLine("search", "Live web search", None, None, spent, formula, provenance(price), free)


def _paid_searches(fee: SearchFee, searches: Interval, requests_per_month: float | None) -> Interval:
    return Interval(*(_paid(end.of(searches), fee, requests_per_month) for end in End))


def _paid(searches: float, fee: SearchFee, requests_per_month: float | None) -> float:
    """Searches per task that are charged once the month's free ones are spread over all tasks."""
    if not requests_per_month:
        return searches
    return max(0.0, searches - fee.free_per_month / requests_per_month)
