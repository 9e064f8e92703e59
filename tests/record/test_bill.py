"""Every cost in a record can be worked out again from the record alone."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

import pytest

from advisor.catalog.files import load_catalog
from advisor.decide.decide import decide
from advisor.decide.intake import read_case
from advisor.host.hardware import load_hardware
from advisor.host.paths import catalog_folder
from advisor.record.blocks import Table
from advisor.record.content import content_of
from advisor.record.formats import FORMATS
from advisor.record.outcome import Need, OutOfRace
from advisor.record.record import Record, make_record

DAY = date(2026, 11, 24)
PRESETS = sorted(path.stem for path in (catalog_folder() / "presets").glob("*.yaml"))


@cache
def record_of(preset: str) -> Record:
    """The record of a shipped example."""
    case = read_case((catalog_folder() / "presets" / f"{preset}.yaml").read_text("utf-8"), preset)
    catalog, hardware = load_catalog(today=DAY), load_hardware()
    decision = decide(case, catalog, DAY, draws=50, hardware=hardware)
    return make_record(case, decision, catalog, app_version="test", created=DAY, hardware=hardware)


@pytest.mark.parametrize("preset", PRESETS)
def test_costs_follow_from_the_parts_kept_in_the_json(preset: str) -> None:
    """Tokens times rate is each part; their sum, by requests and by success, is month and finished task."""
    document = json.loads(FORMATS["json"].render(record_of(preset)))
    requests = document["case"]["workload"]["requests_per_month"]
    share = document["outcome"]["profile"]["success_rate"]
    detailed = [row for row in document["outcome"]["ranking"] if row["bill"]]
    for row in detailed:
        for part in row["bill"]:
            if part["tokens"] is not None:
                work = zip(part["tokens"], part["usd_per_mtok"], strict=True)
                assert [many * rate / 1e6 for many, rate in work] == pytest.approx(part["usd"])
        sums = [sum(part["usd"][end] for part in row["bill"]) for end in range(3)]
        month, task = row["usd_per_month"], row["usd_per_task"]
        if requests is not None:
            assert [month["low"], month["mid"], month["high"]] == pytest.approx(
                [min(sums) * requests, sums[1] * requests, max(sums) * requests]
            )
        if task is not None and row["bill"][0]["kind"] != "measured":
            assert task["mid"] == pytest.approx(sums[1] / share["mid"])

    assert detailed


def test_every_format_says_rate_and_tokens_of_each_part() -> None:
    """The cached part of the chatbot's prompt stands in the documents with its own rate and its sum."""
    record = record_of("1-support_chatbot")
    assert record.choice is not None
    (cached,) = (part for part in record.choice.bill if part.kind == "cached")
    assert cached.tokens is not None
    assert cached.usd_per_mtok is not None
    words = f"{cached.tokens[1]:,.0f} x ${cached.usd_per_mtok[1]:g} = "

    for name in ("md", "html"):
        assert words in FORMATS[name].render(record).decode()


def test_embedding_a_question_says_its_rate_in_every_case() -> None:
    """40 tokens at 0.004, 0.02 and 0.2 dollars per million are 1.6e-7, 8e-7 and 8e-6 dollars."""
    records = map(record_of, PRESETS)
    choices = [record.choice for record in records if record.outcome.profile.extra_usd.high > 0]
    parts = [part for choice in choices if choice for part in choice.bill if part.kind == "embedding"]

    assert parts
    for part in parts:
        assert (part.tokens, part.usd_per_mtok) == ((40, 40, 40), (0.004, 0.02, 0.2))
        assert part.usd == pytest.approx((1.6e-7, 8e-7, 8e-6))


def test_no_trigger_stands_twice() -> None:
    """Two hosts that all but tie share one sentence for several facts: it is told once."""
    text = FORMATS["md"].render(record_of("1-support_chatbot")).decode()
    _, _, after = text.partition("12. More information")
    lines = [line for line in after.splitlines() if "crosses a flip point" in line]

    assert lines
    assert len(lines) == len(set(lines))


def test_a_miss_does_not_hide_what_is_unknown() -> None:
    """An offer that fails one need, with others unknown, says how many and which."""
    record = record_of("1-support_chatbot")
    needs = (
        Need(criterion="context", verdict="fail", words="Context: 8,000 tokens; at least 9,000 is needed"),
        Need(criterion="answer_time", verdict="unknown", words="Answer time is not known"),
        Need(criterion="baa", verdict="unknown", words="BAA is not known"),
    )
    out = OutOfRace(id="x@host", label="X (Host)", words="Context: 8,000 tokens.", needs=needs)
    outcome = record.outcome.model_copy(update={"excluded": (out,)})
    text = FORMATS["md"].render(record.model_copy(update={"outcome": outcome})).decode()

    assert "at least 9,000 is needed; and 2 needs unknown: Answer time and" in text


def test_the_factor_of_a_region_is_named_for_choice_and_runners_up() -> None:
    """OpenAI's list price times 1.1 for the EU stands as such in the documents."""
    record = record_of("2-document_qa")
    for name in ("md", "html"):
        text = FORMATS[name].render(record).decode()
        _, _, table = text.partition("From list prices to costs")
        assert "list price x 1.1: includes the factor 1.1 for a named region" in table


def test_offers_that_miss_the_same_needs_share_a_row() -> None:
    """Reasons stand once in section 3; no two rows of section 5 name the same needs."""
    sections = {section.key: section for section in content_of(record_of("1-support_chatbot")).sections}
    (table,) = (block for block in sections["excluded"].blocks if isinstance(block, Table))
    missed = [row[0] for row in table.rows]

    assert len(set(missed)) == len(missed)
    assert not any("because" in row for row in missed)
    assert any("[1.3 to 14.4 s]" in row[1] for row in table.rows)


def test_an_untouched_question_is_not_answered(record: Record) -> None:
    """Nobody's answer on Annex III is said to be missing, not "don't know"."""
    assert "own answer: not answered." in FORMATS["md"].render(record).decode()
    open_ = record.with_changes(annex_iii="unknown")
    assert "own answer: don't know." in FORMATS["md"].render(open_).decode()
