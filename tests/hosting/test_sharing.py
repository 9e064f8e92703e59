"""Links and drafts on the real hosted set: what opens to whom, hostile texts, an absent database."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, update

from advisor.case import Case, ProbePlan, ProbePrompt
from advisor.decide.intake import dump_case
from advisor.host import shares
from advisor.host.audit import Action, audit_log
from advisor.host.hosted import Hosted
from advisor.host.shares import Conditions
from advisor.host.store import open_store, writing
from advisor.host.team_tables import SHARE
from advisor.record.formats import FORMATS
from advisor.record.record import Record, record_json
from tests.browser.visiting import Visit, chromium, open_page, settle, visit
from tests.hosting.records import HOSTILE, hostile_record
from tests.hosting.test_hosted import sign_in
from tests.ui.runs import run_of

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def store(hosted: Hosted) -> Iterator[Engine]:
    """The hosted set's database."""
    engine = open_store(hosted.database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def record() -> Record:
    """A record over an older catalog whose every free text is hostile."""
    return hostile_record().with_changes(catalog_digest="0" * 64, catalog_version="2026.01.01")


def shared(store: Engine, record: Record, **conditions: object) -> str:
    """Path of a new link to a record."""
    body = record_json(record).decode()
    asked = Conditions(**conditions)  # type: ignore[arg-type]  # what each test names
    return f"shared?s={shares.share(store, 'snapshot', body, record.title, HOSTILE, asked)}"


def unharmed(visitor: Visit) -> None:
    """No script of a text has run, nothing was fetched from elsewhere, no element was made of a text."""
    assert visitor.page.evaluate("window.harmed") is None
    assert visitor.foreign == []
    assert visitor.page.locator("img[src*=evil], script:text('harmed')").count() == 0


def test_a_password_opens_an_old_record_beside_today(
    browser: Browser, hosted: Hosted, store: Engine, record: Record
) -> None:
    """Without the password nothing shows; with it the record stands beside today, every text inert."""
    with visit(browser) as visitor:
        page = visitor.page
        open_page(page, hosted.url, shared(store, record, password=PASSWORD))
        for tried, words in (("wrong password", "That is not the password"), (PASSWORD, "Then and now")):
            page.get_by_label("Password of this link").fill(tried)
            page.get_by_role("button", name="Open", exact=True).click()
            expect(page.get_by_text(words)).to_be_visible()
        settle(page)
        expect(page.get_by_text("window.harmed").first).to_be_visible()
        expect(page.get_by_text("In the record").first).to_be_attached()
        expect(page.get_by_role("button", name="Make my own copy")).to_have_count(0)
        unharmed(visitor)


def test_a_link_for_the_team_asks_for_a_sign_in(
    browser: Browser, hosted: Hosted, store: Engine, record: Record
) -> None:
    """Anonymous readers are asked to sign in; a signed-in viewer reads, and both sides stand in the log."""
    path = shared(store, record, sign_in=True)
    with visit(browser) as visitor:
        open_page(visitor.page, hosted.url, path)
        expect(visitor.page.get_by_text("asks its readers to sign in")).to_be_visible()
        expect(visitor.page.get_by_text("Then and now")).to_have_count(0)
        sign_in(visitor.page, hosted, "grace")
        open_page(visitor.page, hosted.url, path)
        expect(visitor.page.get_by_text("Then and now")).to_be_visible()
    with visit(browser) as visitor:
        sign_in(visitor.page, hosted, "mallory")
    done = {(row.actor, row.action) for row in audit_log(store)}

    assert ("grace@example.org", Action.SIGNED_IN) in done
    assert ("mallory@elsewhere.example", Action.SIGN_IN_REFUSED) in done


def test_a_live_link_follows_and_a_draft_stays_with_its_owner(
    browser: Browser, hosted: Hosted, store: Engine
) -> None:
    """Readers of a live link see the newest case until its maker closes it; another editor does not get
    into the draft itself."""
    with visit(browser) as owner, visit(browser) as reader, visit(browser) as colleague:
        sign_in(owner.page, hosted, "ada")
        open_page(owner.page, hosted.url, "brief")
        _name(owner.page, "First name")
        owner.page.wait_for_url("**d=*")
        draft = owner.page.url.partition("d=")[2].partition("&")[0]
        link = shares.share(store, "live", draft, "live", "ada@example.org")
        for name in ("First name", "Second name"):
            _name(owner.page, name)
            open_page(reader.page, hosted.url, f"shared?s={link}")
            expect(reader.page.get_by_role("heading", name=name).first).to_be_visible()
        open_page(owner.page, hosted.url, f"record?d={draft}")
        owner.page.get_by_text("Share a link", exact=True).click()
        owner.page.get_by_role("button", name="Revoke", exact=True).first.click()
        expect(owner.page.get_by_role("button", name="Revoke", exact=True)).to_have_count(0)
        open_page(reader.page, hosted.url, f"shared?s={link}")
        expect(reader.page.get_by_text("This link opens nothing")).to_be_visible()
        sign_in(colleague.page, hosted, "joan")
        open_page(colleague.page, hosted.url, f"brief?d={draft}")
        expect(colleague.page.get_by_text("belongs to somebody else")).to_be_visible()
        expect(colleague.page.get_by_text("Second name")).to_have_count(0)


def test_links_that_do_not_open_say_so_alike(
    browser: Browser, hosted: Hosted, store: Engine, record: Record
) -> None:
    """Guessed, oversized, revoked and expired links get one answer; a newer version's record names itself."""
    revoked, expired = shared(store, record), shared(store, record)
    shares.revoke(store, revoked.partition("=")[2], "ada")
    newer = record_json(record).replace(b'"version": 1\n}', b'"version": 9\n}')
    assert newer != record_json(record)
    with writing(store) as connection:
        connection.execute(update(SHARE).where(SHARE.c.id == expired[9:]).values(expires_at=1.0))
    future = shares.share(store, "snapshot", newer.decode(), "newer", "ada")
    wrong = ("shared", "shared?s=" + "A" * 22, "shared?s=" + "A" * 6000, revoked, expired)
    with visit(browser) as visitor:
        for path in wrong:
            open_page(visitor.page, hosted.url, path)
            expect(visitor.page.get_by_text("This link opens nothing")).to_be_visible()
        open_page(visitor.page, hosted.url, f"shared?s={future}")
        expect(visitor.page.get_by_text("Open it with a newer version of this product")).to_be_visible()


def test_an_absent_database_is_said_and_loses_nothing(browser: Browser, hosted: Hosted) -> None:
    """While the database is away pages say so in words; when it is back, the answers are there, those given
    meanwhile too."""
    with visit(browser) as visitor, visit(browser) as other:
        page = visitor.page
        sign_in(page, hosted, "ada")
        open_page(page, hosted.url, "brief")
        _name(page, "Before the storm")
        page.wait_for_url("**d=*")
        address = page.url
        hosted.stop_database()
        try:
            _name(page, "During the storm")
            expect(page.get_by_text("not saved yet")).to_be_visible()
            open_page(other.page, hosted.url, "shared?s=" + "A" * 22)
            expect(other.page.get_by_text("does not answer")).to_be_visible()
        finally:
            hosted.start_database()
        page.get_by_role("button", name="Continue", exact=True).click()
        page.wait_for_url("**/access?d=*")
        settle(page)
        page.goto(address)
        settle(page)
        expect(page.get_by_label("Name of this decision")).to_have_value("During the storm")


def _name(page: Page, words: str) -> None:
    field = page.get_by_label("Name of this decision")
    field.fill(words)
    field.press("Enter")
    settle(page)


def test_the_case_of_a_hostile_record_is_itself(record: Record) -> None:
    """What the other tests open really carries the hostile text in its case."""
    assert record.case == Case(name=HOSTILE[:100], purpose=HOSTILE, deciders=(HOSTILE[:100],))


def test_hostile_texts_do_nothing_wherever_they_are_opened(
    browser: Browser, hosted: Hosted, store: Engine, record: Record, tmp_path: Path
) -> None:
    """A hostile case is re-imported, decided, probed with hostile replies, recorded, kept and commented; then
    each exported format is opened: nothing runs, nothing is fetched, nothing is made of a text."""
    prompt = ProbePrompt(id="one", text=HOSTILE, system=HOSTILE, expected=HOSTILE)
    probe = ProbePlan(offers=("practice:quick",), prompts=(prompt,), samples_per_prompt=2)
    case = record.case.model_copy(update={"probe": probe, "notes": HOSTILE})
    (tmp_path / "case.yaml").write_text(dump_case(case, "yaml"))
    run, _ = run_of(case, lambda _: HOSTILE, store, "ada@example.org")
    with visit(browser) as visitor:
        page = visitor.page
        sign_in(page, hosted, "ada")
        # The provider's own page asks for a style sheet elsewhere.
        visitor.foreign.clear()
        page.locator("input[type=file]").first.set_input_files(tmp_path / "case.yaml")
        page.get_by_role("button", name="Open it", exact=True).click()
        page.wait_for_url("**/check?d=*")
        draft = page.url.partition("d=")[2].partition("&")[0]
        for path in ("check", "brief", "result", "costs", f"probe?run={run}", "record"):
            open_page(page, hosted.url, f"{path}{'&' if '?' in path else '?'}d={draft}")
            unharmed(visitor)
        files = [_downloaded(page, f"Download {form.label}", tmp_path) for form in FORMATS.values()]
        page.get_by_role("button", name="Keep in the library", exact=True).click()
        page.wait_for_url("**/library?*")
        page.get_by_label("Comment", exact=True).fill(HOSTILE)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("window.harmed").nth(1)).to_be_visible()
        settle(page)
        unharmed(visitor)
    with visit(browser) as visitor:
        opened = list(_opened_by_a_browser(files))
        assert {kind for kind, _ in opened} == {"text/html", "image/svg+xml"}
        for kind, body in opened:
            visitor.page.goto(f"data:{kind};base64,{b64encode(body).decode()}")
            unharmed(visitor)
    pdf = next(file for file in files if file.suffix == ".pdf").read_bytes()
    assert not re.search(rb"/(?:JavaScript|JS|Launch|OpenAction|EmbeddedFile|URI)\b", pdf)


def _downloaded(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name, exact=True).click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


def _opened_by_a_browser(files: list[Path]) -> Iterator[tuple[str, bytes]]:
    """HTML, its charts by themselves, and Markdown as a reader that lets HTML through would show it."""
    for file in files:
        if file.suffix == ".html":
            page = file.read_bytes()
            yield "text/html", page
            for chart in re.findall(rb"<svg.*?</svg>", page, re.DOTALL):
                yield "image/svg+xml", chart.replace(b"<svg", b'<svg xmlns="http://www.w3.org/2000/svg"', 1)
        if file.suffix == ".md":
            yield "text/html", MarkdownIt("gfm-like", {"linkify": False}).render(file.read_text()).encode()
