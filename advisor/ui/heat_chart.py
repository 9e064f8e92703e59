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
ABOUT = "≈ "
"""Before a share of free text, which is compared by shared words."""
PALE = 0.45
"""Opacity of its field."""


def agreement_map(
    prompts: Sequence[str],
    offers: Sequence[str],
    shares: Sequence[Sequence[float | None]],
    rough: Sequence[Sequence[bool]],
) -> go.Figure:
    """One row for each prompt, one numbered column for each offer; a gap is unknown.

    Names of offers and settings are too long to stand above a field: whoever shows it tells the numbers.
    Approximate shares are paler and carry the sign for "about", so that none passes for an exact one.

    Args:
        prompts: Names of the rows.
        offers: Names of the columns, for those who point at a field.
        shares: Row by row, 0 to 1 or unknown.
        rough: Row by row, whether the share is approximate.
    """
    parts = [
        _fields(prompts, offers, shares, rough, kind)
        for kind in (False, True)
        if kind is False or any(map(any, rough))
    ]
    figure = go.Figure(parts)
    figure.update_yaxes(
        autorange="reversed", type="category", categoryarray=[short(one, NAME_LETTERS) for one in prompts]
    )
    figure.update_xaxes(side="top", type="category", title="Offer")
    return finished(figure, rows=len(prompts), row_px=FIELD_PX, top=72)


def share_words(share: float | None, rough: bool) -> str:
    """A share as it stands in its field."""
    return UNKNOWN_WORD if share is None else f"{ABOUT if rough else ''}{percent(share)}"


def _fields(
    prompts: Sequence[str],
    offers: Sequence[str],
    shares: Sequence[Sequence[float | None]],
    rough: Sequence[Sequence[bool]],
    kind: bool,
) -> go.Heatmap:
    """The fields of one kind, exact or approximate; those of the other are left empty."""
    written = len(offers) <= WRITTEN_TO
    cells = [
        [(share, about is kind) for share, about in zip(line, abouts, strict=True)]
        for line, abouts in zip(shares, rough, strict=True)
    ]
    words = [[share_words(share, kind) if mine else "" for share, mine in line] for line in cells]
    signs = [[ABOUT if mine and kind else "" for _, mine in line] for line in cells]
    return go.Heatmap(
        z=[[share if mine else None for share, mine in line] for line in cells],
        x=[str(number) for number, _ in enumerate(offers, start=1)],
        y=[short(prompt, NAME_LETTERS) for prompt in prompts],
        text=words if written else signs,
        customdata=[[f"{offer}: {told}" for offer, told in zip(offers, line, strict=True)] for line in words],
        texttemplate="%{text}",
        hovertemplate=f"%{{y}}, %{{customdata}}{' (approximate)' if kind else ''}<extra></extra>",
        hoverongaps=False,
        showscale=not written and not kind,
        opacity=PALE if kind else 1,
        zmin=0,
        zmax=1,
        xgap=2,
        ygap=2,
    )
