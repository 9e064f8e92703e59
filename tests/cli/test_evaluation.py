"""`advisor evaluation check`: what was understood, what was not, and the same cases as YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from typer.testing import CliRunner, Result

from advisor.cli.commands import NO, cli
from advisor.cli.documents import SCHEMAS


def _check(*words: object) -> Result:
    told = [str(word) for word in words]
    return CliRunner().invoke(cli, ["evaluation", "check", *told], catch_exceptions=False)


def _document(result: Result) -> Any:
    parsed = json.loads(result.stdout)
    jsonschema.validate(parsed, SCHEMAS["evaluation"]())
    return parsed


def test_a_good_file_is_reported_and_written_as_yaml(tmp_path: Path) -> None:
    """Cases, graders and judge calls are counted; the YAML written is read as the same cases."""
    file, written = tmp_path / "cases.csv", tmp_path / "cases.yaml"
    file.write_text('city,expected,grader\nPeru,Lima,"contains: Lima\nrubric: Is polite"\n')
    result = _check(file, "--prompt", "Capital of {{city}}?", "-o", written, "--json")
    document = _document(result)

    assert result.exit_code == 0
    assert (document["form"], document["cases"], document["judge_calls"]) == ("CSV", 1, 1)
    assert document["graders"] == {"contains": 1, "rubric": 1}
    assert yaml.safe_load(written.read_text())["prompts"][0]["vars"] == {"city": "Peru"}
    assert _document(_check(written, "--json"))["prompts"] == document["prompts"]


def test_rows_left_out_make_the_answer_no(tmp_path: Path) -> None:
    """A row without a prompt is named, and the exit code is 1; nothing in the file steers the terminal."""
    file = tmp_path / "cases.csv"
    file.write_text("prompt,\x1b[2Jtail\nWhy?,x\n,y\n")
    result = _check(file)

    assert result.exit_code == NO
    assert "left out: line 3: holds an empty prompt" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_large_table_is_read(tmp_path: Path) -> None:
    """A large table is understood whole; how many of it are asked is a choice of the probe."""
    file = tmp_path / "many.jsonl"
    file.write_text('{"prompt": "Why?", "expected": "So"}\n' * 20_000)
    result = _check(file)

    assert result.exit_code == 0
    assert result.stdout.startswith("JSONL: 20,000 cases, 20,000 of them can be judged.")


def test_strict_says_no_to_what_is_not_used(tmp_path: Path) -> None:
    """An assertion no grader matches is listed; the exit code is 0, and 1 with --strict."""
    file = tmp_path / "tests.yaml"
    file.write_text(
        "prompts: ['Say {{word}}']\ntests:\n- vars: {word: hi}\n  assert: [{type: javascript, value: '1'}]\n"
    )
    loose, strict = _check(file), _check(file, "--strict")

    assert (loose.exit_code, strict.exit_code) == (0, NO)
    assert "note: test 1" in loose.stdout


def test_files_are_looked_for_beside_the_cases(tmp_path: Path) -> None:
    """An image in the folder goes along; one outside of it cannot be named."""
    inside = tmp_path / "cases"
    inside.mkdir()
    (inside / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.png").write_bytes(b"\x89PNG")
    (inside / "cases.csv").write_text("prompt,files\nWhat?,a.png\nWhat?,../secret.png\n")
    document = _document(_check(inside / "cases.csv", "--json"))

    assert [len(prompt["attachments"]) for prompt in document["prompts"]] == [1]
    assert "../secret.png was not given along" in document["problems"][0]
