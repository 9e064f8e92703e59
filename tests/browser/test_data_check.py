"""A tuning set from a visitor's disk to its findings, and the cleaned set back."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.visiting import open_page, settle
from tests.dataset.sets import as_jsonl, clean_rows
from tests.serving import RunningApp


def test_a_set_is_uploaded_checked_and_taken_away_clean(
    page: Page, app_server: RunningApp, tmp_path: Path
) -> None:
    """Upload, check, findings, cleaned set: the copy planted in it is said and left out."""
    rows, file = clean_rows(200), tmp_path / "train.jsonl"
    file.write_bytes(as_jsonl([*rows, rows[0]]))
    open_page(page, app_server.url, "tuning-data?part=Data readiness")
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Check it").click()
    page.get_by_text(re.compile("The check has ended|Six qualities")).first.wait_for()
    again = page.get_by_role("button", name="Show the findings")
    if again.count():
        again.click()
    page.get_by_text("201 rows read").wait_for()
    settle(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Cleaned set (JSONL)").click()

    assert started.value.suggested_filename == "cleaned-train.jsonl"
    assert len(Path(started.value.path()).read_text("utf-8").splitlines()) == 200
