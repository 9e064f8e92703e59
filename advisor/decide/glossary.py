"""The field's words in plain language, each with its unit, where it matters, and a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field, ValidationError

from advisor.documents import read_document, refusal
from advisor.errors import BadCatalog
from advisor.frozen import Frozen

_Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Term(Frozen):
    """One word of the field."""

    name: Annotated[str, Field(min_length=2, max_length=60)]
    also: tuple[Annotated[str, Field(min_length=2, max_length=60)], ...] = ()
    """Other words for the same."""
    meaning: Annotated[str, Field(min_length=20, max_length=600)]
    """In plain words, one to three sentences."""
    unit: str = ""
    """Unit it is counted in; empty for words that are no quantity."""
    bears_on: Annotated[tuple[_Key, ...], Field(min_length=1)]
    """Addresses of the pages it matters on, the most important first: decisions, brief, result, probe …"""
    also_on: tuple[_Key, ...] = ()
    """Further pages the word stands on."""
    see: tuple[_Key, ...] = ()
    """Keys of neighbouring terms."""
    source: Annotated[str, Field(min_length=3, max_length=200)]
    url: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Every way it is written."""
        return (self.name, *self.also)


class _File(Frozen):
    """One file of `catalog/glossary/`: the terms of one field."""

    field: Annotated[str, Field(min_length=3, max_length=60)]
    terms: dict[_Key, Term]


class Glossary(Frozen):
    """Every term by key, and the keys of each field in the order of the files."""

    terms: dict[str, Term]
    fields: dict[str, tuple[str, ...]]

    def on_page(self, path: str) -> dict[str, Term]:
        """The terms that matter on the page with that address, by name."""
        found = {key: term for key, term in self.terms.items() if path in (*term.bears_on, *term.also_on)}
        return dict(sorted(found.items(), key=lambda item: item[1].name.lower()))

    def search(self, text: str) -> dict[str, Term]:
        """Terms whose names or meaning hold every word of `text`; those named so come first."""
        parts = text.lower().split()
        found = {key: term for key, term in self.terms.items() if _holds(_everything(key, term), parts)}
        return dict(sorted(found.items(), key=lambda item: not _holds(_names(item[0], item[1]), parts)))


def parse_glossary(files: Mapping[str, str]) -> Glossary:
    """The glossary, from file name -> text.

    Raises:
        BadCatalog: A file breaks a rule, a key stands in two files, or a term names a neighbour that is none.
    """
    terms: dict[str, Term] = {}
    fields: dict[str, tuple[str, ...]] = {}
    for source, text in files.items():
        found = _parsed(text, source)
        fields[found.field] = tuple(found.terms)
        for key, term in found.terms.items():
            if key in terms:
                raise BadCatalog(source, key, "stands in another file already.", "Keep one of them.")
            terms[key] = term
    for key, term in terms.items():
        if lost := [other for other in term.see if other not in terms]:
            hint = "Name keys of other terms under `see`."
            raise BadCatalog("glossary", key, f"there is no term {lost[0]}.", hint)
    return Glossary(terms=terms, fields=fields)


def mentioned(glossary: Glossary, text: str) -> set[str]:
    """Keys of the terms whose name, or another word for it, stands in `text`.

    Abbreviations count as written; ordinary words in capitals or not, singular or plural.
    """
    return {key for key, term in glossary.terms.items() if any(_stands(word, text) for word in term.words)}


def _parsed(text: str, source: str) -> _File:
    raw = read_document(text, source, BadCatalog)
    try:
        return _File.model_validate(raw)
    except ValidationError as error:
        raise refusal(BadCatalog, source, _File, error) from error


def _names(key: str, term: Term) -> str:
    return " ".join((key, *term.words)).lower()


def _everything(key: str, term: Term) -> str:
    return f"{_names(key, term)} {term.meaning.lower()}"


def _holds(text: str, parts: Iterable[str]) -> bool:
    return all(part in text for part in parts)


def _stands(word: str, text: str) -> bool:
    exact = word.upper() == word or any(letter.isupper() for letter in word[1:])
    pattern = rf"(?<![\w-]){re.escape(word)}{'' if exact else 's?'}(?![\w-])"
    return re.search(pattern, text, 0 if exact else re.IGNORECASE) is not None
