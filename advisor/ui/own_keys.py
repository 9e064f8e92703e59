"""A provider key of one's own: typed into this session, kept in its memory alone, handed to workers sealed.

It is never part of the case, the plan, a record, the store or a log; see `advisor.host.keys` for the way.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import streamlit as st

from advisor.host.engine import start_worker
from advisor.host.keys import LONGEST_KEY, available, hand_over, held_names, take_back
from advisor.host.paths import data_folder
from advisor.host.rekeying import bring_keys, keys_gone
from advisor.probe.plan import RunPlan
from advisor.ui import loaded, state
from advisor.ui.app import worker_wanted
from advisor.ui.inert import inert
from advisor.wording import joined

_KEYS = "advisor:own-keys"
_TYPED = "typed into this session"


def key_environment() -> Mapping[str, str]:
    """Key variables a run may count on, for `plan_run`; values are words, never keys.

    A hosted replica holds no key: what counts is what every worker holds.
    """
    return {**available(loaded.store(), os.environ), **dict.fromkeys(_mine(), _TYPED)}


def names_for(plan: RunPlan) -> tuple[str, ...]:
    """Key variables of the plan whose values this session brings."""
    wanted = {target.key_env for target in plan.targets if target.key_env}
    return tuple(sorted(wanted & _mine().keys()))


def handed(plan: RunPlan) -> RunPlan:
    """The plan with the ticket of the keys it needs, which are then with the workers.

    Raises:
        BadInput: A key cannot be one.
        StoreError: No worker could take them.
    """
    names = names_for(plan)
    if not names:
        return plan
    ticket = hand_over(loaded.store(), {name: _mine()[name] for name in names})
    return plan.model_copy(update={"own_keys": names, "key_ticket": ticket})


def withdrawn(plan: RunPlan) -> None:
    """Remove what was handed over for a run that did not start."""
    if plan.key_ticket:
        take_back(loaded.store(), plan.key_ticket)


def panel(plan: RunPlan) -> None:
    """Type a key for a provider of the plan, see whose are in use, forget them."""
    wanted = sorted({target.key_env for target in plan.targets if target.key_env})
    if not wanted:
        return
    if not worker_wanted() and held_names(loaded.store()) is None:
        st.warning("No probe worker is running; a probe waits until one does, and its keys are unknown.")
    with st.expander("Use a key of your own", type="compact"):
        st.caption(
            "It stays in the memory of this session and of the workers that carry your probe, and is gone "
            "when the session or the probe ends. It is never stored and never part of the case."
        )
        _form("own-key", wanted)
        for held in names_for(plan):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{inert(held)}: your own, in this session")
                st.button("Forget it", key=f"forget-key:{held}", on_click=_forget, args=(held,))


def gone(run_id: str) -> tuple[str, ...]:
    """Key variables without which a run cannot go on: no worker holds them, nor does this session."""
    return tuple(name for name in keys_gone(loaded.store(), run_id, os.environ) if name not in _mine())


def again(run_id: str) -> None:
    """Say which keys of a run are gone, and take them again."""
    names = gone(run_id)
    if not names:
        return
    st.warning(
        inert(
            f"This run can go on once {joined(names)} is entered: a key lives in the memory of the "
            "worker that carries a run, and is gone when either ends. Every answer is kept; no call is made "
            "without the key."
        ),
        icon=":material/key:",
    )
    _form("own-key-again", names)


def brought_again(run_id: str) -> None:
    """Hand over again what a run lacks and this session has.

    Raises:
        NotFound: A key is gone and was not entered.
        StoreError: No worker could take it.
    """
    if worker_wanted():
        start_worker(data_folder())
    bring_keys(loaded.store(), run_id, _mine(), os.environ)


def _form(key: str, names: Sequence[str]) -> None:
    with st.form(key, clear_on_submit=True, border=False):
        name = st.selectbox("Variable the key stands for", names, key=f"{key}-name")
        value = st.text_input(
            "Key", type="password", max_chars=LONGEST_KEY, autocomplete="off", key=f"{key}-value"
        )
        if st.form_submit_button("Use it in this session") and name in names:
            _keep(name, value.strip())


def whose(name: str) -> str:
    """Whose key a variable stands for, in words."""
    return "your own, in this session" if name in _mine() else "ready"


def _mine() -> dict[str, str]:
    return state.remembered(_KEYS, {})


def _keep(name: str, value: str) -> None:
    if not value:
        st.error("Enter the key first.", icon=":material/error:")
        return
    state.remember(_KEYS, {**_mine(), name: value})
    st.rerun()


def _forget(name: str) -> None:
    state.remember(_KEYS, {key: value for key, value in _mine().items() if key != name})
