"""A load ladder on the probe page."""

from __future__ import annotations

import pytest

from advisor.ui.folder import Folder, written
from advisor.ui.state import drafts
from tests.apptest import app_at
from tests.probe.plans import case_of
from tests.ui.runs import run_of

VIEWS = ("Tokens per second in total", "Tokens per second of each call", "Time to first token")


@pytest.fixture(scope="module")
def query() -> dict[str, str]:
    """A ladder up to two at once in which every answer takes a second and all of a step run together."""
    case = case_of(prompts=2, design="ladder", concurrency=2)
    run = run_of(case, lambda _: "Paris")[0]
    return {"d": drafts().create(written(Folder(case=case))).id, "run": run}


@pytest.mark.parametrize("view", VIEWS)
def test_a_ladder_is_said_in_a_sentence_and_shows_every_step(query: dict[str, str], view: str) -> None:
    """4 answers of 10 tokens in one second at either step: 40 tokens/s, and no gain beyond the first."""
    app = app_at("probe", query=query, **{"probe-ladder-view": view})
    said = "\n".join(str(one.value).replace("\\", "") for one in app.markdown)

    assert not app.exception
    assert "beyond 1 at once it gained no throughput (40 tokens/s in total, 40 tokens/s at 2)" in said
    for step in (1, 2):
        assert f"{step} at once: 4 of 4 calls answered, 40 tokens/s in total" in said
    assert "What the answers show" not in said
