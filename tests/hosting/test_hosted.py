"""The whole hosted set in a real browser: sign-in through nginx, roles, a replica and a worker killed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from advisor.host.health import metrics_text
from advisor.host.hosted import Hosted
from advisor.host.ledger import start_run
from advisor.host.runs import progress
from advisor.host.store import open_store
from tests.browser.visiting import chromium, open_page, settle, visit
from tests.probe.plans import case_of, plan_of_case


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with chromium() as started:
        yield started


def sign_in(page: Page, hosted: Hosted, name: str) -> None:
    """Sign in as one of the provider's people."""
    open_page(page, hosted.url)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("input[name=sub]").fill(name)
    page.get_by_role("button", name="Authorize").click()
    settle(page)


def test_nobody_sees_a_case_without_sign_in(browser: Browser, hosted: Hosted) -> None:
    """Without sign-in a page of the wizard offers the sign-in and nothing else; a wrong link says so."""
    with visit(browser) as visitor:
        open_page(visitor.page, hosted.url, "brief")
        expect(visitor.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        expect(visitor.page.get_by_text("What is the model for?")).to_have_count(0)
        open_page(visitor.page, hosted.url, "shared?s=aaaaaaaaaaaaaaaaaaaaaa")
        expect(visitor.page.get_by_text("This link opens nothing")).to_be_visible()


def test_people_get_what_their_role_allows(browser: Browser, hosted: Hosted) -> None:
    """A viewer reads the library and may not edit; somebody of another domain does not come in."""
    with visit(browser) as visitor:
        sign_in(visitor.page, hosted, "grace")
        open_page(visitor.page, hosted.url, "brief")
        expect(visitor.page.get_by_text("needs the role editor")).to_be_visible()
    with visit(browser) as visitor:
        sign_in(visitor.page, hosted, "mallory")
        expect(visitor.page.get_by_text("may not use this installation")).to_be_visible()


def test_a_killed_replica_loses_no_answer(browser: Browser, hosted: Hosted) -> None:
    """The visitor of a killed replica lands on the other one, signed in, with the case intact."""
    with visit(browser) as visitor:
        page = visitor.page
        sign_in(page, hosted, "ada")
        open_page(page, hosted.url, "brief")
        name = page.get_by_label("Name of this decision")
        name.fill("Support assistant")
        name.press("Enter")
        page.wait_for_url("**d=*")
        settle(page)
        before = page.url
        for number in range(len(hosted.replicas)):
            hosted.replicas[number].kill()
            hosted.replicas[number].wait()
            try:
                page.goto(before)
                settle(page)
                expect(page.get_by_label("Name of this decision")).to_have_value("Support assistant")
            finally:
                hosted.restart_web(number)


def test_a_killed_worker_loses_no_probe(hosted: Hosted) -> None:
    """Two workers share the runs; when one is killed in the middle, the other finishes them."""
    store = open_store(hosted.database_url)
    run = start_run(store, plan_of_case(case_of(prompts=5, samples_per_prompt=4, concurrency=2)), "ada")
    _until(lambda: progress(store, run).ended > 0)
    hosted.workers[0].kill()
    hosted.workers[0].wait()
    _until(lambda: not progress(store, run).live)
    now = progress(store, run)
    hosted.workers[0] = hosted.start_worker(0)
    store.dispose()

    assert now.done == now.wanted


def test_visitors_do_not_reach_the_figures_for_machines(hosted: Hosted) -> None:
    """The proxy hides metrics; the replica itself tells them in Prometheus' format."""
    for path in ("/api/metrics", "/_stcore/metrics"):
        with pytest.raises(HTTPError) as caught:
            urlopen(hosted.url + path, timeout=10)
        with caught.value as answer:
            assert answer.status == 404
    with urlopen(f"http://127.0.0.1:{hosted.ports[0]}/api/metrics", timeout=10) as answer:
        assert b"# TYPE advisor_workers gauge" in answer.read()
    store = open_store(hosted.database_url)
    assert "advisor_spent_usd" in metrics_text(store)
    store.dispose()


def test_a_whole_office_behind_one_address_gets_every_file(hosted: Hosted) -> None:
    """A thousand files of the app asked for at once from one address are all served."""
    page = urlopen(hosted.url + "/", timeout=10).read().decode()
    script = re.search(r"static/js/[^\"]+\.js", page)
    assert script is not None
    with ThreadPoolExecutor(8) as many:
        statuses = set(many.map(_status, [f"{hosted.url}/{script[0]}"] * 1000))
    assert statuses == {200}


def _status(url: str) -> int:
    with urlopen(url, timeout=10) as answer:
        return answer.status


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)
