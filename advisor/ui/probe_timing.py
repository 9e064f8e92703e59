"""How a run's times and costs came about: our own error, each call, differences, parts, published figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.catalog.entries import Catalog
from advisor.probe.declared import declared_against_measured
from advisor.probe.instrument import InstrumentError
from advisor.probe.paired import Ratio, ratios
from advisor.probe.plan import RunPlan
from advisor.probe.price_check import costs_by_part, price_checks
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary
from advisor.probe.timing import paces, timeline
from advisor.ui.exhibit import data_table, exhibit
from advisor.ui.inert import inert
from advisor.ui.timing_charts import PARTS, cost_chart, errors_chart, timeline_chart

BARS_SHOWN = 400
"""Calls drawn at most; the table has all of them."""

View = Callable[[RunPlan, Sequence[Sample], Sequence[OfferSummary], Catalog], None]


def show_timing(
    plan: RunPlan,
    samples: Sequence[Sample],
    told: Sequence[OfferSummary],
    catalog: Catalog,
    instrument: InstrumentError | None,
) -> None:
    """One view at a time, below what every time rests on."""
    st.markdown("## Times and costs, call by call")
    st.caption(inert(instrument.words if instrument else "Our own clock was not checked before this run."))
    _doubts(plan, samples)
    chosen = st.segmented_control(
        "Show", list(_VIEWS), default="Timeline", required=True, key="probe-timing-view"
    )
    _VIEWS.get(chosen or "", _timeline)(plan, samples, told, catalog)


def _doubts(plan: RunPlan, samples: Sequence[Sample]) -> None:
    for pace in paces(plan, samples):
        if pace.chunky:
            st.info(
                inert(
                    f"{pace.label} sends about {wording.number(pace.tokens_per_chunk or 0, 2)} tokens "
                    "at once: times between its chunks are not times between tokens."
                )
            )
        if pace.plainly_read:
            st.info(
                inert(
                    f"{pace.label}: {wording.count(pace.plainly_read, 'answer')} timed through LiteLLM, some "
                    "milliseconds later than the others; whether they were whole was not seen on the wire."
                )
            )


def _timeline(
    plan: RunPlan, samples: Sequence[Sample], _told: Sequence[OfferSummary], _catalog: Catalog
) -> None:
    bars = timeline(plan, samples)
    if not bars:
        st.info("No call was sent yet.")
        return
    if len(bars) > BARS_SHOWN:
        st.caption(
            f"The first {BARS_SHOWN} of {wording.count(len(bars), 'call')}; the table has all of them."
        )
    table = pd.DataFrame(
        [
            {
                "Offer": bar.label,
                "Prompt": bar.prompt,
                "Call": bar.name,
                "Attempt": bar.number,
                "Start, s": bar.start_s,
                "Our side and connecting, s": bar.queue_s,
                "First token, s": bar.first_s,
                "First token to end, s": bar.rest_s,
                "Failed": bar.failure,
            }
            for bar in bars
        ]
    )
    alt = (
        f"{wording.count(len(bars), 'call')} as bars over {wording.seconds(max(bar.end_s for bar in bars))}."
    )
    exhibit("timeline", timeline_chart(bars[:BARS_SHOWN]), table, alt)
    for pace in paces(plan, samples):
        if pace.connect_s:
            each = f"{wording.seconds(min(pace.connect_s))} to {wording.seconds(max(pace.connect_s))}"
            opened = wording.count(len(pace.connect_s), "connection")
            st.caption(inert(f"{pace.label}: {opened} opened, {each} each; in no time above."))


def _differences(
    plan: RunPlan, samples: Sequence[Sample], _told: Sequence[OfferSummary], _catalog: Catalog
) -> None:
    labels = {target.ref: target.label for target in plan.targets}
    found = ratios(plan, samples)
    if not found:
        st.info("Differences need two offers that answered the same prompts.")
        return
    st.caption("Each on the same prompts, pair by pair; bounds hold 95 %. What spans 1 is too close to call.")
    table = pd.DataFrame(
        [
            {
                "Figure": one.label,
                "Ratio": _ratio_words(one),
                "Verdict": _verdict(one),
                "Of": labels[one.first],
                "To that of": labels[one.second],
                "Pairs": wording.count(one.pairs, "prompt" if one.over_prompts else "call"),
            }
            for one in found
        ]
    )
    st.dataframe(table, hide_index=True, alt="Ratio of every two offers on every time and cost, with bounds.")
    data_table("differences", table, "The same ratios for download.")


def _ratio_words(one: Ratio) -> str:
    value = wording.number(one.value, 3)
    if one.low is None or one.high is None:
        return value
    return f"{value} ({wording.number(one.low, 3)} to {wording.number(one.high, 3)})"


def _verdict(one: Ratio) -> str:
    if one.low is None:
        return "too few pairs"
    if one.settled:
        return "the first is higher" if one.value > 1 else "the first is lower"
    if one.more_needed is None or one.more_needed > 10_000:
        return "too close to call"
    return f"too close to call; about {wording.count(one.more_needed, 'pair')} would settle it"


def _parts(
    plan: RunPlan, samples: Sequence[Sample], _told: Sequence[OfferSummary], _catalog: Catalog
) -> None:
    costs = costs_by_part(plan, samples)
    table = pd.DataFrame(
        [
            {
                "Offer": cost.label,
                "Calls with known cost": cost.calls,
                "Calls with unknown cost": cost.unknown,
                **{f"{name}, US dollars": getattr(cost.parts, field) for field, name in PARTS},
                "All, US dollars": cost.parts.total,
            }
            for cost in costs
        ]
    )
    said = [f"{cost.label} {wording.usd(cost.parts.total)}" for cost in costs if cost.calls]
    alt = f"Dollars by part: {wording.joined(said) or 'none known'}. Warm-ups and repeats included."
    exhibit("cost-parts", cost_chart(costs), table, alt)
    unknown = sum(cost.unknown for cost in costs)
    if unknown:
        st.caption(f"{wording.count(unknown, 'call')} of unknown cost in no bar; charged at the worst case.")
    for cost in costs:
        if cost.audio_words:
            st.warning(inert(cost.audio_words))
    checks = price_checks(plan, samples)
    for check in checks:
        (st.caption if check.agrees else st.warning)(inert(check.words))
    if not checks:
        st.caption("LiteLLM's price table knows none of these offers, so there is no second opinion.")


def _errors(
    _plan: RunPlan, _samples: Sequence[Sample], told: Sequence[OfferSummary], _catalog: Catalog
) -> None:
    counts = [
        (one.label, kind.replace("_", " "), number) for one in told for kind, number in one.errors.items()
    ]
    if not counts:
        st.info("No call failed.", icon=":material/check_circle:")
        return
    table = pd.DataFrame(counts, columns=["Offer", "Kind of failure", "Calls"])
    said = [f"{label}: {number} {kind}" for label, kind, number in counts]
    exhibit("errors", errors_chart(counts), table, f"Failed calls by kind. {wording.joined(said)}.")


def _published(
    plan: RunPlan, samples: Sequence[Sample], _told: Sequence[OfferSummary], catalog: Catalog
) -> None:
    rows = declared_against_measured(plan, samples, catalog)
    if not rows:
        st.info("The catalog publishes no speed for the offers asked.")
        return
    st.caption(
        "Published speeds are a model's, often at its fastest host, from another place and time: a "
        "difference is a question to the provider, no proof."
    )
    table = pd.DataFrame(
        [
            {
                "Offer": row.label,
                "Figure": row.name,
                "Published": wording.in_unit(row.declared, row.unit),
                "By": f"{row.source}, {wording.day(row.as_of)}"
                + (f", effort {row.effort}" if row.effort else ""),
                "Measured": "not measured"
                if row.measured is None
                else f"{wording.in_unit(row.measured.value, row.unit)} (n={row.measured.n})",
                "Published lies": _lies(
                    row.outside, row.measured is not None and row.measured.bounds is not None
                ),
            }
            for row in rows
        ]
    )
    st.dataframe(table, hide_index=True, alt="Published speeds beside measured ones.")
    data_table("published", table, "The same for download.")


def _lies(outside: bool, known: bool) -> str:
    if not known:
        return "too few answers to say"
    return "outside the measured bounds" if outside else "within the measured bounds"


_VIEWS: dict[str, View] = {
    "Timeline": _timeline,
    "Differences": _differences,
    "Cost by part": _parts,
    "Failures": _errors,
    "Published and measured": _published,
}
