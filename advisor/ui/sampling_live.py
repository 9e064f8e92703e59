"""The sampling lab's own call: one question to one offer, whose token probabilities go into the lab."""

from __future__ import annotations

import streamlit as st

from advisor import wording
from advisor.cost.distributions import MOST_POSITIONS, Distribution, from_logprobs, position_name
from advisor.decide.standing import Standing
from advisor.errors import AdvisorError
from advisor.host.ledger import plan_of
from advisor.host.runs import Progress, progress, samples
from advisor.probe.odds import left_out, odds_of, odds_plan
from advisor.probe.plan import RunPlan
from advisor.probe.practice import PRACTICE_MODELS
from advisor.probe.samples import Sample
from advisor.probe.targets import PRACTICE, Target
from advisor.ui import loaded, own_keys, state
from advisor.ui.askable import ask_field, at_most, own_names, practice_names, target_named
from advisor.ui.inert import inert
from advisor.ui.navigation import link
from advisor.ui.probe_run import begin_run

_RUN = "sampling:run"
TICK_S = 0.5
LONGEST_QUESTION = 2_000
QUESTION = "Name one colour. Answer with one word only."


def live_distributions(standing: Standing) -> tuple[Distribution, ...]:
    """The places of the last answer; empty while there is none."""
    names = _names(standing)
    chosen = ask_field("Whom to ask", names, "sampling-offer")
    question = st.text_area(
        "Question", QUESTION, max_chars=LONGEST_QUESTION, height=80, key="sampling-question"
    )
    if chosen is not None and question.strip():
        _offer(odds_plan(target_named(chosen), question.strip(), loaded.today()))
    run = state.remembered(_RUN, None)
    return () if run is None else _answer(run)


def _names(standing: Standing) -> dict[str, str]:
    """Practice and own endpoints, shortlist, result: none that is known not to give them."""
    # The least sure of itself first: there the knobs have most to do.
    unsure = sorted(
        practice_names().items(), key=lambda one: PRACTICE_MODELS[one[0].removeprefix(PRACTICE)].agreement
    )
    sold = loaded.catalog().by_id
    wanted = [*state.case().shortlist, *(row.id for row in standing.ranking)]
    offers = {
        ref: sold[ref].label + ("" if sold[ref].feature("logprobs") else " (unknown whether it gives them)")
        for ref in dict.fromkeys(wanted)
        if ref in sold and sold[ref].feature("logprobs") is not False
    }
    return dict(unsure) | own_names(state.case()) | offers


def _offer(plan: RunPlan) -> None:
    """What the call costs at most, before it does."""
    target, worst = plan.targets[0], plan.worst_case_total_usd
    price = at_most(worst)
    simulated = " :orange-badge[simulated]" if target.simulated else ""
    cap = inert(wording.usd(plan.cap_microusd / 1e6))
    st.markdown(f"**1 call, {inert(price)}**; never more than {cap}.{simulated}")
    if target.key_missing:
        st.warning(inert(f"Set {target.key_env} first: the call would fail without it."))
        own_keys.panel(plan)
    if st.button("Ask once", icon=":material/casino:"):
        try:
            state.remember(_RUN, begin_run(plan))
        except AdvisorError as error:
            st.error(inert(str(error)))


def _answer(run: str) -> tuple[Distribution, ...]:
    now = progress(loaded.store(), run)
    if now.under_way:
        _waiting(run)
        return ()
    target, found = plan_of(loaded.store(), run).targets[0], samples(loaded.store(), run)
    _told(target, now, found)
    source = f"{target.label}, asked on {now.started_at.date().isoformat()}"
    return tuple(
        from_logprobs(position_name(number, one.token), source, one.top, simulated=target.simulated)
        for number, one in enumerate(odds_of(found)[:MOST_POSITIONS], start=1)
    )


@st.fragment(run_every=TICK_S)
def _waiting(run: str) -> None:
    if not progress(loaded.store(), run).under_way:
        st.rerun(scope="app")
    st.caption(":material/hourglass_top: The call is under way.")


def _told(target: Target, now: Progress, found: tuple[Sample, ...]) -> None:
    """What it cost, what was said, and why there may be nothing to see."""
    simulated = " :orange-badge[simulated]" if now.simulated else ""
    told = f"{target.label} was asked for {wording.usd(now.spent_usd)}."
    st.markdown(f"{inert(told)}{simulated}")
    reply = next((one.reply for one in found if one.reply is not None), None)
    failure = next((one.failure for one in found if one.failure is not None), None)
    if reply is not None:
        st.code(reply.text, language=None, wrap_lines=True)
    elif failure is not None:
        st.error(inert(f"{failure.kind.value.replace('_', ' ')}: {failure.detail} {failure.kind.hint}"))
    elif now.reason:
        st.error(inert(now.reason))
    if reply is not None and not reply.odds:
        why = "LiteLLM knows that it does not take the question" if left_out(found) else "it gave none"
        st.warning(inert(f"The answer came without token probabilities: {why}."))
    link("probe", "The call with all its figures", icon=":material/receipt_long:", run=now.run)
