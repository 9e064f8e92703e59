"""Commands over records that exist already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.files import readable, refuse_document

if TYPE_CHECKING:
    from advisor.record.record import Record

records_cli = typer.Typer()


@records_cli.command("diff")
def diff_command(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A record as JSON.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another one.")],
) -> None:
    """What differs between two records, in sentences. Exit code 1 when anything does."""
    from advisor.record.differences import diff

    sentences = diff(_record(old), _record(new))
    typer.echo("\n".join(sentences) or "Nothing differs.")
    if sentences:
        raise typer.Exit(1)


def _record(path: Path) -> Record:
    from advisor.record.record import read_record

    refuse_document(path)
    with readable(path):
        text = path.read_text(encoding="utf-8")
    return read_record(text, str(path))
