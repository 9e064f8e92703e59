"""The README's table of the catalog."""

from __future__ import annotations

from pathlib import Path

from advisor.catalog.table import markdown_table
from tests.catalog.tiny import TODAY, tiny


def test_the_table_shows_the_cheapest_offer_and_dashes_for_unknown(tmp_path: Path) -> None:
    """Alpha 1 costs least at the host; Beta's context, price and quality are unknown and are dashes."""
    lines = markdown_table(tiny(tmp_path), TODAY).splitlines()

    assert lines[0].startswith("| Model | Weights | Offers |")
    assert lines[2].startswith("| Alpha 1 | open (MIT) | host, maker | 200,000 | 0.5 / 2 (host) | 80 (")
    assert lines[3] == "| Beta | closed | maker | – | – | – | – | 2026-05-01 |"
    assert "2 models, 3 offers" in lines[5]


def test_every_row_has_every_column(tmp_path: Path) -> None:
    """A name with a bar in it does not break the table."""
    text = markdown_table(tiny(tmp_path, "name: Beta", "name: Be|ta"), TODAY)

    assert {line.count("|") for line in text.splitlines() if line.startswith("|")} == {9}
