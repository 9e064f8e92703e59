"""The parts of the result page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from advisor import wording
from advisor.decide.costs import moves
from advisor.decide.decision import Decision
from advisor.decide.flips import nearest_first, sentences
from advisor.decide.paths import why_not
from advisor.interval import Interval
from advisor.ui import charts, loaded, state
from advisor.ui import result_data as data
from advisor.ui.catalog_data import notes_of
from advisor.ui.drawn import drawn
from advisor.ui.exhibit import WRAPPED_PX, data_table, download, exhibit
from advisor.ui.inert import inert
from advisor.ui.navigation import link
from advisor.ui.quality_chart import quality_against_cost
from advisor.ui.terms import meaning_of

_COLUMNS = {
    "Rank": st.column_config.Column(width=52),
    "Offer": st.column_config.Column(width=205),
    "Points": st.column_config.Column(width=108),
    "Comes first": st.column_config.Column(width=92),
    "In the top 3": st.column_config.Column(width=92),
    "Cost per request": st.column_config.Column(width=128),
    "Cost per month": st.column_config.Column(width=120),
    "Standing": st.column_config.Column(width=182),
}
"""Columns of the ranking: together as wide as a laptop's page, so that none is cut at its edge."""
_ROWS_AT_ONCE = 8


def headline(decision: Decision) -> None:
    """The recommendation, what its confidence rests on, and its figures."""
    leader = decision.recommended
    if leader is None:
        return
    st.caption("What your six decisions come to")
    st.title(inert(decision.title), anchor=False)
    simulated = " :orange-badge[simulated measurements]" if decision.simulated else ""
    st.markdown(f"{inert(decision.headline)}{simulated}")
    st.markdown(inert(decision.confidence))
    if leader.id in (notes := _notes(decision)):
        st.warning(inert(f"{leader.offer.label}: {notes[leader.id]}."), icon=":material/history:")
    st.caption(f"Figures of {inert(leader.offer.label)}, first by its points")
    with st.grid(4, min_column_width=160):
        points = f"{100 * leader.score.low:.0f} to {100 * leader.score.high:.0f}"
        _figure("Points out of 100", f"{100 * leader.score.mid:.0f}", points, "points")
        trials = decision.robustness.draws if decision.robustness else 0
        _figure(
            "Comes first in",
            wording.probability(leader.p_first),
            f"of {trials:,} trials",
            "rank-acceptability",
        )
        _cost("Per request", leader.usd_per_request, "cost-per-task")
        _cost("Per month", leader.usd_per_month)


def _figure(label: str, value: str, bounds: str, term: str | None = None) -> None:
    """One tile: the figure, below it what it may lie between, and what the glossary says about it."""
    between = inert(bounds.replace(" to ", "–"))
    said = meaning_of(term) if term else None
    st.metric(label, value, between, delta_color="off", delta_arrow="off", border=True, help=said)


def _notes(decision: Decision) -> dict[str, str]:
    return notes_of(loaded.catalog(), [row.id for row in decision.ranking], decision.day)


def _cost(label: str, cost: Interval | None, term: str | None = None) -> None:
    """A tile of dollars; an unknown one says where the missing numbers are given."""
    if cost is None:
        _figure(label, wording.UNKNOWN_WORD, "give your numbers in the brief", term)
    else:
        _figure(label, wording.usd(cost.mid), wording.usd_interval(cost), term)


def for_and_against(decision: Decision) -> None:
    """Reasons for and against the leading offer, and what to verify."""
    leader = decision.winner
    if leader is None:
        return
    columns = st.columns(2)
    for column, title, reasons in (
        (columns[0], "For it", leader.reasons_for),
        (columns[1], "Against it", leader.reasons_against),
    ):
        with column:
            st.markdown(f"### {title}")
            _bullets(reasons or ("Nothing that counts.",))
    if leader.verify:
        st.markdown("### To verify before signing")
        _bullets(leader.verify)
    with st.container(horizontal=True, gap="medium"):
        link("probe", "Ask the best ones yourself", icon=":material/science:")
        link("record", "Write the record", icon=":material/description:")


def value_chart(decision: Decision) -> None:
    """Points split by criterion."""
    st.markdown("## Where the points come from")
    st.caption(
        f"{inert(decision.weights_from)} Whiskers show the score if unknown facts turn out worst or best."
    )
    rows = data.value_rows(decision)
    alt = f"Points of the first {len(rows)} offers by criterion. " + "; ".join(
        f"{row.label} {100 * row.total.mid:.0f}" for row in rows[:5]
    )
    exhibit("points", drawn(charts.value_bars, rows), partial(data.value_table, decision), alt)


def quality_chart(decision: Decision) -> None:
    """Quality against cost."""
    points = data.quality_points(decision)
    st.markdown("## Quality against cost")
    st.caption("Up is better, left is cheaper. Offers on the dotted line are not beaten on both at once.")
    if not points:
        st.info("No cost per request is known: give the tokens of a typical request in the brief.")
        return
    front = [point.label for point in points if point.on_front]
    alt = f"Quality against cost. Nobody is better and cheaper than {wording.joined(front)}."
    exhibit("quality-cost", drawn(quality_against_cost, points), partial(data.quality_table, points), alt)


def chance_chart(decision: Decision) -> None:
    """How often each offer takes each rank."""
    labels, chances = data.chance_rows(decision)
    if not labels or decision.robustness is None:
        return
    st.markdown("## How sure is the order?")
    st.caption(
        f"Share of {decision.robustness.draws:,} trials in which an offer takes each rank, when weights and "
        "unknown facts vary within their bounds."
    )
    first = decision.ranking[0]
    alt = f"{first.offer.label} comes first in {wording.probability(first.p_first)} of the trials."
    table = partial(data.chance_table, labels, chances)
    exhibit("rank-chances", drawn(charts.rank_chances, labels, chances), table, alt)


def flip_chart(decision: Decision) -> None:
    """What would change the answer."""
    st.markdown("## What would change the answer?")
    if not decision.flip_points:
        st.markdown("No single weight and no single uncertain fact changes the leader.")
        return
    _bullets(sentences(nearest_first(decision.flip_points))[:6])
    moves = data.weight_moves(decision)
    if moves:
        figure = drawn(charts.flip_moves, moves, "Weight, percent")
        exhibit("flip-points", figure, partial(data.flip_table, decision), decision.flip_points[0].words)


def cost_story(decision: Decision) -> None:
    """How each choice moved the leader's bill."""
    moved = moves(decision.cost_steps)
    if moved:
        st.markdown("## What your choices did to the bill")
        _bullets(moved)
    if decision.guardrails:
        st.markdown("### Limits to enforce")
        _bullets(
            tuple(
                f"{rail.label}: {wording.in_unit(rail.value, rail.unit)}, because {rail.because}"
                for rail in decision.guardrails
            )
        )


def ranking(decision: Decision) -> None:
    """Every offer that fits."""
    st.markdown(f"## All {wording.count(len(decision.ranking), 'offer')} that fit")
    alt = "Offers that fit, best first, with points, chances and costs."
    table = data.ranking_table(decision, _notes(decision))
    st.dataframe(
        table,
        hide_index=True,
        alt=alt,
        column_config=_COLUMNS,
        row_height=WRAPPED_PX,
        height="content" if len(table) <= _ROWS_AT_ONCE else _ROWS_AT_ONCE * WRAPPED_PX,
    )
    download("ranking", table)


def why_not_chosen(decision: Decision) -> None:
    """Why not X, and what would have to be true for it to win."""
    labels = {row.id: row.offer.label for row in decision.ranking[1:]}
    labels |= {row.offer.id: row.offer.label for row in decision.excluded}
    st.markdown("## Why not …?")
    chosen = st.selectbox(
        "Offer",
        list(labels),
        index=None,
        format_func=lambda key: labels.get(key) or str(key),
        placeholder="Choose any offer of the catalog",
        key="why-not",
        persist_state="session",
    )
    if chosen in labels:
        _bullets(why_not(decision, chosen, loaded.catalog().sources))
        path = loaded.path_of(state.case(), decision, chosen)
        st.markdown(f"**What would have to be true:** {inert(path.words)}")


def excluded(decision: Decision) -> None:
    """Every excluded offer with its reason."""
    if decision.excluded:
        st.markdown(f"## {wording.count(len(decision.excluded), 'offer')} excluded")
        st.caption("Which hard need they miss, or do not show that they meet; an offer may miss several.")
        _bullets(tuple(data.excluded_by_need(decision)))
        alt = "Excluded offers, nearest misses first, with the needs they fail."
        label = "Each of them, nearest misses first"
        data_table("excluded", partial(data.excluded_table, decision), alt, label)


def nothing_stated(decision: Decision) -> None:
    """The page of a case that says nothing: candidates and what is missing, no recommendation."""
    st.caption("What your six decisions come to")
    st.title(inert(decision.title), anchor=False)
    st.markdown(inert(decision.headline))
    st.markdown(inert(decision.confidence))
    link("brief", "Begin with the brief", icon=":material/edit:")


def nothing_fits(decision: Decision) -> None:
    """The page when no offer meets every hard need."""
    st.caption("What your six decisions come to")
    st.title(inert(decision.title), anchor=False)
    st.markdown(f"**{inert(decision.headline)}**")
    if decision.relaxations:
        st.markdown("### What to relax")
        for relaxation in decision.relaxations:
            with st.container(border=True):
                st.markdown(inert(relaxation.words))
                if relaxation.constraint.step in {step.step for step in decision.plan.advice}:
                    link(relaxation.constraint.step, "Change this answer", icon=":material/edit:")
                elif relaxation.constraint.step == "brief":
                    link("brief", "Change the brief", icon=":material/edit:")
    st.markdown("### Nearest misses")
    _bullets(tuple(f"{row.offer.label}: {row.words}" for row in decision.excluded[:5]))


def _bullets(lines: tuple[str, ...]) -> None:
    st.markdown("\n".join(f"- {inert(line)}" for line in lines))
