"""Is a tuning set ready? The six qualities, coverage and quantity, all offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.files import readable, write
from advisor.errors import BadInput, NotFound

if TYPE_CHECKING:
    from advisor.dataset.findings import DatasetReport, Finding
    from advisor.interval import Interval

dataset_cli = typer.Typer(help="Check a tuning or evaluation set.", no_args_is_help=True)
CHUNK_BYTES = 1 << 20
NO = 1
LONGEST_QUOTE = 160
"""Letters of a row shown with a finding."""
ROWS_NAMED = 20
"""Row numbers printed with a finding; the JSON document and the CSV list have more."""


@dataset_cli.callback()
def _group() -> None:
    """Keep `check` a subcommand even while it is the only one."""


@dataset_cli.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSONL or CSV.")],
    evaluation: Annotated[Path | None, typer.Option(help="Evaluation set, looked for inside FILE.")] = None,
    provider: Annotated[
        str, typer.Option(help="Whose file rules hold: own, openai, together, fireworks, vertex.")
    ] = "own",
    technique: Annotated[
        str | None,
        typer.Option(help="What it is for: full, lora, qlora, distil. Tells how many rows it needs."),
    ] = None,
    clean: Annotated[Path | None, typer.Option(help="Write the cleaned set here, as JSONL.")] = None,
    findings: Annotated[Path | None, typer.Option(help="Write the findings here, as CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Find what would spoil a tuning run. Exit code 1 when the set is not ready."""
    from advisor.dataset.check import Source, check_dataset
    from advisor.dataset.document import readiness_document
    from advisor.dataset.expectation import Expectation

    judged = Source(evaluation.name, _chunks(evaluation)) if evaluation else None
    report = check_dataset(
        Source(file.name, _chunks(file)),
        judged,
        Expectation(provider=provider, needed_rows=_needed(technique)),
        progress=lambda now: typer.echo(_stage(now.stage, now.rows), err=True),
    )
    _export(report, file, clean, findings)
    if as_json:
        typer.echo(json.dumps(readiness_document(report), ensure_ascii=False, indent=2, sort_keys=True))
    else:
        typer.echo(_printed(report))
    if not report.ready:
        raise typer.Exit(NO)


def _stage(stage: str, rows: int) -> str:
    """What is being done, with the rows it has come to once there are any."""
    from advisor.wording import count

    return f"{stage} ({count(rows, 'row')} so far)" if rows else f"{stage} …"


def _needed(technique: str | None) -> Interval | None:
    from advisor.cost.tuning_facts import Technique
    from advisor.cost.tuning_plan import examples_needed

    if technique is None:
        return None
    if technique not in list(Technique):
        raise NotFound(f"There is no technique {technique}.", f"Choose one of {', '.join(Technique)}.")
    return examples_needed(Technique(technique))


def _export(report: DatasetReport, file: Path, clean: Path | None, findings: Path | None) -> None:
    from advisor.dataset.cleaning import cleaned
    from advisor.dataset.document import findings_csv

    if clean is not None and not report.complete:
        hint = "Split the file and clean the parts."
        raise BadInput(file.name, "", "was not read to its end, so it cannot be cleaned.", hint)
    if clean is not None:
        write(clean, cleaned(_chunks(file), report))
        typer.echo(f"Wrote {clean}.", err=True)
    if findings is not None:
        write(findings, [findings_csv(report).encode()])
        typer.echo(f"Wrote {findings}.", err=True)


def _printed(report: DatasetReport) -> str:
    from advisor.dataset.document import summary, variety_words

    lines = [line for one in report.findings for line in _finding_lines(one)]
    return "\n".join([*lines, *map(variety_words, report.variety), summary(report)])


def _finding_lines(finding: Finding) -> list[str]:
    """A finding with its rows and a few of them quoted."""
    from advisor.cli.consistency import plain

    lines = [f"{finding.severity.value}: {finding.quality.value}: {finding.what} {finding.hint}"]
    if finding.rows:
        more = len(finding.rows) - ROWS_NAMED
        named = ", ".join(f"{row:,}" for row in finding.rows[:ROWS_NAMED])
        lines.append(f"    rows: {named}{f' and {more:,} more' if more > 0 else ''}")
    return lines + [f"    row {one.row:,}: {plain(one.text, LONGEST_QUOTE)}" for one in finding.examples]


def _chunks(path: Path) -> Iterator[bytes]:
    with readable(path), path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
