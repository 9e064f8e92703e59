"""Glossary and guide are data with rules; a broken file names what to mend."""

from __future__ import annotations

import pytest

from advisor.decide.glossary import mentioned, parse_glossary
from advisor.decide.guide import parse_guide, terms_in, with_links
from advisor.decide.worked import parse_examples
from advisor.errors import BadCatalog

SPEED = """
field: Speed
terms:
  ttft:
    name: Time to first token
    also: [TTFT]
    meaning: Seconds until the first piece of the reply.
    bears_on: [probe]
    also_on: [result]
    source: a paper
  batch:
    name: Batch
    meaning: Handed over together, answered by tomorrow.
    bears_on: [brief]
    see: [ttft]
    source: price pages
"""


def test_terms_are_found_by_page_and_by_search() -> None:
    """A page lists what bears on it or stands on it; a search by abbreviation finds the term."""
    book = parse_glossary({"a.yaml": SPEED})

    assert list(book.on_page("result")) == ["ttft"]
    assert list(book.search("ttft")) == ["ttft"]
    assert list(book.search("reply first")) == ["ttft"]
    assert list(book.search("no such word")) == []


def test_named_terms_come_before_terms_that_only_speak_of_them() -> None:
    """Who searches a word finds its own entry first."""
    text = SPEED.replace("Handed over", "Unlike the time to first token, handed over")

    assert list(parse_glossary({"a.yaml": text}).search("first token")) == ["ttft", "batch"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Two batches, a BATCH", {"batch"}),
        ("The TTFT is 1 s", {"ttft"}),
        ("the ttft", set[str]()),
        ("batch-wise", set[str]()),
    ],
)
def test_a_word_is_recognised_where_it_stands_alone(text: str, found: set[str]) -> None:
    """Ordinary words in any case, abbreviations as written, never inside another word."""
    assert mentioned(parse_glossary({"a.yaml": SPEED}), text) == found


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.yaml": SPEED, "b.yaml": SPEED}, "another file"),
        ({"a.yaml": SPEED.replace("see: [ttft]", "see: [gone]")}, "no term gone"),
        ({"a.yaml": SPEED.replace("    source: price pages\n", "")}, "source"),
    ],
)
def test_a_broken_glossary_is_refused_in_words(files: dict[str, str], said: str) -> None:
    """A key twice, a neighbour that is none, a missing source: each is named."""
    with pytest.raises(BadCatalog, match=said):
        parse_glossary(files)


CHAPTER = """# Data first

Why.

## Quality

Read [them](term:data-quality).

Bears on: tuning, knowledge
Read on: [LIMA](https://arxiv.org/abs/2305.11206)
"""


def test_a_chapter_knows_what_each_section_bears_on() -> None:
    """Title, sections, pages and terms are read from the Markdown."""
    (chapter,) = parse_guide({"guide/1-data.md": CHAPTER})

    assert (chapter.key, chapter.title, chapter.opening) == ("data", "Data first", "Why.")
    assert chapter.sections[0].bears_on == ("tuning", "knowledge")
    assert terms_in(chapter.text) == ("data-quality",)
    assert with_links("[a](term:b)", lambda key: f"x?t={key}") == "[a](x?t=b)"


@pytest.mark.parametrize("line", ["# Data first", "Bears on: tuning, knowledge", "Read on: [LIMA]"])
def test_a_chapter_that_leads_nowhere_is_refused(line: str) -> None:
    """Without title, decision or literature a chapter is not taken."""
    with pytest.raises(BadCatalog):
        parse_guide({"guide/1-data.md": CHAPTER.replace(line, "")})


def test_an_example_answers_as_the_page_would_allow() -> None:
    """An answer outside a question's options is refused with its place."""
    text = (
        "step: tuning\ntitle: Labels\nsituation: Tickets are sorted into forty labels.\n"
        "answers: {purpose: nonsense}\narithmetic: One and one are two, as anybody can see.\nholds: []\n"
    )

    with pytest.raises(BadCatalog, match=r"answers\.purpose"):
        parse_examples({"examples/tuning.yaml": text})
