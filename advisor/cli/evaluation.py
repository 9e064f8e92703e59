"""What is in a file of evaluation cases, and the same cases as YAML."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from advisor.cli.consistency import plain
from advisor.cli.files import readable, write
from advisor.wording import count

evaluation_cli = typer.Typer(
    help="Evaluation cases: your own prompts and how to judge them.", no_args_is_help=True
)
NO = 1
LONGEST_LINE = 300


@evaluation_cli.callback()
def _group() -> None:
    """Keep `check` a subcommand even while it is the only one."""


@evaluation_cli.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSONL, YAML, or promptfoo's tests.")],
    template: Annotated[
        str | None, typer.Option("--prompt", help="Prompt with {{column}} places, for a table of values.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the cases as YAML.")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 also when anything in the file is not used.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Report what was understood and what was not.

    Exit code 1 when a row had to be left out. What else is not used, such as an assertion of promptfoo's that
    no grader matches, is listed under "note" and leaves the exit code at 0, unless --strict is given.
    Files that a column `files` names are looked for beside FILE.
    """
    from advisor.probe.evaluation import read_evaluation
    from advisor.probe.evaluation_export import cases_yaml, evaluation_document

    with readable(file):
        content = file.read_bytes()
    found = read_evaluation(file.name, content, template, partial(_beside, file.parent))
    document = evaluation_document(found)
    if output is not None:
        write(output, [cases_yaml(found.prompts).encode()])
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        typer.echo(printed(document))
    if not document["usable"] or (strict and document["notes"]):
        raise typer.Exit(NO)


def _beside(folder: Path, name: str) -> bytes | None:
    """A file in the folder of the cases or below it; nothing else of the disk can be named."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return None
    with readable(path):
        return path.read_bytes()


def printed(document: dict[str, Any]) -> str:
    """The document for a terminal."""
    told = ", ".join(f"{number} x {kind}" for kind, number in document["graders"].items())
    needs = [
        f"{count(number, 'case')} need offers that take: {kind}."
        for kind, number in document["needs"].items()
    ]
    judge, cases = document["judge_calls"], count(document["cases"], "case")
    lines = [
        f"{document['form']}: {cases}, {document['graded']:,} of them can be judged.",
        *([f"Graders: {told}."] if told else []),
        *needs,
        *([f"{count(judge, 'call')} of a judge model per sample, at your cost."] if judge else []),
        *(f"note: {plain(note, LONGEST_LINE)}" for note in document["notes"]),
        *(f"left out: {plain(problem, LONGEST_LINE)}" for problem in document["problems"]),
    ]
    return "\n".join(lines)
