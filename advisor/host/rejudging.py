"""Judge the stored replies of a run by other rules; what was asked and answered stays as it was."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select, update

from advisor.case import ProbePrompt
from advisor.errors import BadInput, NotFound
from advisor.host.books import read_plan
from advisor.host.store import writing
from advisor.host.tables import LIVE, RUN
from advisor.probe.rescore import rescored


def judge_again(engine: Engine, run_id: str, prompts: Sequence[ProbePrompt]) -> None:
    """Read a run's replies by the expected answers and graders of these prompts from now on.

    Raises:
        NotFound: There is no such run.
        BadInput: The run is still going on.
    """
    with writing(engine) as connection:
        row = connection.execute(select(RUN.c.plan, RUN.c.state).where(RUN.c.id == run_id)).first()
        if row is None:
            raise NotFound("There is no such run.", "Choose one under “Earlier runs”.")
        if row.state in LIVE:
            raise BadInput("probe", "", "the run is still going on", "Wait for its end, or cancel it.")
        body = rescored(read_plan(row.plan), prompts).model_dump_json()
        connection.execute(update(RUN).where(RUN.c.id == run_id).values(plan=body))
