"""The panel for a provider key of one's own: the key is in no page, address, case, record, log or file."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor.case import ProbePlan, ProbePrompt
from advisor.decide.intake import dump_case
from advisor.host.keys import KeyRing, holders
from advisor.host.ledger import plan_of
from advisor.host.paths import data_folder
from advisor.host.shelf import preset
from advisor.ui import loaded
from advisor.ui.folder import Folder, written
from advisor.ui.state import drafts
from tests.apptest import app_at
from tests.host.ledger_steps import session

OFFER, NAME = "gpt-5.6-luna@openai", "OPENAI_API_KEY"
KEY = "sk-of-one-visitor-0123456789"


def opened() -> AppTest:
    """The probe page of a case that asks one offer with a key."""
    prompt = ProbePrompt(id="one", text="Say one.")
    probe = ProbePlan(offers=(OFFER,), prompts=(prompt,), samples_per_prompt=1, cap_usd=1.0)
    case = preset("support_chatbot").model_copy(update={"probe": probe})
    return app_at("probe", query={"d": drafts().create(written(Folder(case=case))).id})


def sent(app: AppTest) -> str:
    """All the page sends to a browser, as text."""
    found: list[str] = []

    def look(block: Any) -> None:
        for node in block.children.values():
            found.append(str(node.proto))
            if hasattr(node, "children"):
                look(node)

    look(app.main)
    look(app.sidebar)
    return "\n".join(found)


def enter(app: AppTest, key: str) -> None:
    """Type the key and press the button."""
    next(one for one in app.text_input if one.label == "Key").set_value(key)
    next(one for one in app.button if one.label == "Use it in this session").click().run()


def test_a_key_is_used_by_its_session_and_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Entered once, the key serves the session's run: it is gone from the field, and stands in nothing that
    is shown, linked, kept, recorded or logged; a new session does not know it."""
    monkeypatch.delenv(NAME, raising=False)
    caplog.set_level(logging.DEBUG)
    store = loaded.store()
    worker = session(store)
    KeyRing(store, worker, {}).publish()
    app = opened()
    enter(app, KEY)
    after_entry = sent(app)
    next(one for one in app.button if one.label == "Start the probe").click().run()
    run = app.query_params["run"]
    plan = plan_of(store, run[0] if isinstance(run, list) else run)
    wizard = app.session_state["advisor"]
    files = b"".join(file.read_bytes() for file in data_folder().rglob("*") if file.is_file())

    assert not app.exception
    assert "your own, in this session" in after_entry
    assert plan.own_keys == (NAME,)
    assert holders(store, plan.key_ticket or "") == {worker}
    for place in (
        after_entry,
        sent(app),
        str(app.query_params),
        written(wizard.folder),
        dump_case(wizard.folder.case, "yaml"),
        plan.model_dump_json(),
        caplog.text,
    ):
        assert KEY not in place
    assert KEY.encode() not in files
    assert "your own, in this session" not in sent(opened())


def test_a_key_is_forgotten_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """After Forget it the session holds the key no longer, and says so."""
    monkeypatch.delenv(NAME, raising=False)
    KeyRing(loaded.store(), session(loaded.store()), {}).publish()
    app = opened()
    enter(app, KEY)
    next(one for one in app.button if one.label == "Forget it").click().run()

    assert "your own, in this session" not in sent(app)
    assert app.session_state["advisor:own-keys"] == {}
