"""The guide: short chapters on how models come about and behave, each section tied to what it bears on.

A chapter is a Markdown file: a title line, an opening paragraph, then sections. A section's last lines say
`Bears on: knowledge, tuning` (addresses of pages) and `Read on: [title](https://...)`. A link to `term:KEY`
leads to the glossary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from advisor.errors import BadCatalog
from advisor.frozen import Frozen

_TERM = re.compile(r"\]\(term:([a-z0-9-]+)\)")
_SECTION = re.compile(r"^## ", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]+\]\(https://[^\s)]+\)")
_BEARS_ON, _READ_ON = "Bears on:", "Read on:"


class Section(Frozen):
    """One short piece of a chapter."""

    title: str
    text: str
    """Markdown of ours; links to terms stand as `term:KEY`."""
    bears_on: tuple[str, ...]
    """Addresses of the pages it bears on, decisions first."""
    read_on: str
    """Markdown links to the literature."""


class Chapter(Frozen):
    """One chapter."""

    key: str
    title: str
    opening: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """All its words."""
        return "\n\n".join((self.opening, *(section.text for section in self.sections)))


def parse_guide(files: Mapping[str, str]) -> tuple[Chapter, ...]:
    """The chapters in the order of their files, from file name -> text.

    Raises:
        BadCatalog: A chapter lacks its title, or a section what it bears on or where to read on.
    """
    return tuple(_chapter(source, text) for source, text in files.items())


def terms_in(text: str) -> tuple[str, ...]:
    """Keys of the glossary's terms the text links to."""
    return tuple(_TERM.findall(text))


def with_links(text: str, to_term: Callable[[str], str]) -> str:
    """The Markdown with its links to terms made addresses.

    Args:
        text: Markdown of a chapter.
        to_term: Gives the address of a term by its key.
    """
    return _TERM.sub(lambda found: f"]({to_term(found[1])})", text)


def _chapter(source: str, text: str) -> Chapter:
    head, *rest = _SECTION.split(text)
    first, _, opening = head.strip().partition("\n")
    if not first.startswith("# ") or not rest:
        raise BadCatalog(
            source, "", "has no title or no section.", "Begin with `# Title`, then `## Section`."
        )
    key = source.rpartition("/")[2].removesuffix(".md").partition("-")[2]
    sections = tuple(_section(source, part) for part in rest)
    return Chapter(key=key, title=first[2:].strip(), opening=opening.strip(), sections=sections)


def _section(source: str, part: str) -> Section:
    title, _, body = part.partition("\n")
    kept = [line for line in body.strip().splitlines() if not line.startswith((_BEARS_ON, _READ_ON))]
    bears_on = tuple(name.strip() for name in _said(body, _BEARS_ON).split(",") if name.strip())
    read_on = _said(body, _READ_ON)
    if not bears_on or not _LINK.search(read_on):
        hint = f"End it with `{_BEARS_ON} PAGE` and `{_READ_ON} [title](https://...)`."
        raise BadCatalog(source, title, "does not say what it bears on or where to read on.", hint)
    return Section(title=title.strip(), text="\n".join(kept).strip(), bears_on=bears_on, read_on=read_on)


def _said(body: str, label: str) -> str:
    return next((line[len(label) :].strip() for line in body.splitlines() if line.startswith(label)), "")
