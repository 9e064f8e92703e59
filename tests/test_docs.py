"""README says what the product is today."""

from __future__ import annotations

from tests.docs import README, updated


def test_the_catalog_table_of_the_readme_is_the_catalog() -> None:
    """The README's table is the one generated from the YAML; `make docs` renews it."""
    text = README.read_text("utf-8")

    assert updated(text) == text
