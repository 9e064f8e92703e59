"""Judge the stored replies of a run by other rules; what was asked and answered stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Engine, select, update

from advisor.case import ProbePrompt, SameAnswer
from advisor.errors import BadInput, NotFound
from advisor.host.books import read_plan
from advisor.host.store import writing
from advisor.host.tables import LIVE, RUN
from advisor.probe.plan import RunPlan
from advisor.probe.rescore import declared, rescored


def judge_again(engine: Engine, run_id: str, prompts: Sequence[ProbePrompt]) -> None:
    """Read a run's replies by the expected answers and graders of these prompts from now on.

    Raises:
        NotFound: There is no such run.
        BadInput: The run is still going on.
    """
    _replan(engine, run_id, lambda plan: rescored(plan, prompts))


def declare(engine: Engine, run_id: str, prompt: str, verdict: SameAnswer) -> None:
    """Count two replies to a prompt as equal or different from now on, whatever the rule says.

    Raises:
        NotFound: There is no such run.
        BadInput: The run is still going on, or has no such prompt.
    """
    _replan(engine, run_id, lambda plan: declared(plan, prompt, verdict))


def take_back(engine: Engine, run_id: str, prompt: str, verdict: SameAnswer) -> None:
    """Let the rule decide again about two replies.

    Raises:
        NotFound: There is no such run.
        BadInput: The run is still going on, or has no such prompt.
    """
    _replan(engine, run_id, lambda plan: declared(plan, prompt, verdict, kept=False))


def _replan(engine: Engine, run_id: str, change: Callable[[RunPlan], RunPlan]) -> None:
    with writing(engine) as connection:
        row = connection.execute(select(RUN.c.plan, RUN.c.state).where(RUN.c.id == run_id)).first()
        if row is None:
            raise NotFound("There is no such run.", "Choose one under “Earlier runs”.")
        if row.state in LIVE:
            raise BadInput("probe", "", "the run is still going on", "Wait for its end, or cancel it.")
        body = change(read_plan(row.plan)).model_dump_json()
        connection.execute(update(RUN).where(RUN.c.id == run_id).values(plan=body))
