"""A judge model for the rubrics of a run: who, at what price, with what bias; a run of its own."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from advisor import wording
from advisor.errors import AdvisorError
from advisor.host.ledger import plan_of
from advisor.host.runs import judge_run, progress, samples
from advisor.probe.judging import bias_warning, judge_plan, judge_prompts, wants_judge
from advisor.probe.plan import RunPlan
from advisor.probe.practice import PRACTICE_MODELS
from advisor.probe.targets import OWN, PRACTICE, Target, target_of
from advisor.ui import loaded, own_keys, state
from advisor.ui.inert import inert
from advisor.ui.navigation import go

CAP_USD = 1.0
Begin = Callable[[RunPlan], str]


def judge_stand(run_id: str) -> str:
    """How far the judge of a run is; empty when none reads it."""
    judge = (
        judge_run(loaded.store(), run_id) if wants_judge(plan_of(loaded.store(), run_id).prompts) else None
    )
    return "" if judge is None else f"{judge} {progress(loaded.store(), judge).ended}"


def judge_panel(run_id: str, begin: Begin) -> None:
    """Under the replies: the way back from a judge's run, or the choice of a judge.

    Args:
        run_id: The run on screen.
        begin: Starts a run and gives its id.
    """
    plan = plan_of(loaded.store(), run_id)
    if plan.judges is not None:
        st.info(
            "This run judges the replies of another one: A means that the rubric is met, B that it is not."
        )
        if st.button("Back to the run it judges"):
            go("probe", run=plan.judges)
    elif wants_judge(plan.prompts):
        _choose(run_id, plan, begin)


def _choose(run_id: str, plan: RunPlan, begin: Begin) -> None:
    st.markdown("## Judge")
    judge = judge_run(loaded.store(), run_id)
    if judge is not None:
        now = progress(loaded.store(), judge)
        read = f"{now.ended} of {wording.count(now.wanted, 'reply', 'replies')}"
        st.markdown(inert(f"A judge model has read {read} for {wording.usd(now.spent_usd)}."))
        if st.button("Show the judge's replies"):
            go("probe", run=judge)
    found = samples(loaded.store(), run_id)
    if not judge_prompts(plan, found):
        return
    st.caption(
        "A model of your choice reads the rubrics: its verdicts are opinions, not measurements. "
        "Until then these replies are ungraded."
    )
    names = _names()
    chosen = st.selectbox(
        "Judge model",
        list(names),
        format_func=lambda ref: names.get(ref) or str(ref),
        key="probe:judge",
        width=420,
    )
    if chosen in names:
        _priced(judge_plan(plan, run_id, found, _target(chosen), CAP_USD), plan, begin)


def _names() -> dict[str, str]:
    own = {f"{OWN}{one.name}": f"{one.name} (own endpoint)" for one in state.case().own_endpoints}
    practice = {f"{PRACTICE}{name}": model.label for name, model in PRACTICE_MODELS.items()}
    return own | practice | {key: row.label for key, row in loaded.catalog().by_id.items()}


def _target(ref: str) -> Target:
    return target_of(ref, state.case(), loaded.catalog(), loaded.today(), own_keys.key_environment())


def _priced(judging: RunPlan, plan: RunPlan, begin: Begin) -> None:
    target, worst = judging.targets[0], judging.worst_case_total_usd
    price = "worst case unknown" if worst is None else f"at most {wording.usd(worst)}"
    simulated = " :orange-badge[simulated]" if target.simulated else ""
    cap = inert(wording.usd(CAP_USD))
    st.markdown(
        f"**{wording.count(judging.calls, 'call')}, {inert(price)}**; never more than {cap}.{simulated}"
    )
    if bias := bias_warning(target, plan, loaded.catalog().by_id):
        st.warning(inert(bias))
    if target.key_missing:
        st.warning(inert(f"Set {target.key_env} first: its calls would fail without it."))
    if st.button("Let it judge", icon=":material/gavel:"):
        try:
            run = begin(judging)
        except AdvisorError as error:
            st.error(inert(str(error)))
        else:
            go("probe", run=run)
