"""Is a tuning set ready? The six qualities, coverage and quantity, all offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.errors import NotFound

if TYPE_CHECKING:
    from advisor.dataset.findings import DatasetReport

dataset_cli = typer.Typer(help="Check a tuning or evaluation set.", no_args_is_help=True)
CHUNK_BYTES = 1 << 20
NO = 1


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
        Expectation(provider=provider),
        progress=lambda now: typer.echo(f"{now.stage}: {now.rows:,} rows", err=True),
    )
    if as_json:
        typer.echo(json.dumps(readiness_document(report), ensure_ascii=False, indent=2, sort_keys=True))
    else:
        typer.echo(_printed(report))
    if not report.ready:
        raise typer.Exit(NO)


def _printed(report: DatasetReport) -> str:
    from advisor.dataset.document import summary

    lines = [f"{one.severity.value}: {one.quality.value}: {one.what} {one.hint}" for one in report.findings]
    return "\n".join([*lines, summary(report)])


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
