"""The brief: what the model is for, and the job in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from advisor import wording
from advisor.case import Case
from advisor.ui import state
from advisor.ui.terms import meaning_of


@dataclass(frozen=True, slots=True)
class NumberField:
    """One number of the workload as it is asked for.

    Args:
        name: Field of `Workload`.
        label: Question, with the unit.
        hint: Help under it.
        step: Width of one press on plus, in the shown unit.
        share: Whether it is a share, shown in percent.
        cents: Whether fractions make sense.
        term: Key of the glossary's entry about it.
        optional: Whether a brief without it is complete.
    """

    name: str
    label: str
    hint: str
    step: float
    share: bool = False
    cents: bool = False
    term: str = ""
    optional: bool = False


HOW_MUCH = (
    NumberField("requests_per_month", "Requests per month", "All users together.", 1000),
    NumberField("users", "Users who share them (optional)", "Only for the cost per user.", 10, optional=True),
    NumberField(
        "monthly_budget_usd", "Budget, US dollars per month", "A hard limit: dearer offers are out.", 50
    ),
    NumberField(
        "latency_target_s",
        "Longest wait, seconds",
        "For the complete answer.",
        1,
        cents=True,
        term="answer-time",
    ),
)
"""How often, for whom, for how much money, in how much time."""
HOW_LONG = (
    NumberField(
        "input_tokens",
        "Tokens in, per request",
        "A typical prompt. 1,000 tokens are about 750 words.",
        100,
        term="input-tokens",
    ),
    NumberField(
        "output_tokens", "Tokens out, per request", "A typical visible answer.", 100, term="output-tokens"
    ),
    NumberField(
        "largest_input_tokens",
        "Longest prompt, tokens",
        "The longest that must still work: decides the context needed.",
        1000,
        term="context-window",
    ),
)
DISCOUNTS = (
    NumberField(
        "cached_input_share",
        "Repeated part of the prompt, percent",
        "Instructions and examples that every request shares.",
        5,
        share=True,
        term="prompt-caching",
    ),
    NumberField(
        "batch_share",
        "Requests that can wait a day, percent",
        "Batch interfaces cost about half.",
        5,
        share=True,
        term="batch",
    ),
)


FIELDS = (*HOW_MUCH, *HOW_LONG, *DISCOUNTS)


def number_words(row: NumberField, case: Case) -> str:
    """A number of the workload in words; empty when it is not given."""
    value: float | None = getattr(case.workload, row.name)
    if value is None:
        return ""
    return wording.percent(value) if row.share else wording.number(value, 6)


def number_field(row: NumberField) -> None:
    """One number; empty means not known yet."""
    stored: float | None = getattr(state.case().workload, row.name)
    shown = stored if stored is None or not row.share else stored * 100
    whole = not (row.cents or row.share)
    preset = f"workload.{row.name}" in state.case().from_preset
    st.number_input(
        row.label + (" :gray-badge[from preset]" if preset else ""),
        min_value=0 if whole else 0.0,
        max_value=100.0 if row.share else (10**12 if whole else 1e6),
        value=None,
        step=int(row.step) if whole else float(row.step),
        format="%d" if whole else "%0.6g",
        placeholder="not known yet",
        help=f"{row.hint} {meaning_of(row.term)}" if row.term else row.hint,
        **state.controlled(
            f"workload:{row.name}",
            shown if shown is None else (round(shown) if whole else float(shown)),
            partial(take_number, row),
        ),
    )


def take_number(row: NumberField, entered: float | None) -> None:
    """Put an entered number into the case; a number out of range is refused in words."""
    value = entered if entered is None or not row.share else entered / 100
    set_workload(**{row.name: value})


def set_workload(**numbers: float | None) -> None:
    """Replace numbers of the workload; what a preset gave stops being "from preset"."""
    case = state.case()
    touched = {f"workload.{name}" for name in numbers}
    state.enter(workload=numbers, from_preset=[path for path in case.from_preset if path not in touched])


def set_text(name: str, entered: str | None) -> None:
    """Replace a text of the case, such as its name."""
    set_field(name, entered or "")


def set_field(name: str, value: object) -> None:
    """Replace one field of the case; a value that is not allowed is refused in words."""
    state.enter(**{name: value})
