"""Hostile text in every place a record shows: it stays text in every format."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.case import Case, ProbePlan, ProbePrompt
from advisor.record.blocks import Bar, Bars, one_line
from advisor.record.formats import FORMATS
from advisor.record.markdown import escaped, line_start
from advisor.record.record import Evidence, EvidenceFigure, Record, make_record, read_record, record_json
from advisor.record.svg import bars_svg
from tests.record.conftest import DAY, a_catalog, a_decision, a_model

ATTACKS = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></style></svg><svg onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a> [x](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "| a | b |\n| --- | --- |",
    "line one\n# Heading\n- item\n---\nstatus: accepted",
    "```\ncode\n``` `x` ~~~",
    "{{ 7 * 7 }} {% for x in y %} ${7*7}",
    '#read("/etc/passwd") #eval("1+1") $x$ @ref <label>',
    "=cmd|'/C calc'!A0",
    "\u202egnp.exe\u2066 \x1b[31m \x00 \ud800",
    "&lt;script&gt; &amp; &#x3c;",
    "]]> <!-- --> <![CDATA[",
    "@everyone https://evil.example",
]


class Tags(HTMLParser):
    """Collects every tag and attribute name and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.text: list[str] = []
        self.comments = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def poisoned(text: str) -> Record:
    """A record with `text` in every place that people, providers and catalogs write in."""
    clean = text.encode("utf-8", "replace").decode()
    short = clean[:119]
    catalog = a_catalog(a_model("Alpha", note=clean), a_model("Beta"), source_name=clean, provider=clean)
    renamed = tuple(model.model_copy(update={"name": clean}) for model in catalog.models)
    catalog = catalog.model_copy(update={"models": renamed})
    decision = a_decision(catalog, ("alpha",), ("beta",))
    decision = replace(
        decision, headline=clean, confidence=clean, weights_from=clean, ranking=tuple(
            replace(row, reasons_for=(clean,), reasons_against=(clean,), verify=(clean,))
            for row in decision.ranking
        )
    )  # fmt: skip
    prompt = ProbePrompt(id="p1", text=clean, system=clean, expected=clean)
    case = Case(name=short, purpose=clean, notes=clean, deciders=(short,), probe=ProbePlan(prompts=(prompt,)))
    record = make_record(case, decision, catalog, app_version="0.1.0", created=DAY)
    run = Evidence(
        offer=clean, model_returned=clean, provider=clean, run=clean, day=DAY, samples=1, effort=clean,
        figures=(EvidenceFigure(metric="m", label=clean, unit=clean, value=1.0, n=1),),
    )  # fmt: skip
    return record.with_changes(evidence=(run,), chosen_because=clean)


@pytest.fixture(scope="module")
def harmless() -> Tags:
    """What the page of a record without any attack consists of."""
    return Tags(FORMATS["html"].render(poisoned("plain words")).decode())


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_gains_no_tag_and_no_attribute(attack: str, harmless: Tags) -> None:
    """The page of a poisoned record has exactly the tags and attributes of a harmless one."""
    page = Tags(FORMATS["html"].render(poisoned(attack)).decode())
    assert page.tags == harmless.tags
    assert page.names == harmless.names
    assert page.comments == 0


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_shows_the_text_as_written(attack: str) -> None:
    """Escaping loses nothing a reader could see."""
    clean = attack.encode("utf-8", "replace").decode()
    page = Tags(FORMATS["html"].render(poisoned(attack)).decode())
    assert one_line(clean) in "".join(page.text)


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_keeps_its_shape(attack: str) -> None:
    """A poisoned record has the headings, table widths and front matter of a harmless one."""
    plain = FORMATS["md"].render(poisoned("plain words")).decode()
    page = FORMATS["md"].render(poisoned(attack)).decode()
    assert _headings(page) == _headings(plain)
    assert _widths(page) == _widths(plain)
    assert yaml.safe_load(page.split("---\n")[1]).keys() == yaml.safe_load(plain.split("---\n")[1]).keys()
    assert "<" not in page
    assert not re.search(r"(?<!\\)\]\(", page)


def _headings(page: str) -> list[str]:
    return re.findall(r"^#+ (?:\d+\.|Appendix)|^#{1,6} ", page, re.MULTILINE)


def _widths(page: str) -> list[int]:
    rows = re.findall(r"^\|.*\|$", page, re.MULTILINE)
    return [len(re.findall(r"(?<!\\)\|", row)) for row in rows]


@pytest.mark.parametrize("attack", ATTACKS)
def test_json_keeps_the_text_exactly(attack: str) -> None:
    """JSON carries every text unchanged and reads back as the same record."""
    record = poisoned(attack)
    text = record_json(record)
    assert read_record(text, "r.json") == record
    document: Any = json.loads(text)
    assert document["case"]["notes"] == attack.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("attack", ATTACKS)
def test_chart_texts_stay_texts(attack: str) -> None:
    """Labels of charts cannot leave their element."""
    bar = Bar(attack, 0.5, 0.4, 0.6, attack)
    drawn = Tags(bars_svg(Bars(attack, attack, (bar,), 1.0), "chart"))
    plain = Tags(bars_svg(Bars("a", "a", (Bar("a", 0.5, 0.4, 0.6, "a"),), 1.0), "chart"))
    assert (drawn.tags, drawn.names) == (plain.tags, plain.names)


@given(st.text())
def test_escaped_markdown_never_opens_anything(text: str) -> None:
    """Whatever the text: one line, no tag, no unescaped table bar, link, code or emphasis sign."""
    line = line_start(text)
    assert "\n" not in line
    assert "<" not in line
    bare = re.sub(r"\\[\\`*_\[\]|~#+=-]", "", line)
    assert not re.search(r"[`*_\[\]|~]", bare)
    assert not re.match(r"#{1,6}(\s|$)|[-+](\s|$)|\d+[.)](\s|$)|[-=]{2,}", bare)


@given(st.text(alphabet=st.characters(blacklist_characters="\\&<>@`*_[]|~")))
def test_escaping_leaves_plain_words_alone(text: str) -> None:
    """Text without signs of Markdown stays as it is, on one line."""
    assert escaped(text) == one_line(text)


@given(st.text())
def test_one_line_shows_what_it_cannot_keep(text: str) -> None:
    """No control character and no sign that reorders letters survives, and doing it twice changes nothing."""
    line = one_line(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)
    assert one_line(line) == line
