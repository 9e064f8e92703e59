"""`advisor dataset check`: findings, exports, honest exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from advisor.cli.commands import BAD_USE, NO, cli, main
from advisor.cli.documents import SCHEMAS
from tests.dataset.sets import as_jsonl, clean_rows


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["dataset", "check", *map(str, words)], catch_exceptions=False)


def test_clean_set_and_findings_are_written(tmp_path: Path) -> None:
    """Copies are found and left out of the cleaned set; the findings are a table; exit code 0 when ready."""
    rows, file = clean_rows(300), tmp_path / "set.jsonl"
    file.write_bytes(as_jsonl([*rows, rows[0]]))
    clean, table = tmp_path / "clean.jsonl", tmp_path / "findings.csv"
    result = run(file, "--technique", "lora", "--clean", clean, "--findings", table, "--json")
    told = json.loads(result.stdout)
    jsonschema.validate(told, SCHEMAS["dataset"]())

    assert told["needed_rows"] == [200, 1_000, 5_000]
    assert result.exit_code == (0 if told["ready"] else NO)
    assert len(clean.read_text("utf-8").splitlines()) == 300
    assert "exact_duplicate" in table.read_text("utf-8")


def test_bad_use_is_exit_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A technique nobody knows and a file that is not there are said, with what to do."""
    file = tmp_path / "set.jsonl"
    file.write_bytes(as_jsonl([*clean_rows(20)]))
    for words, said in (
        (("--technique", "magic"), "Choose one of full"),
        (("--clean", tmp_path / "no" / "x"), "cannot be written"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(lambda given=words: run(file, *given))
        assert ended.value.code == BAD_USE
        assert said in capsys.readouterr().err


def test_text_output_names_the_rows(tmp_path: Path) -> None:
    """Without --json each finding has its row numbers and a few rows, on lines no terminal obeys."""
    rows = clean_rows(60)
    rows[5]["messages"][2]["content"] = (
        "As an AI language model \x1b[31m I say that this is the answer you get."
    )
    file = tmp_path / "set.jsonl"
    file.write_bytes(as_jsonl([*rows, rows[0]]))
    printed = run(file).stdout

    assert "1 row repeats an earlier row exactly." in printed
    assert "    rows: 61" in printed
    assert "    row 6: " in printed
    assert "\x1b" not in printed
    assert "All answers in sentences (61): " in printed
