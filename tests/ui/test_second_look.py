"""The second opinion on the probe page and from the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from advisor.case import ProbePrompt
from advisor.cli.commands import cli
from advisor.host.ledger import plan_of, start_run, tick
from advisor.host.runs import judged_samples, samples
from advisor.host.sessions import end_session, open_session
from advisor.host.settlement import Finished
from advisor.probe.board import Board, board_of
from advisor.probe.embedding import embedding_plan, practice_embedder, written
from advisor.probe.samples import Attempt, Reply, Timeline
from advisor.probe.second_look import texts_to_embed
from advisor.ui import loaded
from advisor.ui.folder import Folder
from advisor.ui.folder import written as written_case
from advisor.ui.state import drafts
from tests.apptest import app_at
from tests.probe.plans import case_of
from tests.ui.runs import run_of

SAID = ("molecules scatter short waves", "molecules scatter short waves strongly", "sunlight bends")
VECTORS = {SAID[0]: [1.0, 0.0], SAID[1]: [0.8, 0.6], SAID[2]: [0.6, 0.8]}
"""The pair the rule calls equal has cosine 0.8; the last two differ by the rule and have 0.96."""


def _board(run: str) -> Board:
    return board_of(plan_of(loaded.store(), run), judged_samples(loaded.store(), run))


@pytest.fixture
def run() -> str:
    """A finished run of one free-text prompt with three different replies, embedded by a run of its own."""
    case = case_of(prompts=1, samples_per_prompt=3)
    sky = ProbePrompt(id="sky", text="Why is the sky blue?")
    plan = case.probe.model_copy(update={"prompts": (sky,), "latency_samples": 0, "warm_up": False})
    said = iter(SAID)
    run = run_of(case.model_copy(update={"probe": plan}), lambda _: next(said))[0]
    texts = texts_to_embed(list(_board(run).studied.values()))
    embedding = embedding_plan(plan_of(loaded.store(), run), run, texts, practice_embedder(), 1.0)
    store = loaded.store()
    session = open_session(store, "test", alone=False)
    made = start_run(store, embedding)
    (claim,) = tick(store, made, session, [], 1).claims
    reply = Reply(text=written([VECTORS[text] for text in texts]), finish_reason="stop")
    done = Attempt(
        number=1, started_at="", timeline=Timeline(started_ns=0), outcome=reply, cost_usd=0.000_002
    )
    tick(store, made, session, [Finished(claim, done)], 1)
    end_session(store, session)
    drafts().create(written_case(Folder(case=case)))
    return run


def test_a_doubted_pair_is_shown_and_a_word_about_it_counts(run: str) -> None:
    """Both replies stand side by side with the reason; a word about them joins them, and is listed."""
    app = app_at("probe", query={"run": run})
    shown = [one.value for one in app.code]
    said = "\n".join(str(one.value).replace("\\", "") for one in app.markdown)

    assert not app.exception
    assert "at least as alike (cosine 0.96) as half of the pairs it calls equal (0.80)" in said
    assert "has read 3 of 3 texts for $0.000002" in said
    assert shown.count(SAID[1]) > 1
    assert _board(run).studied["practice:quick", "sky"].figures.distinct == 2

    app.button(key="verdict:sky:0:True").click().run()

    assert not app.exception
    assert _board(run).studied["practice:quick", "sky"].figures.distinct == 1
    assert any("Your word about 1 pair" in one.label for one in app.expander)


def test_the_command_line_says_the_same_and_takes_a_word(run: str) -> None:
    """The pair with both texts as JSON; `verdict` joins them and `back` parts them again."""
    keys = {one.reply.text: one.key for one in samples(loaded.store(), run) if one.reply}
    told = json.loads(CliRunner().invoke(cli, ["look-again", run, "--json"]).stdout)
    (doubt,) = told["prompts"][0]["doubts"]
    pair = ["verdict", run, keys[SAID[1]], keys[SAID[2]]]
    same, back = (CliRunner().invoke(cli, [*pair, word]).stdout for word in ("same", "back"))

    assert (doubt["one"], doubt["other"], doubt["same"]) == (SAID[1], SAID[2], False)
    assert "1 different answer in 3 replies" in same
    assert "2 different answers in 3 replies" in back
