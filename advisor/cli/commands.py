"""The command line: the same powers as the app, without a browser.

Exit codes: 0 yes; 1 the answer is no (no model fits or the case states nothing, a pass mark is missed, the
catalog is invalid, the choice no longer stands, two records differ); 2 bad use or bad input. With `--json`
exactly one JSON document goes to stdout; everything meant for people while it is made goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

import advisor
from advisor.case import Case
from advisor.catalog.entries import Catalog
from advisor.catalog.upstream import Reading, Unreadable, Upstream
from advisor.cli import documents, printed
from advisor.cli.consistency import consistency_cli
from advisor.cli.datasets import dataset_cli
from advisor.cli.days import Day
from advisor.cli.evaluation import evaluation_cli
from advisor.cli.files import WHERE_DATA_LIVE, readable, refuse_document, write
from advisor.cli.operations import operations_cli
from advisor.cli.records import records_cli
from advisor.cli.runs import evidence_kept, runs_cli
from advisor.cli.second_look import second_look_cli
from advisor.cost.hardware import Hardware
from advisor.errors import AdvisorError, BadCatalog, NotFound

NO = 1
BAD_USE = 2
AA_KEY = "ARTIFICIAL_ANALYSIS_API_KEY"
"""Environment variable of the user's own key for Artificial Analysis."""

cli = typer.Typer(
    help="Which language model, used how, for our job, and can we prove it?",
    epilog=WHERE_DATA_LIVE,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
catalog_cli = typer.Typer(help="Check the catalog, read others, print it.", no_args_is_help=True)
cli.add_typer(catalog_cli, name="catalog")
cli.add_typer(dataset_cli, name="dataset")
cli.add_typer(evaluation_cli, name="evaluation")
cli.add_typer(records_cli)
cli.add_typer(operations_cli)
cli.add_typer(runs_cli, name="runs")
cli.add_typer(consistency_cli)
cli.add_typer(second_look_cli)

CasePath = Annotated[Path, typer.Argument(metavar="CASE", help="A case as YAML or JSON; - reads stdin.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Overlays = Annotated[
    list[Path] | None,
    typer.Option("--catalog", help="Overlay folder that adds, corrects or hides offers; repeatable."),
]


@dataclass(frozen=True, slots=True)
class Desk:
    """What most commands start from."""

    catalog: Catalog
    day: date
    hardware: Hardware


def _desk(overlays: list[Path] | None, day: date | None) -> Desk:
    from advisor.catalog.files import load_catalog
    from advisor.host.cache import BytesCache
    from advisor.host.hardware import load_hardware
    from advisor.host.paths import catalog_overlays, data_folder

    cache = BytesCache(data_folder() / "cache")
    today = date.today()
    catalog = load_catalog(overlays=(*catalog_overlays(), *(overlays or ())), today=today, cache=cache)
    return Desk(catalog, day or today, load_hardware())


def _text(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    with readable(path):
        return path.read_text(encoding="utf-8")


def _case(path: Path) -> Case:
    from advisor.decide.intake import read_case

    return read_case(_text(path), str(path))


def _out(document: dict[str, Any] | list[Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False))


def _say(words: str) -> None:
    typer.echo(words, err=True)


@cli.callback()
def _no_command(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(advisor.__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        serve()


@cli.command("app", epilog=WHERE_DATA_LIVE)
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; loopback by default.")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port; 8501 or the next free one.")] = None,
) -> None:
    """Serve the app in the browser (what `advisor` alone does)."""
    from advisor.ui.server import serve as serve_app

    serve_app(host, port)


@cli.command("preset")
def preset_command(
    name: Annotated[str | None, typer.Argument(help="Preset to print; without it, their names.")] = None,
) -> None:
    """Print a preset as a case file, or list the presets."""
    from advisor.decide.intake import dump_case
    from advisor.host.shelf import preset, presets

    if name is None:
        for case in presets():
            typer.echo(f"{case.preset}\t{case.name}: {case.purpose}")
    else:
        typer.echo(dump_case(preset(name.replace("-", "_")), "yaml"), nl=False)


@cli.command("decide")
def decide_command(
    case: CasePath, as_json: AsJson = False, day: Day = None, overlays: Overlays = None
) -> None:
    """Decide a case: the ranked and explained shortlist. Exit code 1 when there is nothing to recommend."""
    from advisor.decide.decide import decide
    from advisor.decide.document import decision_document
    from advisor.decide.evidence import practice_words

    desk = _desk(overlays, day)
    told = _case(case)
    decision = decide(told, desk.catalog, desk.day, hardware=desk.hardware)
    if practised := practice_words(told.measurements):
        _say(practised)
    if as_json:
        _out(decision_document(decision))
    else:
        typer.echo(printed.decision(decision))
    if decision.recommended is None:
        raise typer.Exit(NO)


@cli.command("cost")
def cost_command(
    case: CasePath,
    as_json: AsJson = False,
    offers: Annotated[
        list[str] | None,
        typer.Option("--offer", help="Offer id to price instead of every acceptable one; repeatable."),
    ] = None,
    day: Day = None,
    overlays: Overlays = None,
) -> None:
    """Cost per request, successful task, month and user. Exit code 1 when no offer is acceptable."""
    from advisor.cli.costing import costing, printed_costing
    from advisor.decide.cost_document import cost_document

    desk = _desk(overlays, day)
    made = costing(_case(case), desk.catalog, desk.day, desk.hardware, offers or ())
    if as_json:
        _out(cost_document(made.bills, made.acceptable, made.situation))
    else:
        typer.echo(printed_costing(made))
    if not made.bills:
        raise typer.Exit(NO)


@cli.command("probe")
def probe_command(
    case: CasePath,
    as_json: AsJson = False,
    offers: Annotated[
        list[str] | None,
        typer.Option(
            "--offer",
            help="Offer id to ask instead of the case's (`advisor catalog offers` lists them); repeatable.",
        ),
    ] = None,
    unknown_price_bound: Annotated[
        float | None, typer.Option(help="Consent to call offers of unknown price: USD per call at most.")
    ] = None,
    take_in: Annotated[
        Path | None,
        typer.Option(help="Also write the case with these measurements here, such as over the case itself."),
    ] = None,
    day: Day = None,
    overlays: Overlays = None,
) -> None:
    """Run the case's probe plan; progress on stderr. Exit code 1 when a pass mark of the case is missed."""
    from advisor.cli.probing import probe, taken_in
    from advisor.decide.intake import dump_case

    desk, given = _desk(overlays, day), _case(case)
    told = given
    if offers:
        told = told.model_copy(update={"probe": told.probe.model_copy(update={"offers": tuple(offers)})})
    document = probe(told, desk.catalog, desk.day, unknown_price_bound, _say)
    if as_json:
        _out(document)
    else:
        typer.echo(printed.probe(document))
    if take_in:
        form = "json" if take_in.suffix == ".json" else "yaml"
        write(take_in, [dump_case(taken_in(given, document["run"]), form).encode()])
        _say(f"Wrote {take_in}, with these measurements.")
    if not document["passed"]:
        raise typer.Exit(NO)


@cli.command("record")
def record_command(
    case: CasePath,
    form: Annotated[
        str | None,
        typer.Option("--format", help="md, html, pdf or json; else by the file's ending."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; stdout without it.")] = None,
    day: Day = None,
    overlays: Overlays = None,
) -> None:
    """Write the decision record of a case."""
    from advisor.decide.decide import decide
    from advisor.record.formats import FORMATS
    from advisor.record.record import make_record

    form = form or (output.suffix.removeprefix(".") if output else "md")
    if form not in FORMATS:
        raise NotFound(f"There is no format {form}.", f"Choose one of {', '.join(FORMATS)}.")
    desk, told = _desk(overlays, day), _case(case)
    decision = decide(told, desk.catalog, desk.day, hardware=desk.hardware)
    record = make_record(
        told,
        decision,
        desk.catalog,
        app_version=advisor.__version__,
        created=desk.day,
        evidence=evidence_kept(told),
        hardware=desk.hardware,
    )
    body = FORMATS[form].render(record)
    if output is None:
        sys.stdout.buffer.write(body)
    else:
        write(output, [body])
        _say(f"Wrote {output} ({len(body):,} bytes).")


@cli.command("recheck")
def recheck_command(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="A record as JSON.")],
    as_json: AsJson = False,
    day: Day = None,
    overlays: Overlays = None,
) -> None:
    """Decide a record's case again over today's catalog. Exit code 1 when the choice no longer stands."""
    from advisor.record.recheck import recheck, recheck_document
    from advisor.record.record import read_record

    desk = _desk(overlays, day)
    refuse_document(record)
    kept = read_record(_text(record), str(record))
    checked = recheck(kept, desk.catalog, desk.day, hardware=desk.hardware)
    if as_json:
        _out(recheck_document(checked))
    else:
        typer.echo("\n".join(checked.sentences))
    if not checked.stands:
        raise typer.Exit(NO)


@cli.command("schema")
def schema_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of {', '.join(documents.SCHEMAS)}.")],
) -> None:
    """Print the JSON Schema of a file or of a `--json` output."""
    if name not in documents.SCHEMAS:
        raise NotFound(f"There is no schema {name}.", f"Choose one of {', '.join(documents.SCHEMAS)}.")
    _out(documents.SCHEMAS[name]())


@catalog_cli.command("check")
def catalog_check(as_json: AsJson = False, day: Day = None, overlays: Overlays = None) -> None:
    """Run the gates over the catalog and the installed LiteLLM map; exit code 1 on an error."""
    from advisor.catalog.gates import check
    from advisor.catalog.sources.litellm_map import read_installed

    try:
        desk = _desk(overlays, day)
    except BadCatalog as error:
        if as_json:
            _out(documents.broken_catalog_document(error))
        _say(str(error))
        raise typer.Exit(NO) from error
    reading = read_installed(desk.day)
    if isinstance(reading, Unreadable):
        _say(f"Not compared with {reading.source}: {reading.reason}")
    upstreams = (reading,) if isinstance(reading, Upstream) else ()
    findings = check(desk.catalog, desk.day, upstreams)
    if as_json:
        _out(documents.catalog_check_document(desk.catalog, desk.day, findings))
    else:
        typer.echo(printed.catalog_check(desk.catalog, desk.day, findings))
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(NO)


@catalog_cli.command("offers")
def catalog_offers(
    query: Annotated[str, typer.Argument(help="Part of an id or name; without it, every offer.")] = "",
    overlays: Overlays = None,
) -> None:
    """List offer ids, as `--offer` and a case's `probe.offers` take them, practice models included."""
    from advisor.probe.practice import PRACTICE_MODELS

    desk = _desk(overlays, None)
    known = [(f"practice:{name}", printed.practice(one)) for name, one in PRACTICE_MODELS.items()]
    known += [(row.id, row.label) for row in desk.catalog.offers]
    found = [(key, label) for key, label in known if query.casefold() in f"{key} {label}".casefold()]
    for key, label in found:
        typer.echo(f"{key}\t{label}")
    if not found:
        _say(f"No offer has {query!r} in its id or name; without a word every offer is listed.")
        raise typer.Exit(NO)


@catalog_cli.command("propose")
def catalog_propose(
    online: Annotated[
        bool, typer.Option("--online", help="Also ask models.dev, and Artificial Analysis with your own key.")
    ] = False,
    overlays: Overlays = None,
) -> None:
    """Print what other catalogs would change, for review. Nothing is edited."""
    from advisor.catalog.propose import propose

    desk = _desk(overlays, None)
    typer.echo(propose(desk.catalog, _upstreams(desk, online), desk.day).text)


def _upstreams(desk: Desk, online: bool) -> tuple[Reading, ...]:
    from advisor.catalog.sources import artificial_analysis, litellm_map, models_dev

    readings = [litellm_map.read_installed(desk.day)]
    if online:
        readings.append(models_dev.fetch(desk.catalog, desk.day))
    if online and (key := os.environ.get(AA_KEY)):
        readings.append(artificial_analysis.fetch(desk.catalog, key, desk.day))
    return tuple(readings)


@catalog_cli.command("table")
def catalog_table(overlays: Overlays = None) -> None:
    """Print the catalog as a Markdown table, as in the README."""
    from advisor.catalog.table import markdown_table

    desk = _desk(overlays, None)
    typer.echo(markdown_table(desk.catalog, desk.day))


def main(run: Callable[[], Any] = cli) -> None:
    """Run the command line; our own errors become one sentence on stderr and exit code 2."""
    try:
        run()
    except AdvisorError as error:
        _say(str(error))
        raise SystemExit(BAD_USE) from error
    except Exception as error:
        from advisor.host.store import away, is_away

        if not is_away(error):
            raise
        _say(str(away(error)))
        raise SystemExit(BAD_USE) from error
