"""A load ladder on screen: throughput in total and per call, waiting times, failures, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from advisor import wording
from advisor.probe.ladder import GAIN, Climb, Step, climbs
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Sample
from advisor.ui.charts import finished, short
from advisor.ui.exhibit import download, exhibit
from advisor.ui.inert import inert

_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "hexagon")
_DASHES = ("solid", "dash", "dot", "dashdot")
_ROOM = 0.5
"""Part of the distance between two steps over which the dots of one step are spread."""
_TOTAL, _SPEED, _FIRST = "Tokens per second in total", "Tokens per second of each call", "Time to first token"
_READ: dict[str, tuple[str, Callable[[Sample], float | None]]] = {
    _SPEED: ("Output tokens per second, each call", lambda one: one.output_tps),
    _FIRST: ("Seconds to the first token, each call", lambda one: one.ttft_s),
}


def show_ladder(plan: RunPlan, samples: Sequence[Sample]) -> None:
    """The finding in a sentence for each offer, one chart at a time, every step as a table."""
    st.markdown("## More calls at once")
    found = climbs(plan, samples)
    st.markdown("\n".join(f"- {inert(climb.words)}" for climb in found))
    st.caption(
        f"One run at one moment: a gain under {wording.percent(GAIN)} counts as none. In total means the "
        "output tokens of all answers of a step over the time from its first call to the end of its last; "
        "speed and first token of a call are medians."
    )
    _short_of_it(found)
    chosen = st.segmented_control(
        "Show", [_TOTAL, *_READ], default=_TOTAL, required=True, key="probe-ladder-view"
    )
    if chosen in _READ:
        _calls(plan, found, chosen)
    else:
        _totals(plan, found)
    with st.grid(2, min_column_width=300):
        for climb in found:
            with st.container(border=True):
                st.markdown(f"**{inert(climb.label)}**")
                st.markdown("\n".join(f"- {inert(_step_words(step))}" for step in climb.steps))
    download("ladder-steps", _steps(found))


def _short_of_it(found: Sequence[Climb]) -> None:
    for climb in found:
        held = [step for step in climb.steps if step.complete and step.reached < step.rung]
        if held:
            said = [f"{step.rung} (reached {step.reached})" for step in held]
            st.info(
                inert(
                    f"{climb.label}: fewer calls than wanted were in flight together at "
                    f"{wording.joined(said)}: short answers, a rate limit, or room taken by other runs."
                )
            )


def _totals(plan: RunPlan, found: Sequence[Climb]) -> None:
    figure = go.Figure()
    for place, climb in enumerate(found):
        figure.add_scatter(
            x=[plan.rungs.index(step.rung) for step in climb.known],
            y=[step.total_tps for step in climb.known],
            name=short(climb.label),
            mode="lines+markers",
            line={"dash": _DASHES[place % len(_DASHES)]},
            marker={"symbol": _SYMBOLS[place % len(_SYMBOLS)], "size": 9},
            customdata=[step.rung for step in climb.known],
            hovertemplate="%{y:.3~g} tokens/s at %{customdata} at once<extra>"
            + short(climb.label)
            + "</extra>",
        )
    alt = " ".join(climb.words for climb in found)
    exhibit("ladder-total", _framed(figure, plan, "Output tokens per second, in total"), _steps(found), alt)


def _calls(plan: RunPlan, found: Sequence[Climb], chosen: str) -> None:
    title, read = _READ[chosen]
    figure = go.Figure()
    rows: list[dict[str, object]] = []
    for place, climb in enumerate(found):
        for failed in (False, True):
            dots = [
                (_x(plan, step, at), None if failed else read(one), step.rung, one.key)
                for step in climb.steps
                for at, one in enumerate(step.samples)
                if (one.failure is not None) == failed and (failed or read(one) is not None)
            ]
            if dots:
                _dots(figure, climb, place, dots, failed)
        rows += [_row(climb, step, one, title, read) for step in climb.steps for one in step.samples]
    alt = f"{title}, one dot for each call over calls at once; failed calls are crosses on the base line. "
    alt += wording.sentence(wording.joined([_medians(climb, read) for climb in found]))
    exhibit("ladder-calls", _framed(figure, plan, title), pd.DataFrame(rows), alt)


def _dots(
    figure: go.Figure,
    climb: Climb,
    place: int,
    dots: Sequence[tuple[float, float | None, int, str]],
    failed: bool,
) -> None:
    name = f"{short(climb.label)}{', failed' if failed else ''}"
    figure.add_scatter(
        x=[x for x, *_ in dots],
        y=[y or 0.0 for _, y, *_ in dots],
        name=name,
        mode="markers",
        marker={
            "symbol": "x" if failed else f"{_SYMBOLS[place % len(_SYMBOLS)]}-open",
            "size": 8,
            **({"color": "#c0392b"} if failed else {}),
        },
        customdata=[[rung, key] for _, _, rung, key in dots],
        hovertemplate=("failed" if failed else "%{y:.3~g}")
        + " at %{customdata[0]} at once<br>%{customdata[1]}<extra>"
        + name
        + "</extra>",
    )


def _x(plan: RunPlan, step: Step, at: int) -> float:
    """Beside each other around the step's place, in the order asked."""
    return plan.rungs.index(step.rung) + _ROOM * ((at + 0.5) / len(step.samples) - 0.5)


def _framed(figure: go.Figure, plan: RunPlan, title: str) -> go.Figure:
    places = list(range(len(plan.rungs)))
    names = [str(rung) for rung in plan.rungs]
    figure.update_xaxes(
        title="Calls at once",
        tickvals=places,
        ticktext=names,
        range=[-0.4, len(places) - 0.6],
        zeroline=False,
    )
    figure.update_yaxes(title=title, rangemode="tozero")
    return finished(figure, height=420, legend=True)


def _steps(found: Sequence[Climb]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Offer": climb.label,
                "At once": step.rung,
                "Reached": step.reached,
                "Calls": len(step.samples),
                "Answered": step.answered,
                "Failed": step.failed,
                "Tokens/s in total": step.total_tps,
                "Tokens/s of a call": step.call_tps,
                "First token, s": step.ttft_s,
            }
            for climb in found
            for step in climb.steps
        ]
    )


def _step_words(step: Step) -> str:
    reached = "" if step.reached >= step.rung else f" (reached {step.reached})"
    answered = f"{step.answered} of {wording.count(len(step.samples), 'call')} answered"
    total, each = wording.tokens_per_second(step.total_tps), wording.tokens_per_second(step.call_tps)
    first = wording.seconds(step.ttft_s)
    return (
        f"{step.rung} at once{reached}: {answered}, {total} in total; each call {each}, first token {first}"
    )


def _row(
    climb: Climb, step: Step, one: Sample, title: str, read: Callable[[Sample], float | None]
) -> dict[str, object]:
    failure = one.failure
    return {
        "Offer": climb.label,
        "Calls at once": step.rung,
        "Call": one.key,
        title: read(one),
        "Failed": None if failure is None else failure.kind.value.replace("_", " "),
    }


def _median(step: Step, read: Callable[[Sample], float | None]) -> float | None:
    values = [value for one in step.samples if (value := read(one)) is not None]
    return median(values) if values else None


def _medians(climb: Climb, read: Callable[[Sample], float | None]) -> str:
    known = [(step.rung, value) for step in climb.steps if (value := _median(step, read)) is not None]
    if not known:
        return f"{climb.label}: unknown"
    (first, low), (last, high) = known[0], known[-1]
    return (
        f"{climb.label}: median {wording.number(low)} at {first} and {wording.number(high)} at {last} at once"
    )
