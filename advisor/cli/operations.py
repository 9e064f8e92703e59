"""Commands for whoever runs an instance: workers, a hosted set for trying out, backup and export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.host.store import Engine

operations_cli = typer.Typer()

Target = Annotated[Path, typer.Argument(metavar="FILE", help="A file that does not exist yet.")]


def _engine() -> Engine:
    from advisor.host.paths import data_folder
    from advisor.host.store import open_store, place

    return open_store(place(data_folder()))


@operations_cli.command("worker")
def worker_command() -> None:
    """Run a probe worker on the store of ADVISOR_DATABASE_URL, or of the data folder, until interrupted."""
    import os

    from advisor.host.paths import data_folder
    from advisor.worker import main

    url = os.environ.get("ADVISOR_DATABASE_URL")
    main(["--data-dir", str(data_folder()), *(["--store", url] if url else [])])


@operations_cli.command("hosted")
def hosted_command(
    port: Annotated[int, typer.Option(help="Port of the proxy on loopback.")] = 8500,
    folder: Annotated[Path | None, typer.Option(help="Private folder; data in it are used again.")] = None,
) -> None:
    """Start the whole hosted set on this machine: PostgreSQL, nginx, two replicas, two workers."""
    from advisor.host.hosted import main

    main(["--port", str(port), *(["--folder", str(folder)] if folder else [])])


@operations_cli.command("backup")
def backup_command(file: Target) -> None:
    """Write everything in the store into one file."""
    from advisor.host.backup import backup

    typer.echo(f"{backup(_engine(), file):,} rows written to {file}.")


@operations_cli.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file written by backup.")],
) -> None:
    """Put a backup into an empty store, all of it or nothing."""
    from advisor.host.backup import restore

    typer.echo(f"{restore(_engine(), file):,} rows put back.")


@operations_cli.command("export")
def export_command(file: Target) -> None:
    """Write every decision of the library into one ZIP, in open formats."""
    from advisor.host.backup import export

    typer.echo(f"{export(_engine(), file):,} decisions written to {file}.")
