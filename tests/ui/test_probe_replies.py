"""The results of a probe run on its page: cards, filters, differences, one reply by its address."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor.host.runs import samples
from advisor.host.settlement import Claim
from advisor.ui import loaded
from advisor.ui.folder import Folder, written
from advisor.ui.state import Wizard, drafts
from tests.apptest import app_at
from tests.probe.plans import case_of
from tests.ui.runs import run_of

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ![](http://h/i.png) $x$"


def answer(claim: Claim) -> str:
    """The quick model wavers on the first prompt and writes hostile text on the second."""
    if claim.lane == "practice:steady":
        return "Paris"
    if claim.prompt == "p1":
        return HOSTILE
    return "Rome" if claim.key.endswith(("0", "1", "2", "3")) else "Paris"


def opened(run: str, case: Any, **query: str) -> AppTest:
    """The probe page with the run of the case."""
    draft = drafts().create(written(Folder(case=case))).id
    return app_at("probe", query={"d": draft, "run": run, **query})


def said(app: AppTest) -> str:
    """Every sentence on the page, as it reads."""
    parts = (*app.markdown, *app.caption, *app.success, *app.warning)
    return "\n".join(str(one.value).replace("\\", "") for one in parts)


QUIET: dict[str, Any] = {"latency_samples": 0, "warm_up": False}


@pytest.fixture(scope="module")
def two() -> tuple[str, Any]:
    """A run of two practice models, two prompts, ten samples."""
    case = case_of(offers=("practice:quick", "practice:steady"), prompts=2, samples_per_prompt=10, **QUIET)
    return run_of(case, answer)[0], case


def test_cards_and_map_show_what_was_seen(two: tuple[str, Any]) -> None:
    """Each offer has its card, each prompt its row, and nobody claims certainty."""
    app = opened(*two)
    assert not app.exception
    words = said(app)
    assert "Practice Steady (simulated)" in words
    assert "every time so far you get the same answer" in words
    assert "Prompt by prompt" in words
    assert "40 replies of 40" in words


def test_filters_narrow_the_replies(two: tuple[str, Any]) -> None:
    """Failures are the replies that are not Paris; words find those that hold them."""
    app = opened(*two)
    found = samples(loaded.store(), two[0])
    wrong = sum(one.reply is not None and one.reply.text != "Paris" for one in found)
    app.segmented_control(key="reply-show").set_value("failures").run()
    assert f"{wrong} replies of 40" in said(app)
    app.text_input(key="reply-words").set_value("SCRIPT").run()
    assert "10 replies of 40" in said(app)
    app.segmented_control(key="reply-show").set_value("disagreements").run()
    assert "0 replies of 40" in said(app)


def test_hostile_replies_stay_inert_side_by_side(two: tuple[str, Any]) -> None:
    """Marked differences show the text as written: no link, image or markup comes alive."""
    app = opened(*two)
    app.selectbox(key="reply-prompt").set_value("p1").run()
    app.selectbox(key="compare-first").set_value("p1 · Practice Quick (simulated) · answer 1")
    app.selectbox(key="compare-second").set_value("p1 · Practice Steady (simulated) · answer 1").run()
    assert not app.exception
    drawn = [str(one.value) for one in app.markdown if "background[" in str(one.value)]
    assert any("Paris" in text for text in drawn)
    assert all("](javascript" not in text and "<script>" not in text for text in drawn)


def test_one_reply_by_its_address(two: tuple[str, Any]) -> None:
    """The link of a reply shows it above all others; an unknown one is said."""
    key = samples(loaded.store(), two[0])[3].key
    assert "The reply of this link" in said(opened(*two, reply=key))
    assert "not part of this run" in said(opened(*two, reply="nothing"))


def test_the_setting_taken_in_is_chosen() -> None:
    """Of a sweep one setting becomes evidence, and the case says which."""
    case = case_of(design="temperature_sweep", sweep=(0.0, 1.0), prompts=2, **QUIET)
    run, _ = run_of(case, lambda _: "Paris")
    app = opened(run, case)
    app.selectbox(key="probe-setting").set_value("temperature 1").run()
    next(one for one in app.button if one.label == "Take measurements into the case").click().run()
    wizard: Wizard = app.session_state["advisor"]
    taken = wizard.folder.case.measurements
    assert {(one.offer, one.setting, one.prompts) for one in taken} == {
        ("practice:quick", "temperature 1", 2)
    }
    assert "at temperature 1 are part of the case" in said(app)
