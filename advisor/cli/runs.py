"""Commands about probe runs: list them, watch one, pause, resume, cancel, abort, raise caps, ask again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.probe.samples import MICROUSD_PER_USD
from advisor.wording import usd

if TYPE_CHECKING:
    # Read only when a command needs them: `advisor --help` is to answer at once.
    from advisor.case import Case
    from advisor.host.budgets import Budget
    from advisor.host.runs import Progress
    from advisor.host.store import Engine
    from advisor.record.record import Evidence

runs_cli = typer.Typer(
    help="Probe runs: list, watch, pause, resume, cancel, abort, caps.", no_args_is_help=True
)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="Its id, or the beginning of it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
CapUsd = Annotated[float, typer.Argument(metavar="USD", min=0.000001, help="New cap in US dollars.")]


_NO_FAILURE = (
    "There is no failed or interrupted call to ask again. Calls that were never made are asked by "
    "`advisor runs resume`, or after `advisor runs raise-cap` where a cap stopped the run."
)


def _store() -> Engine:
    from advisor.host.ledger import prepare
    from advisor.host.paths import data_folder
    from advisor.host.store import open_store, place

    engine = open_store(place(data_folder()))
    prepare(engine)
    return engine


def evidence_kept(told: Case) -> tuple[Evidence, ...]:
    """What is kept here of the runs behind a case's measurements; nothing is opened for a case without."""
    if not told.measurements:
        return ()
    from advisor.host.evidence import evidence_behind

    return evidence_behind(_store(), told)


@runs_cli.command("list")
def list_command(as_json: AsJson = False) -> None:
    """The newest runs, newest first."""
    from advisor.cli.printed import columns
    from advisor.host.ledger import plan_of
    from advisor.host.runs import progress, recent_runs
    from advisor.host.tables import RunState

    engine = _store()
    heads = recent_runs(engine)
    read = {head.run: plan_of(engine, head.run).embeds for head in heads}
    names = {run: f"second opinion on run {other[:8]}: " for run, other in read.items() if other}
    lines = [
        run_document(progress(engine, head.run)) | {"case": names.get(head.run, "") + head.case_name}
        for head in heads
    ]
    if as_json:
        _print(lines)
    elif not lines:
        typer.echo("No run yet: `advisor probe CASE` makes one.", err=True)
    else:
        cells = [_cells(line, RunState(line["state"]).word) for line in lines]
        typer.echo(columns(("Run", "State", "Answers", "Started", "Case"), cells))


@runs_cli.command("show")
def show_command(run: RunId, as_json: AsJson = False) -> None:
    """How far a run is, and what it cost; `watch` prints its figures."""
    engine = _store()
    _tell(engine, _found(engine, run), as_json)


@runs_cli.command("watch")
def watch_command(run: RunId, as_json: AsJson = False) -> None:
    """Wait for a run's end, working on it; progress on stderr. Exit code 1 when a pass mark is missed."""
    from advisor.cli import printed
    from advisor.cli.probing import watch

    engine = _store()
    document = watch(engine, _found(engine, run), lambda words: typer.echo(words, err=True))
    if as_json:
        _print(document)
    else:
        typer.echo(printed.probe(document))
    if not document["passed"]:
        raise typer.Exit(1)


@runs_cli.command("pause")
def pause_command(run: RunId, as_json: AsJson = False) -> None:
    """Start no further call until it is resumed; calls in flight are kept."""
    from advisor.host.control import pause

    _act(run, pause, as_json)


@runs_cli.command("resume")
def resume_command(run: RunId, as_json: AsJson = False) -> None:
    """Let a paused, stopped, cancelled or aborted run go on with calls not made; failed ones: `retry`."""
    from advisor.host.control import resume

    _act(run, resume, as_json, spends=True)


@runs_cli.command("cancel")
def cancel_command(run: RunId, as_json: AsJson = False) -> None:
    """Start no further call; calls in flight are kept, for they are paid."""
    from advisor.host.control import cancel

    _act(run, cancel, as_json)


@runs_cli.command("abort")
def abort_command(run: RunId, as_json: AsJson = False) -> None:
    """Drop calls in flight; each is charged at its worst case."""
    from advisor.host.control import abort

    _act(run, abort, as_json)


@runs_cli.command("raise-cap")
def raise_cap_command(run: RunId, usd: CapUsd, as_json: AsJson = False) -> None:
    """Set a new cap; a run the old one stopped goes on. The installation's limits hold here too."""
    from advisor.host.headless import COMMAND_LINE
    from advisor.host.limits import raise_within
    from advisor.host.settings import settings

    engine = _store()
    run_id = _found(engine, run)
    _bring_keys(engine, run_id)
    raise_within(engine, run_id, round(usd * MICROUSD_PER_USD), COMMAND_LINE, settings().limits)
    _tell(engine, run_id, as_json)


@runs_cli.command("retry")
def retry_command(run: RunId, as_json: AsJson = False) -> None:
    """Ask failed and interrupted calls again, in the same run; a cancelled one is resumed first.

    Recorded answers are never asked again.
    """
    from advisor.host.control import ask_failures_again

    again = _act(run, ask_failures_again, as_json, spends=True)
    if not again:
        typer.echo(_NO_FAILURE, err=True)


@runs_cli.command("limits")
def limits_command(as_json: AsJson = False) -> None:
    """What one day and single provider accounts may cost, and what is spent of it."""
    from advisor.cli.printed import columns
    from advisor.host.budgets import Budget, account_budgets, budget, day_cap, day_scope

    engine = _store()
    today = budget(engine, day_scope(time.time()))
    own, theirs = day_cap(engine, "own"), day_cap(engine, "installation")
    standing = min((cap for cap in (own, theirs) if cap is not None), default=None)
    day = today or Budget(day_scope(time.time()), standing, 0, 0, 0)
    lines = [_budget_document(one) for one in (day, *account_budgets(engine))]
    if as_json:
        _print(lines)
    else:
        cells = [
            (
                line["scope"],
                "none" if line["cap_usd"] is None else usd(line["cap_usd"]),
                usd(line["spent_usd"]),
            )
            for line in lines
        ]
        typer.echo(columns(("Day or account", "Cap", "Spent"), cells))


@runs_cli.command("limit")
def limit_command(
    what: Annotated[str, typer.Argument(metavar="day|ACCOUNT", help="`day`, or an account such as openai.")],
    usd: Annotated[
        float | None, typer.Argument(min=0.0, help="US dollars; without it the cap is lifted.")
    ] = None,
) -> None:
    """Cap what all real probes of one day (UTC), or calls on one provider account, may cost from now on."""
    from advisor.host.budgets import set_account_cap, set_day_cap

    engine = _store()
    cap = None if usd is None else round(usd * MICROUSD_PER_USD)
    if what == "day":
        set_day_cap(engine, "own", cap, time.time())
    else:
        set_account_cap(engine, what, cap)
    limits_command()


def run_document(now: Progress) -> dict[str, Any]:
    """A run's progress as JSON keeps it; money in US dollars."""
    return {
        "run": now.run,
        "state": str(now.state),
        "reason": now.reason,
        "wanted": now.wanted,
        "done": now.done,
        "failed": now.failed,
        "unknown": now.unknown,
        "asked_again": now.asked_again,
        "calling": now.calling,
        "todo": now.todo,
        "spent_usd": now.spent_usd,
        "held_usd": now.held_usd,
        "cap_usd": now.cap_usd,
        "simulated_usd": now.simulated_usd,
        "simulated": now.simulated,
        "started_at": now.started_at.isoformat(timespec="seconds"),
        "ended_at": now.ended_at.isoformat(timespec="seconds") if now.ended_at else None,
    }


def _cells(line: dict[str, Any], state: str) -> tuple[str, ...]:
    answers = f"{line['done']} of {line['wanted']}"
    started = line["started_at"].replace("T", " ").replace("+00:00", " UTC")
    return line["run"], state, answers, started, line["case"] or "unnamed"


def _budget_document(one: Budget) -> dict[str, Any]:
    return {
        "scope": one.scope,
        "cap_usd": None if one.cap is None else one.cap / MICROUSD_PER_USD,
        "held_usd": one.held / MICROUSD_PER_USD,
        "spent_usd": one.spent / MICROUSD_PER_USD,
        "overrun_usd": one.overrun / MICROUSD_PER_USD,
    }


def _act(run: str, act: Callable[[Engine, str], object], as_json: bool, *, spends: bool = False) -> object:
    from advisor.host.runs import progress
    from advisor.host.sessions import living_sessions

    engine = _store()
    run_id = _found(engine, run)
    if spends:
        _bring_keys(engine, run_id)
    before = progress(engine, run_id)
    done = act(engine, run_id)
    now = progress(engine, run_id)
    _tell(engine, run_id, as_json)
    if now.state is before.state and not spends:
        typer.echo("It has ended already: nothing was changed.", err=True)
    if now.live and not living_sessions(engine):
        typer.echo(f"No worker is at work: `advisor runs watch {run_id[:8]}` carries it out.", err=True)
    return done


def _bring_keys(engine: Engine, run_id: str) -> None:
    """Keys that the workers have lost are taken from this shell, or the run does not go on."""
    from advisor.host.rekeying import bring_keys

    bring_keys(engine, run_id, os.environ, os.environ)


def _tell(engine: Engine, run_id: str, as_json: bool) -> None:
    from advisor.host.runs import progress

    now = progress(engine, run_id)
    if as_json:
        _print(run_document(now))
        return
    paid = f" ({now.unpaid})" if now.unpaid else ""
    again = f" and {now.asked_again} more asked again" if now.asked_again else ""
    typer.echo(
        f"{now.run}: {now.state.word}, {now.done} of {now.wanted} answers, "
        f"{now.failed} failed, {now.unknown} interrupted{again}, "
        f"{usd(now.spent_usd)} of {usd(now.cap_usd)} charged{paid}"
    )
    if now.reason:
        typer.echo(now.reason)


def _found(engine: Engine, run: str) -> str:
    from advisor.host.runs import find_run

    return find_run(engine, run)


def _print(document: dict[str, Any] | list[dict[str, Any]]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False))
