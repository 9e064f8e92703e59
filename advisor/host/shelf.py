"""Door: reads the shipped rules, presets and help from disk; all checking is the core's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from advisor.case import Case
from advisor.decide.glossary import Glossary, parse_glossary
from advisor.decide.guide import Chapter, parse_guide
from advisor.decide.intake import read_preset
from advisor.decide.rules import Rule, parse_rulebook
from advisor.decide.worked import WorkedExample, parse_examples
from advisor.errors import NotFound
from advisor.host.paths import catalog_folder


def texts(part: str, folder: Path | None = None, *, ending: str = "yaml") -> dict[str, str]:
    """File name -> text of one part of the catalog, such as `rules`, ordered by name.

    Raises:
        NotFound: The part does not exist.
    """
    where = (folder or catalog_folder()) / part
    if not where.is_dir():
        raise NotFound(f"The catalog has no folder {part}/.", "Install the product again.")
    return {f"{part}/{path.name}": path.read_text("utf-8") for path in sorted(where.glob(f"*.{ending}"))}


@cache
def rulebook() -> dict[str, Rule]:
    """The shipped rules by key, read once.

    Raises:
        BadCatalog: A file breaks a rule.
    """
    return parse_rulebook(texts("rules"))


@cache
def presets() -> tuple[Case, ...]:
    """The shipped presets in the order they are offered, read once.

    Raises:
        BadCase: A file breaks a rule.
    """
    return tuple(
        read_preset(text, source, Path(source).stem.partition("-")[2])
        for source, text in texts("presets").items()
    )


def preset(key: str) -> Case:
    """A preset by its key.

    Raises:
        NotFound: There is none.
    """
    for case in presets():
        if case.preset == key:
            return case
    known = ", ".join(str(case.preset) for case in presets())
    raise NotFound(f"There is no preset called {key}.", f"Choose one of {known}.")


@cache
def glossary() -> Glossary:
    """The shipped glossary, read once.

    Raises:
        BadCatalog: A file breaks a rule.
    """
    return parse_glossary(texts("glossary"))


@cache
def guide() -> tuple[Chapter, ...]:
    """The chapters of the guide in order, read once.

    Raises:
        BadCatalog: A chapter breaks a rule.
    """
    return parse_guide(texts("guide", ending="md"))


@cache
def worked_examples() -> dict[str, WorkedExample]:
    """The worked example of each decision by its key, read once.

    Raises:
        BadCatalog: A file breaks a rule.
    """
    return parse_examples(texts("examples"))
