"""The report as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json

import jsonschema

from advisor.dataset.check import Source, check_dataset
from advisor.dataset.document import findings_csv, readiness_document, readiness_schema, summary
from advisor.dataset.expectation import Expectation
from advisor.dataset.findings import Coverage, DatasetReport, Finding, Quality, Severity, quote
from advisor.dataset.guide import GUIDE
from advisor.interval import Interval
from tests.dataset.sets import Row, as_jsonl, chat, clean_rows


def report_of(rows: list[Row | str], *, evaluation: bool = False) -> DatasetReport:
    """The report on rows, with a technique in mind."""
    held_back = Source("e.jsonl", [as_jsonl([*clean_rows(20, seed=4)])]) if evaluation else None
    wish = Expectation("openai", needed_rows=Interval(50, 75, 100))
    return check_dataset(Source("set.jsonl", [as_jsonl(rows)]), held_back, wish)


def test_the_document_follows_its_schema() -> None:
    """Reports of clean, faulty and unreadable sets are valid against the published schema."""
    schema = readiness_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    sets: list[list[Row | str]] = [[*clean_rows(80)], ["x", *clean_rows(3)], ["x"]]
    for rows in sets:
        for evaluation in (False, True):
            document = json.loads(json.dumps(readiness_document(report_of(rows, evaluation=evaluation))))
            jsonschema.validate(document, schema)


def test_the_document_says_what_matters_first() -> None:
    """Rows, verdicts and a summary in words are there."""
    document = readiness_document(report_of(["x", *clean_rows(60)]))

    assert document["rows"] == 60
    assert document["bad_rows"] == 1
    assert document["unreadable"][0]["line"] == 1
    assert document["qualities"]["formatting"]["verdict"] == "not ready"
    assert document["summary"].startswith("60 rows read, 1 row unreadable. Not ready: formatting.")
    assert document["needed_rows"] == [50, 75, 100]


def test_the_summary_of_nothing() -> None:
    """A set without a readable row says just that."""
    assert summary(report_of(["x"])) == "No row could be read."


def test_coverage_counts_add_up() -> None:
    """Every coverage table but the topic words counts each row once."""
    report = report_of([*clean_rows(80)])
    tables = {table.key: table for table in report.coverage}

    assert {"task", "topic", "instruction", "output", "input_length", "language", "style"} <= set(tables)
    assert all(table.rows == 80 for key, table in tables.items() if key != "topic")
    assert all(table.evenness is None or 0 <= table.evenness <= 1 for table in report.coverage)


def test_an_even_spread_has_evenness_one() -> None:
    """A topic column is used as it is; two topics of equal size are even."""
    rows: list[Row | str] = [{**row, "topic": "ab"[n % 2]} for n, row in enumerate(clean_rows(60))]
    topic = next(table for table in report_of(rows).coverage if table.key == "topic")

    assert topic == Coverage("topic", "Topic", (("a", 30), ("b", 30)), 1.0)


def test_findings_as_csv_are_inert() -> None:
    """The export has one line per finding, and no cell a spreadsheet would run."""
    rows: list[Row | str] = [
        *clean_rows(60),
        chat("=1+1 and more of this question", "=1+1 and more of this question"),
    ]
    report = report_of(rows)
    lines = list(csv.DictReader(io.StringIO(findings_csv(report))))

    assert len(lines) == len(report.findings)
    assert next(line for line in lines if line["check"] == "echo")["example"].startswith("'=1+1")


def test_quotes_are_cut() -> None:
    """A long row is quoted on one line of readable length."""
    shown = quote(3, "word \n" * 100)

    assert len(shown.text) == 160
    assert "\n" not in shown.text


def test_the_guide_covers_every_quality() -> None:
    """The guide has one entry for each quality the report judges."""
    assert [entry.quality for entry in GUIDE] == list(Quality)


def test_a_verdict_is_as_bad_as_its_worst_finding() -> None:
    """An error outweighs a warning."""
    both = tuple(
        Finding("x", Quality.ALIGNMENT, severity, "w.", "h.")
        for severity in (Severity.WARNING, Severity.ERROR)
    )
    report = report_of([*clean_rows(60)])
    assert report.verdict(Quality.ALIGNMENT) == "ready"
    judged = DatasetReport("n", "chat", "jsonl", 1, (), 0, both, (), None, None, None)
    assert judged.verdict(Quality.ALIGNMENT) == "not ready"
    assert not judged.ready
