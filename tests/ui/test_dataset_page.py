"""The data check on its page: runs beside the session, can be cancelled, and shows what it found."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from streamlit.testing.v1 import AppTest

from advisor.case import Case
from advisor.dataset.expectation import Expectation
from advisor.dataset.findings import Quality
from advisor.interval import Interval
from advisor.ui.dataset_job import DatasetJob
from advisor.ui.dataset_page import LARGEST_MB
from advisor.ui.folder import Folder, written
from advisor.ui.state import drafts
from tests.apptest import app_at
from tests.dataset.sets import as_jsonl, clean_rows
from tests.serving import ROOT
from tests.ui.test_pages import case_of

ROWS = [*clean_rows(120)]
BODY = as_jsonl([*ROWS, ROWS[0], "not JSON"])


def checked(body: bytes = BODY, evaluation: bytes = b"") -> DatasetJob:
    """A check that has ended."""
    wish = Expectation(needed_rows=Interval(200, 1_000, 5_000))
    job = DatasetJob("set.jsonl", body, wish, "held.jsonl", evaluation)
    job.start()
    job.wait(60)
    return job


def shown(job: DatasetJob, case: Case | None = None) -> AppTest:
    """The page with that check."""
    draft = drafts().create(written(Folder(case=case or Case())))
    return app_at("tuning_data", query={"d": draft.id}, **{"dataset:job": job, "part": "Data readiness"})


def said(app: AppTest) -> str:
    """Everything on the page as text, escapes taken out."""
    texts: list[Any] = [*app.markdown, *app.caption, *app.error, *app.expander]
    return " ".join(str(getattr(one, "value", "")) + getattr(one, "label", "") for one in texts).replace(
        "\\", ""
    )


def test_findings_qualities_and_exports_are_shown() -> None:
    """A copy and a broken row: both said, eight verdicts, cleaned set and findings offered."""
    job = checked()
    app = shown(job)
    buttons: Any = app.get("download_button")

    assert list(app.exception) == []
    assert "121 rows read" in said(app)
    assert all(quality.value.capitalize() in said(app) for quality in Quality)
    assert "1 row that could not be read" in said(app)
    assert {"Cleaned set (JSONL)", "Findings (CSV)"} <= {button.proto.label for button in buttons}
    assert len([json.loads(line) for line in job.cleaned().splitlines()]) == 120


def test_the_number_of_rows_goes_into_decision_five() -> None:
    """Rows become the examples of decision 5; an evaluation set is noted there and in decision 4."""
    app = shown(checked(evaluation=as_jsonl([*clean_rows(40, seed=99)])))
    next(one for one in app.button if one.label == "Use the number of rows in the case").click().run()

    assert case_of(app).answer("tuning", "examples") == 121
    assert case_of(app).answer("tuning", "eval_set") is True
    assert case_of(app).answer("knowledge", "eval_cases") == 40


def test_a_file_that_cannot_be_used_says_why() -> None:
    """A spreadsheet is refused with what to do; the page stands."""
    job = checked(b"[1, 2]")
    app = shown(job)

    assert job.failure.startswith("set.jsonl: is one JSON list.")
    assert "one object per line" in said(app)


def test_a_cancelled_check_keeps_what_it_read() -> None:
    """Cancelled before it began, it ends with no row more than needed, offers no cleaned set and says why."""
    job = DatasetJob("set.jsonl", BODY, Expectation())
    job.cancel()
    job.start()
    job.wait(60)
    app = shown(job)
    buttons: Any = app.get("download_button")

    assert job.report is not None
    assert job.report.complete is False
    assert "Cleaned set (JSONL)" not in {button.proto.label for button in buttons}
    assert "cancelled" in said(app)


def test_a_running_check_shows_its_progress_and_can_be_stopped() -> None:
    """While it runs the page shows how far it is and a way to stop; it does not wait for it."""
    job = DatasetJob("set.jsonl", BODY, Expectation())
    job.__dict__["_thread"] = object()
    app = shown(job)

    assert job.running
    assert any(button.label == "Cancel" for button in app.button)
    next(button for button in app.button if button.label == "Cancel").click().run()
    assert job.cancelling


def test_hostile_rows_show_as_written() -> None:
    """Markup inside a row is shown letter by letter."""
    evil = "![x](http://e.example/a.png) <script>alert(1)</script>"
    rows = clean_rows(60)
    rows[3]["messages"][2]["content"] = f"I'm sorry, as an AI language model I cannot {evil}"
    app = shown(checked(as_jsonl([*rows])))
    texts = " ".join(line.value for line in app.markdown)

    assert "](http" not in texts
    assert "<script>" not in texts


def test_the_page_takes_as_much_as_the_server() -> None:
    """The size the page names is the size the server lets through."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))

    assert config["server"]["maxUploadSize"] == LARGEST_MB
