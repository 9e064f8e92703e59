"""Times and costs of a run, call by call, and our own error beside them."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor.host.ledger import record_instrument
from advisor.probe.money import CostParts
from advisor.probe.price_check import OfferCost
from advisor.probe.run.local_servers import LocalServer
from advisor.probe.timing import Bar
from advisor.ui import loaded
from advisor.ui.folder import Folder, written
from advisor.ui.probe_timing import call_words, cost_words
from advisor.ui.state import drafts
from tests.apptest import app_at
from tests.probe.plans import case_of
from tests.ui.runs import run_of

CLOCK = {
    "measured_at": "2026-11-24T07:53:00+00:00",
    "concurrency": 4,
    "n": 20,
    "ttft_median_ms": 0.4,
    "ttft_p95_ms": 0.9,
    "ttft_max_ms": 1.1,
    "gap_n": 100,
    "gap_median_ms": 0.1,
    "gap_p95_ms": 0.3,
}


@pytest.fixture(scope="module")
def run() -> tuple[str, Any]:
    """Two practice models, two prompts, three calls for times each, and a measured clock."""
    offers = ("practice:quick", "practice:steady")
    case = case_of(offers=offers, prompts=2, samples_per_prompt=2, latency_samples=3, warm_up=True)
    found = run_of(case, lambda _: "Paris")[0]
    record_instrument(loaded.store(), found, CLOCK)
    return found, case


def _opened(run: tuple[str, Any], view: str | None = None, **state: Any) -> AppTest:
    draft = drafts().create(written(Folder(case=run[1]))).id
    chosen = {"probe-timing-view": view} if view else {}
    return app_at("probe", query={"d": draft, "run": run[0]}, **chosen, **state)


def _said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.info, *app.warning)
    return "\n".join(str(one.value).replace("\\", "") for one in parts)


def test_our_own_error_stands_beside_the_figures(run: tuple[str, Any]) -> None:
    """The page says what our clock was off, when and at how many calls at once."""
    words = _said(_opened(run))

    assert "Our clock: +0.4 ms median, 0.9 ms at the 95th percentile" in words
    assert "before this run" in words
    assert "with 4 at once (20 calls of known length)" in words


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("Differences", "too close to call"),
        ("Cost by part", "no second opinion"),
        ("Failures", "No call failed."),
        ("Published and measured", "publishes no speed"),
    ],
)
def test_each_view_says_what_it_shows(run: tuple[str, Any], view: str, words: str) -> None:
    """Differences, costs, failures and published speeds: each opens, and says so when there is nothing."""
    app = _opened(run, view)

    assert not app.exception
    assert words in _said(app)


def test_a_call_and_a_bill_are_sentences() -> None:
    """What would be a table of nine columns breaks on a phone: when, how long, what failed, what was paid."""
    whole = Bar("o", "Quick", "p0", "answer 1", 1, 1.5, 0.01, 0.2, 0.8, None)
    cut = Bar("o", "Quick", "p0", "answer 1", 2, 1.5, 0.01, None, 3.0, "server_error")
    bill = OfferCost("o", "Quick", 2, 0, CostParts(fresh=0.25, visible=0.5))
    told = [words.replace("\xa0", " ") for words in (call_words(whole), call_words(cut), cost_words(bill))]

    assert told == [
        "Quick, p0, answer 1: began at 1.50 s; "
        "10 ms on our side, 0.2 s to the first token, then 0.8 s to the end.",
        "Quick, p0, answer 1, attempt 2: began at 1.50 s; 10 ms on our side, 3 s without a token; "
        "failed: server error.",
        "Quick: $0.75 for 2 calls: $0.25 prompt, read afresh; $0.50 visible answer.",
    ]


def test_what_was_found_on_this_machine_can_be_asked(
    run: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server of this machine is offered by its models, and becomes an endpoint of one's own."""
    found = (LocalServer("Ollama", "http://127.0.0.1:11434/v1", ("llama3:8b",)),)
    monkeypatch.setattr("advisor.ui.local_servers.on_loopback", lambda: True)
    monkeypatch.setattr("advisor.ui.local_servers.find_local_servers", lambda: found)
    app = _opened(run)
    next(each for each in app.button if each.label.startswith("Look for model servers")).click()
    app.run()
    next(each for each in app.button if each.label == "Ask it too").click()
    app.run()

    assert not app.exception
    chosen = next(each for each in app.multiselect if each.label == "Offers to ask")
    assert "own:Ollama llama3-8b" in chosen.value
