"""The whole path in a real browser: six decisions, result, probe, record, and back."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.visiting import open_page, settle
from tests.serving import RunningApp

STEPS = ("access", "reasoning", "attributes", "knowledge", "tuning", "autonomy")


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def _continue(page: Page, path: str) -> None:
    """From the foot of one page to the top of the next."""
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    _press(page, "Continue")
    page.wait_for_url(re.compile(rf"/{path}\?d="))
    settle(page)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") == 0


def _from_home_to_brief(page: Page, url: str) -> None:
    open_page(page, url)
    page.get_by_role("combobox", name="Preset").click()
    page.get_by_role("option", name="Support chatbot").click()
    settle(page)
    _press(page, "Start from it")
    page.wait_for_url(re.compile(r"/brief\?d="))
    settle(page)


def _probe_two_practice_models(page: Page) -> None:
    _press(page, "Two practice models (simulated, no key)")
    _press(page, "Start the probe")
    page.wait_for_url(re.compile(r"run="))
    settle(page)
    ended = page.get_by_text(re.compile(r"^(\d+) of \1 answers"))
    expect(ended).to_be_visible(timeout=60_000)
    update = page.get_by_role("button", name="Update the figures below")
    if update.count():
        update.click()
        settle(page)
    _press(page, "Take measurements into the case")
    expect(page.get_by_text("These measurements are part of the case.")).to_be_visible()


def _download(page: Page, name: str, folder: Path) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target.read_bytes()


def test_from_home_to_a_record_and_back(page: Page, app_server: RunningApp, tmp_path: Path) -> None:
    """A newcomer without a key walks the whole path and re-opens what was downloaded."""
    _from_home_to_brief(page, app_server.url)
    for step in STEPS:
        _continue(page, step)
        expect(page.get_by_text(f"Decision {STEPS.index(step) + 1} of 6")).to_be_visible()
    _continue(page, "check")
    _press(page, "See the result")
    page.wait_for_url(re.compile(r"/result\?d="))
    settle(page)
    expect(page.get_by_role("heading", name=re.compile("leads|fits best|is left"))).to_be_visible()

    _continue(page, "probe")
    _probe_two_practice_models(page)
    _continue(page, "record")
    expect(page.get_by_text("simulated").first).to_be_visible()
    assert b"# " in _download(page, "Download Markdown", tmp_path)
    assert b"<html" in _download(page, "Download HTML", tmp_path)
    record = json.loads(_download(page, "Download JSON", tmp_path))
    assert record["case"]["preset"] == "support_chatbot"

    open_page(page, app_server.url)
    page.locator("input[type=file]").first.set_input_files(tmp_path / "decision-record.json")
    settle(page)
    _press(page, "Open it")
    page.wait_for_url(re.compile(r"/record\?d="))
    settle(page)
    expect(page.get_by_text("Support chatbot").first).to_be_visible()


def test_answers_survive_back_forward_and_reload(page: Page, app_server: RunningApp) -> None:
    """What was answered is there after the browser's back, forward and reload."""
    _from_home_to_brief(page, app_server.url)
    _continue(page, "access")
    page.get_by_text("On our own servers or private cloud").click()
    # Something can be undone once the server has taken the answer; the radio shows it before.
    expect(page.get_by_role("button", name="Undo last change")).to_be_visible()
    settle(page)
    chosen = page.get_by_role("radio", name="On our own servers or private cloud")
    expect(chosen).to_be_checked()
    page.go_back()
    page.wait_for_url(re.compile(r"/brief\?d="))
    # The address changes before the page does: somebody who looks waits for the page.
    expect(page.get_by_role("heading", name="What is the model for?")).to_be_visible()
    settle(page)
    page.go_forward()
    page.wait_for_url(re.compile(r"/access\?d="))
    expect(chosen).to_be_checked()
    settle(page)
    page.reload()
    settle(page)
    expect(chosen).to_be_checked()
