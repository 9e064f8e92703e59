"""A chart as every page shows it: with words for those who do not see it, its table, and a download."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from advisor.ui.inert import inert
from advisor.wording import spreadsheet_cell

_TOOLS = {"displayModeBar": False, "responsive": True, "scrollZoom": False}
LINES_SHOWN = 100
"""Sentences shown in place of a table at most; its download has everything."""
WRAPPED_PX = 66
"""Height of a row from which on Streamlit breaks long words into lines: over 64."""


Rows = pd.DataFrame | Callable[[], pd.DataFrame]
"""A table, or what makes it once somebody opens it."""


def exhibit(
    name: str, figure: go.Figure, table: Rows, alt: str, lines: Callable[[], Sequence[str]] | None = None
) -> None:
    """Show a chart.

    Args:
        name: Stable name, for the widget keys and the file.
        figure: The chart.
        table: The same data, complete labels and units in the column names.
        alt: What the chart says, in a sentence or two.
        lines: Makes the table's rows as sentences, shown in its place where its columns are too many for a
            phone; the download stays the table.
    """
    st.plotly_chart(figure, key=f"chart-{name}", config=_TOOLS, alt=alt)
    if lines is None:
        data_table(name, table, alt)
    else:
        _in_words(name, table, lines)


def _in_words(name: str, table: Rows, lines: Callable[[], Sequence[str]]) -> None:
    """Sentences break where a table's columns would leave the screen."""
    opened = st.expander("The same in words", type="compact", key=f"table-{name}", on_change="rerun")
    if opened.open:
        with opened:
            said = lines()
            st.markdown("\n".join(f"- {inert(line)}" for line in said[:LINES_SHOWN]))
            if len(said) > LINES_SHOWN:
                st.caption(f"The first {LINES_SHOWN} of {len(said)}; the CSV has all of them.")
            download(name, table() if callable(table) else table)


def data_table(name: str, table: Rows, alt: str, label: str = "The same as a table") -> None:
    """The table behind a chart or a sum, drawn only when it is opened, with a download."""
    opened = st.expander(label, type="compact", key=f"table-{name}", on_change="rerun")
    if opened.open:
        rows = table() if callable(table) else table
        with opened:
            st.dataframe(rows, hide_index=True, alt=alt)
            download(name, rows)


def download(name: str, table: pd.DataFrame) -> None:
    """A CSV download of a table, its texts safe to open in a spreadsheet."""
    st.download_button(
        "Download CSV",
        # Made when somebody asks for it.
        partial(csv_of, table),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"csv-{name}",
    )


def csv_of(table: pd.DataFrame) -> bytes:
    """A table as CSV; texts a spreadsheet would run as formulas begin with an apostrophe."""
    # With this line end a text that holds either of its letters is quoted, and cannot begin a row of its own.
    return table.map(_cell).rename(columns=_cell).to_csv(index=False, lineterminator="\r\n").encode()


def _cell(value: object) -> object:
    return spreadsheet_cell(value) if isinstance(value, str) else value
