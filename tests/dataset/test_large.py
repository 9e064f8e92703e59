"""What is too large, not readable, or given away by the training set is said; the rest is analysed."""

from __future__ import annotations

import json

import pytest

from advisor.dataset import check
from advisor.dataset.check import Source, check_dataset
from advisor.dataset.cleaning import cleaned
from advisor.dataset.document import summary
from tests.dataset.sets import as_jsonl, chat, clean_rows, pieces


def test_a_file_over_the_limit_is_checked_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit reading stops, the rows read so far are judged, and the report says so first."""
    body = as_jsonl([*clean_rows(2_000)])
    monkeypatch.setattr(check, "MAX_BYTES", len(body) // 2)
    report = check_dataset(Source("big.jsonl", pieces(body)))

    assert 900 <= report.rows <= 1_100
    assert report.findings[0].check == "too_large"
    assert report.complete is False
    assert "too large to be read to its end" in summary(report)
    with pytest.raises(ValueError, match="before exporting"):
        next(cleaned(pieces(body), report))


def test_a_large_upload_is_never_held_twice() -> None:
    """The file comes in pieces of which none is kept: all that is asked of the source is the next piece."""
    body = as_jsonl([*clean_rows(600)])
    asked = 0

    def counted() -> object:
        nonlocal asked
        for piece in pieces(body):
            asked += 1
            yield piece

    report = check_dataset(Source("a.jsonl", counted()))  # type: ignore[arg-type]  # a plain generator

    assert asked == -(-len(body) // 4096)
    assert report.rows == 600


def test_a_row_that_is_not_json_costs_only_itself() -> None:
    """Line 3 of 100 is broken: it is named with its line and column, the other 99 are judged."""
    rows = [*clean_rows(99)]
    body = as_jsonl([*rows[:2], '{"messages": [', *rows[2:]])
    report = check_dataset(Source("a.jsonl", [body]))

    assert (report.rows, report.bad_count) == (99, 1)
    assert (report.bad_rows[0].row, report.bad_rows[0].line) == (3, 3)
    assert report.bad_rows[0].reason.startswith("is not JSON")


def test_evaluation_text_inside_the_training_set_is_found_and_cleaned_away() -> None:
    """Two of 300 training rows repeat an evaluation row, one word for word, one inside a longer question."""
    training, held_back = clean_rows(300), clean_rows(40, seed=99)
    question = held_back[0]["messages"][1]["content"]
    training[10] = held_back[5]
    training[20] = chat(
        f"A customer wrote to us yesterday: {question} Please draft a reply.", "Dear customer, yes."
    )
    body, evaluation = as_jsonl([*training]), as_jsonl([*held_back])
    report = check_dataset(Source("a.jsonl", [body]), Source("e.jsonl", [evaluation]))
    found = next(finding for finding in report.findings if finding.check == "contamination")

    assert found.rows == (11, 21)
    kept = [json.loads(line) for line in cleaned([body], report)]
    assert len(kept) == 298
    again = check_dataset(Source("a.jsonl", [as_jsonl(kept)]), Source("e.jsonl", [evaluation]))
    assert not any(finding.check == "contamination" for finding in again.findings)
