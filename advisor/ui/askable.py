"""Whom a probe can ask, as a field offers it: own endpoints and practice models beside what is sold."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from advisor import wording
from advisor.case import Case
from advisor.probe.practice import PRACTICE_MODELS
from advisor.probe.targets import OWN, PRACTICE, Target, target_of
from advisor.ui import loaded, own_keys, state


def own_names(case: Case) -> dict[str, str]:
    """Own endpoints by the id probes know them by; those of practice models say that they are simulated."""
    return {
        f"{OWN}{one.name}": f"{one.name} ({'simulated' if one.simulated else 'own endpoint'})"
        for one in case.own_endpoints
    }


def practice_names() -> dict[str, str]:
    """Practice models by the id probes know them by."""
    return {f"{PRACTICE}{name}": model.label for name, model in PRACTICE_MODELS.items()}


def ask_field(label: str, names: Mapping[str, str], key: str) -> str | None:
    """The field to choose one of them."""
    chosen = st.selectbox(
        label, list(names), format_func=lambda ref: names.get(ref) or str(ref), key=key, width=420
    )
    return chosen if chosen in names else None


def target_named(ref: str) -> Target:
    """What a call to it needs, under the visitor's keys and today's prices."""
    return target_of(ref, state.case(), loaded.catalog(), loaded.today(), own_keys.key_environment())


def at_most(worst_usd: float | None) -> str:
    """What calls cost at most, before they are made."""
    return "worst case unknown" if worst_usd is None else f"at most {wording.usd(worst_usd)}"
