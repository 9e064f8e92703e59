"""Bar charts with whiskers as standalone SVG text: no script, no style sheet, no outside reference.

The label stands on its own line above each bar, so that the chart stays readable on a phone. Colours
are middle tones that hold on white and on black; text takes the colour of its surroundings.
"""

from __future__ import annotations

from html import escape
from itertools import accumulate
from typing import NamedTuple

from advisor.record.blocks import Bar, Bars, Part, one_line

PALETTE = ("#3b82c4", "#d97706", "#2e9e6b", "#c2548f", "#8b6fd1", "#b8901f", "#4aa3b5", "#cc5a43", "#7d8694")
"""Colour of each part in order; a chart with more parts starts again."""

_WIDTH = 480.0
_TEXT_AT = 400.0
_ROW = 40.0
_LEGEND_ROW = 20.0
_LEGEND_COLUMNS = 2
_LABEL_LETTERS = 52
_LEGEND_LETTERS = 30
_FONT = 'font-family="sans-serif" font-size="13" fill="currentColor"'


class _Scale(NamedTuple):
    maximum: float

    def x(self, value: float) -> float:
        """Place of `value` on the drawing, in SVG units."""
        share = value / self.maximum if self.maximum > 0 else 0.0
        return max(0.0, min(share, 1.0)) * (_TEXT_AT - 10.0)


def bars_svg(chart: Bars, ident: str) -> str:
    """The chart as one `<svg>` element; `ident` makes its ids unique on a page."""
    legend = _legend_labels(chart)
    legend_height = _LEGEND_ROW * -(-len(legend) // _LEGEND_COLUMNS)
    height = _ROW * len(chart.bars) + legend_height + 4.0
    scale = _Scale(chart.maximum)
    name = _safe(ident)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(_WIDTH)} {_n(height)}" '
        f'role="img" aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{_safe(chart.caption)}</title>',
        f'<desc id="{name}-d">{_safe(chart.description)}</desc>',
        *(_legend_item(label, index) for index, label in enumerate(legend)),
        *(_row(bar, legend, scale, legend_height + _ROW * index) for index, bar in enumerate(chart.bars)),
        "</svg>",
    ]
    return "".join(parts)


def _legend_labels(chart: Bars) -> tuple[str, ...]:
    """Labels of all parts, in order of first appearance."""
    return tuple(dict.fromkeys(part.label for bar in chart.bars for part in bar.parts))


def _legend_item(label: str, index: int) -> str:
    row, column = divmod(index, _LEGEND_COLUMNS)
    x, y = column * _WIDTH / _LEGEND_COLUMNS, row * _LEGEND_ROW
    square = f'<rect x="{_n(x)}" y="{_n(y + 3)}" width="11" height="11" fill="{_colour(index)}"/>'
    name = _safe(_cut(label, _LEGEND_LETTERS))
    return f'{square}<text x="{_n(x + 16)}" y="{_n(y + 13)}" {_FONT}>{name}</text>'


def _row(bar: Bar, legend: tuple[str, ...], scale: _Scale, top: float) -> str:
    label = f'<text x="0" y="{_n(top + 14)}" {_FONT}>{_safe(_cut(bar.label, _LABEL_LETTERS))}</text>'
    figure = f'<text x="{_n(_TEXT_AT)}" y="{_n(top + 31)}" {_FONT}>{_safe(_cut(bar.text, 14))}</text>'
    return label + _pieces(bar, legend, scale, top + 20) + _whisker(bar, scale, top + 27) + figure


def _pieces(bar: Bar, legend: tuple[str, ...], scale: _Scale, y: float) -> str:
    parts = bar.parts or (Part(bar.label, bar.value),)
    starts = accumulate((part.value for part in parts), initial=0.0)
    return "".join(
        f'<rect x="{_n(scale.x(start))}" y="{_n(y)}" height="14" '
        f'width="{_n(scale.x(start + part.value) - scale.x(start))}" '
        f'fill="{_colour(legend.index(part.label) if legend else 0)}">'
        f"<title>{_safe(part.label)}: {part.value:.3f}</title></rect>"
        for part, start in zip(parts, starts, strict=False)
    )


def _whisker(bar: Bar, scale: _Scale, y: float) -> str:
    """The range of the value; nothing when it is known exactly."""
    if bar.low == bar.high:
        return ""
    low, high = scale.x(bar.low), scale.x(bar.high)
    path = f"M{_n(low)} {_n(y - 5)}v10m0-5H{_n(high)}m0-5v10"
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.5"/>'


def _colour(index: int) -> str:
    return PALETTE[index % len(PALETTE)]


def _cut(text: str, letters: int) -> str:
    line = one_line(text)
    return line if len(line) <= letters else f"{line[: letters - 1]}…"


def _safe(text: str) -> str:
    return escape(one_line(text), quote=True)


def _n(value: float) -> str:
    """Coordinates with one decimal, so that equal records give equal bytes."""
    return f"{value:.1f}".removesuffix(".0")
