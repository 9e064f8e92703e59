"""The library page: a decision's whole life, as somebody at the screen lives it."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from advisor.case import Case, Workload
from advisor.catalog.files import load_catalog
from advisor.decide.decide import decide
from advisor.host import library
from advisor.record.record import Record, make_record
from advisor.ui import loaded
from advisor.ui.inert import inert
from tests.apptest import app_at

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def record() -> Record:
    """A record of a small job."""
    case = Case(
        name="Letters", workload=Workload(requests_per_month=1000, input_tokens=900, output_tokens=200)
    )
    decision = decide(case, load_catalog(), DAY, draws=10)
    return make_record(case, decision, load_catalog(), app_version="0", created=DAY)


def words_of(app: AppTest) -> str:
    """Everything the page says."""
    return "\n".join(str(one.value) for kind in (app.markdown, app.error, app.info) for one in kind)


def test_a_decision_lives_on_the_page(record: Record) -> None:
    """Kept, revised, compared, checked again, commented, signed, accepted: each shows; the end is final."""
    kept = library.keep(loaded.store(), record, "ada")
    dearer = record.with_changes(title="Letters, again", status="proposed")
    library.revise(loaded.store(), kept, dearer, "ada", seen=2)
    app = app_at("library", query={"decision": kept})
    assert "Letters, again" in words_of(app)
    assert "revision 3" in words_of(app)
    assert "title" in "\n".join(one.value for one in app.expander[0].markdown).lower()

    assert record.choice is not None
    assert f"Chosen: **{inert(record.choice.label)}**; deciders are not named yet." in words_of(app)
    next(one for one in app.button if one.label.startswith("Check again")).click()
    app.run()
    assert app.success[0].value.startswith("The choice stands")

    app.text_area[0].set_value("<b>too dear</b> ![x](http://evil.example)")
    app.selectbox[-1].set_value("disagree")
    next(one for one in app.button if one.label == "Add").click()
    app.run()
    said = words_of(app)
    assert "signs revision 3: disagree" in said
    assert "<b>" not in said
    assert "![x](" not in said

    for status in ("accepted", "superseded"):
        next(one for one in app.button if one.label == f"Mark as {status}").click()
        app.run()
        assert f"Status **{status}**" in words_of(app)
    assert not [one for one in app.button if one.label.startswith("Mark as")]
    assert not app.exception
