"""The sampling lab: knobs, sources, and what is unknown."""

from __future__ import annotations

import json
from math import log
from typing import Any

from streamlit.testing.v1 import AppTest

from advisor.case import Case
from advisor.probe.odds import odds_plan
from advisor.probe.samples import Reply, TokenOdds
from advisor.probe.targets import target_of
from advisor.ui import loaded
from tests.apptest import app_at
from tests.ui.runs import run_of_plan


def tiles(app: AppTest) -> dict[str, str]:
    """Label -> value of the four tiles."""
    return {one.label: one.value for one in app.metric}


def test_temperature_first_changes_what_top_p_keeps() -> None:
    """Logits 2, 1, 0.5, 0, -1: top-p 0.8 keeps three tokens at temperature 1 and one at 0.5."""
    app = app_at("sampling")
    app.segmented_control(key="sampling-kind").set_value("Example (simulated)").run()
    app.slider(key="sampling-p").set_value(0.8).run()
    assert not app.exception
    assert tiles(app)["Can be drawn"] == "3 of 5"
    app.slider(key="sampling-t").set_value(0.5).run()
    assert tiles(app)["Can be drawn"] == "1 of 5"
    assert tiles(app)["Two draws equal"] == "100 %"
    assert any("simulated" in str(one.value) for one in [*app.caption, *app.markdown])


def test_a_paste_of_hostile_tokens_stays_text() -> None:
    """Tokens with markup are drawn as characters; a broken paste says what to do."""
    app = app_at("sampling")
    app.segmented_control(key="sampling-kind").set_value("Your provider's").run()
    app.text_area(key="sampling-paste").set_value("nonsense").run()
    assert "Paste the reply" in app.error[0].value.replace("\\", "")
    top = [{"token": "<b>x</b>", "logprob": -0.1}, {"token": "y", "logprob": -3.0}]
    app.text_area(key="sampling-paste").set_value(json.dumps(top)).run()
    assert not app.exception
    assert tiles(app)["Can be drawn"] == "2 of 2"


def test_a_call_for_token_probabilities_goes_into_the_lab() -> None:
    """Its price stands there before; after it, its places are distributions of the lab, marked simulated."""
    target = target_of("practice:quick", Case(), loaded.catalog(), loaded.today(), {})
    top = (("A", log(0.75)), ("B", log(0.25)))
    reply = Reply(text="A", finish_reason="stop", odds=(TokenOdds(token="A", top=top),))
    run = run_of_plan(odds_plan(target, "Name one.", loaded.today()), lambda _: reply)
    state: dict[str, Any] = {"sampling:run": run, "sampling-kind": "Ask an offer"}
    app = app_at("sampling", **state)
    said = "\n".join(str(one.value).replace("\\", "") for one in app.markdown)

    assert not app.exception
    assert "1 call, at most $0." in said
    assert tiles(app)["Likeliest token"] == "75 %"
    assert any("asked on" in one.value and "simulated" in one.value for one in [*app.caption, *app.markdown])
