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
    """One row for each prompt, one numbered column for each offer; a gap is unknown.

    Names of offers and settings are too long to stand above a field: whoever shows it tells the numbers.

    Args:
        prompts: Names of the rows.
        offers: Names of the columns, for those who point at a field.
        shares: Row by row, 0 to 1 or unknown.
    """
    words = [[UNKNOWN_WORD if share is None else percent(share) for share in line] for line in shares]
    figure = go.Figure(
        go.Heatmap(
            z=[list(line) for line in shares],
            x=[str(number) for number, _ in enumerate(offers, start=1)],
            y=[short(prompt, NAME_LETTERS) for prompt in prompts],
            text=words if len(offers) <= WRITTEN_TO else None,
            customdata=[
                [f"{offer}: {told}" for offer, told in zip(offers, line, strict=True)] for line in words
            ],
            texttemplate="%{text}" if len(offers) <= WRITTEN_TO else None,
            hovertemplate="%{y}, %{customdata}<extra></extra>",
            showscale=len(offers) > WRITTEN_TO,
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(side="top", type="category", title="Offer")
    return finished(figure, rows=len(prompts), row_px=FIELD_PX, top=72)
