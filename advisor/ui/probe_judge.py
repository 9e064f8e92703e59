"""A judge model for the rubrics of a run: who, at what price, with what bias; a run of its own."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from advisor import wording
from advisor.errors import AdvisorError
from advisor.host.access import Role
from advisor.host.ledger import plan_of
from advisor.host.rejudging import judge_again
from advisor.host.runs import judge_run, progress, samples
from advisor.probe.judging import bias_warning, judge_plan, judge_prompts, wants_judge
from advisor.probe.plan import RunPlan
from advisor.probe.rescore import rescored
from advisor.ui import identity, loaded, state
from advisor.ui.askable import ask_field, at_most, own_names, practice_names, target_named
from advisor.ui.inert import inert
from advisor.ui.navigation import go

CAP_USD = 1.0
Begin = Callable[[RunPlan], str]


def judge_stand(run_id: str) -> str:
    """What a run is judged by, for caches: the digest of its plan and how far its judge is."""
    plan = plan_of(loaded.store(), run_id)
    judge = judge_run(loaded.store(), run_id) if wants_judge(plan.prompts) else None
    read = "" if judge is None else f"{judge} {progress(loaded.store(), judge).ended}"
    return f"{plan.digest} {read}"


def judge_panel(run_id: str, begin: Begin) -> None:
    """Under the replies: the way back from a judge's run, or the choice of a judge.

    Args:
        run_id: The run on screen.
        begin: Starts a run and gives its id.
    """
    plan = plan_of(loaded.store(), run_id)
    _judge_again(run_id, plan)
    if plan.judges is not None:
        st.info(
            "This run judges the replies of another one: A means that the rubric is met, B that it is not."
        )
        if st.button("Back to the run it judges"):
            go("probe", run=plan.judges)
    elif wants_judge(plan.prompts):
        _choose(run_id, plan, begin)


def _judge_again(run_id: str, plan: RunPlan) -> None:
    """Offered when the prompts of the case ask the same and judge otherwise."""
    prompts = state.case().probe.prompts
    if rescored(plan, prompts) is plan or progress(loaded.store(), run_id).live:
        return
    st.info("The prompts now hold other expected answers or graders than this run was judged by.")
    if st.button("Judge its replies by them, without a new call", icon=":material/rule:"):
        if not identity.who().may(Role.EDITOR):
            st.error("You may look at this run, not change it.")
            return
        judge_again(loaded.store(), run_id, prompts)
        st.rerun()


def _choose(run_id: str, plan: RunPlan, begin: Begin) -> None:
    st.markdown("## Judge")
    judge = judge_run(loaded.store(), run_id)
    if judge is not None:
        now = progress(loaded.store(), judge)
        read = f"{now.ended} of {wording.count(now.wanted, 'reply', 'replies')}"
        simulated = " :orange-badge[simulated]" if now.simulated else ""
        told = inert(f"A judge model has read {read} for {wording.usd(now.spent_usd)}.")
        st.markdown(f"{told}{simulated}")
        if st.button("Show the judge's replies"):
            go("probe", run=judge)
    found = samples(loaded.store(), run_id)
    if not judge_prompts(plan, found):
        return
    st.caption(
        "A model of your choice reads the rubrics: its verdicts are opinions, not measurements. "
        "Until then these replies are ungraded."
    )
    names = own_names(state.case()) | practice_names() | _sold()
    chosen = ask_field("Judge model", names, "probe:judge")
    if chosen is not None:
        _priced(judge_plan(plan, run_id, found, target_named(chosen), CAP_USD), plan, begin)


def _sold() -> dict[str, str]:
    return {key: row.label for key, row in loaded.catalog().by_id.items()}


def _priced(judging: RunPlan, plan: RunPlan, begin: Begin) -> None:
    target, worst = judging.targets[0], judging.worst_case_total_usd
    price = at_most(worst)
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
