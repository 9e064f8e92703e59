"""Fixtures of the browser tests: one server, a browser for each file, a fresh visitor for each test."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visiting import Visit, chromium, visit
from tests.serving import ROOT, RunningApp, running_app

ARTIFACTS = ROOT / "test-artifacts"
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its visitor can save what there is to see."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Serve the app on a free loopback port with a data folder of its own."""
    with running_app(tmp_path_factory.mktemp("app")) as app:
        yield app


# Not for the session: while it is open, Playwright's event loop keeps other tests from running one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def visitor(request: pytest.FixtureRequest, browser: Browser, app_server: RunningApp) -> Iterator[Visit]:
    """Open a fresh visitor; at the end no console error and no request to another machine may be left."""
    with visit(browser) as opened:
        yield opened
        if request.node.stash.get(_FAILED, False) or opened.errors or opened.foreign:
            name = re.sub(r"[^\w.-]+", "-", request.node.nodeid)
            opened.keep(ARTIFACTS / name, app_server.log)
        assert opened.errors == []
        assert opened.foreign == []


@pytest.fixture
def page(visitor: Visit) -> Page:
    """Return the fresh visitor's page."""
    return visitor.page
