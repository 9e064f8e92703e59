"""The generated parts of README.md: `python -m tests.docs` writes them, a test compares them."""

from __future__ import annotations

import re
from datetime import date

from advisor.catalog.files import load_catalog
from advisor.catalog.table import markdown_table
from tests.serving import ROOT

README = ROOT / "README.md"


def with_part(text: str, name: str, content: str) -> str:
    """Return `text` with what stands between the markers of `name` replaced."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"README.md has no markers for {name}")
    return pattern.sub(lambda _: f"{begin}\n{content.strip()}\n{end}", text)


def catalog_part() -> str:
    """Return the table of the catalog, dated by the catalog's own version so that it never ages by itself."""
    catalog = load_catalog()
    year, month, day = (int(part) for part in catalog.version.split(".")[:3])
    return markdown_table(catalog, date(year, month, day))


def updated(text: str) -> str:
    """Return README text with every generated part renewed."""
    return with_part(text, "catalog table", catalog_part())


if __name__ == "__main__":
    README.write_text(updated(README.read_text("utf-8")), "utf-8")
