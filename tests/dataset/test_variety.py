"""Variety of answers: counted by hand, whatever the length, and people's against models'."""

from __future__ import annotations

from random import Random

import pytest

from advisor.dataset.check import Source, check_dataset
from advisor.dataset.document import variety_words
from advisor.dataset.findings import DatasetReport, Variety
from advisor.dataset.variety import ALL, MODEL, PEOPLE, VarietyCount, made_up
from advisor.dataset.words import Vocabulary, words
from tests.dataset.sets import Row, as_jsonl, chat, text


def counted(*answers: str, by_model: bool | None = None) -> dict[str, Variety]:
    """The groups after these answers."""
    count, vocabulary = VarietyCount(), Vocabulary()
    for answer in answers:
        answer_words = words(answer)
        count.add(answer_words, vocabulary.numbers(answer_words), by_model)
    return {group.group: group for group in count.seen()}


def cycle(distinct: int, length: int) -> str:
    """So many different words over and over."""
    return " ".join(f"w{place % distinct}" for place in range(length))


def test_repeated_runs_are_counted_once() -> None:
    """Ten words round and round over 1,002 words: 1,000 three-word runs, 10 of them distinct, 1 %."""
    group = counted(cycle(10, 1_002))[ALL]

    assert group.distinct == pytest.approx(10 / 1_000)
    assert (group.rows, group.segments, group.opening) == (1, 1, "w0 w1 w2")


def test_length_does_not_change_the_figure() -> None:
    """500 words round and round: half of every 1,000 runs are distinct, in 1,002 words and in 10,002."""
    short, long = (counted(cycle(500, length))[ALL] for length in (1_002, 10_002))

    assert short.distinct == long.distinct == pytest.approx(0.5)
    assert (short.segments, long.segments) == (1, 10)


def test_answers_are_joined_into_segments() -> None:
    """A hundred answers of twelve words, ten runs each, make one segment; ninety-nine make none."""
    answer = cycle(12, 12)

    assert counted(*[answer] * 100)[ALL].distinct == pytest.approx(10 / 1_000)
    assert counted(*[answer] * 99)[ALL].distinct is None
    assert "too little text" in variety_words(counted(answer)[ALL])


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"synthetic": "True"}, True),
        ({"is_synthetic": "0"}, False),
        ({"generated_by": "some model"}, True),
        ({"written_by": "GPT-6"}, True),
        ({"written_by": "Team Billing"}, False),
        ({"topic": "billing"}, None),
    ],
)
def test_who_wrote_a_row(labels: dict[str, str], expected: bool | None) -> None:
    """Columns that name the writer are understood; without one nobody guesses."""
    assert made_up(labels) is expected


def _set(model_vocabulary: int) -> list[Row | str]:
    """120 answers by people, then 120 by a model that knows so many turns of phrase."""
    random = Random(3)
    rows: list[Row | str] = []
    for place in range(240):
        by_model = place >= 120
        said = text(Random(place % model_vocabulary) if by_model else random, 30)
        row = chat(f"How do I {text(random, 15)}?", f"{text(random, 3)} {said}.")
        rows.append({**row, "synthetic": by_model})
    return rows


def report_of(rows: list[Row | str]) -> DatasetReport:
    """The report on rows."""
    return check_dataset(Source("set.jsonl", [as_jsonl(rows)]))


def checks(report: DatasetReport) -> set[str]:
    """Keys of what was found."""
    return {finding.check for finding in report.findings}


def test_even_rows_of_a_model_are_found() -> None:
    """A model with 12 sentences for 120 answers is named as a risk; one that varies as people do is not."""
    even, free = report_of(_set(12)), report_of(_set(1_000))
    groups = {group.group: group.distinct or 0 for group in even.variety}

    assert groups[MODEL] < 0.8 * groups[PEOPLE]
    assert "narrow_synthetic" in checks(even)
    assert "narrow_synthetic" not in checks(free)
    what = next(one.what for one in even.findings if one.check == "narrow_synthetic")
    assert what.startswith("Answers a model wrote vary less: ")


def test_one_manner_is_found() -> None:
    """Half of the answers begin with the same three words: said with the words, as imitating one manner."""
    random = Random(4)
    rows: list[Row | str] = [
        chat(
            f"How do I {text(random, 15)}?",
            ("I would gladly " if place % 2 else "") + f"{text(random, 25)}.",
        )
        for place in range(60)
    ]
    found = next(one for one in report_of(rows).findings if one.check == "same_opening")

    assert found.what.startswith("5")
    assert found.what.endswith(" % of all answers begin alike, with “i would gladly …”.")
