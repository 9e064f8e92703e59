"""How steady are replies produced elsewhere? Figures with intervals, without any model call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.files import readable
from advisor.cli.printed import columns
from advisor.wording import percent

if TYPE_CHECKING:
    from advisor.probe.agreement_document import ConsistencyOut
    from advisor.probe.model_agreement import Figure, ModelAgreement, Total

consistency_cli = typer.Typer()
UNKNOWN = "-"
LONGEST_NAME = 60
LEGEND = (
    "Prompts: with replies of this model. Valid: replies that are an answer, of all asked for; errors,",
    "empty, cut and refused ones are none. agree@2, agree@5: chance that two, that five replies agree.",
    "They and TARa rest on prompts with a declared answer type. Free text ~: agree@2 of free text, compared",
    "by words: approximate, and in none of the columns before.",
    "TARr, TARa: share of prompts with all N replies equal, as written and as answers; falls as N grows.",
    "Right: replies as expected, mean over prompts; empty, cut and refused replies are wrong, failed calls",
    "left out. pass^k: all of k tries right. In brackets: 95 % intervals over prompts, none below five.",
    f"{UNKNOWN}: unknown, or too few replies. Consistent is not correct: steady replies can be",
    "steadily wrong.",
)


@consistency_cli.command("consistency")
def consistency_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSONL: prompt, model, replies; - reads stdin.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Measure how far repeated replies agree, and how often they are right. No model is called."""
    from advisor.probe.agreement_document import consistency_document, consistency_of
    from advisor.probe.reply_file import read_replies

    report = consistency_of(read_replies(_lines(file), str(file)), str(file))
    if as_json:
        typer.echo(json.dumps(consistency_document(report), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        typer.echo(printed(report))


def printed(report: ConsistencyOut) -> str:
    """The report for a terminal: a table of models, then what it means."""
    head = (
        "Model",
        "Prompts",
        "Valid",
        "agree@2",
        "Free text ~",
        "agree@5",
        "TARr",
        "TARa",
        "Right",
        "pass^k",
    )
    parts = [columns(head, [_row(one.figures) for one in report.models])]
    for one in report.models:
        parts += ["", plain(one.figures.model), *(f"  - {line}" for line in one.sentences)]
    if report.pairs:
        parts += ["", "Between models", *(f"  - {plain(pair.sentence, 400)}" for pair in report.pairs)]
    parts += ["", *(f"Note: {line}" for line in report.warnings)] if report.warnings else []
    return "\n".join([*parts, "", *LEGEND])


def _row(one: ModelAgreement) -> tuple[str, ...]:
    last = one.passes[-1] if one.passes else None
    return (
        plain(one.model),
        str(one.prompts),
        f"{one.valid} of {one.asked}",
        _figure(one.agree_2),
        _figure(one.agree_2_approximate),
        _figure(one.agree_5),
        _total(one.same_wording),
        _total(one.same_answer),
        _figure(one.pass_rate),
        f"k={last.k}: {percent(last.all_of.value)}" if last else UNKNOWN,
    )


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return UNKNOWN
    value = f"{figure.value:.2f}"
    return value if figure.low is None else f"{value} ({figure.low:.2f}-{figure.high:.2f})"


def _total(total: Total | None) -> str:
    return UNKNOWN if total is None else f"{percent(total.share)} (N={total.replies})"


def plain(text: str, longest: int = LONGEST_NAME) -> str:
    """Text of a file as one line that cannot steer a terminal."""
    line = "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _lines(path: Path) -> Iterator[bytes]:
    if str(path) == "-":
        yield from typer.get_binary_stream("stdin")
        return
    with readable(path), path.open("rb") as file:
        yield from file
