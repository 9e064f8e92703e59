"""`advisor cost`: one document with its arithmetic, honest exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner, Result

from advisor.cli.commands import BAD_USE, NO, cli, main
from advisor.cli.documents import SCHEMAS
from advisor.decide.intake import dump_case
from advisor.errors import BadCase, BadInput
from advisor.host.shelf import preset

DAY = ("--date", "2026-11-24")


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    """The support chatbot, used by 1,000 people."""
    case = preset("support_chatbot")
    work = case.workload.model_copy(update={"users": 1_000})
    path = tmp_path / "case.yaml"
    path.write_text(dump_case(case.model_copy(update={"workload": work}), "yaml"), encoding="utf-8")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["cost", *map(str, words), *DAY], catch_exceptions=False)


def document(result: Result) -> Any:
    parsed = json.loads(result.stdout)
    jsonschema.validate(parsed, SCHEMAS["cost"]())
    return parsed


def test_every_acceptable_offer_has_a_bill(case_file: Path) -> None:
    """The document follows its schema; the parts of each request add up, and the month follows from it."""
    told = document(run(case_file, "--json"))

    assert [one["acceptable"] for one in told["offers"]] == [True] * len(told["offers"])
    for one in told["offers"]:
        parts = sum(line["usd"]["mid"] for line in one["lines"])
        assert one["per_request"]["usd"]["mid"] == pytest.approx(parts)
        assert one["per_month"]["usd"]["mid"] == pytest.approx(parts * told["requests_per_month"])
        assert one["per_user"]["usd"]["mid"] == pytest.approx(parts * told["requests_per_month"] / 1_000)
        assert all(line["source"] and line["formula"] for line in one["lines"])


def test_one_offer_is_priced_though_it_is_not_acceptable(case_file: Path) -> None:
    """A named offer is priced in any case, and the document says whether it is acceptable."""
    (one,) = document(run(case_file, "--json", "--offer", "gpt-6-astra@openai"))["offers"]

    assert one["id"] == "gpt-6-astra@openai"
    assert one["acceptable"] is False


def test_unknown_numbers_stay_null(case_file: Path) -> None:
    """Without tokens out nothing but a lower bound is given, in the document and in words."""
    case = yaml.safe_load(case_file.read_text())
    del case["workload"]["output_tokens"]
    case_file.write_text(yaml.safe_dump(case))
    chosen = ("--offer", "gpt-5.6-luna@openai")
    one = document(run(case_file, "--json", *chosen))["offers"][0]

    assert one["per_month"]["usd"] is None
    assert one["per_month"]["at_least_usd"] > 0
    assert "at least $" in run(case_file, *chosen).stdout


def test_words_open_the_arithmetic(case_file: Path) -> None:
    """In words each part has its numbers filled in and its source with a day."""
    said = run(case_file, "--offer", "gpt-5.6-luna@openai").stdout

    assert "per million = $" in said
    assert "x 200,000 requests = $" in said
    assert "litellm, 2026-" in said


def test_exit_codes(case_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1 when no offer is acceptable, 2 for an offer nobody knows, with the nearest name."""
    case = yaml.safe_load(case_file.read_text())
    case["workload"]["monthly_budget_usd"] = 0.001
    case["preferences"] = {"exclude_unknown": True}
    poor = tmp_path / "poor.yaml"
    poor.write_text(yaml.safe_dump(case))
    none = run(poor, "--json")
    with pytest.raises(SystemExit) as ended:
        main(lambda: run(case_file, "--offer", "gpt-6-lunar@openai"))

    assert none.exit_code == NO
    assert document(none)["offers"] == []
    assert ended.value.code == BAD_USE
    assert "gpt-6-luna@openai" in capsys.readouterr().err


def test_offers_asked_for_open_their_arithmetic(case_file: Path) -> None:
    """Each named offer shows its parts and its four figures; without names the cheapest does."""
    names = ("gpt-6-astra@openai", "gpt-5.6-luna@openai")
    printed = run(case_file, *(word for name in names for word in ("--offer", name))).stdout

    assert printed.count("  Per user and month: $") == len(names)
    assert "Name another with --offer" not in printed
    assert "Name another with --offer" in run(case_file).stdout


def test_a_workload_nobody_gave_is_named(tmp_path: Path) -> None:
    """Numbers that are missing are named with what they may be; a word in their place, with its fields."""
    blank, word = tmp_path / "blank.yaml", tmp_path / "word.yaml"
    blank.write_text("version: 1\n", "utf-8")
    word.write_text("workload: chatbot\n", "utf-8")

    assert "workload.input_tokens: tokens in, per request; a number from 0" in run(blank).stdout
    with pytest.raises(BadCase, match=r"workload: must be a mapping.*'chatbot'.*requests_per_month"):
        run(word)


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-13-45", "the calendar has no 2026-13-45"), ("24.11.2026", "'24.11.2026' is no day")],
)
def test_a_day_is_refused_in_our_words(case_file: Path, day: str, said: str) -> None:
    """A day that is none names what is wrong with it and the form it should have."""
    with pytest.raises(BadInput, match=f"{said}.*2026-11-24"):
        CliRunner().invoke(cli, ["cost", str(case_file), "--date", day], catch_exceptions=False)
