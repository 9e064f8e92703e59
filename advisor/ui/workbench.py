"""Numbers tried out on a calculator page: beside the case until they are taken into it.

A workbench is seeded from the case. Sliders and number fields change its own values; "Use these numbers
in the case" hands them over, which can be undone like every change. When the case changes meanwhile, the
numbers that changed there are taken over here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from advisor.case import Answer
from advisor.decide.steps import step
from advisor.ui import state
from advisor.ui.inert import inert
from advisor.wording import UNKNOWN_WORD, number

Value = float | str | bool | None


@dataclass(frozen=True, slots=True)
class Dial:
    """One number with a slider and a field.

    Args:
        key: Name on its workbench.
        label: What it is, with its unit.
        low: Smallest value.
        high: Largest value.
        step: Width of one press on plus, and of the slider on an even scale.
        decades: Whether the slider goes by 1, 2, 5 of each decade instead of evenly.
        optional: Whether "not known yet" is a value.
        hint: Help.
        fraction: Whether fractions make sense.
        nothing: What it is called to give no number.
    """

    key: str
    label: str
    low: float
    high: float
    step: float = 1.0
    decades: bool = False
    optional: bool = False
    hint: str = ""
    fraction: bool = False
    nothing: str = UNKNOWN_WORD


# What more than one calculator asks.
RENT = Dial(
    "rent",
    "Your own price, US dollars per GPU-hour",
    0,
    50,
    0.1,
    optional=True,
    nothing="price list",
    fraction=True,
)
ACTIVE = Dial("active_b", "Active per token, billions", 0.1, 5_000, 1, decades=True, fraction=True)


@dataclass
class _Kept:
    """What is kept in the session: the values, and the seed they began from."""

    seed: dict[str, Value]
    values: dict[str, Value]


class Workbench:
    """The values of one calculator page."""

    def __init__(self, name: str, seed: Mapping[str, Value]) -> None:
        self.name = name
        self._key = f"workbench:{name}"
        kept: _Kept | None = state.remembered(self._key, None)
        if kept is None:
            kept = _Kept(dict(seed), dict(seed))
        else:
            kept.values |= {key: value for key, value in seed.items() if kept.seed.get(key) != value}
            kept.seed = dict(seed)
        state.remember(self._key, kept)
        self._kept = kept

    def number(self, key: str) -> float | None:
        """A number, None when it is not known yet."""
        value = self._kept.values.get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def sure(self, dial: Dial) -> float:
        """A number that is always known: the dial's lowest when nothing was entered."""
        value = self.number(dial.key)
        return dial.low if value is None else value

    def text(self, key: str) -> str | None:
        """A chosen option, None when none is."""
        value = self._kept.values.get(key)
        return value if isinstance(value, str) else None

    def on(self, key: str) -> bool:
        """Whether a switch is on."""
        return self._kept.values.get(key) is True

    def put(self, key: str, value: Value) -> None:
        """Set a value."""
        self._kept.values[key] = value

    def as_seeded(self, key: str) -> bool:
        """Whether a value is still the one the page began with."""
        return self._kept.values.get(key) == self._kept.seed.get(key)

    def changed(self) -> bool:
        """Whether any value differs from what the case says."""
        return any(self._kept.values.get(key) != value for key, value in self._kept.seed.items())

    def reset(self) -> None:
        """Back to the case's numbers."""
        self._kept.values |= self._kept.seed

    def dials(self, dials: Sequence[Dial]) -> None:
        """Draw several, beside each other where there is room."""
        with st.grid(4, min_column_width=330, gap="medium"):
            for dial in dials:
                self.dial(dial)

    def dial(self, dial: Dial) -> float | None:
        """Draw a slider and a number field for one value."""
        stored = self.number(dial.key)
        take = partial(self._take, dial)
        with st.container(gap="xsmall", key=self._widget(dial)):
            # The slider's own label would wrap and touch its value on a phone; it is read out all the same.
            st.markdown(f":small[{dial.label}]", help=dial.hint or None)
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                self._slider(dial, stored, take)
                self._field(dial, stored, take)
        return self.number(dial.key)

    def _slider(self, dial: Dial, stored: float | None, take: Callable[[float | None], None]) -> None:
        key = f"{self._widget(dial)}:slider"
        if dial.decades or dial.optional:
            st.select_slider(
                dial.label,
                _marks(dial, stored),
                format_func=partial(_mark, dial.nothing),
                label_visibility="collapsed",
                width="stretch",
                **state.controlled(key, stored, take),
            )
            return
        st.slider(
            dial.label,
            float(dial.low),
            float(dial.high),
            step=float(dial.step),
            format="%0.6g" if dial.fraction else "%d",
            label_visibility="collapsed",
            width="stretch",
            **state.controlled(key, dial.low if stored is None else float(stored), take),
        )

    def _field(self, dial: Dial, stored: float | None, take: Callable[[float | None], None]) -> None:
        st.number_input(
            f"{dial.label}, as a number",
            min_value=float(dial.low) if dial.fraction else int(dial.low),
            max_value=float(dial.high) if dial.fraction else int(dial.high),
            value=None,
            step=float(dial.step) if dial.fraction else int(dial.step),
            format="%0.6g" if dial.fraction else "%d",
            placeholder=dial.nothing,
            label_visibility="collapsed",
            width=180,
            **state.controlled(f"{self._widget(dial)}:number", _shown(dial, stored), take),
        )

    def switch(self, key: str, label: str, hint: str = "") -> bool:
        """Draw a switch."""
        st.toggle(
            label,
            help=hint or None,
            **state.controlled(f"{self.name}:{key}", self.on(key), partial(self.put, key)),
        )
        return self.on(key)

    def choice(self, key: str, label: str, options: Mapping[str, str], hint: str = "") -> str | None:
        """Draw a list to choose one option from; None when there are none."""
        if not options:
            return None
        if self.text(key) not in options:
            self.put(key, next(iter(options)))
        st.selectbox(
            label,
            list(options),
            format_func=lambda value: options.get(value) or str(value),
            help=hint or None,
            **state.controlled(f"{self.name}:{key}", self.text(key), partial(self.put, key)),
        )
        return self.text(key)

    def _take(self, dial: Dial, entered: float | None) -> None:
        """Keep an entered number inside its range; the page, not the browser, decides what is allowed."""
        if entered is None and not dial.optional:
            return
        if entered is not None and not dial.low <= entered <= dial.high:
            bounds = f"{number(dial.low, 15)} to {number(dial.high, 15)}"
            state.notice(f"That number was not kept: {dial.label} goes from {bounds}.")
            return
        self.put(dial.key, entered)

    def _widget(self, dial: Dial) -> str:
        return f"{self.name}:{dial.key}"


def hand_over(bench: Workbench, into_case: Callable[[], None], what: str) -> None:
    """The buttons that take the numbers into the case, take that back, or start again from the case.

    Args:
        bench: Whose numbers.
        into_case: Changes the case.
        what: What goes into the case, in words.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Use these numbers in the case",
            type="primary",
            icon=":material/input:",
            on_click=into_case,
            key=f"{bench.name}:use",
        )
        if bench.changed():
            st.button(
                "Back to the case's numbers",
                type="tertiary",
                on_click=bench.reset,
                key=f"{bench.name}:reset",
                icon=":material/restart_alt:",
            )
        if state.can_undo():
            st.button(
                "Undo last change", type="tertiary", icon=":material/undo:", key="undo", on_click=state.undo
            )
    st.caption(inert(what))


def take_over(
    workload: Mapping[str, float | None], answers: Mapping[tuple[str, str], Answer] | None = None
) -> None:
    """Put numbers into the brief and answers into decisions, as one change that one undo takes back.

    Only what differs is touched, so that what a preset gave and nobody changed stays "from preset".

    Args:
        workload: Field of the brief -> number.
        answers: (Decision, question) -> answer; one outside the question's range is left out and named.
    """
    case = state.case()
    new = {name: value for name, value in workload.items() if getattr(case.workload, name) != value}
    touched = {f"workload.{name}" for name in new}
    changed = case.model_copy(
        update={
            "workload": case.workload.model_copy(update=new),
            "from_preset": tuple(path for path in case.from_preset if path not in touched),
        }
    )
    for (key, name), answer in (answers or {}).items():
        question = step(key).question(name)
        problem = question.problem(answer) if question else "there is no such question"
        if problem:
            state.notice(f"{question.label if question else name} was not kept: {problem}.")
        elif changed.answer(key, name) != answer:
            changed = changed.with_answer(key, name, answer)
    state.change(changed)


def say_assumed(labels: Sequence[str], name: str) -> None:
    """Which numbers are examples of ours, behind one line where they are several.

    Args:
        labels: The numbers' labels.
        name: Stable name for the key.
    """
    if len(labels) == 1:
        st.caption(inert(f"Assumed until you say otherwise: {labels[0].lower()}."))
    elif labels:
        title = f"{len(labels)} of these numbers are assumed until you say otherwise"
        with st.expander(title, type="compact", key=f"assumed-{name}"):
            st.markdown("\n".join(f"- {inert(label)}" for label in labels))


_RANGE = re.compile(r"(?<=[\d%]) to (?=[\d$])")
"""The word between the ends of an interval, which a narrow tile has no room for."""


def tile(label: str, value: str, below: str = "") -> None:
    """One figure in a frame, and below it what it may lie between."""
    st.metric(
        label,
        value,
        inert(_RANGE.sub("–", below)) or None,
        delta_color="off",
        delta_arrow="off",
        border=True,
    )


def _shown(dial: Dial, stored: float | None) -> float | int | None:
    if stored is None:
        return None if dial.optional else (float(dial.low) if dial.fraction else int(dial.low))
    return float(stored) if dial.fraction else round(stored)


def _marks(dial: Dial, stored: float | None) -> list[float | None]:
    """Slider stops: unknown first where that is a value, then round numbers, the present one among them."""
    stops = {float(dial.low), float(dial.high)} | ({float(stored)} if stored is not None else set[float]())
    if dial.decades:
        stops |= {n * 10.0**power for power in range(-6, 16) for n in (1, 2, 5)}
    else:
        steps = round((dial.high - dial.low) / dial.step)
        stops |= {dial.low + step * dial.step for step in range(steps + 1)}
    inside: list[float | None] = [stop for stop in sorted(stops) if dial.low <= stop <= dial.high]
    return [None, *inside] if dial.optional else inside


def _mark(nothing: str, value: float | None) -> str:
    return nothing if value is None else number(value, 6)
