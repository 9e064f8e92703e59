"""What a run showed: figures, one card for each offer, spreads, settings side by side, taking figures in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.case import Measurement
from advisor.errors import FailureKind
from advisor.host.ledger import instrument_of, plan_of
from advisor.host.runs import Progress, judged_samples, run_measurements
from advisor.probe.adaptive import STOPPED_CAVEAT, saved, stopped
from advisor.probe.agreement_words import majority_sentence, model_sentences, pair_sentence
from advisor.probe.board import Board, board_of
from advisor.probe.freetext import ACCURACY
from advisor.probe.instrument import InstrumentError
from advisor.probe.metrics import answered, by_offer, timed
from advisor.probe.pass_marks import pass_marks
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.probe.summary import OfferSummary, measurements, settings_of, summaries
from advisor.ui import charts, loaded, state
from advisor.ui.exhibit import exhibit
from advisor.ui.inert import inert
from advisor.ui.navigation import go
from advisor.ui.probe_figures import show_figures
from advisor.ui.probe_judge import judge_stand
from advisor.ui.probe_ladder import show_ladder
from advisor.ui.probe_replies import replies
from advisor.ui.probe_second_look import Begin, second_look
from advisor.ui.probe_settings import show_settings
from advisor.ui.probe_timing import show_timing

PAIRS_SHOWN = 12
"""Pairs of offers put into words; more are in the export."""
_Read = Callable[[Sample], float | None]
_Choose = Callable[[Sequence[Sample]], Sequence[Sample]]


def _timed(mine: Sequence[Sample]) -> Sequence[Sample]:
    return timed(mine)[0]


_SPREADS: dict[str, tuple[str, str, _Read, _Choose]] = {
    "ttft": ("Time to first token", "seconds", lambda one: one.ttft_s, _timed),
    "total": ("Complete answer", "seconds", lambda one: one.total_s, _timed),
    "speed": ("Output speed", "tokens per second", lambda one: one.output_tps, _timed),
    "cost": ("Cost per call", "US dollars", lambda one: one.cost_usd, answered),
}
"""Title, unit, what is read of a call, and the calls that the figure of that name rests on."""


def show_results(run_id: str, now: Progress, begin: Begin) -> None:
    """Everything below the progress; nothing before the first call ended.

    Args:
        run_id: The run on screen.
        now: How far it is.
        begin: Starts a run and gives its id.
    """
    read = plan_of(loaded.store(), run_id).embeds
    if read is not None:
        st.info("This run turns the replies of another one into embeddings: its replies are numbers.")
        if st.button("Back to the run it reads"):
            go("probe", run=read)
        return
    stand = f"{now.done} {now.failed} {now.unknown} {now.spent_usd} {now.state.value} {judge_stand(run_id)}"
    plan, found, told, board = _read(run_id, stand)
    if not any(one.answered or one.errors for one in told):
        return
    st.markdown("## Figures")
    if now.simulated:
        st.warning(
            "Offers marked “simulated” are practice models: their figures say nothing about real ones."
        )
    show_figures(told)
    _marks(plan, found, now)
    _early(plan, found, now)
    _failures(told)
    if plan.rungs:
        show_ladder(plan, found)
    else:
        show_settings(plan, told)
        _cards(plan, board)
        _spread(plan, found)
    kept = instrument_of(loaded.store(), run_id)
    show_timing(plan, found, told, loaded.catalog(), InstrumentError.model_validate(kept) if kept else None)
    if not plan.rungs:
        _take_in(run_id, plan, now)
        replies(run_id, plan, board)
        second_look(run_id, plan, board, begin)


@st.cache_resource(show_spinner=False, max_entries=4)
def _read(run_id: str, stand: str) -> tuple[RunPlan, tuple[Sample, ...], tuple[OfferSummary, ...], Board]:
    """A run as far as it is; thousands of replies are read and judged once, not at every click."""
    del stand  # part of the cache's key
    plan, found = plan_of(loaded.store(), run_id), judged_samples(loaded.store(), run_id)
    return plan, found, summaries(plan, found), board_of(plan, found)


def _marks(plan: RunPlan, found: tuple[Sample, ...], now: Progress) -> None:
    """Pass marks of the case: met, missed, not settled by this sample, or not yet known."""
    for mark in pass_marks(plan, found, over=not now.under_way):
        say = st.success if mark.met and mark.settled else st.error if mark.settled else st.warning
        say(inert(mark.words), icon=":material/flag:")


def _early(plan: RunPlan, found: tuple[Sample, ...], now: Progress) -> None:
    """What stopping early saved, and why each offer was stopped."""
    if not plan.adaptive:
        return
    left = saved(plan, found)
    if left.calls:
        kind = "simulated dollars" if plan.simulated else "by the cost of those made"
        money = f", about {wording.usd(left.usd)} ({kind})" if left.usd is not None else ""
        st.success(
            inert(f"Stopping early saved {wording.count(left.calls, 'call')} of {plan.calls}{money}."),
            icon=":material/savings:",
        )
        st.markdown("\n".join(f"- {inert(words)}" for words in stopped(plan, found)))
        st.caption(STOPPED_CAVEAT)
    elif not now.live:
        st.caption("Nothing was decided early: every planned call was made.")


def _failures(told: tuple[OfferSummary, ...]) -> None:
    for one in told:
        for kind, number in one.errors.items():
            hint = FailureKind(kind).hint
            failed = f"{one.label}: {wording.count(number, 'call')} failed ({kind.replace('_', ' ')}). {hint}"
            st.error(inert(failed), icon=":material/error:")
        for doubt in one.warnings:
            st.warning(inert(f"{one.label}: {doubt}"))


def _cards(plan: RunPlan, board: Board) -> None:
    """One card for each offer: what its answers show, in sentences that claim no more than was seen."""
    st.markdown("## What the answers show")
    lanes = [target for target in plan.targets if target.ref in board.models]
    with st.grid(3, min_column_width=300):
        for target in lanes:
            simulated = " :orange-badge[simulated]" if target.simulated else ""
            with st.container(border=True):
                st.markdown(f"**{inert(target.label)}**{simulated}")
                said = [*model_sentences(board.models[target.ref]), *_only_prompt(board, target.ref)]
                st.markdown("\n".join(f"- {inert(sentence)}" for sentence in said))
                dropped = _dropped(board, target.ref)
                if dropped:
                    st.caption(f":material/warning: {inert(f'Not sent, for it is not taken: {dropped}.')}")
    if any(one.figures.approximate for one in board.studied.values()):
        st.caption(ACCURACY)
    _pairs(plan, board)


def _only_prompt(board: Board, lane: str) -> list[str]:
    """Of an offer asked a single prompt, the share of the most common answer with its interval."""
    mine = [one.figures for (where, _), one in board.studied.items() if where == lane]
    said = majority_sentence(mine[0]) if len(mine) == 1 and mine[0].distinct > 1 else ""
    return [said] if said else []


def _dropped(board: Board, lane: str) -> str:
    names = {
        name
        for row in board.rows
        if row.sample.offer == lane
        for attempt in row.sample.attempts
        for name in attempt.parameters.dropped
    }
    return wording.joined(sorted(names))


def _pairs(plan: RunPlan, board: Board) -> None:
    """Differences on the same prompts; of a sweep, every setting against the first of its offer."""
    names = {target.ref: target.label for target in plan.targets}
    told = board.pairs
    if not told:
        return
    st.markdown("### Side by side, prompt by prompt")
    for pair in told[:PAIRS_SHOWN]:
        named = pair.model_copy(update={"first": names[pair.first], "second": names[pair.second]})
        st.markdown(f"- {inert(pair_sentence(named))}")
    if len(told) > PAIRS_SHOWN:
        st.caption(f"{len(told) - PAIRS_SHOWN} more pairs in the JSON export.")


def _spread(plan: RunPlan, found: tuple[Sample, ...]) -> None:
    st.markdown("## Spread of single calls")
    chosen = st.segmented_control(
        "Spread of",
        list(_SPREADS),
        default="total",
        required=True,
        format_func=lambda key: _SPREADS[key][0] if key in _SPREADS else str(key),
        key="probe-spread",
    )
    title, unit, read, basis_of = _SPREADS[chosen if chosen in _SPREADS else "total"]
    groups = by_offer(found)
    rows = [
        charts.Spread(
            target.label,
            tuple(v for one in basis_of(groups.get(target.ref, [])) if (v := read(one)) is not None),
        )
        for target in plan.targets
    ]
    rows = [row for row in rows if row.values]
    if rows:
        column = f"{title}, {unit}"
        table = pd.DataFrame([{"Offer": row.label, column: v} for row in rows for v in row.values])
        alt = f"{title} of every call, one row per offer: {wording.joined([row.label for row in rows])}."
        exhibit(f"spread-{chosen}", charts.spreads(rows, column), table, alt)


def _take_in(run_id: str, plan: RunPlan, now: Progress) -> None:
    """Make the figures evidence of the case, or take them out again."""
    st.markdown("## Evidence for your decision")
    mine = [one for one in state.case().measurements if one.run == run_id]
    if mine:
        at = next((f" at {one.setting}" for one in mine if one.setting), "")
        st.success(f"These measurements{inert(at)} are part of the case.", icon=":material/check_circle:")
        st.button("Take them out again", on_click=_take_out, args=(run_id,))
        return
    if not now.done:
        st.info("No answer is recorded, so there is nothing to take into the case.", icon=":material/info:")
        return
    share = f"{now.done} of {now.wanted}"
    if now.done < now.wanted:
        st.warning(
            f"Only {share} wanted answers are recorded. What is taken in rests on these alone, and says how "
            "many there are with every figure.",
            icon=":material/warning:",
        )
    st.caption(
        "Measured figures then replace the catalog's estimates for this case, and the result page says what "
        "changed. A cost or time counts only where the probe's prompts are about as long as your brief's."
    )
    settings = settings_of(plan)
    setting = (
        st.selectbox(
            "Setting to take in",
            list(settings),
            help="Two settings of one offer would contradict each other: choose the one you will use.",
            key="probe-setting",
            width=320,
        )
        if settings
        else None
    )
    label = "Take measurements into the case"
    st.button(
        label if now.done == now.wanted else f"{label}, from {share} answers",
        type="primary",
        on_click=partial(_put_in, run_id, setting),
        icon=":material/add_chart:",
    )


def _put_in(run_id: str, setting: str | None) -> None:
    case = state.case()
    state.change(case.with_measurements(run_id, _evidence(run_id, setting)))


def _evidence(run_id: str, setting: str | None) -> tuple[Measurement, ...]:
    every = run_measurements(loaded.store(), run_id)
    if setting is None or not every:
        return every
    plan, found = plan_of(loaded.store(), run_id), judged_samples(loaded.store(), run_id)
    return measurements(plan, found, run_id, every[0].as_of, setting)


def _take_out(run_id: str) -> None:
    state.change(state.case().with_measurements(run_id, ()))
