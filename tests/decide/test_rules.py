"""Rule files: checked like the rest of the catalog."""

from __future__ import annotations

import pytest

from advisor.decide.advice import Evidence
from advisor.decide.rules import parse_rulebook, parse_rules
from advisor.errors import BadCatalog

GOOD = """
step: access
rules:
  axes:
    text: Seven things decide it.
    number: 7 axes
    source: A book
    evidence: primary
    checked: 2026-11-22
"""


def test_rules_by_key() -> None:
    """A rule is found by step and name, with its evidence mark."""
    rule = parse_rules(GOOD, "rules/access.yaml")["access.axes"]
    assert rule.mark is Evidence.PRIMARY
    assert rule.number == "7 axes"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("evidence: primary", "evidence: hearsay"), "rules.axes.evidence"),
        (("    source: A book\n", ""), "rules.axes.source"),
        (("number:", "figure:"), "rules.axes.figure"),
        (("checked: 2026-11-22", "checked: soon"), "rules.axes.checked"),
        (("step: access", "steps: access"), "step"),
    ],
)
def test_refused(change: tuple[str, str], field: str) -> None:
    """A broken rule names file, field and what to do."""
    with pytest.raises(BadCatalog) as refusal:
        parse_rules(GOOD.replace(*change), "rules/access.yaml")
    assert refusal.value.source == "rules/access.yaml"
    assert refusal.value.field == field


def test_one_rule_in_two_files() -> None:
    """A key may stand in one file only."""
    with pytest.raises(BadCatalog, match="another file"):
        parse_rulebook({"a.yaml": GOOD, "b.yaml": GOOD})
