"""The sampling lab: what temperature, top-k and top-p do to a distribution, and who takes them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from advisor import wording
from advisor.cost.distributions import COUNTED, EXAMPLE, Distribution, read_logprobs
from advisor.cost.sampling import Knobs, entropy_bits, kept, probabilities
from advisor.decide.standing import Standing
from advisor.errors import AdvisorError, BadInput
from advisor.host.parameters import parameter_fates
from advisor.ui import loaded, state
from advisor.ui.charts import finished
from advisor.ui.exhibit import exhibit
from advisor.ui.inert import inert
from advisor.ui.sampling_live import live_distributions

OFFERS = 8
"""Offers LiteLLM is asked about: the shortlist, else the first of the result."""
TOKEN_LETTERS = 18
_COUNTED, _LIVE = "Counted text", "Ask an offer"
_EXAMPLE, _PASTED = "Example (simulated)", "Your provider's"
_NAMES = {"temperature": "Temperature", "top_p": "Top-p", "top_k": "Top-k", "logprobs": "Log-probabilities"}


def chosen_distribution(standing: Standing) -> Distribution | None:
    """Which distribution to look at; None while a paste cannot be read."""
    kind = st.segmented_control(
        "Distribution",
        [_COUNTED, _LIVE, _EXAMPLE, _PASTED],
        default=_COUNTED,
        required=True,
        key="sampling-kind",
        persist_state="session",
    )
    if kind == _EXAMPLE:
        return EXAMPLE
    rows = COUNTED if kind == _COUNTED else live_distributions(standing) if kind == _LIVE else _pasted()
    if not rows:
        return None
    names = {str(number): row for number, row in enumerate(rows)}
    picked = st.selectbox(
        "Next word" if kind == _COUNTED else "Position",
        list(names),
        index=_first_shown(rows) if kind == _LIVE else 0,
        format_func=lambda key: names[key].name if key in names else str(key),
        key=f"sampling-row-{kind}",
        width="stretch",
    )
    return names.get(picked, rows[0])


def _first_shown(rows: tuple[Distribution, ...]) -> int:
    """The most open place of an answer: most others leave nothing to choose."""
    openness = [entropy_bits(probabilities(row.logits, Knobs())) for row in rows]
    return openness.index(max(openness))


def _pasted() -> tuple[Distribution, ...]:
    st.caption(
        "Ask your provider with `logprobs: true` and `top_logprobs: 20`, and paste its reply as it came. "
        "It stays in this session."
    )
    text = st.text_area(
        "Reply with log-probabilities, JSON", height=140, max_chars=400_000, key="sampling-paste"
    )
    if not text.strip():
        return ()
    try:
        return read_logprobs(text)
    except BadInput as error:
        st.error(inert(str(error)), icon=":material/error:")
        return ()


def knobs() -> Knobs:
    """The three knobs."""
    with st.grid(3, min_column_width=220):
        temperature = st.slider("Temperature", 0.0, 2.0, 1.0, 0.1, key="sampling-t", persist_state="session")
        top_k = st.slider("Top-k (0 keeps all)", 0, 20, 0, 1, key="sampling-k", persist_state="session")
        top_p = st.slider("Top-p", 0.05, 1.0, 1.0, 0.05, key="sampling-p", persist_state="session")
    return Knobs(temperature, top_k or None, None if top_p >= 1 else top_p)


@dataclass(frozen=True, slots=True)
class Turned:
    """A distribution before and after the knobs."""

    plain: tuple[float, ...]
    turned: tuple[float, ...]


def turned(row: Distribution, knob: Knobs) -> Turned:
    """Probabilities at temperature 1 with nothing cut, and under the knobs."""
    return Turned(probabilities(row.logits, Knobs()), probabilities(row.logits, knob))


def effect(row: Distribution, knob: Knobs) -> None:
    """The two distributions as bars, and what they mean for repeated answers."""
    both = turned(row, knob)
    simulated = " :orange-badge[simulated]" if row.simulated else ""
    covers = "unknown" if row.covers is None else wording.percent(row.covers)
    told = f"Source: {row.source}. The tokens shown stand for {covers} of all; shares are of those shown."
    # A caption would make the mark beside it too pale.
    st.markdown(f":small[:gray[{inert(told)}]]{simulated}")
    with st.grid(4, min_column_width=160):
        _tile("Can be drawn", f"{kept(both.turned)} of {len(row.tokens)}", "tokens")
        _tile(
            "Likeliest token", wording.percent(max(both.turned)), f"{wording.percent(max(both.plain))} before"
        )
        _tile("Openness", f"{entropy_bits(both.turned):.2f} bits", f"{entropy_bits(both.plain):.2f} before")
        _tile("Two draws equal", _twice(both.turned), f"{_twice(both.plain)} before")
    table = pd.DataFrame(
        {
            "Token": row.tokens,
            "As it is": [wording.percent(share) for share in both.plain],
            "With the knobs": [wording.percent(share) for share in both.turned],
        }
    )
    left = f"{kept(both.turned)} of {len(row.tokens)} tokens remain"
    alt = f"Probability of each token before and after the knobs; {left}."
    exhibit("sampling", _bars(row, both), table, alt)
    st.caption(
        "Order here: divide by the temperature, softmax, keep the k likeliest, keep the fewest that reach p, "
        "rescale. Temperature 0 takes the likeliest. Engines differ in order and in ties. Even at 0 a hosted "
        "model may answer differently from call to call: measure it with a temperature sweep."
    )


def _twice(shares: tuple[float, ...]) -> str:
    return wording.percent(min(1.0, sum(share * share for share in shares)))


def _tile(label: str, value: str, below: str) -> None:
    st.metric(label, value, inert(below), delta_color="off", delta_arrow="off", border=True)


def _bars(row: Distribution, both: Turned) -> go.Figure:
    names = [f"{number}. {_shown(token)}" for number, token in enumerate(row.tokens, start=1)]
    figure = go.Figure()
    for label, shares, pattern in (("as it is", both.plain, "/"), ("with the knobs", both.turned, "")):
        figure.add_bar(
            y=names,
            x=[100 * share for share in shares],
            name=label,
            orientation="h",
            marker={"pattern": {"shape": pattern, "fillmode": "overlay", "size": 6}},
            hovertemplate="%{y}, " + label + ": %{x:.1f} %<extra></extra>",
        )
    figure.update_layout(barmode="group", yaxis={"autorange": "reversed"})
    figure.update_xaxes(title="Probability, percent", rangemode="tozero")
    return finished(figure, rows=len(names), legend=True, row_px=34)


def _shown(token: str) -> str:
    """A token as text that a chart takes for no markup."""
    flat = " ".join(token.split()) or "(space)"
    cut = flat if len(flat) <= TOKEN_LETTERS else f"{flat[: TOKEN_LETTERS - 1]}…"
    return cut.replace("<", "‹").replace(">", "›").replace("&", "＆")


def who_takes_them(standing: Standing) -> None:
    """What LiteLLM sends or drops for the offers at hand, asked of LiteLLM itself on request."""
    st.markdown("## Which of your offers take them")
    sold = loaded.catalog().by_id
    wanted = [ref for ref in state.case().shortlist if ref in sold] or [
        row.id for row in standing.ranking if row.id in sold
    ]
    offers = {ref: sold[ref] for ref in wanted[:OFFERS]}
    if not offers:
        st.info("No offer of the catalog fits your decision yet.")
        return
    st.caption(
        "LiteLLM is asked on this machine; nothing is sent to a provider. “Sent” does not mean obeyed: top-k "
        "goes out unchecked and the provider may refuse it, and some models take a temperature without "
        "effect, such as DeepSeek's while it thinks."
    )
    if st.button("Ask LiteLLM", icon=":material/quiz:") or state.remembered("sampling:asked", False):
        state.remember("sampling:asked", True)
        try:
            told = _fates(tuple(row.offer.litellm_id for row in offers.values()))
        except AdvisorError as error:
            st.error(inert(str(error)))
            return
        table = pd.DataFrame(
            [
                {"Offer": row.label} | {name: told[row.offer.litellm_id][key] for key, name in _NAMES.items()}
                for row in offers.values()
            ]
        )
        st.dataframe(table, hide_index=True, alt="What LiteLLM does with each parameter for each offer.")


@st.cache_resource(show_spinner="Asking LiteLLM …", max_entries=32)
def _fates(models: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return parameter_fates(models)
