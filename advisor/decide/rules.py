"""The rules of thumb behind the advice, each with its source, evidence mark and day of last check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from advisor.decide.advice import Evidence
from advisor.documents import read_document, refusal
from advisor.errors import BadCatalog
from advisor.frozen import Frozen

_MARKS = {"primary": Evidence.PRIMARY, "secondary": Evidence.SECONDARY, "ours": Evidence.OURS}


class Rule(Frozen):
    """One rule of thumb. Numbers are orders of magnitude: no rule excludes a model by itself."""

    text: Annotated[str, Field(min_length=10, max_length=600)]
    number: str | None = None
    """The figure it turns on, in words: "8.5 median, 23 at the 95th percentile"."""
    source: Annotated[str, Field(min_length=3)]
    url: str | None = None
    evidence: Literal["primary", "secondary", "ours"]
    checked: date
    """Day the source was last read."""

    @property
    def mark(self) -> Evidence:
        """How well it is supported."""
        return _MARKS[self.evidence]


class _File(Frozen):
    """One file of `catalog/rules/`: the rules of one step."""

    step: str
    rules: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Rule]


def parse_rules(text: str, source: str) -> dict[str, Rule]:
    """The rules of one file by key, such as `access.axes`.

    Raises:
        BadCatalog: The file breaks a rule.
    """
    raw = read_document(text, source, BadCatalog)
    try:
        found = _File.model_validate(raw)
    except ValidationError as error:
        raise refusal(BadCatalog, source, _File, error) from error
    return {f"{found.step}.{name}": rule for name, rule in found.rules.items()}


def parse_rulebook(files: Mapping[str, str]) -> dict[str, Rule]:
    """All rules by key, from file name -> text.

    Raises:
        BadCatalog: A file breaks a rule, or a key stands in two files.
    """
    book: dict[str, Rule] = {}
    for source, text in files.items():
        for key, rule in parse_rules(text, source).items():
            if key in book:
                raise BadCatalog(source, key, "stands in another file already.", "Keep one of them.")
            book[key] = rule
    return book
