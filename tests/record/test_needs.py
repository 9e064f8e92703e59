"""What each hard need rests on, what is unknown about it, and what happens then."""

from __future__ import annotations

import json

import pytest

from advisor.record.formats import FORMATS
from advisor.record.record import Record
from tests.record.test_bill import record_of


@pytest.mark.parametrize("name", ["md", "html"])
def test_each_hard_need_has_value_source_and_day(name: str) -> None:
    """EU processing and no training of the chosen offer stand with their source, its day and address."""
    text = FORMATS[name].render(record_of("2-document_qa")).decode()
    _, _, table = text.partition("What each hard need rests on for")
    table = table.partition("Weights, each")[0]

    for need in ("No training on your data: yes", "Processing inside the EU: yes", "Commercial use allowed"):
        row = table.partition(need)[2].splitlines()[:4]
        assert "2026-11-22" in " ".join(row) or "2026-09-30" in " ".join(row), need
    assert "zero-data-retention" in text


def test_the_facts_behind_needs_stand_in_the_json() -> None:
    """Value 1 (yes), name, day and address of the source; an unknown need has no figure."""
    known = json.loads(FORMATS["json"].render(record_of("2-document_qa")))["outcome"]["ranking"][0]["needs"]
    eu = next(need for need in known if need["criterion"] == "eu_processing")
    assert eu["figure"]["value"]["mid"] == 1.0
    assert eu["figure"]["source"]["as_of"] == "2026-11-22"
    assert eu["figure"]["source"]["url"].startswith("https://docs.cloud.google.com/")

    open_ = json.loads(FORMATS["json"].render(record_of("4-extraction_batch")))["outcome"]["ranking"][0]
    missing = {need["criterion"] for need in open_["needs"] if need["figure"] is None}
    assert missing >= {"eu_processing", "no_training_on_data"}


def test_unknown_needs_speak_against_the_choice_on_the_first_page() -> None:
    """ "In short" names them, and section 3 says that an offer with unknown needs stays in."""
    text = FORMATS["md"].render(record_of("4-extraction_batch")).decode()
    short = text.partition("What speaks against it?")[2].splitlines()[0]

    assert "not known whether it meets 5 hard needs: No training on your data, Processing inside" in short
    assert "stays in, because" in text
    assert "| Processing inside the EU: yes | unknown | unknown |" in text
    assert "So is one that is not known" in FORMATS["md"].render(record_of("2-document_qa")).decode()


def test_a_moving_alias_speaks_against_the_choice_on_the_first_page() -> None:
    """An id that can be re-pointed is named in "In short"."""
    text = FORMATS["md"].render(record_of("3-coding_agent")).decode()
    short = text.partition("What speaks against it?")[2].splitlines()[0]

    assert "can be re-pointed" in short


def test_every_format_says_what_of_100_means_and_that_shares_are_rounded(record: Record) -> None:
    """One line each, in the text and on the page alike."""
    for name in ("md", "html"):
        text = FORMATS[name].render(record).decode()
        assert "percentile among the models that each published benchmark covers" in text
        assert "each is rounded" in text
