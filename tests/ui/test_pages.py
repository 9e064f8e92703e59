"""Every page with every kind of case, and every way an answer gets into the case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor.case import UNKNOWN, Case, Measurement, ProbePlan, ProbePrompt
from advisor.host.paths import pages_folder
from advisor.host.shelf import presets
from advisor.record.formats import FORMATS
from advisor.ui import loaded
from advisor.ui.folder import Folder, Scenario, written
from advisor.ui.navigation import PAGES
from advisor.ui.state import Wizard, drafts
from tests.apptest import app_at

FILES = [row.file for row in PAGES]


def finished() -> Folder:
    """A case with measurements and a scenario beside it."""
    case = presets()[0]
    measured = Measurement(
        offer="glm-5.2@deepinfra",
        metric="consistency",
        unit="share",
        value=0.9,
        n=6,
        as_of=date(2026, 11, 24),
        run="0" * 32,
        simulated=True,
    )
    full = case.model_copy(update={"measurements": (measured,)})
    return Folder(case=full, scenarios=(Scenario(name="Before", case=case),))


FOLDERS = {"blank": Folder(), "preset": Folder(case=presets()[3]), "finished": finished()}


def opened(folder: Folder, page: str) -> AppTest:
    """The page with that work open, as after a reload: only the id in the address."""
    return app_at(page, query={"d": drafts().create(written(folder)).id})


def case_of(app: AppTest) -> Case:
    """The case as kept in the store under the id in the address."""
    found: Any = app.query_params["d"]
    draft = drafts().load(found if isinstance(found, str) else found[0])
    assert draft is not None
    return Folder.model_validate_json(draft.body).case


def shown_in(app: AppTest) -> Wizard:
    """The session's own state."""
    wizard: Wizard = app.session_state["advisor"]
    return wizard


@pytest.mark.parametrize("kind", FOLDERS)
# A shared page without its link has nothing to show and says so.
@pytest.mark.parametrize("file", [file for file in FILES if file != "shared"])
def test_every_page_draws_every_kind_of_case(file: str, kind: str) -> None:
    """A page shows no exception and no error for an empty, a filled and a finished case."""
    app = opened(FOLDERS[kind], file)

    assert list(app.exception) == []
    assert [error.value for error in app.error] == []
    assert len(app.markdown) + len(app.title) > 0


def test_there_is_a_row_for_every_page_file() -> None:
    """A script in pages/ that the navigation does not know would never be seen."""
    assert {path.stem for path in pages_folder().glob("*.py")} == set(FILES)


def test_one_option_is_kept_and_survives_a_reload() -> None:
    """Choosing an option writes it into the draft; opening the draft's address shows it chosen."""
    app = opened(Folder(), "decision_1_access")
    app.radio(key="answer:access.place").set_value("own_servers").run()

    assert case_of(app).answer("access", "place") == "own_servers"
    again = app_at("decision_1_access", query={"d": shown_in(app).draft.id})  # type: ignore[union-attr]
    assert again.radio(key="answer:access.place").value == "own_servers"


def test_no_option_is_chosen_beforehand() -> None:
    """A blank case has no pre-selected answer, so nobody submits what they did not say."""
    app = opened(Folder(), "decision_1_access")

    asked = [radio for radio in app.radio if str(radio.key).startswith("answer:")]
    assert [radio.value for radio in asked] == [None] * len(asked)
    assert [box.value for box in app.checkbox] == [False] * len(app.checkbox)


def test_i_do_not_know_yet_is_offered_for_every_question() -> None:
    """Each radio group and each group of ticks offers it, and it is kept as an answer."""
    app = opened(Folder(), "decision_1_access")

    asked = [radio for radio in app.radio if str(radio.key).startswith("answer:")]
    assert asked
    assert all("know yet" in str(radio.options) for radio in asked)
    app.radio(key="answer:access.place").set_value(UNKNOWN).run()
    assert case_of(app).answer("access", "place") == UNKNOWN


def test_ticks_add_up_in_the_questions_order() -> None:
    """Two ticks make an answer in the order of the options, whatever the order of clicking."""
    app = opened(Folder(), "decision_2_reasoning")
    app.checkbox(key="answer:reasoning.task_kinds:extract").check().run()
    app.checkbox(key="answer:reasoning.task_kinds:classify").check().run()

    assert case_of(app).answer("reasoning", "task_kinds") == ("classify", "extract")


def test_the_last_tick_removed_leaves_the_question_open() -> None:
    """No tick is no answer; "None of these" is an answer."""
    app = opened(Folder(), "decision_2_reasoning")
    app.checkbox(key="answer:reasoning.task_kinds:extract").check().run()
    app.checkbox(key="answer:reasoning.task_kinds:extract").uncheck().run()
    assert case_of(app).answer("reasoning", "task_kinds") is None

    app.checkbox(key="answer:reasoning.task_kinds:None of these").check().run()
    assert case_of(app).answer("reasoning", "task_kinds") == ()


def test_yes_and_no_are_kept_as_such() -> None:
    """Yes is true and no is false in the case, and each shows as the word."""
    app = opened(Folder(), "decision_1_access")
    app.radio(key="answer:access.commercial").set_value("no").run()

    assert case_of(app).answer("access", "commercial") is False
    assert app.radio(key="answer:access.commercial").value == "no"


def test_a_number_is_kept_edit_after_edit() -> None:
    """Each of several edits in a row counts, and an emptied field is unknown again."""
    app = opened(Folder(), "brief")
    for entered in (100, 250, 900):
        app.number_input(key="workload:input_tokens").set_value(entered).run()
        assert case_of(app).workload.input_tokens == entered

    app.number_input(key="workload:input_tokens").set_value(None).run()
    assert case_of(app).workload.input_tokens is None


def test_a_share_is_entered_in_percent() -> None:
    """40 percent on screen is 0.4 in the case."""
    app = opened(Folder(), "brief")
    app.number_input(key="workload:batch_share").set_value(40.0).run()

    assert case_of(app).workload.batch_share == pytest.approx(0.4)


def test_an_answer_outside_the_options_is_refused() -> None:
    """A value no honest browser sends changes nothing."""
    app = opened(Folder(case=Case(name="kept")), "brief")
    app.number_input(key="workload:batch_share").set_value(4000.0).run()

    assert case_of(app) == Case(name="kept")


def test_a_changed_preset_answer_is_no_longer_marked() -> None:
    """What the user changed is the user's own."""
    case = presets()[0]
    app = opened(Folder(case=case), "decision_1_access")
    assert "access.place" in case.from_preset
    app.radio(key="answer:access.place").set_value("device").run()

    assert "access.place" not in case_of(app).from_preset


def test_the_brief_offers_presets() -> None:
    """A preset chosen on the brief fills it in, in a draft of its own: the one so far keeps its answers."""
    app = opened(Folder(case=Case(name="kept")), "brief")
    before = shown_in(app).draft
    app.selectbox(key="preset").select_index(1).run()
    app.button(key="use-preset").click().run()

    assert shown_in(app).folder.case == presets()[1]
    assert before is not None
    again = app_at("brief", query={"d": before.id})
    assert shown_in(again).folder.case.name == "kept"


def test_the_record_gives_files_to_start_from() -> None:
    """Beside every format of the record there are the proxy configuration, code and evaluation set."""
    case = presets()[0].model_copy(update={"probe": ProbePlan(prompts=(ProbePrompt(id="p", text="Hi."),))})
    app = opened(Folder(case=case), "record")
    buttons: Any = app.get("download_button")
    labels = {button.label for button in buttons}

    assert {f"Download {form.label}" for form in FORMATS.values()} <= labels
    assert {"LiteLLM proxy configuration", "Python code", "promptfoo evaluation set"} <= labels


def test_undo_takes_one_change_back() -> None:
    """After two answers, undo leaves the first, in the session and in the draft."""
    app = opened(Folder(), "decision_1_access")
    app.radio(key="answer:access.place").set_value("device").run()
    app.radio(key="answer:access.load").set_value("spiky").run()
    app.button(key="undo").click().run()

    assert case_of(app).answers == {"access": {"place": "device"}}
    assert app.radio(key="answer:access.load").value is None


def test_the_own_decision_overrides_the_recommended_one() -> None:
    """The choice under "Your decision" is in force, and the page says that it differs."""
    app = opened(Folder(case=presets()[0]), "decision_1_access")
    app.radio(key="decision:access").set_value("self_hosted").run()

    assert case_of(app).answer("access", "decision") == "self_hosted"
    assert any("Your own decision" in warning.value for warning in app.warning)


def test_the_consequence_of_an_answer_is_said() -> None:
    """After an answer that excludes offers the page says how many are left and who went."""
    app = opened(Folder(case=presets()[0]), "decision_1_access")
    app.radio(key="decision:access").set_value("hosted_open").run()

    assert any("excluded by this answer" in line.value for line in app.markdown)


def test_own_amounts_are_kept_and_change_the_weights() -> None:
    """Slider and number field show the same amount, and the case holds it."""
    app = opened(Folder(case=presets()[0]), "result")
    app.button_group(key="weights:way").set_value("amounts").run()
    app.number_input(key="weights:number:cost").set_value(7.0).run()

    assert case_of(app).preferences.swings["cost"] == 7
    assert app.slider(key="weights:slider:cost").value == 7


def test_a_minimum_level_excludes_what_misses_it() -> None:
    """A share is entered in percent and kept as a share; an emptied field sets no level."""
    app = opened(Folder(case=presets()[0]), "result")
    app.number_input(key="minimum:cost").set_value(0.001).run()
    app.number_input(key="minimum:pass_rate").set_value(80.0).run()
    levels = case_of(app).preferences.minimum_levels

    assert levels["cost"] == pytest.approx(0.001)
    assert levels["pass_rate"] == pytest.approx(0.8)
    app.number_input(key="minimum:pass_rate").set_value(None).run()
    assert set(case_of(app).preferences.minimum_levels) == {"cost"}


def test_a_level_nothing_reaches_can_be_taken_back() -> None:
    """When a minimum level excludes every offer, its field is still there, and why each offer is out."""
    app = opened(Folder(case=presets()[0]), "result")
    app.number_input(key="minimum:cost").set_value(1e-9).run()
    assert any("excluded" in line.value for line in app.markdown)

    out = loaded.catalog().offers[0].id
    app.selectbox(key="why-not").set_value(out).run()
    assert list(app.exception) == []
    assert any("What would have to be true" in line.value for line in app.markdown)
    app.number_input(key="minimum:cost").set_value(None).run()
    assert case_of(app).preferences.minimum_levels == {}


def test_two_tabs_do_not_overwrite_each_other() -> None:
    """A change on top of a draft that another tab changed goes on as a draft of its own."""
    first = opened(Folder(), "brief")
    shared = shown_in(first).draft
    assert shared is not None
    second = app_at("brief", query={"d": shared.id})
    first.number_input(key="workload:input_tokens").set_value(1).run()
    second.number_input(key="workload:input_tokens").set_value(2).run()

    assert case_of(first).workload.input_tokens == 1
    assert case_of(second).workload.input_tokens == 2
    assert any("another tab" in warning.value for warning in second.warning)


def test_an_unknown_draft_starts_empty_and_says_so() -> None:
    """A link to a draft that does not exist, or to nonsense, is no error page."""
    for link in ("A" * 22, "../../etc", "x" * 4000):
        app = app_at(query={"d": link})

        assert list(app.exception) == []
        assert any("names no draft" in warning.value for warning in app.warning)


def test_hostile_names_show_as_written() -> None:
    """Markup in the case's name is shown letter by letter: no link, image or formula comes of it."""
    name = "![x](http://e.example/a.png) $x$ <script>alert(1)</script>"
    app = opened(Folder(case=Case(name=name)), "check")
    texts = " ".join(line.value for line in app.markdown)

    assert "](http" not in texts
    assert "<script>" not in texts


def test_a_bad_text_in_the_experts_field_changes_nothing() -> None:
    """A wrong word is answered with its line, its field and the right one; the case stays."""
    app = opened(Folder(case=Case(name="kept")), "check")
    app.session_state["expert"] = True
    app.run()
    app.text_area(key="expert:yaml").set_value("version: 1\nworkload:\n  user: 5\n").run()
    next(button for button in app.button if button.label == "Use this text").click().run()

    assert case_of(app) == Case(name="kept")
    assert [error.value.replace("\\", "")[:30] for error in app.error] == ["Line 3: workload.user: unknown"]
