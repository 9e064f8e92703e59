"""The record as a value: made from a decision, written as canonical JSON, read back with care."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema
import pytest

from advisor.case import Case
from advisor.catalog.entries import Catalog
from advisor.decide.decision import Decision
from advisor.errors import BadRecord
from advisor.record.formats import FORMATS
from advisor.record.recheck import recheck
from advisor.record.record import (
    Evidence,
    Record,
    make_record,
    read_record,
    record_digest,
    record_json,
    record_schema,
)

DAY = date(2026, 11, 24)


def test_round_trip_gives_the_same_bytes(record: Record, evidence: Evidence) -> None:
    """Reading a record's JSON and writing it again changes not one byte."""
    full = record.with_changes(evidence=(evidence,), status="accepted")
    assert record_json(read_record(record_json(full), "r.json")) == record_json(full)


def test_json_is_canonical(record: Record) -> None:
    """Keys are sorted, the text is ASCII and ends in exactly one newline."""
    text = record_json(record).decode("ascii")
    assert text.endswith("}\n")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"


def test_equal_decisions_give_equal_records(
    case: Case, decision: Decision, catalog: Catalog, record: Record
) -> None:
    """Making the record twice gives the same digest."""
    again = make_record(case, decision, catalog, app_version="0.1.0", created=DAY)
    assert record_digest(again) == record_digest(record)


def test_the_leader_is_the_choice(record: Record) -> None:
    """A new record chooses the leading offer and names its source, not the source's key."""
    assert record.chosen == "alpha@host"
    assert record.choice is not None
    assert record.choice.facts.price_source is not None
    assert record.choice.facts.price_source.name == "Price page"


def test_nothing_stated_chooses_nothing(case: Case, decision: Decision, catalog: Catalog) -> None:
    """A case that says nothing has a ranking and no choice, and the record says so in those words."""
    blank = replace(decision, stated=False, title="Nothing stated yet")
    record = make_record(case, blank, catalog, app_version="0.1.0", created=DAY)
    assert record.chosen is None
    page = FORMATS["md"].render(record).decode()
    assert "Nothing was chosen." in page
    assert "The method's answer: Nothing stated yet. " in page
    assert recheck(record, catalog, DAY).verdict.startswith("Nothing was chosen, so nothing")


def test_no_model_fits_makes_a_record(case: Case, no_fit: Decision, catalog: Catalog) -> None:
    """ "No model fits" is kept like any other answer."""
    empty = make_record(case, no_fit, catalog, app_version="0.1.0", created=DAY)
    assert empty.chosen is None
    assert read_record(record_json(empty), "r.json") == empty


def test_review_day_is_three_months_later(case: Case, decision: Decision, catalog: Catalog) -> None:
    """The starting review day lies three months ahead, also over a year's end and at a month's end."""
    late = make_record(case, decision, catalog, app_version="0.1.0", created=date(2026, 11, 30))
    assert late.revisit.review_day == date(2027, 2, 28)


def test_simulated_evidence_marks_the_record(record: Record, evidence: Evidence) -> None:
    """One simulated run is enough to mark the whole record."""
    assert not record.simulated
    assert record.with_changes(evidence=(evidence,)).simulated


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ((), "surprise"),
        (("case",), "case.surprise"),
        (("case", "workload"), "case.workload.surprise"),
        (("outcome",), "outcome.surprise"),
        (("outcome", "profile"), "outcome.profile.surprise"),
        (("revisit",), "revisit.surprise"),
    ],
)
def test_unknown_keys_are_refused(record: Record, path: tuple[str, ...], field: str) -> None:
    """A key this version does not know is an error that names file and field."""
    document: Any = json.loads(record_json(record))
    place = document
    for step in path:
        place = place[step]
    place["surprise"] = 1
    with pytest.raises(BadRecord) as error:
        read_record(json.dumps(document), "mine.json")
    assert error.value.field == field
    assert str(error.value).startswith(f"mine.json: {field}: unknown key")


def test_newer_version_is_refused_with_words(record: Record) -> None:
    """A record from a newer version says which versions are involved, before any other complaint."""
    document: Any = json.loads(record_json(record)) | {"version": 2, "novelty": True}
    with pytest.raises(BadRecord, match=r"has version 2; this product reads version 1.*newer version"):
        read_record(json.dumps(document), "r.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "NaN", "[" * 100_000, "\x00", '"text"', "9" * 5000])
def test_what_is_no_record_is_refused(text: str) -> None:
    """Whatever is not a JSON object is refused as a bad record, never as a crash."""
    with pytest.raises(BadRecord, match=r"r\.json"):
        read_record(text, "r.json")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999"])
def test_figures_that_are_no_numbers_are_refused(record: Record, value: str) -> None:
    """Infinite figures and figures that are no numbers cannot enter through a file."""
    text = record_json(record).decode().replace('"p_first": 0.71', f'"p_first": {value}')
    with pytest.raises(BadRecord, match=r"r\.json.*(not a number|p_first)"):
        read_record(text, "r.json")


def test_ranges_out_of_order_are_refused(record: Record) -> None:
    """An interval whose low end lies above its high end is refused."""
    document: Any = json.loads(record_json(record))
    document["outcome"]["ranking"][0]["score"] = {"low": 0.9, "mid": 0.5, "high": 0.1}
    with pytest.raises(BadRecord, match="out of order"):
        read_record(json.dumps(document), "r.json")


def test_schema_accepts_what_is_written(record: Record, evidence: Evidence) -> None:
    """The published JSON Schema accepts the JSON that is written, and refuses unknown keys."""
    document: Any = json.loads(record_json(record.with_changes(evidence=(evidence,))))
    checker = jsonschema.Draft202012Validator(record_schema())
    checker.validate(document)
    assert not checker.is_valid(document | {"surprise": 1})


def test_a_case_is_not_taken_for_a_record() -> None:
    """Who gives a case where a record is wanted reads so, and what to do, instead of a missing field."""
    with pytest.raises(BadRecord, match=r"mine\.json: this is a case, not a record.*advisor record CASE"):
        read_record(Case(purpose="Answer letters").model_dump_json(), "mine.json")
