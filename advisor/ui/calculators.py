"""The ways between decisions and the pages that work out their figures."""

from __future__ import annotations

import streamlit as st

from advisor.ui.navigation import link

_FOR_DECISION: dict[str, tuple[tuple[str, str, str, dict[str, str]], ...]] = {
    "access": (
        ("self-hosting", "Which GPUs it takes, and what they cost", ":material/dns:", {}),
        ("costs", "From when own machines pay", ":material/show_chart:", {"view": "Break-even"}),
    ),
    "reasoning": (
        ("costs", "What the hidden tokens cost a month", ":material/payments:", {}),
        ("costs", "Route only hard requests", ":material/alt_route:", {"view": "Routing and fallbacks"}),
    ),
    "attributes": (("costs", "Monthly cost of the offers", ":material/payments:", {}),),
    "knowledge": (
        (
            "costs",
            "Retrieval or whole corpus: costs",
            ":material/menu_book:",
            {"view": "RAG or whole corpus"},
        ),
    ),
    "tuning": (
        ("tuning-data", "Plan it: memory, time, price", ":material/tune:", {}),
        ("tuning-data", "Is the data ready?", ":material/fact_check:", {"part": "Data readiness"}),
    ),
    "autonomy": (
        ("agents", "Cost and success of many steps", ":material/account_tree:", {}),
        ("costs", "Fallback chains", ":material/alt_route:", {"view": "Routing and fallbacks"}),
    ),
    "result": (("costs", "Work the costs out with other numbers", ":material/payments:", {}),),
}
"""Page of the journey -> path, label, icon and query parameters of what belongs to it."""


def calculators(page: str) -> None:
    """Links from a page of the journey to what works its figures out."""
    with st.container(horizontal=True, gap="medium"):
        for path, label, icon, parameters in _FOR_DECISION.get(page, ()):
            link(path, label, icon=icon, **parameters)


def back_to(*decisions: tuple[str, str]) -> None:
    """Links from a calculator to the decisions it belongs to, path and label."""
    with st.container(horizontal=True, gap="medium"):
        for path, label in decisions:
            link(path, label, icon=":material/arrow_back:")
