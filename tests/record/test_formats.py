"""The same content in every format: order, marks, shape and size."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
import yaml

from advisor.case import Case
from advisor.catalog.entries import Catalog
from advisor.decide.decision import Decision
from advisor.interval import Interval
from advisor.record.blocks import Bars, Paragraph, Table
from advisor.record.content import content_of
from advisor.record.formats import FORMATS
from advisor.record.record import Evidence, Record, make_record

DAY = date(2026, 11, 24)
VOID = {"meta", "br", "hr", "img", "link", "input", "rect", "path"}
KEYS = [
    "decision", "answers", "drivers", "options", "excluded", "against", "changes", "cost", "evidence",
    "guardrails", "confirmation", "revisit", "collect", "appendix",
]  # fmt: skip


class Balanced(HTMLParser):
    """Collects tags and fails on any that is not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID or (self.open and self.open[-1] == tag):
            assert self.open.pop() == tag


def parsed(page: str) -> Balanced:
    """The page, checked for balance."""
    parser = Balanced()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


def shown(record: Record, key: str) -> str:
    """The record in one format, as text."""
    return FORMATS[key].render(record).decode()


def test_sections_stand_in_order(record: Record) -> None:
    """Sections 1 to 13 and the appendix follow the order of the contents list, each numbered once."""
    sections = content_of(record).sections
    assert [section.key for section in sections] == KEYS
    numbers = [section.heading.split(".")[0] for section in sections[:-1]]
    assert numbers == [str(number) for number in range(1, 14)]


@pytest.mark.parametrize("key", ["md", "html"])
def test_every_section_is_in_every_format(record: Record, key: str) -> None:
    """Markdown and HTML carry every heading, in order."""
    page = shown(record, key)
    places = [page.rindex(heading.split(". ", 1)[-1]) for heading in _headings(record)]
    assert places == sorted(places)


def _headings(record: Record) -> list[str]:
    return [section.heading for section in content_of(record).sections]


@pytest.mark.parametrize("key", ["md", "html"])
@pytest.mark.parametrize(
    "figure",
    [
        "Chosen: Alpha (Host)",
        "71 %",
        "10,000 draws",
        "$0.02",
        "Alpha is not the cheapest.",
        "Beta wins if Alpha costs over $0.05.",
        "context 128,000 tokens &lt; 200,000 needed",
        "15 steps",
        "2027-02-24",
        "Price page, 2026-11-20, published",
        "Zero retention is not confirmed.",
        "How hard are the tasks?",
        "Head of support and Data protection officer",
        "seed 7",
        "Annex III",
    ],
)
def test_what_a_reader_needs_is_there(record: Record, key: str, figure: str) -> None:
    """What was chosen, how sure, at what cost, what against, what would change it, when to look again."""
    assert figure in shown(record, key)


def test_unknown_is_written_as_unknown(case: Case, decision: Decision, catalog: Catalog) -> None:
    """A missing cost or fact appears as the word, never as zero or a gap."""
    leader = decision.ranking[0]
    parts = (
        leader.contributions[0],
        replace(leader.contributions[1], reading=None, value=Interval(0, 0.5, 1)),
    )
    blind = replace(leader, contributions=parts, usd_per_request=None, usd_per_month=None)
    changed = replace(decision, ranking=(blind, *decision.ranking[1:]))
    record = make_record(case, changed, catalog, app_version="0.1.0", created=DAY)
    page = shown(record, "md")
    assert "at a cost of unknown per finished task, unknown per month" in page
    assert "Cost of the choice is unknown: it moves the score by up to 40.0 points of 100." in page
    assert "| Per month | unknown | unknown | unknown |" in page


def test_simulated_is_marked_beside_the_figure(
    record: Record, evidence: Evidence, measured: Callable[[], Case]
) -> None:
    """Every simulated figure has the word beside it; real figures do not. A run's figures are told once."""
    page = shown(record.with_changes(evidence=(evidence,), case=measured()), "md")
    assert "| 0.4 s (0.3 to 0.6 s) (simulated) | 9 |" in page
    assert "0.4 s (no interval)" not in page
    assert "| 0.4 s (no interval) (simulated) | 9 |" in shown(record.with_changes(case=measured()), "md")
    assert "| 90 % (60 to 98 %) | 10 |" in page
    assert "Caution: contains simulated figures" in page


def test_nothing_measured_is_said(record: Record) -> None:
    """A record without probes says that nothing was measured."""
    assert "Nothing was measured" in shown(record, "html")


def test_a_choice_against_the_ranking_is_said(record: Record) -> None:
    """When the deciders choose another offer than the leader, the first sentence names both."""
    own = record.with_changes(chosen="beta@host", chosen_because="We know this vendor.")
    page = shown(own, "md")
    assert "It ranks 2; the leading offer is Alpha (Host)." in page
    assert "The deciders add: We know this vendor." in page


def test_no_model_fits_reads_well(case: Case, no_fit: Decision, catalog: Catalog) -> None:
    """ "No model fits" gives a complete record in every format, with what to relax."""
    record = make_record(case, no_fit, catalog, app_version="0.1.0", created=DAY)
    assert FORMATS["pdf"].render(record).startswith(b"%PDF-")
    for key in ("md", "html", "json"):
        assert b"Without the context need" in FORMATS[key].render(record)
    assert "nothing was chosen" in shown(record, "md")


def test_html_is_well_formed_small_and_without_script(record: Record, evidence: Evidence) -> None:
    """The page closes every tag, stays under 200 KB, loads nothing and runs nothing."""
    page = shown(record.with_changes(evidence=(evidence,)), "html")
    parser = parsed(page)
    assert len(page.encode()) < 200_000
    assert not {"script", "iframe", "object", "link", "form", "img"} & set(parser.tags)
    names = {name for name, _ in parser.attributes}
    assert not [name for name in names if name.startswith("on")]
    assert {value for name, value in parser.attributes if name == "href"} == {f"#{key}" for key in KEYS}
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page


def test_html_can_be_used_without_eyes(record: Record) -> None:
    """Language, one main heading, captions, table headers and chart descriptions are in place."""
    page = shown(record, "html")
    tags = parsed(page).tags
    assert '<html lang="en">' in page
    assert tags.count("h1") == 1
    assert tags.count("h2") == len(KEYS)
    assert tags.count("caption") == tags.count("table")
    assert tags.count("desc") == tags.count("svg") == 1
    assert 'scope="col"' in page
    assert 'scope="row"' in page


def test_html_prints_and_follows_the_reader(record: Record) -> None:
    """The page has a print style and follows the reader's light or dark preference."""
    page = shown(record, "html")
    assert "@media print" in page
    assert "prefers-color-scheme:dark" in page


def test_html_stays_small_over_a_large_catalog(record: Record) -> None:
    """Three hundred excluded offers and a hundred prompts still make a page under 200 KB."""
    outs = tuple(
        record.outcome.excluded[0].model_copy(update={"id": f"m{i}@host", "words": "w" * 500})
        for i in range(300)
    )
    prompts = tuple(
        record.case.probe.prompts[0].model_copy(update={"id": f"p{i}", "text": "long " * 50_000})
        for i in range(100)
    )
    probe = record.case.probe.model_copy(update={"prompts": prompts})
    large = record.model_copy(
        update={
            "outcome": record.outcome.model_copy(update={"excluded": outs}),
            "case": record.case.model_copy(update={"probe": probe}),
        }
    )
    assert len(FORMATS["html"].render(large)) < 200_000


def test_markdown_has_front_matter_and_whole_tables(record: Record) -> None:
    """The front matter is valid YAML, and every table row has as many cells as its header."""
    page = shown(record, "md")
    front = yaml.safe_load(page.split("---\n")[1])
    assert front["status"] == "draft"
    assert front["decision-makers"] == ["Head of support", "Data protection officer"]
    for table in re.findall(r"(?:^\|.*\|$\n?)+", page, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.strip().splitlines()}
        assert len(widths) == 1


def test_charts_stand_beside_a_table_with_the_same_figures(record: Record) -> None:
    """Each bar's figure can be read in the table that follows the chart."""
    options = content_of(record).sections[3].blocks
    chart, table = options[0], options[1]
    assert isinstance(chart, Bars)
    assert isinstance(table, Table)
    for bar, row in zip(chart.bars, table.rows, strict=True):
        assert bar.text in row[2]
        assert sum(part.value for part in bar.parts) == pytest.approx(bar.value)


def test_the_checklist_judges_nothing(record: Record) -> None:
    """The checklist states the team's own answer and that it is no verdict."""
    section = content_of(record.with_changes(annex_iii="yes")).sections[12]
    first = section.blocks[0]
    assert isinstance(first, Paragraph)
    assert first.text.endswith("The team's own answer: yes.")
    assert isinstance(section.blocks[-1], Paragraph)
    assert "no verdict" in section.blocks[-1].text


def test_equal_reasons_share_a_row(record: Record) -> None:
    """Offers out for the same reason stand in one row, a long list is counted."""
    first = record.outcome.excluded[0]
    many = tuple(first.model_copy(update={"id": f"m{i}@host", "label": f"M{i}"}) for i in range(15))
    outcome = record.outcome.model_copy(update={"excluded": many})
    table = content_of(record.model_copy(update={"outcome": outcome})).sections[4].blocks[0]
    assert isinstance(table, Table)
    names = ", ".join(f"M{i}" for i in range(6))
    assert table.rows == (("context 128,000 tokens < 200,000 needed", f"{names} and 9 others"),)


def test_long_lists_of_flip_points_are_counted(record: Record) -> None:
    """Twelve flip points are told, weights first; the rest is counted, not dropped in silence."""
    weight, fact = record.outcome.flips
    flips = (*[fact] * 20, weight)
    outcome = record.outcome.model_copy(update={"flips": flips})
    page = shown(record.model_copy(update={"outcome": outcome}), "md")
    section = page.split("## 7.")[1].split("## 8.")[0]
    assert section.index(weight.words) < section.index(fact.words)
    assert "- 9 more points in the JSON file of this record." in section


def test_close_calls_are_named(record: Record) -> None:
    """Offers too close to the choice are named where the sureness is stated."""
    first, second = record.outcome.ranking
    tied = second.model_copy(update={"tie_group": first.tie_group})
    outcome = record.outcome.model_copy(update={"ranking": (first, tied)})
    page = shown(record.model_copy(update={"outcome": outcome}), "md")
    assert "Too close to call with Beta (Host)." in page
    assert "The two are too close to call." in page


def test_flaws_of_the_choice_are_told(record: Record) -> None:
    """Dominance, an announced end and a moving alias stand among the reasons against the choice."""
    first, second = record.outcome.ranking
    facts = first.facts.model_copy(update={"last_day": date(2027, 5, 1), "moving_alias": True})
    bad = first.model_copy(update={"dominated_by": (second.id,), "facts": facts})
    outcome = record.outcome.model_copy(update={"ranking": (bad, second)})
    page = shown(record.model_copy(update={"outcome": outcome}), "md")
    assert "Beta (Host): at least as good on every criterion that counts." in page
    assert "Its provider announced its last day: 2027-05-01." in page
    assert "moving alias" in page
