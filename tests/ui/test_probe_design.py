"""Choosing a probe design on the probe page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from advisor.case import Case, ProbePlan, ProbePrompt
from advisor.ui.folder import Folder, written
from advisor.ui.probe_wordings import lines_of
from advisor.ui.state import Wizard, drafts
from tests.apptest import app_at

PROMPT = ProbePrompt(
    id="capital", text="What is the capital of France?", expected="Paris", answer_type="short"
)


def opened(**probe: object) -> AppTest:
    """The probe page with a case that asks one practice model one prompt."""
    plan = ProbePlan.model_validate({"offers": ("practice:quick",), "prompts": (PROMPT,), **probe})
    body = written(Folder(case=Case(name="test", probe=plan)))
    return app_at("probe", query={"d": drafts().create(body).id})


def probe_of(app: AppTest) -> ProbePlan:
    """The probe plan of the session's case."""
    wizard: Wizard = app.session_state["advisor"]
    return wizard.folder.case.probe


def said(app: AppTest) -> str:
    """Everything written on the page."""
    said = "\n".join(str(one.value) for one in (*app.markdown, *app.caption, *app.info))
    return said.replace("\\", "").replace("\u00a0", " ")


def test_a_design_is_kept_and_says_what_it_cannot_show() -> None:
    """The design goes into the case; what it lacks and what it can show stand there before the start."""
    app = opened()
    app.selectbox(key="probe:design").set_value("careful").run()
    assert not app.exception
    assert probe_of(app).design == "careful"
    assert "The design wants 100 prompts; there is 1: all are asked." in said(app)
    assert "If all 5 answers are equal, the next one may still differ in up to 45 % of cases" in said(app)
    assert "from short answers to the longest allowed" in said(app)


def test_sweep_values_are_typed_and_nonsense_is_refused() -> None:
    """Numbers become the values of the sweep; anything else is refused in words and changes nothing."""
    app = opened(design="temperature_sweep")
    app.text_input(key="probe:sweep").set_value("0, 1.5").run()
    assert probe_of(app).sweep == (0.0, 1.5)
    app.text_input(key="probe:sweep").set_value("hot").run()
    assert probe_of(app).sweep == (0.0, 1.5)
    assert any("give numbers" in one.value for one in app.warning)
    app.text_input(key="probe:sweep").set_value("5").run()
    assert "Correct the values of the sweep" in said(app)


def test_wordings_are_the_users_own() -> None:
    """Without a real model nothing is proposed; a typed wording joins the case and can leave it."""
    app = opened(design="paraphrase")
    assert not [one for one in app.button if "propose" in one.label]
    app.text_area[-1].set_value("Which city is France's capital?")
    next(one for one in app.button if one.label == "Add this wording").click().run()
    added = probe_of(app).prompts[-1]
    assert (added.rewords, added.expected, added.text) == (
        "capital",
        "Paris",
        "Which city is France's capital?",
    )
    app.button(key=f"remove-wording:{added.id}").click().run()
    assert probe_of(app).prompts == (PROMPT,)


def test_proposed_lines_lose_their_numbers() -> None:
    """Numbering, dashes and repeats are taken off; the words stay as written."""
    reply = '1. What is it?\n- "What is it?"\n\n3) Which one is it?'
    assert lines_of(reply) == ("What is it?", "Which one is it?")


def test_long_context_asks_for_the_document() -> None:
    """Without a document the page says so; with one it can start."""
    app = opened(design="long_context")
    assert "Paste or upload your document first." in said(app)
    app.text_area(key="probe:document").set_value("word " * 100).run()
    assert "It shows time and cost at each length" in said(app)
