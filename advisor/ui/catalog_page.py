"""The catalog browser: filters that stand in the address, a table, a few offers side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from advisor.catalog.entries import Catalog, CatalogOffer
from advisor.ui import catalog_data as data
from advisor.ui import loaded
from advisor.ui.exhibit import download
from advisor.ui.inert import inert
from advisor.ui.navigation import link

AT_MOST = 5
"""Offers side by side; more cannot be compared at a glance."""
_ALL = "all"
_WEIGHTS = {_ALL: "Open and closed", "open": "Open weights", "closed": "Closed"}
_NEEDS = {
    "image": "Takes images",
    "pdf": "Takes PDF",
    "audio": "Takes audio",
    "tools": "Tools",
    "json_schema": "JSON schema",
    "web_search": "Web search",
    "fine_tuning": "Can be tuned",
}
_INPUTS = frozenset({"image", "pdf", "audio"})
_SORTS = {
    "newest": ("Newest", "Released", False),
    "name": ("Name", "Offer", True),
    "in": ("Cheapest in", "USD per million in", True),
    "out": ("Cheapest out", "USD per million out", True),
    "accuracy": ("Most accurate", "Accuracy", False),
    "code": ("Best at code", "Code", False),
    "context": ("Longest context", "Context, tokens", False),
}


_COLUMNS = {
    "Offer": st.column_config.Column(width=312),
    "Weights": st.column_config.Column(width=100),
    "Context, tokens": st.column_config.NumberColumn(format="localized", width=124),
    "USD per million in": st.column_config.NumberColumn("$ per M in", format="$%.3f", width=92),
    "USD per million out": st.column_config.NumberColumn("$ per M out", format="$%.3f", width=98),
    "Accuracy": st.column_config.Column(width=76),
    "Code": st.column_config.Column(width=58),
    "Released": st.column_config.DateColumn(format="YYYY-MM-DD", width=98),
}
"""Together as wide as a laptop's page, so that none is cut at its edge."""


@st.cache_resource(show_spinner=False, max_entries=4)
def _table(digest: str, day: object) -> pd.DataFrame:
    del digest, day  # they make the cache's key
    return data.offer_table(loaded.catalog(), loaded.today())


def browser() -> None:
    """Filters, table, comparison."""
    catalog = loaded.catalog()
    kept = {row.id for row in _filtered(catalog)}
    table = _table(catalog.digest, loaded.today())
    table = _sorted(table[table.index.isin(list(kept))])
    st.markdown(f"**{len(table)} of {len(catalog.offers)} offers**")
    if table.empty:
        st.info("No offer meets all of these filters; take one away.", icon=":material/filter_alt_off:")
        return
    columns = _shown_columns()
    event = st.dataframe(
        table[columns] if columns else table,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="catalog-table",
        column_config=_COLUMNS,
        alt="Offers of the catalog that meet the filters.",
    )
    st.caption(f"Tick up to {AT_MOST} rows to see them side by side and to open their models. {_unknowns()}")
    download("catalog", table)
    rows = event.get("selection", {}).get("rows", [])
    _compare(catalog, [str(table.index[i]) for i in rows if i < len(table)])


def _shown_columns() -> list[str]:
    """The columns chosen, in the table's order."""
    with st.expander("Columns", type="compact"):
        chosen = st.pills(
            "Columns",
            data.TABLE_COLUMNS,
            selection_mode="multi",
            key="cols",
            default=data.START_COLUMNS,
            persist_state="session",
            label_visibility="collapsed",
            wrap=True,
        )
    return [name for name in data.TABLE_COLUMNS if name in chosen]


def _unknowns() -> str:
    return (
        "More columns stand to the right. An empty field is unknown, never zero. $ per M: US dollars per "
        "million tokens read (in) and written (out). Accuracy, code and agent work are estimates, 0 to 100."
    )


def _filtered(catalog: Catalog) -> list[CatalogOffer]:
    with st.grid(4, min_column_width=200):
        text = st.text_input("Search", key="q", bind="query-params", placeholder="Model or host")
        vendors = sorted({model.vendor for model in catalog.models})
        vendor = st.selectbox(
            "Vendor",
            [_ALL, *vendors],
            format_func=lambda key: "All vendors" if key == _ALL else data.vendor_name(str(key)),
            key="vendor",
            bind="query-params",
        )
        weights = st.selectbox(
            "Weights",
            list(_WEIGHTS),
            format_func=lambda key: _WEIGHTS.get(key) or str(key),
            key="weights",
            bind="query-params",
        )
        context = st.number_input(
            "Context, at least, tokens", 0, 10_000_000, step=32_000, key="context", bind="query-params"
        )
    needs = st.pills(
        "Must be able to",
        list(_NEEDS),
        selection_mode="multi",
        format_func=lambda key: _NEEDS.get(key) or str(key),
        key="needs",
        bind="query-params",
        wrap=True,
    )
    return [
        row
        for row in catalog.offers
        if _named(row, text or "")
        and vendor in (_ALL, row.model.vendor)
        and _weights_fit(row, weights)
        and (row.offer.limits.context_in or 0) >= context
        and all(_able(row, need) for need in needs)
    ]


def _named(row: CatalogOffer, text: str) -> bool:
    words = f"{row.label} {row.id} {row.model.vendor} {row.offer.litellm_id}".lower()
    return all(part in words for part in text.lower().split())


def _weights_fit(row: CatalogOffer, wanted: str) -> bool:
    return wanted == _ALL or row.model.weights.open is (wanted == "open")


def _able(row: CatalogOffer, need: str) -> bool:
    return need in row.inputs if need in _INPUTS else row.feature(need) is True


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    chosen = st.segmented_control(
        "Order",
        list(_SORTS),
        default="newest",
        required=True,
        format_func=lambda key: _SORTS[key][0] if key in _SORTS else str(key),
        key="sort",
        bind="query-params",
        wrap=True,
    )
    _, column, rising = _SORTS.get(chosen, _SORTS["newest"])
    return table.sort_values(column, ascending=rising, na_position="last", kind="stable")


def _compare(catalog: Catalog, chosen: list[str]) -> None:
    rows = [catalog.by_id[key] for key in chosen[:AT_MOST]]
    if not rows:
        return
    st.markdown("## Side by side")
    if len(chosen) > AT_MOST:
        st.warning(f"Only the first {AT_MOST} of {len(chosen)} are shown.")
    table = data.side_by_side(catalog, rows, loaded.today())
    alt = f"Facts of {', '.join(row.label for row in rows)} side by side."
    st.dataframe(table, hide_index=True, alt=alt, height="content")
    download("side-by-side", table)
    with st.container(horizontal=True):
        for model in {row.model.id: row.model for row in rows}.values():
            link("model", inert(model.name), icon=":material/open_in_full:", m=model.id)
