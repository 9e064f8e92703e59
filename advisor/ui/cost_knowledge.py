"""Retrieval against the whole corpus in the prompt, for one offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from advisor.catalog.entries import CatalogOffer
from advisor.cost.corpus import NO_RETRIEVAL_UNDER, TIERS, Library
from advisor.cost.memory import Refusal
from advisor.decide.bills import Bill
from advisor.decide.knowledge_ways import Way, retrieval, whole_corpus
from advisor.decide.plan import Situation
from advisor.ui.cost_bench import explored
from advisor.ui.cost_charts import CostRow, Curve, cost_rows, curves
from advisor.ui.cost_page import best_first
from advisor.ui.exhibit import exhibit
from advisor.ui.inert import inert
from advisor.ui.workbench import Dial, Workbench
from advisor.wording import about, count, interval, number, percent, usd

CORPUS = Dial("corpus_tokens", "Knowledge, tokens", 1_000, 1e10, 10_000, decades=True)
PASSAGES = Dial("passages", "Passages per question", 1, 50)
CHUNK = Dial("chunk", "Tokens per passage", 100, 4_000, 100, hint="As they stand in the prompt.")
RENEWED = Dial("renewed", "Changes each month, percent", 0, 100, 5)
_START = {"corpus_tokens": 200_000.0, "passages": 5.0, "chunk": 800.0, "renewed": 5.0}
_SIZES = tuple(m * 10.0**power for power in range(3, 10) for m in (1, 2, 5))


def ways_to_knowledge(bills: Sequence[Bill], situation: Situation, bench: Workbench) -> None:
    """Cost and failed retrievals of each way, and from which corpus size on retrieval is cheaper."""
    st.markdown("## Retrieval, or everything in the prompt?")
    known = {bill.offer.id: bill.offer for bill in best_first(bills) if bill.per_month.usd is not None}
    chosen = bench.choice("knowledge_offer", "Offer", {key: offer.label for key, offer in known.items()})
    if chosen is None:
        st.info("Needs an offer with a price, the requests per month, and tokens in and out.")
        return
    _start(bench, situation)
    bench.dials((CORPUS, PASSAGES, CHUNK, RENEWED))
    library = Library(
        corpus_tokens=bench.sure(CORPUS),
        chunk_tokens=bench.sure(CHUNK),
        chunks_per_query=bench.sure(PASSAGES),
        renewed_share=bench.sure(RENEWED) / 100,
    )
    _ways(known[chosen], library, situation, bench)
    _by_size(known[chosen], library, situation, bench)


def _start(bench: Workbench, situation: Situation) -> None:
    """Numbers of the case where it has them, else an example's."""
    corpus = situation.case.answer("knowledge", "corpus_tokens")
    passages = situation.case.answer("knowledge", "passage_tokens")
    start = dict(_START)
    if isinstance(corpus, int | float):
        start["corpus_tokens"] = float(corpus)
    if isinstance(passages, int | float):
        start["chunk"] = float(passages) / start["passages"]
    for key, value in start.items():
        if bench.number(key) is None:
            bench.put(key, value)


def _ways(offer: CatalogOffer, library: Library, situation: Situation, bench: Workbench) -> None:
    case, look = situation.case, partial(explored, bench)
    made = [retrieval(case, offer, library, tier, look) for tier in TIERS]
    whole = whole_corpus(case, offer, library, look)
    if isinstance(whole, Refusal):
        st.warning(inert(f"Whole corpus in the prompt: {whole}"), icon=":material/block:")
    else:
        made.insert(0, whole)
    rows = [CostRow(way.label, way.month) for way in made if way.month is not None]
    alt = "Cost per month: " + "; ".join(f"{row.label} {about(row.cost, usd)}" for row in rows) + "."
    table = pd.DataFrame([_row(way) for way in made])
    exhibit("knowledge-costs", cost_rows(rows, "US dollars per month"), table, alt)
    if library.corpus_tokens < NO_RETRIEVAL_UNDER:
        st.markdown("Under about 200,000 tokens no retrieval is needed: all of it fits, cached.")
    st.caption(inert(_same_load(situation)))
    for way in made:
        _opened(way)


def _same_load(situation: Situation) -> str:
    """What these months share with those of the first view, and what they count besides."""
    case = situation.case
    requests = number(case.workload.requests_per_month or 0, 6)
    calls = count(situation.plan.profile.calls.mid, "model call")
    chosen = next(one for one in situation.plan.advice if one.step == "knowledge")
    said = (
        f"Same load as under “Month and user”: {requests} requests of {calls}, the same cache, batch share "
        "and searches. Only decision 4 differs, and the vector store and its renewal come on top. "
    )
    return said + f"In the case decision 4 stands at: {chosen.choice_label}."


def _opened(way: Way) -> None:
    with st.expander(f"{inert(way.label)}: {inert(about(way.month, usd))} a month", type="compact"):
        failed = "none: nothing is searched" if way.failed is None else percent(way.failed)
        once = f" Once, before the start: {way.once_formula}." if way.once_formula else ""
        st.caption(inert(f"Failed retrievals: {failed}.{once}"))
        parts = [f"{line.label}: {line.formula} a request" for line in way.bill.lines]
        parts.append(f"Model and search a month: {way.bill.per_month.formula}")
        parts += [f"{line.label}: {line.formula} = {usd(line.usd.mid)}" for line in way.beside]
        st.markdown("\n".join(f"- {inert(part)}" for part in parts))


def _row(way: Way) -> dict[str, str]:
    return {
        "Way": way.label,
        "US dollars per month": about(way.month, usd),
        "Model and search, US dollars per month": about(way.bill.per_month.usd, usd),
        "Once, US dollars": usd(way.once_usd),
        "Failed retrievals": "none: nothing is searched" if way.failed is None else percent(way.failed),
        "Beside the model": "; ".join(f"{one.label} {interval(one.usd, usd)}" for one in way.beside),
    }


def _by_size(offer: CatalogOffer, library: Library, situation: Situation, bench: Workbench) -> None:
    st.markdown("### By size of the knowledge")
    case, look = situation.case, partial(explored, bench)
    sizes = [replace(library, corpus_tokens=size) for size in _SIZES]
    wholes = [whole_corpus(case, offer, one, look) for one in sizes]
    found = [retrieval(case, offer, one, TIERS[0], look).month for one in sizes]
    rows = [
        Curve(
            "Whole corpus", _SIZES, tuple(None if isinstance(one, Refusal) else one.month for one in wholes)
        ),
        Curve("Retrieval", _SIZES, tuple(found)),
    ]
    table = pd.DataFrame(
        {"Knowledge, tokens": [number(size, 6) for size in _SIZES]}
        | {f"{row.label}, US dollars per month": [about(one, usd) for one in row.y] for row in rows}
    )
    alt = "Monthly cost over the size of the knowledge: the whole corpus grows with it, retrieval hardly."
    figure = curves(rows, "Knowledge, tokens", "US dollars per month", mark=library.corpus_tokens)
    exhibit("knowledge-by-size", figure, table, alt)
