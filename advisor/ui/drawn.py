"""Charts drawn once: a figure takes milliseconds to build and is the same whenever its rows are."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

import plotly.graph_objects as go

KEPT = 128
"""Figures kept for the process; what makes one is its key, so visitors may share it."""


def drawn(draw: Callable[..., go.Figure], *parts: object) -> go.Figure:
    """The figure `draw` makes of `parts`, from memory when it made it before; not to be changed."""
    return _figure(draw, *(_fixed(part) for part in parts))


@lru_cache(maxsize=KEPT)
def _figure(draw: Callable[..., go.Figure], *parts: object) -> go.Figure:
    return draw(*parts)


def _fixed(part: object) -> object:
    return tuple(_fixed(one) for one in cast(list[object], part)) if isinstance(part, list) else part
