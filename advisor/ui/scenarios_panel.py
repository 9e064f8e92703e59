"""Named copies of the case, and what differs between one of them and the case at hand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from advisor.case import Case
from advisor.decide.decision import Decision
from advisor.record.capture import capture
from advisor.record.differences import outcome_changes
from advisor.record.names import answer_words, questions_of
from advisor.ui import charts, loaded, state
from advisor.ui.brief import FIELDS, number_words
from advisor.ui.exhibit import exhibit
from advisor.ui.folder import MAX_SCENARIOS, Scenario
from advisor.ui.inert import inert

SENTENCES = 12
SHOWN = 8


def scenarios_panel(decision: Decision) -> None:
    """Keep a copy, compare with a copy."""
    st.markdown("## Scenarios")
    st.caption("Keep this case under a name, change answers, and compare the two results.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Name of the copy", key="scenario-name", max_chars=60, placeholder="EU only", width=280)
        st.button("Keep a copy", on_click=_keep, icon=":material/content_copy:")
    kept = {one.name: one for one in state.scenarios()}
    if not kept:
        return
    chosen = st.segmented_control("Compare this case with", list(kept), key="scenario-chosen")
    if chosen in kept:
        with st.container(horizontal=True):
            st.button("Work on this copy", on_click=_open, args=(chosen,))
            st.button("Remove this copy", on_click=_remove, args=(chosen,))
        _compared(kept[chosen], decision)


def _keep() -> None:
    name = str(state.remembered("scenario-name", "")).strip()
    kept = state.scenarios()
    if not name:
        state.notice("Give the copy a name first.")
    elif name in {one.name for one in kept}:
        state.notice("There is a copy of that name already; choose another.")
    elif len(kept) >= MAX_SCENARIOS:
        state.notice(f"There are {MAX_SCENARIOS} copies already; remove one first.")
    else:
        state.keep_scenarios((*kept, Scenario(name=name[:60], case=state.case())))


def _open(name: str) -> None:
    """Make the copy the case; undo brings the other one back."""
    chosen = next(one for one in state.scenarios() if one.name == name)
    state.change(chosen.case)


def _remove(name: str) -> None:
    state.keep_scenarios(tuple(one for one in state.scenarios() if one.name != name))


def _compared(scenario: Scenario, now: Decision) -> None:
    then = loaded.decision_of(scenario.case)
    sentences = differences(scenario.case, then, state.case(), now)
    if not sentences:
        st.markdown(f"No difference between **{inert(scenario.name)}** and this case.")
        return
    st.markdown(f"From **{inert(scenario.name)}** to this case:")
    st.markdown("\n".join(f"- {inert(words)}" for words in sentences[:SENTENCES]))
    if len(sentences) > SENTENCES:
        st.caption(f"… and {len(sentences) - SENTENCES} more differences; the table has every offer.")
    rows = both_scores(then, now)
    figure = charts.two_scores(rows[:SHOWN], scenario.name, "This case")
    columns = ["Offer", f"Points, {scenario.name}", "Points, this case"]
    exhibit("scenario", figure, pd.DataFrame(rows, columns=columns), sentences[0])


def differences(old: Case, before: Decision, new: Case, after: Decision) -> list[str]:
    """What differs in the answers and in the result, in sentences, the answers first."""
    facts = loaded.catalog()
    results = outcome_changes(capture(before, old, facts), capture(after, new, facts))
    return [*answer_differences(old, new), *(change.words for change in results)]


def answer_differences(old: Case, new: Case) -> list[str]:
    """Each answer that differs, in words."""
    asked = {(step, one.key): one for case in (old, new) for _, step, one in questions_of(case)}
    answers = [
        f"{question.label} {answer_words(question, old.answer(step, key))} → "
        f"{answer_words(question, new.answer(step, key))}"
        for (step, key), question in asked.items()
        if old.answer(step, key) != new.answer(step, key)
    ]
    numbers = [
        f"{row.label}: {number_words(row, old)} → {number_words(row, new)}"
        for row in FIELDS
        if number_words(row, old) != number_words(row, new)
    ]
    return numbers + answers


def both_scores(then: Decision, now: Decision) -> list[tuple[str, float | None, float | None]]:
    """Points of every offer in both decisions; None where it is excluded."""
    before = {row.id: round(100 * row.score.mid, 1) for row in then.ranking}
    after = {row.id: round(100 * row.score.mid, 1) for row in now.ranking}
    labels = {row.id: row.offer.label for row in (*then.ranking, *now.ranking)}
    order = sorted(labels, key=lambda key: -max(before.get(key, 0), after.get(key, 0)))
    return [(labels[key], before.get(key), after.get(key)) for key in order]
