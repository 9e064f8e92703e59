"""How a run's times and costs came about: our own error, each call, differences, parts, published figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.catalog.entries import Catalog
from advisor.probe.declared import Declared, declared_against_measured
from advisor.probe.instrument import InstrumentError
from advisor.probe.paired import Ratio, ratios
from advisor.probe.plan import RunPlan
from advisor.probe.price_check import OfferCost, costs_by_part, price_checks
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary
from advisor.probe.timing import Bar, paces, timeline
from advisor.ui.exhibit import download, exhibit
from advisor.ui.inert import inert
from advisor.ui.timing_charts import PARTS, cost_chart, errors_chart, timeline_chart

BARS_SHOWN = 400
"""Calls drawn at most; the download has all of them."""

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
        st.caption(f"The first {BARS_SHOWN} of {wording.count(len(bars), 'call')}; the CSV has all of them.")
    table = pd.DataFrame([_call(bar) for bar in bars])
    alt = (
        f"{wording.count(len(bars), 'call')} as bars over {wording.seconds(max(bar.end_s for bar in bars))}."
    )
    drawn = timeline_chart(bars[:BARS_SHOWN])
    exhibit("timeline", drawn, table, alt, lambda: [call_words(bar) for bar in bars])
    for pace in paces(plan, samples):
        if pace.connect_s:
            each = f"{wording.seconds(min(pace.connect_s))} to {wording.seconds(max(pace.connect_s))}"
            opened = wording.count(len(pace.connect_s), "connection")
            st.caption(inert(f"{pace.label}: {opened} opened, {each} each; in no time above."))


def call_words(bar: Bar) -> str:
    """When a call was made, and what it spent its time on."""
    again = f", attempt {bar.number}" if bar.number > 1 else ""
    ours = f"{wording.number(1000 * bar.queue_s, 2)} ms on our side"
    if bar.first_s is None:
        spent = f"{ours}, {wording.seconds(bar.rest_s)} without a token"
    else:
        first, rest = wording.seconds(bar.first_s), wording.seconds(bar.rest_s)
        spent = f"{ours}, {first} to the first token, then {rest} to the end"
    failed = f"; failed: {bar.failure.replace('_', ' ')}" if bar.failure else ""
    return f"{bar.label}, {bar.prompt}, {bar.name}{again}: began at {bar.start_s:.2f} s; {spent}{failed}."


def _call(bar: Bar) -> dict[str, object]:
    return {
        "Offer": bar.label,
        "Prompt": bar.prompt,
        "Call": bar.name,
        "Attempt": bar.number,
        "Start, s": bar.start_s,
        "Our side, s": bar.queue_s,
        "To first token, s": bar.first_s,
        "Rest, s": bar.rest_s,
        "Failure": bar.failure,
    }


def _differences(
    plan: RunPlan, samples: Sequence[Sample], _told: Sequence[OfferSummary], _catalog: Catalog
) -> None:
    labels = {target.ref: target.label for target in plan.targets}
    found = ratios(plan, samples)
    if not found:
        st.info("Differences need two offers that answered the same prompts.")
        return
    st.caption("Each on the same prompts, pair by pair; bounds hold 95 %. What spans 1 is too close to call.")
    with st.grid(2, min_column_width=300):
        for first, second in dict.fromkeys((one.first, one.second) for one in found):
            with st.container(border=True):
                st.markdown(f"**{inert(labels[first])} against {inert(labels[second])}**")
                mine = [one for one in found if (one.first, one.second) == (first, second)]
                st.markdown("\n".join(f"- {inert(_ratio_words(one))}" for one in mine))
    download("differences", pd.DataFrame([_ratio_row(one, labels) for one in found]))


def _ratio_words(one: Ratio) -> str:
    pairs = (
        wording.count(one.pairs, "prompt")
        if one.over_prompts
        else wording.count(one.pairs, "pair of calls", "pairs of calls")
    )
    ends = () if one.low is None or one.high is None else (one.low, one.high)
    bounds = f"{' to '.join(wording.number(end, 3) for end in ends)}; " if ends else ""
    return f"{one.label}: {wording.number(one.value, 3)} times ({bounds}{pairs}), {_verdict(one)}"


def _ratio_row(one: Ratio, labels: dict[str, str]) -> dict[str, object]:
    return {
        "Figure": one.label,
        "Offer": labels[one.first],
        "Against": labels[one.second],
        "Ratio": one.value,
        "Low 95 %": one.low,
        "High 95 %": one.high,
        "Pairs": one.pairs,
        "Pairs of": "prompts" if one.over_prompts else "calls",
        "Verdict": _verdict(one),
    }


def _verdict(one: Ratio) -> str:
    if one.low is None:
        return "too few pairs"
    if one.settled:
        return "higher" if one.value > 1 else "lower"
    if one.more_needed is None or one.more_needed > 10_000:
        return "too close to call"
    return f"too close to call; about {wording.count(one.more_needed, 'pair')} would settle it"


def _parts(
    plan: RunPlan, samples: Sequence[Sample], _told: Sequence[OfferSummary], _catalog: Catalog
) -> None:
    costs = costs_by_part(plan, samples)
    table = pd.DataFrame([row for cost in costs for row in _part_rows(cost)])
    said = [f"{cost.label} {wording.usd(cost.parts.total)}" for cost in costs if cost.calls]
    alt = f"Dollars by part: {wording.joined(said) or 'none known'}. Warm-ups and repeats included."
    exhibit("cost-parts", cost_chart(costs), table, alt, lambda: [cost_words(cost) for cost in costs])
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


def _paid_parts(cost: OfferCost) -> list[tuple[str, float]]:
    parts = [(name, getattr(cost.parts, field)) for field, name in PARTS]
    return [(name, dollars) for name, dollars in parts if dollars]


def cost_words(cost: OfferCost) -> str:
    """What the calls of an offer cost in all, and for which parts."""
    parts = [f"{wording.usd(dollars)} {name}" for name, dollars in _paid_parts(cost)]
    whole = f"{wording.usd(cost.parts.total)} for {wording.count(cost.calls, 'call')}"
    return f"{cost.label}: {whole}" + (f": {'; '.join(parts)}." if parts else ".")


def _part_rows(cost: OfferCost) -> list[dict[str, object]]:
    whole = f"all of {wording.count(cost.calls, 'call')}"
    return [
        {"Offer": cost.label, "Paid for": name, "US dollars": dollars}
        for name, dollars in (*_paid_parts(cost), (whole, cost.parts.total))
    ]


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
    st.markdown("\n".join(f"- {inert(_published_words(row))}" for row in rows))
    download("published", pd.DataFrame([_published_row(row) for row in rows]))


def _published_words(row: Declared) -> str:
    by = f"{row.source}, {wording.day(row.as_of)}" + (f", effort {row.effort}" if row.effort else "")
    told = f"{row.label}, {row.name}: published {wording.in_unit(row.declared, row.unit)} ({by})"
    if row.measured is None:
        return f"{told}, not measured."
    value = f"{wording.in_unit(row.measured.value, row.unit)} from {wording.count(row.measured.n, 'answer')}"
    return f"{told}, measured {value}: {_lies(row.outside, row.measured.bounds is not None)}."


def _published_row(row: Declared) -> dict[str, object]:
    found = row.measured
    return {
        "Offer": row.label,
        "Figure": row.name,
        "Unit": row.unit,
        "Published": row.declared,
        "By": row.source,
        "As of": row.as_of.isoformat(),
        "Effort": row.effort,
        "Measured": found.value if found else None,
        "Low 95 %": found.low if found else None,
        "High 95 %": found.high if found else None,
        "Answers": found.n if found else 0,
    }


def _lies(outside: bool, known: bool) -> str:
    if not known:
        return "too few answers to say"
    return "what is published lies outside the measured bounds" if outside else "within the measured bounds"


_VIEWS: dict[str, View] = {
    "Timeline": _timeline,
    "Differences": _differences,
    "Cost by part": _parts,
    "Failures": _errors,
    "Published and measured": _published,
}
