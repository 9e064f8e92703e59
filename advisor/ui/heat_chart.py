"""Shares of prompts and offers as a field of colours, with every share written in its field."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from advisor.ui.charts import finished, short
from advisor.wording import UNKNOWN_WORD, percent

FIELD_PX = 30
NAME_LETTERS = 22
WRITTEN_TO = 6
"""Columns up to which a share fits into its field."""


def agreement_map(
    prompts: Sequence[str], offers: Sequence[str], shares: Sequence[Sequence[float | None]]
) -> go.Figure:
    """One row for each prompt, one column for each offer; a gap is unknown.

    Args:
        prompts: Names of the rows.
        offers: Names of the columns.
        shares: Row by row, 0 to 1 or unknown.
    """
    words = [[UNKNOWN_WORD if share is None else percent(share) for share in line] for line in shares]
    figure = go.Figure(
        go.Heatmap(
            z=[list(line) for line in shares],
            x=[f"{number + 1}. {short(offer, NAME_LETTERS)}" for number, offer in enumerate(offers)],
            y=[short(prompt, NAME_LETTERS) for prompt in prompts],
            text=words if len(offers) <= WRITTEN_TO else None,
            customdata=words,
            texttemplate="%{text}" if len(offers) <= WRITTEN_TO else None,
            hovertemplate="%{y}, %{x}: %{customdata}<extra></extra>",
            showscale=len(offers) > WRITTEN_TO,
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(side="top", type="category")
    return finished(figure, rows=len(prompts), row_px=FIELD_PX, top=110)
