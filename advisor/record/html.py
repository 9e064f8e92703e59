"""Renders a record as one standalone HTML file: inline SVG and tables, no script, nothing loaded.

The page forbids everything but its own styles and embedded images (content security policy), follows
the reader's light or dark preference, and prints without its navigation.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from advisor.record.blocks import Bars, Block, Content, one_line, visible
from advisor.record.page import PAGE, STYLE
from advisor.record.svg import bars_svg


def content_to_html(content: Content) -> str:
    """The whole record as one HTML document."""
    style = Markup(STYLE)  # noqa: S704  our own constant
    return _template().render(content=content, style=style, drawn=_drawn, kind=_kind)


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["line"] = one_line
    environment.filters["visible"] = visible
    return environment.from_string(PAGE)


def _drawn(chart: Bars, ident: str) -> Markup:
    """Markup because `bars_svg` escapes every text it writes."""
    return Markup(bars_svg(chart, ident))  # noqa: S704  escaped in svg.py, tested with hostile texts


def _kind(block: Block) -> str:
    return type(block).__name__
