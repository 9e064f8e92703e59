"""A second opinion on free text from the command line, and a person's word about two replies."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    # Read only when a command needs them: `advisor --help` is to answer at once.
    from advisor.host.store import Engine
    from advisor.probe.board import Board
    from advisor.probe.second_look import Looked, Vector
    from advisor.probe.targets import Target

second_look_cli = typer.Typer()

RunId = Annotated[str, typer.Argument(metavar="RUN", help="Its id, or the beginning of it.")]
LONGEST_SHOWN = 160


@second_look_cli.command("look-again")
def look_again_command(
    run: RunId,
    here: Annotated[
        bool, typer.Option("--minilm", help="MiniLM on this machine, an optional package; nothing is sent.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option("--model", help="Embedding model by LiteLLM's id, your key; `practice` is simulated."),
    ] = None,
    cap_usd: Annotated[float, typer.Option("--cap", min=0.000001, help="Most it may cost, dollars.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Pairs of free-text replies to look at again, by embeddings; without an option by the last ones."""
    from advisor.probe.second_look import MEASURED, look_again, texts_to_embed

    engine, run_id, board = _read(run)
    texts = texts_to_embed(list(board.studied.values()))
    vectors = _vectors(engine, run_id, texts, here, model, cap_usd)
    found = look_again(list(board.studied.values()), vectors)
    if as_json:
        typer.echo(json.dumps(document(run_id, found), ensure_ascii=False, indent=2))
        return
    typer.echo("\n".join(line for looked in found for line in _lines(looked)) or "No free text to compare.")
    typer.echo(MEASURED, err=True)


@second_look_cli.command("verdict")
def verdict_command(
    run: RunId,
    first: Annotated[str, typer.Argument(metavar="KEY", help="Key of a reply, as the export names it.")],
    second: Annotated[str, typer.Argument(metavar="KEY", help="Key of another reply to the same prompt.")],
    word: Annotated[
        Literal["same", "different", "back"], typer.Argument(help="`back` takes your word back.")
    ],
) -> None:
    """Count two free-text replies of a finished run as equal or different, whatever the rule says."""
    from advisor.case import SameAnswer
    from advisor.host.rejudging import declare, take_back
    from advisor.wording import count

    engine, run_id, board = _read(run)
    (prompt, one), (other_prompt, other) = _reply(board, first), _reply(board, second)
    if prompt != other_prompt:
        raise typer.BadParameter(f"the replies answer two prompts, {prompt} and {other_prompt}")
    act = take_back if word == "back" else declare
    act(engine, run_id, prompt, SameAnswer(one=one, other=other, same=word == "same"))
    figures = [found.figures for (_, asked), found in _read(run)[2].studied.items() if asked == prompt]
    for found in figures:
        seen, replies = count(found.distinct, "different answer"), count(found.valid, "reply", "replies")
        typer.echo(f"{found.model}, {prompt}: {seen} in {replies}")


def document(run_id: str, found: tuple[Looked, ...]) -> dict[str, Any]:
    """What is to be looked at, as JSON."""
    from advisor.probe.second_look import MEASURED

    prompts = [looked.model_dump(mode="json") | {"words": looked.words} for looked in found]
    return {"run": run_id, "measured": MEASURED, "prompts": prompts}


def _read(run: str) -> tuple[Engine, str, Board]:
    from advisor.host.ledger import plan_of, prepare
    from advisor.host.paths import data_folder
    from advisor.host.runs import find_run, judged_samples
    from advisor.host.store import open_store, place
    from advisor.probe.board import board_of

    engine = open_store(place(data_folder()))
    prepare(engine)
    run_id = find_run(engine, run)
    return engine, run_id, board_of(plan_of(engine, run_id), judged_samples(engine, run_id))


def _vectors(
    engine: Engine, run_id: str, texts: tuple[str, ...], here: bool, model: str | None, cap_usd: float
) -> Mapping[str, Vector]:
    from advisor.errors import NotFound
    from advisor.host.ledger import plan_of
    from advisor.host.minilm import minilm_vectors
    from advisor.host.runs import embedding_run, samples
    from advisor.probe.embedding import vectors_of

    if here or not texts:
        return minilm_vectors(texts) if texts else {}
    last = (
        embedding_run(engine, run_id) if model is None else _embedded(engine, run_id, texts, model, cap_usd)
    )
    if last is None:
        raise NotFound("This run has no embeddings yet.", "Ask for them: --minilm, or --model ID.")
    return vectors_of(plan_of(engine, last), samples(engine, last), texts)


def _embedded(engine: Engine, run_id: str, texts: tuple[str, ...], model: str, cap_usd: float) -> str:
    """A run of its own, its price told before and after."""
    from advisor.cli.probing import announce
    from advisor.host.headless import begin_headless, follow
    from advisor.host.ledger import plan_of
    from advisor.host.paths import data_folder
    from advisor.host.settings import settings
    from advisor.probe.embedding import embedding_plan
    from advisor.wording import usd

    plan = embedding_plan(plan_of(engine, run_id), run_id, texts, _target(model), cap_usd)
    announce(plan, _say)
    made = begin_headless(engine, data_folder(), plan, limits=settings().limits)
    last = follow(engine, made, lambda _: None)
    simulated = " (simulated)" if last.simulated else ""
    _say(f"{last.done} of {last.wanted} calls answered, {usd(last.spent_usd)} charged{simulated}.")
    return made


def _target(model: str) -> Target:
    from advisor.catalog.files import load_catalog
    from advisor.catalog.sources.embedding_models import embedding_models
    from advisor.errors import NotFound
    from advisor.probe.embedding import embedder, practice_embedder

    if model == "practice":
        return practice_embedder()
    known = embedding_models(load_catalog(), date.today())
    if model not in known:
        raise NotFound(f"{model} is no embedding model LiteLLM lists.", f"One of: {', '.join(known)}.")
    found = known[model]
    if not os.environ.get(found.key_env):
        raise NotFound(f"{model} has no key.", f"Set {found.key_env}.")
    return embedder(found.litellm_id, found.key_env, found.price, key_missing=False)


def _say(words: str) -> None:
    typer.echo(words, err=True)


def _reply(board: Board, key: str) -> tuple[str, str]:
    """Prompt and text of a reply."""
    from advisor.errors import NotFound
    from advisor.probe.board import place_of
    from advisor.probe.extract import bare

    place = place_of(board.rows, key)
    reply = None if place is None else board.rows[place].sample.reply
    if place is None or reply is None:
        raise NotFound(f"There is no reply {key} in this run.", "`advisor probe --json` lists their keys.")
    return board.rows[place].sample.prompt, bare(reply.text)


def _lines(looked: Looked) -> list[str]:
    from advisor.cli.consistency import plain

    head = (
        f"{looked.prompt}: {looked.equal} pairs the rule calls equal, {looked.different} different, "
        f"{len(looked.doubts)} to look at again. {looked.words}"
    )
    pairs = [
        f"  {plain(doubt.model)}: {doubt.words}\n    {plain(doubt.one, LONGEST_SHOWN)}\n"
        f"    {plain(doubt.other, LONGEST_SHOWN)}"
        for doubt in looked.doubts
    ]
    return [head.strip(), *pairs]
