"""The whole check: every planted fault is found, a clean set raises no alarm."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from advisor.dataset.check import Source, check_dataset
from advisor.dataset.cleaning import Cleaning, cleaned
from advisor.dataset.expectation import Expectation
from advisor.dataset.findings import DatasetReport, Finding, Progress, Quality, Severity
from advisor.errors import BadInput, NotFound
from advisor.interval import Interval
from tests.dataset.sets import Row, as_jsonl, chat, clean_rows, nearly, pieces, text

CLEAN = clean_rows(300)


def check(rows: list[Row | str] | list[Row], wish: Expectation | None = None, **more: Any) -> DatasetReport:
    """The report on rows."""
    return check_dataset(Source("set.jsonl", pieces(as_jsonl([*rows]))), expectation=wish, **more)


def finding(report: DatasetReport, key: str) -> Finding:
    """The one finding of a check."""
    found = [one for one in report.findings if one.check == key]
    assert len(found) == 1, f"{key}: {[one.check for one in report.findings]}"
    return found[0]


def question_of(row: Row) -> str:
    """What the user of a row says."""
    return row["messages"][-2]["content"]


def answer_of(row: Row) -> str:
    """What the assistant of a row says."""
    return row["messages"][-1]["content"]


def with_answer(row: Row, answer: str) -> Row:
    """The row with another answer."""
    return chat(question_of(row), answer)


def test_a_clean_set_raises_no_alarm() -> None:
    """300 varied rows with an evaluation set of their own have no warning and no error."""
    evaluation = Source("evaluation.jsonl", pieces(as_jsonl([*clean_rows(60, seed=99)])))
    report = check_dataset(
        Source("set.jsonl", pieces(as_jsonl([*CLEAN]))),
        evaluation,
        Expectation("openai", needed_rows=Interval(100, 500, 3_000)),
    )

    assert [one for one in report.findings if one.severity is not Severity.NOTE] == []
    assert report.ready
    assert {report.verdict(quality) for quality in Quality} == {"ready"}
    assert report.rows == 300
    assert report.evaluation_rows == 60


def _planted() -> tuple[list[Row | str], dict[str, set[int]], list[Row]]:
    """The clean rows followed by faulty ones, the rows of each fault, and an evaluation set."""
    random = Random(5)
    rows: list[Row | str] = [*CLEAN]
    planted: dict[str, set[int]] = {}

    def plant(key: str, row: Row | str, *others: int) -> None:
        rows.append(row)
        planted.setdefault(key, set()).update({len(rows), *others})

    def fresh() -> Row:
        return chat(f"How do I {text(random, 14)}?", f"To {text(random, 24)}.")

    evaluation = clean_rows(40, seed=123)
    plant("unreadable_row", '{"messages": [')
    plant("unreadable_row", "plain words")
    plant("exact_duplicate", CLEAN[3])
    source = CLEAN[10]
    plant("near_duplicate", chat(nearly(question_of(source), random), nearly(answer_of(source), random)))
    plant("conflicting_answers", with_answer(CLEAN[20], f"No. {text(random, 30)}."), 21)
    plant("contamination", chat(question_of(evaluation[5]), f"Differently: {text(random, 25)}."))
    plant("contamination", chat(f"Well, {text(random, 6)}?", f"So {answer_of(evaluation[8])}"))
    plant("refusals", with_answer(fresh(), "I'm sorry, but I can't help with that."))
    plant("boilerplate", with_answer(fresh(), f"As an AI language model I say {text(random, 20)}."))
    echoed = f"How do I {text(random, 15)}?"
    plant("echo", chat(echoed, echoed))
    plant("encoding", with_answer(fresh(), f"The caf\u00c3\u00a9 {text(random, 20)} na\u00c3\u00afve."))
    plant("off_topic", chat(_POEM[0], _POEM[1]))
    plant("too_long", with_answer(fresh(), text(random, 1_200)))
    plant("secret", with_answer(fresh(), f"Use {'AKIA' + 'Q7ZB3LMNOPRST4UV'} to {text(random, 20)}."))
    plant("secret", with_answer(fresh(), f"{text(random, 20)} password = {'hunter2' + 'Zq9x!'} there."))
    plant("personal_data", with_answer(fresh(), f"Ask karla.unbekannt@mail.de to {text(random, 20)}."))
    plant("personal_data", with_answer(fresh(), f"The card 4111 1111 1111 1111 {text(random, 20)}."))
    plant("personal_data", with_answer(fresh(), f"IBAN DE89 3704 0044 0532 0130 00 {text(random, 20)}."))
    plant("personal_data", with_answer(fresh(), f"Number 219-09-9999 {text(random, 20)}."))
    plant("personal_data", with_answer(fresh(), f"Call +49 30 1234567 to {text(random, 20)}."))
    plant("personal_data", with_answer(fresh(), f"The host 91.198.174.192 {text(random, 20)}."))
    plant("licence", {**fresh(), "license": "cc-by-nc-4.0"})
    plant("no_messages", {"messages": []})
    boss = {"role": "boss", "content": text(random, 14)}
    plant("unknown_role", {"messages": [boss, *fresh()["messages"][1:]]})
    plant("content_not_text", {"messages": [{"role": "user", "content": 7}, fresh()["messages"][-1]]})
    plant("empty_message", with_answer(fresh(), "  "))
    plant("last_not_assistant", {"messages": fresh()["messages"][:2]})
    plant("no_user", {"messages": fresh()["messages"][2:]})
    doubled = fresh()["messages"]
    plant("not_alternating", {"messages": [doubled[0], doubled[1], fresh()["messages"][1], doubled[2]]})
    plant("system_not_first", {"messages": [doubled[1], fresh()["messages"][0], fresh()["messages"][2]]})
    odd = fresh()
    odd["messages"][1]["mood"] = "good"
    plant("unknown_message_key", odd)
    plant("unknown_row_key", {**fresh(), "remark": "x"})
    heavy = fresh()
    heavy["messages"][2]["weight"] = 5
    plant("bad_weight", heavy)
    plant("message_not_object", {"messages": ["hello", *fresh()["messages"]]})
    return rows, planted, evaluation


_POEM = (
    "Compose verses praising volcanic thunder, glaciers, violins, Neptune",
    "Molten rivers murmur beneath moonlit violins; Neptune dreams, glaciers weep, thunder kisses silence",
)


def test_every_planted_fault_is_found() -> None:
    """Every kind of fault planted among 300 clean rows is found, on exactly the planted rows."""
    rows, planted, evaluation = _planted()
    report = check_dataset(
        Source("set.jsonl", pieces(as_jsonl(rows))),
        Source("evaluation.jsonl", pieces(as_jsonl([*evaluation]))),
        Expectation("openai", max_tokens_per_row=1_000),
    )
    found: dict[str, set[int]] = {}
    for one in report.findings:
        found.setdefault(one.check, set()).update(one.rows)

    assert {key: found.get(key) for key in planted} == planted
    alarms = {one.check for one in report.findings if one.severity is not Severity.NOTE}
    assert alarms - set(planted) == set()
    assert not report.ready
    assert report.bad_count == 2


def test_every_finding_says_what_to_do_and_shows_rows() -> None:
    """Each alarm has a hint, and those about rows show an example or name the rows."""
    report = check(_planted()[0], Expectation("openai", max_tokens_per_row=1_000))

    assert all(one.hint and one.what.endswith(".") for one in report.findings)
    assert all(one.rows for one in report.findings if one.severity is not Severity.NOTE)
    order = [
        list(Severity).index(one.severity) for one in report.findings if one.quality is not Quality.QUANTITY
    ]
    assert order == sorted(order, reverse=True)


def test_secrets_are_never_repeated() -> None:
    """Examples show a few characters of a secret or card, never all of it."""
    report = check(_planted()[0])
    shown = " ".join(quote.text for one in report.findings for quote in one.examples)

    for hidden in ("Q7ZB3LMNOPRST4UV", "hunter2Zq9x!", "4111 1111 1111 1111", "karla.unbekannt@mail.de"):
        assert hidden not in shown


def test_the_cleaned_set_is_clean() -> None:
    """What the cleaned export writes has no error and no duplicate any more, and keeps the good rows."""
    rows, _, evaluation = _planted()
    body, wish = as_jsonl(rows), Expectation("openai", max_tokens_per_row=1_000)
    held_back = as_jsonl([*evaluation])
    report = check_dataset(Source("s.jsonl", [body]), Source("e.jsonl", [held_back]), wish)
    drop = (*Cleaning().drop, "too_long", "conflicting_answers", "refusals", "boilerplate", "off_topic")
    again = b"".join(cleaned([body], report, Cleaning(drop=(*drop, "not_alternating", "system_not_first"))))
    second = check_dataset(Source("c.jsonl", [again]), Source("e.jsonl", [held_back]), wish)

    assert [one.check for one in second.findings if one.severity is not Severity.NOTE] == []
    assert second.rows >= 299
    assert "caf\u00e9" in again.decode()


def test_a_cancelled_check_is_not_exported() -> None:
    """Rows that were not checked do not pass as cleaned."""
    body = as_jsonl([*CLEAN])
    report = check_dataset(Source("s.jsonl", [body]), cancelled=lambda: True)

    assert not report.complete
    with pytest.raises(ValueError, match="run it to its end"):
        next(cleaned([body], report))


def test_cancelling_keeps_what_was_read() -> None:
    """A check cancelled on the way reports the rows read so far and says that it is not complete."""
    seen: list[Progress] = []
    report = check(clean_rows(1_200), progress=seen.append, cancelled=lambda: seen[-1].rows >= 1_000)

    assert not report.complete
    assert report.rows == 1_000
    assert [step.rows for step in seen if step.stage == "reading"] == [0, 500, 1_000]
    assert seen[-1].stage == "judging"
    assert seen[0].bytes_read > 0


@pytest.mark.parametrize(
    ("provider", "layout_wrong", "few"),
    [("own", False, False), ("openai", False, True), ("fireworks", False, False), ("vertex", True, False)],
)
def test_file_rules_differ_by_provider(provider: str, layout_wrong: bool, few: bool) -> None:
    """Five chat rows suit Fireworks and own training, are too few for OpenAI and not Google's layout."""
    report = check(CLEAN[:5], Expectation(provider))
    checks = {one.check for one in report.findings}

    assert ("wrong_layout" in checks) == layout_wrong
    assert ("too_few_rows" in checks) == few


def test_the_export_brings_rows_into_the_wanted_layout() -> None:
    """Chat rows written as contents are what Google's rules want."""
    body = as_jsonl([*CLEAN])
    report = check_dataset(Source("s.jsonl", [body]), expectation=Expectation("vertex"))
    written = b"".join(cleaned([body], report, Cleaning(layout="contents")))
    second = check_dataset(Source("v.jsonl", [written]), expectation=Expectation("vertex"))

    assert second.layout == "contents"
    assert second.ready


def test_an_unknown_provider_is_refused_before_reading() -> None:
    """A provider without rules is named, with the ones there are."""
    with pytest.raises(NotFound, match="together"):
        check(CLEAN[:5], Expectation("nobody"))


def test_quantity_is_held_against_the_technique() -> None:
    """Forty rows are fewer than a trial of fifty needs; duplicates do not count."""
    wish = Expectation(needed_rows=Interval(50, 75, 100))

    assert finding(check(CLEAN[:40], wish), "too_few_rows").severity is Severity.WARNING
    assert finding(check([*CLEAN[:49], CLEAN[0]], wish), "too_few_rows").rows == ()
    assert "too_few_rows" not in {one.check for one in check(CLEAN[:50], wish).findings}


def test_few_rows_leave_relevance_open() -> None:
    """With fewer than 50 rows nobody can tell which are off topic, and that is said."""
    report = check(CLEAN[:30])

    assert report.verdict(Quality.RELEVANCE) == "not checked"
    assert "50 rows" in report.unchecked[Quality.RELEVANCE]


def _labelled(labels: list[str]) -> list[Row]:
    random = Random(3)
    return [chat(f"Classify: {text(random, 14)}", label, None) for label in labels]


def test_label_spellings_and_balance() -> None:
    """A label in another case or with a typing error is found, and so is one label everywhere."""
    labels = ["refund"] * 40 + ["delivery"] * 40 + ["Refund"] * 3 + ["delivrey"]
    spelled = finding(check(_labelled(labels)), "label_spelling")
    uneven = finding(check(_labelled(["refund"] * 95 + ["delivery"] * 5)), "label_imbalance")

    assert spelled.rows == (81, 82, 83, 84)
    assert uneven.quality is Quality.COVERAGE
    assert check(_labelled(["refund"] * 40 + ["delivery"] * 40)).ready


def test_answers_outside_the_wish() -> None:
    """Answers that are not one of the allowed labels, or not in the wished form or language, are found."""
    rows = _labelled(["refund"] * 30 + ["weather"])
    assert finding(check(rows, Expectation(labels=("refund", "delivery"))), "label_outside").rows == (31,)

    structured = [
        chat(f"Extract from {question_of(row)}", json.dumps({"n": n})) for n, row in enumerate(CLEAN)
    ]
    mixed = [*structured[:99], CLEAN[200]]
    assert finding(check(mixed), "other_form").rows == (100,)
    assert finding(check(mixed), "other_form").quality is Quality.CONSISTENCY

    german = chat("Wie kann ich bitte meine Rechnung für den letzten Monat noch einmal sehen?", "Im Konto.")
    english = chat("How can I see the bill for the last month again, and what is on it for me?", "Here.")
    assert finding(check([english, german], Expectation(language="English")), "other_language").rows == (2,)


def test_many_refusals_weigh_more_than_one() -> None:
    """One refusal in a hundred is a note, one in ten a warning."""
    sorry = "I'm sorry, but I cannot help with that request."
    few = check([*CLEAN[:99], with_answer(CLEAN[150], sorry)])
    many = check([*CLEAN[:90], *(with_answer(row, f"{sorry} ({n})") for n, row in enumerate(CLEAN[150:160]))])

    assert finding(few, "refusals").severity is Severity.NOTE
    assert finding(many, "refusals").severity is Severity.WARNING


def test_mixed_layouts_are_said() -> None:
    """Pairs among chat rows are found as a mixture."""
    assert check([*CLEAN[:20], {"prompt": "a question", "completion": "an answer"}]).layout == "mixed"
    assert "mixed_layouts" in {
        one.check for one in check([*CLEAN[:20], {"prompt": "q", "completion": "a"}]).findings
    }


def test_an_empty_file_is_refused() -> None:
    """A file without a single character is refused with what to do."""
    for body in (b"", b"\n\n  \n"):
        with pytest.raises(BadInput, match="empty"):
            check_dataset(Source("set.jsonl", [body]))


def test_a_set_of_bad_rows_only_is_not_ready() -> None:
    """When no row can be read, the report says so and is not ready."""
    report = check(["nonsense", "{"])

    assert report.rows == 0
    assert report.bad_count == 2
    assert not report.ready
    assert report.tokens is None


def test_a_tokenizer_replaces_the_estimate() -> None:
    """Token figures are labelled as estimates unless a tokenizer was given."""
    estimated, counted = check(CLEAN[:20]), check(CLEAN[:20], count_tokens=len)

    assert estimated.tokens is not None
    assert counted.tokens is not None
    assert estimated.tokens.estimated
    assert not counted.tokens.estimated
    assert counted.tokens.total > estimated.tokens.total


def test_narrow_sets_get_notes_only() -> None:
    """A set without a single typing error is told so as a note, not as an alarm."""
    random = Random(1)
    rows = [chat(f"How do I {text(random, 14)}?", f"To {text(random, 20)}.") for _ in range(250)]

    assert finding(check(rows), "narrow_style").severity is Severity.NOTE


def test_latin_1_is_named() -> None:
    """Rows in an old encoding: named as not UTF-8, counted, the others still read."""
    latin = json.dumps(chat("caf\u00e9", "d\u00e9j\u00e0 vu"), ensure_ascii=False).encode("latin-1")
    body = as_jsonl([*CLEAN[:3]]) + latin + b"\n" + latin + b"\n"
    found = check_dataset(Source("set.jsonl", [body])).findings[0]

    assert found.what == "2 rows could not be read (2 of them are not UTF-8); the other 3 were."
    assert "Latin-1" in found.hint
    alone = check_dataset(Source("set.jsonl", [latin])).findings[0]
    assert alone.what == "1 row could not be read (it is not UTF-8)."


def test_one_row_has_a_verb_of_its_own() -> None:
    """One row repeats and carries, two repeat and carry."""
    random = Random(8)
    phrase = f"As an AI language model I say {text(random, 20)}."
    spoken = f"As an AI language model I add {text(random, 20)}."
    once = check([*CLEAN[:60], CLEAN[0], with_answer(CLEAN[30], phrase)])
    twice = check([*CLEAN[:60], *CLEAN[:2], with_answer(CLEAN[30], phrase), with_answer(CLEAN[31], spoken)])
    told = [{one.check: one.what for one in report.findings} for report in (once, twice)]

    assert told[0]["exact_duplicate"] == "1 row repeats an earlier row exactly."
    assert told[1]["exact_duplicate"] == "2 rows repeat an earlier row exactly."
    assert told[0]["boilerplate"] == "1 row carries phrases another model left behind."
    assert told[1]["boilerplate"] == "2 rows carry phrases another model left behind."
