"""The command line keeps its promises: one JSON document, documented shape, honest exit codes."""

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
from advisor.host.shelf import preset, presets

DAY = ("--date", "2026-11-24")


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    """The support chatbot of the README, as a file."""
    path = tmp_path / "case.yaml"
    path.write_text(dump_case(preset("support_chatbot"), "yaml"), encoding="utf-8")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


def document(result: Result, schema: str) -> Any:
    parsed = json.loads(result.stdout)
    jsonschema.validate(parsed, SCHEMAS[schema]())
    return parsed


def test_decide_prints_one_document_of_the_published_shape(case_file: Path) -> None:
    """`decide --json` prints one JSON document that follows its schema, and exits 0 when a model fits."""
    result = run("decide", case_file, "--json", *DAY)

    assert result.exit_code == 0
    assert document(result, "decision")["ranking"]


def test_decide_says_no_when_no_model_fits(case_file: Path, tmp_path: Path) -> None:
    """When no offer survives, the document says so and the exit code is 1."""
    case = yaml.safe_load(case_file.read_text())
    case["workload"]["monthly_budget_usd"] = 0.001
    case["preferences"] = {"exclude_unknown": True}
    path = tmp_path / "poor.json"
    path.write_text(json.dumps(case))

    result = run("decide", path, "--json", *DAY)

    assert result.exit_code == NO
    assert document(result, "decision")["ranking"] == []


def test_decide_in_words_names_the_leader_and_the_catalog(case_file: Path) -> None:
    """Without --json the same decision is told in words."""
    told = run("decide", case_file, "--json", *DAY)
    words = run("decide", case_file, *DAY)

    leader = json.loads(told.stdout)["ranking"][0]["offer"]["id"]
    assert leader in words.stdout
    assert "Catalog 20" in words.stdout


def test_every_preset_is_a_case_the_command_line_takes(tmp_path: Path) -> None:
    """What `advisor preset NAME` prints can be decided as it is."""
    for case in presets():
        path = tmp_path / f"{case.preset}.yaml"
        path.write_text(run("preset", case.preset).stdout, encoding="utf-8")

        assert run("decide", path, *DAY).exit_code == 0, case.preset


def test_bad_input_is_one_sentence_and_exit_code_2(
    case_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken case names file and field on stderr, prints nothing on stdout and exits with 2."""
    case_file.write_text("version: 1\nworkload: {requests_per_month: many}\n")
    monkeypatch.setattr("sys.argv", ["advisor", "decide", str(case_file), "--json"])

    with pytest.raises(SystemExit) as ended:
        main()

    out, err = capsys.readouterr()
    assert ended.value.code == BAD_USE
    assert out == ""
    assert "case.yaml" in err
    assert "workload.requests_per_month" in err


def test_an_unknown_option_is_bad_use() -> None:
    """Bad use exits with 2."""
    assert CliRunner().invoke(cli, ["decide", "--no-such-option"]).exit_code == BAD_USE


def test_catalog_check_passes_over_what_is_shipped() -> None:
    """The shipped catalog has no error finding, and the document follows its schema."""
    result = run("catalog", "check", "--json", *DAY)

    assert result.exit_code == 0
    assert document(result, "catalog-check")["valid"] is True


def test_catalog_check_says_no_to_a_broken_overlay(tmp_path: Path) -> None:
    """An overlay that breaks a rule is a finding with file and field, and exit code 1."""
    (tmp_path / "overlay" / "providers").mkdir(parents=True)
    (tmp_path / "overlay" / "providers" / "mine.yaml").write_text("id: mine\nname: Mine\nsurprise: 1\n")

    result = run("catalog", "check", "--json", "--catalog", tmp_path / "overlay", *DAY)

    assert result.exit_code == NO
    checked = document(result, "catalog-check")
    assert checked["valid"] is False
    assert "mine.yaml" in checked["findings"][0]["field"]


def test_probe_asks_practice_models_and_marks_them_simulated(case_file: Path) -> None:
    """`probe --json` runs the plan over real HTTP, follows its schema, and marks simulated figures."""
    case = yaml.safe_load(case_file.read_text())
    case["probe"] |= {"samples_per_prompt": 1, "offers": ["practice:quick"]}
    case_file.write_text(yaml.safe_dump(case))

    result = run("probe", case_file, "--json", *DAY)

    assert result.exit_code == 0
    told = document(result, "probe")
    assert told["simulated"] is True
    prompts = len(case["probe"]["prompts"])
    assert told["calls"] == len(told["samples"]) == 1 + 2 * prompts
    assert told["offers"][0]["answered"] == 2 * prompts
    assert told["instrument"]["ttft_median_ms"] < 50
    assert told["costs"][0]["calls"] == told["calls"]
    assert "simulated" in result.stderr


def test_probe_exits_1_when_a_pass_mark_is_missed(case_file: Path) -> None:
    """A pass mark of the case that is not reached makes the exit code 1."""
    case = yaml.safe_load(case_file.read_text())
    case["probe"] |= {"samples_per_prompt": 5, "offers": ["practice:wavering"], "minimum_pass_rate": 0.99}
    case_file.write_text(yaml.safe_dump(case))

    result = run("probe", case_file, "--json", *DAY)

    assert result.exit_code == NO
    (missed,) = json.loads(result.stdout)["missed_marks"]
    assert missed["low"] < missed["reached"] < missed["wanted"]
    assert "misses the mark of 99 %" in missed["words"]


def test_a_record_reopens_and_stands_the_same_day(case_file: Path, tmp_path: Path) -> None:
    """A record written as JSON stands on the same day over the same catalog, and differs only from others."""
    path = tmp_path / "record.json"
    assert run("record", case_file, "--format", "json", "-o", path, *DAY).exit_code == 0

    result = run("recheck", path, "--json", *DAY)

    assert result.exit_code == 0
    assert document(result, "recheck")["stands"] is True
    jsonschema.validate(json.loads(path.read_text()), SCHEMAS["record"]())

    assert (run("diff", path, path).exit_code, run("diff", path, path).stdout) == (0, "Nothing differs.\n")
    other = tmp_path / "other.json"
    other.write_text(json.dumps(json.loads(path.read_text()) | {"status": "accepted"}))
    differing = run("diff", path, other)
    assert (differing.exit_code, differing.stdout) == (NO, "The status went from draft to accepted.\n")


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_is_a_valid_json_schema(name: str) -> None:
    """`advisor schema NAME` prints a valid JSON Schema."""
    result = run("schema", name)

    jsonschema.Draft202012Validator.check_schema(json.loads(result.stdout))


def test_dataset_check_finds_a_conflict_and_follows_its_schema(tmp_path: Path) -> None:
    """`dataset check --json` follows its schema and exits 1 when a row cannot be read."""
    rows = [{"messages": [{"role": "user", "content": f"Question {n}?"}]} for n in range(12)]
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join([*(json.dumps(row) for row in rows), "not json"]) + "\n")

    result = run("dataset", "check", path, "--json")

    assert result.exit_code == NO
    document(result, "dataset")


def test_a_preset_is_found_with_hyphens_too() -> None:
    """`advisor preset support-chatbot` prints the preset support_chatbot."""
    assert run("preset", "support-chatbot").stdout == run("preset", "support_chatbot").stdout


def test_a_file_that_cannot_be_written_is_bad_use(
    case_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An output path that does not exist is one sentence and exit code 2, not a traceback."""
    target = tmp_path / "missing" / "x.html"
    monkeypatch.setattr("sys.argv", ["advisor", "record", str(case_file), "-o", str(target)])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == BAD_USE
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("recheck", "decision.md"), "Give its JSON: `advisor record CASE -o decision.json`"),
        (("export", "out.zip"), "holds no decision yet"),
    ],
)
def test_what_cannot_be_done_says_what_to_do_instead(
    words: tuple[str, str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A record for people is not re-checked, an empty library not exported; the words say what to do."""
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path / "data"))
    target = tmp_path / words[1]
    monkeypatch.setattr("sys.argv", ["advisor", words[0], str(target)])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == BAD_USE
    assert said in capsys.readouterr().err
    assert not target.exists()


def test_a_probe_without_any_key_is_not_started(
    case_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no offer has a key the variable is named and nothing runs."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    words = ["advisor", "probe", str(case_file), "--offer", "gpt-6-luna@openai"]
    monkeypatch.setattr("sys.argv", words)

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == BAD_USE
    assert "OPENAI_API_KEY" in capsys.readouterr().err


def test_offer_ids_can_be_looked_up() -> None:
    """`advisor catalog offers` lists ids of the catalog and of practice models."""
    assert "practice:quick" in run("catalog", "offers", "practice").stdout
    assert "gpt-6-luna@openai" in run("catalog", "offers", "gpt-6-luna").stdout
    nothing = run("catalog", "offers", "no such model")
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "No offer has 'no such model'" in nothing.stderr
