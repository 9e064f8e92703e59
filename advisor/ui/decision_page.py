"""The page of one decision: its questions, what the answers point to, and the user's own word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from advisor.decide.advice import Advice, Reason
from advisor.decide.questions import Step
from advisor.decide.rules import Rule
from advisor.decide.standing import Standing
from advisor.decide.steps import STEPS
from advisor.host.shelf import rulebook, worked_examples
from advisor.ui import loaded, state
from advisor.ui.calculators import calculators
from advisor.ui.consequence import consequence
from advisor.ui.inert import inert
from advisor.ui.navigation import back_and_continue
from advisor.ui.questions import draw_questions, give

_AS_RECOMMENDED = ""


def step_page(key: str) -> None:
    """Draw the whole page of the step with that key."""
    step = next(step for step in STEPS if step.key == key)
    st.caption(f"Decision {step.number} of {len(STEPS)}")
    st.title(step.title, anchor=False)
    st.markdown(inert(step.hint))
    _worked_example(step)
    draw_questions(step)
    standing = loaded.standing_of(state.case())
    _advice(step, next(one for one in standing.plan.advice if one.step == key))
    calculators(key)
    _rules(step)
    back_and_continue(key)
    consequence_line(standing)


def consequence_line(standing: Standing) -> None:
    """What the last answer did, in words, always in sight at the lower edge."""
    was = state.before()
    before = loaded.standing_of(was) if was is not None else None
    first, *rest = consequence(before, standing)
    with st.container(key="consequence"):
        st.markdown(f"**{inert(first)}** · {' · '.join(inert(phrase) for phrase in rest)}")


def _advice(step: Step, advice: Advice) -> None:
    with st.container(border=True):
        st.markdown("## What this points to")
        st.markdown(f"**{inert(advice.headline)}**")
        _in_short(advice)
        for words in advice.warnings:
            st.warning(inert(words), icon=":material/warning:")
        _own_word(step, advice)
        if advice.next_steps:
            with st.expander("What to do next", type="compact"):
                st.markdown("\n".join(f"- {inert(words)}" for words in advice.next_steps))


def _in_short(advice: Advice) -> None:
    """The first reason of each side; all of them with source and evidence mark one click away."""
    sides = (("For", advice.reasons_for), ("Against", advice.reasons_against))
    first = [f"{side}: {inert(reasons[0].text)}." for side, reasons in sides if reasons]
    if not first:
        return
    st.markdown("  \n".join(first))
    count = sum(len(reasons) for _, reasons in sides)
    label = (
        f"All {count} reasons, with their sources" if count > len(first) else "The sources of these reasons"
    )
    with st.expander(label, type="compact", key=f"reasons-{advice.step}"):
        _side("Reasons for", advice.reasons_for)
        _side("Reasons against", advice.reasons_against)


def _worked_example(step: Step) -> None:
    """A small job of somebody else, decided by the same rules."""
    opened = st.expander("A worked example", type="compact", key=f"example-{step.key}", on_change="rerun")
    if not opened.open:
        return
    example = worked_examples()[step.key]
    advice = example.advice
    with opened:
        st.markdown(f"**{inert(example.title)}.** {inert(example.situation)}")
        st.markdown(f"**What that points to:** {inert(advice.headline)}")
        _side("Reasons for", advice.reasons_for)
        _side("Reasons against", advice.reasons_against)
        st.markdown(f"**By hand:** {inert(example.arithmetic)}")


def _rules(step: Step) -> None:
    """Every rule of thumb of this decision with source, evidence mark and day of last check."""
    opened = st.expander(
        "The rules behind this decision", type="compact", key=f"rules-{step.key}", on_change="rerun"
    )
    if opened.open:
        mine = [rule for key, rule in rulebook().items() if key.startswith(f"{step.key}.")]
        with opened:
            st.markdown("\n".join(f"- {_rule(rule)}" for rule in mine))


def _rule(rule: Rule) -> str:
    source = f"[{inert(rule.source)}]({rule.url})" if rule.url else inert(rule.source)
    number = f" **{inert(rule.number)}.**" if rule.number else ""
    return f"{inert(rule.text)}{number} :gray[{inert(rule.mark.value)}, read on {rule.checked}:] {source}"


def _side(title: str, reasons: Sequence[Reason]) -> None:
    if reasons:
        st.markdown(f"**{title}**\n" + "\n".join(f"- {_reason(reason)}" for reason in reasons))


def _reason(reason: Reason) -> str:
    rule = rulebook().get(reason.rule) if reason.rule else None
    if rule is None:
        return inert(reason.text)
    behind = rule.source if rule.source.startswith(rule.mark.value) else f"{rule.mark.value}: {rule.source}"
    return f"{inert(reason.text)} :gray[({inert(behind)})]"


def _own_word(step: Step, advice: Advice) -> None:
    labels = {option.value: option.label for option in step.choices}
    recommended = labels.get(advice.recommended, "not decided yet")
    shown = {_AS_RECOMMENDED: f"As recommended: {recommended}"} | labels
    stored = state.case().answer(step.key, "decision")
    take = partial(_decided, step)
    st.radio(
        "Your decision",
        list(shown),
        format_func=lambda value: inert(shown.get(value) or str(value)),
        **state.controlled(f"decision:{step.key}", stored if stored in labels else _AS_RECOMMENDED, take),
    )


def _decided(step: Step, value: str) -> None:
    give(step, "decision", value or None)
