"""Retrieval against the whole corpus in the prompt, for one offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from advisor.catalog.prices import Price
from advisor.cost.corpus import (
    NO_RETRIEVAL_UNDER,
    TIERS,
    CorpusJob,
    KnowledgeBill,
    retrieval_bill,
    whole_corpus_bill,
)
from advisor.cost.memory import Refusal
from advisor.decide.bills import Bill
from advisor.decide.plan import Situation
from advisor.ui.cost_charts import CostRow, Curve, cost_rows, curves
from advisor.ui.exhibit import exhibit
from advisor.ui.inert import inert
from advisor.ui.workbench import Dial, Workbench
from advisor.wording import about, interval, number, percent, usd

CORPUS = Dial("corpus_tokens", "Knowledge, tokens", 1_000, 1e10, 10_000, decades=True)
PASSAGES = Dial("passages", "Passages per question", 1, 50)
CHUNK = Dial("chunk", "Tokens per passage", 100, 4_000, 100)
RENEWED = Dial("renewed", "Changes each month, percent", 0, 100, 5)
_START = {"corpus_tokens": 200_000.0, "passages": 5.0, "chunk": 800.0, "renewed": 5.0}
_SIZES = tuple(m * 10.0**power for power in range(3, 10) for m in (1, 2, 5))


def ways_to_knowledge(bills: Sequence[Bill], situation: Situation, bench: Workbench) -> None:
    """Cost and failed retrievals of each way, and from which corpus size on retrieval is cheaper."""
    st.markdown("## Retrieval, or everything in the prompt?")
    priced = {bill.offer.id: bill for bill in bills if bill.offer.price(situation.day) is not None}
    chosen = bench.choice("knowledge_offer", "Offer", {key: bill.offer.label for key, bill in priced.items()})
    work = situation.case.workload
    if (
        chosen is None
        or not work.requests_per_month
        or work.input_tokens is None
        or work.output_tokens is None
    ):
        st.info("Needs an offer with a price, the requests per month, and tokens in and out.")
        return
    _start(bench, situation)
    bench.dials((CORPUS, PASSAGES, CHUNK, RENEWED))
    job = CorpusJob(
        corpus_tokens=bench.sure(CORPUS),
        requests_per_month=work.requests_per_month,
        prompt_tokens=work.input_tokens,
        output_tokens=work.output_tokens,
        cached_tokens=_cached_tokens(situation, work.input_tokens),
        chunk_tokens=bench.sure(CHUNK),
        chunks_per_query=bench.sure(PASSAGES),
        renewed_share=bench.sure(RENEWED) / 100,
    )
    offer = priced[chosen].offer
    price = offer.price(situation.day)
    assert price is not None
    _ways(job, price, offer.offer.limits.context_in)
    _by_size(job, price, offer.offer.limits.context_in)


def _cached_tokens(situation: Situation, prompt_tokens: float) -> float:
    """Repeated prompt tokens, as the bill of the same case counts them."""
    profile = situation.plan.profile
    if profile.input_tokens is None:
        return 0.0
    return min(prompt_tokens, profile.cached_share.mid * profile.input_tokens.mid / profile.calls.mid)


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


def _ways(job: CorpusJob, price: Price, limit: float | None) -> None:
    made = [(tier.label, retrieval_bill(job, price, tier), percent(tier.failed)) for tier in TIERS]
    whole = whole_corpus_bill(job, price, limit)
    if isinstance(whole, Refusal):
        st.warning(inert(f"Whole corpus in the prompt: {whole}"), icon=":material/block:")
    else:
        made.insert(0, ("Whole corpus, cached", whole, "none: nothing is searched"))
    rows = [CostRow(label, bill.month) for label, bill, _ in made]
    alt = "Cost per month: " + "; ".join(f"{row.label} {about(row.cost, usd)}" for row in rows) + "."
    table = pd.DataFrame([_way(label, bill, failed) for label, bill, failed in made])
    exhibit("knowledge-costs", cost_rows(rows, "US dollars per month"), table, alt)
    if job.corpus_tokens < NO_RETRIEVAL_UNDER:
        st.markdown("Under about 200,000 tokens no retrieval is needed: all of it fits, cached.")
    for label, bill, failed in made:
        with st.expander(f"{inert(label)}: {inert(about(bill.month, usd))} a month", type="compact"):
            st.caption(inert(f"Failed retrievals: {failed}. Once, before the start: {usd(bill.once_usd)}."))
            st.markdown(
                "\n".join(
                    f"- {inert(f'{one.label}: {one.formula} = {usd(one.usd.mid)}')}" for one in bill.lines
                )
            )


def _way(label: str, bill: KnowledgeBill, failed: str) -> dict[str, str]:
    return {
        "Way": label,
        "US dollars per month": about(bill.month, usd),
        "Once, US dollars": usd(bill.once_usd),
        "Failed retrievals": failed,
        "Parts": "; ".join(f"{one.label} {interval(one.usd, usd)}" for one in bill.lines),
    }


def _by_size(job: CorpusJob, price: Price, limit: float | None) -> None:
    st.markdown("### By size of the knowledge")
    jobs = [replace(job, corpus_tokens=size) for size in _SIZES]
    wholes = [whole_corpus_bill(one, price, limit) for one in jobs]
    rows = [
        Curve(
            "Whole corpus, cached",
            _SIZES,
            tuple(None if isinstance(one, Refusal) else one.month for one in wholes),
        ),
        Curve("Retrieval", _SIZES, tuple(retrieval_bill(one, price, TIERS[0]).month for one in jobs)),
    ]
    table = pd.DataFrame(
        {"Knowledge, tokens": [number(size, 6) for size in _SIZES]}
        | {f"{row.label}, US dollars per month": [about(one, usd) for one in row.y] for row in rows}
    )
    alt = "Monthly cost over the size of the knowledge: the whole corpus grows with it, retrieval hardly."
    figure = curves(rows, "Knowledge, tokens", "US dollars per month", mark=job.corpus_tokens)
    exhibit("knowledge-by-size", figure, table, alt)
