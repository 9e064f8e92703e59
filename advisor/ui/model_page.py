"""One model: its facts with sources, what its estimates rest on, its hosts and their prices."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.catalog.entries import Model
from advisor.ui import catalog_data as data
from advisor.ui import charts, loaded, state
from advisor.ui.exhibit import WRAPPED_PX, download, exhibit
from advisor.ui.inert import inert

PARAMETER = "m"

_COLUMNS = {
    "Benchmark": st.column_config.Column(width=235),
    "Attribute": st.column_config.Column(width=165),
    "Fact": st.column_config.Column(width=190),
    "LiteLLM id": st.column_config.Column(width=130),
    "Price source": st.column_config.Column(width=140),
    "Source": st.column_config.Column(width=190),
}
"""Columns of long words, narrow enough for the ones behind them to be seen."""


def chosen_model() -> Model | None:
    """The model named in the address, changed by the field at the top; None, with a word, when it is none."""
    models = loaded.catalog().model_by_id
    asked = state.asked_for(PARAMETER)
    st.selectbox(
        "Model",
        list(models),
        index=None,
        format_func=lambda key: models[key].name if key in models else str(key),
        placeholder="Choose a model",
        **state.controlled("model:chosen", asked if asked in models else None, _take),
    )
    if not asked:
        st.title("Model", anchor=False)
        st.info("No model is named in this address: choose one above.", icon=":material/arrow_upward:")
    elif asked not in models:
        st.title("No such model", anchor=False)
        st.warning(
            f"The catalog has no model {inert(asked)}: choose one above.", icon=":material/search_off:"
        )
    return models.get(asked or "")


def _take(key: str | None) -> None:
    state.put_in_address(PARAMETER, key)


def overview(model: Model) -> None:
    """Name, vendor, and warnings of age and retirement."""
    st.title(inert(model.name), anchor=False)
    origin = f" · from overlay {model.overlay}" if model.overlay else ""
    st.markdown(
        f"{inert(data.vendor_name(model.vendor))} · {inert(data.weights_words(model))}{inert(origin)}"
    )
    catalog, day = loaded.catalog(), loaded.today()
    for row in catalog.offers:
        if row.model.id == model.id and (said := data.notes(row, day)):
            icon = ":material/event_busy:" if row.offer.retirement else ":material/history:"
            st.warning(inert(f"{row.label}: {'; '.join(said)}."), icon=icon)
    for note in model.notes:
        st.caption(inert(note))
    found = data.finding_table(catalog, model, day)
    if not found.empty:
        st.markdown(f"## {wording.count(len(found), 'fact')} to look at twice")
        _table("findings", found, "What the catalog's own checks find suspicious about this model's offers.")


def estimates(model: Model) -> None:
    """Estimates, and every result behind them."""
    catalog = loaded.catalog()
    st.markdown("## How good it is, estimated")
    st.caption(
        "0 to 100 is the percentile among models released since mid-2025; bounds hold about 80 % of the "
        "time. Vendors' own claims count less than independent results."
    )
    _table("estimates", data.estimate_table(catalog, model), "Estimates of each attribute.")
    evidence = data.evidence_table(catalog, model)
    st.markdown(f"### The {len(evidence)} published results")
    if evidence.empty:
        st.markdown("No published result is in the catalog.")
    else:
        _table("evidence", evidence, "Published results with source, date, effort and reporter.")


def prices(model: Model) -> None:
    """Price over prompt length, hosts compared, price history."""
    catalog, day = loaded.catalog(), loaded.today()
    lines = data.price_lines(catalog, model, day)
    st.markdown("## Who sells it")
    _table("hosts", data.host_table(catalog, model, day), "Hosts with limits, prices and sources.", True)
    if lines:
        st.markdown("### Price over prompt length")
        rows = [
            {"Host": line.label, "Prompt, tokens": x, "USD per million input tokens": y}
            for line in lines
            for x, y in zip(line.x, line.y, strict=True)
        ]
        figure = charts.lines(lines, "Prompt length, tokens", "USD per million input tokens", log_x=True)
        alt = "Input price over prompt length: " + "; ".join(
            f"{line.label} from {min(line.y):g} to {max(line.y):g} US dollars" for line in lines
        )
        exhibit("price-length", figure, pd.DataFrame(rows), alt)
    st.markdown("### Price history")
    history = data.price_history(catalog, model)
    _table("price-history", history, "Price schedules with the days they hold.", True)


def facts(model: Model) -> None:
    """Every fact with its source."""
    st.markdown("## Facts and where they come from")
    _table("facts", data.fact_table(loaded.catalog(), model), "Facts with source, day and origin.")


def _table(name: str, table: pd.DataFrame, alt: str, wrapped: bool = False) -> None:
    """A table with its download; `wrapped` breaks long sources into lines instead of cutting them off."""
    st.dataframe(
        table,
        hide_index=True,
        alt=alt,
        height="content" if len(table) <= 20 else 460,
        row_height=WRAPPED_PX if wrapped else None,
        column_config=_COLUMNS,
    )
    download(f"model-{name}", table)
