"""Tables of the catalog pages, as data."""

from __future__ import annotations

from datetime import date

from advisor.catalog.files import load_catalog
from advisor.ui.catalog_data import fact_table


def test_data_policies_stand_with_the_facts_of_a_model() -> None:
    """Vertex AI and DeepInfra: what is stated of EU processing, training and storage, and what is unknown."""
    catalog = load_catalog(today=date(2026, 11, 24))
    table = fact_table(catalog, catalog.model_by_id["deepseek-v4.1-flash"])
    said = {str(fact): str(value) for fact, value in zip(table["Fact"], table["Value"], strict=True)}
    read = {str(fact): str(day) for fact, day in zip(table["Fact"], table["Read"], strict=True)}

    assert said["Google Vertex AI: processing inside the EU"] == "yes"
    assert read["Google Vertex AI: processing inside the EU"] == "2026-11-22"
    assert said["Google Vertex AI: no training on your data"] == "yes"
    assert "24-hour" in said["Google Vertex AI: data kept by default"]
    assert said["DeepInfra: processing inside the EU"] == "unknown"
