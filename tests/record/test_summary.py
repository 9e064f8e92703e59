"""The first page answers what a colleague asks who gets only the document."""

from __future__ import annotations

from advisor.record.content import content_of
from advisor.record.record import Record
from advisor.record.sections.summary import in_short


def test_the_first_page_answers_seven_questions(record: Record) -> None:
    """Chosen, why, against, next best, cost, how sure, when again: all answered in section 1."""
    table = in_short(record)
    assert table is not None
    assert table in content_of(record).sections[0].blocks
    answers = {row[0]: row[1] for row in table.rows}
    choice = record.choice
    assert choice is not None

    assert list(answers) == [
        "What was chosen?",
        "Why?",
        "What speaks against it?",
        "What was the next best?",
        "What does it cost?",
        "How sure is it?",
        "When to look again?",
    ]
    assert choice.label in answers["What was chosen?"]
    assert record.revisit.review_day.isoformat() in answers["When to look again?"]
    assert "(source:" not in answers["Why?"]
    assert all(answers.values())


def test_nothing_chosen_has_no_summary(record: Record) -> None:
    """Without a choice the first sentence says all there is."""
    assert in_short(record.with_changes(chosen=None)) is None
