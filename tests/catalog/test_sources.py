"""Upstreams over real HTTP on loopback: good, down, truncated, changed; and the installed LiteLLM map."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog.entries import Catalog
from advisor.catalog.files import load_catalog
from advisor.catalog.propose import propose
from advisor.catalog.sources import artificial_analysis, models_dev
from advisor.catalog.sources.litellm_map import MARK, prices_of, read_installed, read_map, uncurated
from advisor.catalog.upstream import Unreadable, Upstream
from tests.catalog.tiny import TODAY
from tests.catalog.upstream_server import Answers, upstream_server

CATALOG = load_catalog(today=TODAY)
TPS = "median_output_tokens_per_second"
TTFT = "median_time_to_first_token_seconds"


@pytest.fixture
def server() -> Iterator[Answers]:
    """A loopback upstream."""
    with upstream_server() as answers:
        yield answers


def models_dev_record(**changes: Any) -> dict[str, Any]:
    """One document with GPT-6 Luna as models.dev lists it."""
    record: dict[str, Any] = {
        "id": "gpt-6-luna",
        "release_date": "2026-09-22",
        "cost": {"input": 0.1, "output": 0.5, "cache_read": 0.01},
        "limit": {"context": 1050000, "output": 128000},
        **changes,
    }
    return {"openai": {"models": {"gpt-6-luna": record}}}


def fetched(server: Answers, document: object) -> Upstream | Unreadable:
    """What models.dev's reader makes of a document."""
    server.body = json.dumps(document).encode()
    return models_dev.fetch(CATALOG, TODAY, server.address)


def test_models_dev_is_read_over_http(server: Answers) -> None:
    """Price, limits and release day of an offer's own id arrive in our units."""
    reading = fetched(server, models_dev_record())

    assert isinstance(reading, Upstream)
    offer = reading.offers["gpt-6-luna"]
    assert offer.rates is not None
    assert (offer.rates.input, offer.context_in, offer.released) == (0.1, 1050000, date(2026, 9, 22))


@pytest.mark.parametrize("cost", [None, {"input": 0, "output": 0}, {"input": 1}])
def test_a_zero_or_missing_price_is_not_stated(server: Answers, cost: object) -> None:
    """Zero in a community list is not a free model."""
    reading = fetched(server, models_dev_record(cost=cost))

    assert isinstance(reading, Upstream)
    assert reading.offers["gpt-6-luna"].rates is None


@pytest.mark.parametrize("day", ["2026-09", "2024-01-01", "someday...", None])
def test_a_placeholder_date_says_nothing(server: Answers, day: object) -> None:
    """A month alone or the list's filler date must not look like a re-pointed name."""
    reading = fetched(server, models_dev_record(release_date=day))

    assert isinstance(reading, Upstream)
    assert reading.offers["gpt-6-luna"].released is None


@pytest.mark.parametrize(
    ("body", "status", "announced", "said"),
    [
        (b"{}", 503, None, "status 503"),
        (b'{"openai": {"mod', 200, None, "truncated or not JSON"),
        (b'{"openai"', 200, 5000, "cut off"),
        (b"<html>moved</html>", 200, None, "not JSON"),
        (b"[]", 200, None, "format changed"),
        (b'{"openai": {"models": []}}', 200, None, "format changed"),
        (b'{"openai": {"models": {"gpt-6-luna": {"id": 6}}}}', 200, None, "format changed"),
    ],
)
def test_a_broken_upstream_says_what_broke(
    server: Answers, body: bytes, status: int, announced: int | None, said: str
) -> None:
    """Down, truncated, not JSON or another format: named, and nothing is proposed."""
    server.body, server.status, server.announced = body, status, announced
    reading = models_dev.fetch(CATALOG, TODAY, server.address)
    proposal = propose(CATALOG, (reading,), TODAY)

    assert isinstance(reading, Unreadable)
    assert said in reading.reason
    assert proposal.changes == ()
    assert said in proposal.text


def test_nobody_listening_is_said() -> None:
    """A server that is not there is not reachable, which is no error of the program."""
    with upstream_server() as gone:
        address = gone.address
    reading = models_dev.fetch(CATALOG, TODAY, address)

    assert isinstance(reading, Unreadable)
    assert "could not be reached" in reading.reason


def test_only_web_addresses_are_opened() -> None:
    """A file address would read this machine's files."""
    reading = models_dev.fetch(CATALOG, TODAY, "file:///etc/hostname")

    assert isinstance(reading, Unreadable)
    assert "not http" in reading.reason


def test_ten_times_off_over_http_proposes_nothing(server: Answers) -> None:
    """A list that moved to another unit is not believed."""
    reading = fetched(server, models_dev_record(cost={"input": 1.0, "output": 5.0}))
    proposal = propose(CATALOG, (reading,), TODAY)

    assert [change.field for change in proposal.changes if "price" in change.field] == []
    assert "wrong unit" in proposal.text


def test_artificial_analysis_takes_the_users_key(server: Answers) -> None:
    """The key is sent as asked, zero means not measured, and the value carries its attribution."""
    records = [
        {
            "slug": "gpt-6-luna",
            "median_output_tokens_per_second": 130.5,
            "median_time_to_first_token_seconds": 0,
        },
        {"slug": "grok-4-7", "median_output_tokens_per_second": 0, "median_time_to_first_token_seconds": 0},
        {"name": "no slug"},
    ]
    server.body = json.dumps({"data": records}).encode()
    reading = artificial_analysis.fetch(CATALOG, "my-own-key", TODAY, server.address)

    assert isinstance(reading, Upstream)
    assert server.keys == ["my-own-key"]
    assert set(reading.speeds) == {"gpt-6-luna"}
    speed = reading.speeds["gpt-6-luna"][0]
    assert (speed.output_tps, speed.ttft_s, speed.note) == (130.5, None, artificial_analysis.ATTRIBUTION)
    assert reading.complaints == ("1 of 3 records could not be read.",)


@pytest.mark.parametrize(("body", "status"), [(b"{}", 401), (b"{}", 200), (b'{"data": [1]}', 200)])
def test_a_refused_key_or_format_is_said_without_the_key(server: Answers, body: bytes, status: int) -> None:
    """The reason never repeats the key."""
    server.body, server.status = body, status
    reading = artificial_analysis.fetch(CATALOG, "my-own-key", TODAY, server.address)

    assert isinstance(reading, Unreadable)
    assert "my-own-key" not in reading.reason


def test_the_installed_map_is_read() -> None:
    """Thousands of chat models, with the tier, the boundary rule and the off-peak price of known ids."""
    reading = read_installed(TODAY)

    assert isinstance(reading, Upstream)
    assert len(reading.offers) > 3000
    assert reading.offers["xai/grok-4.7"].tiers[0].inclusive
    assert reading.offers["claude-haiku-5-5"].tiers[0].above_input_tokens == 100_000
    off_peak = reading.offers["deepseek/deepseek-flash"].off_peak
    assert off_peak is not None
    assert off_peak.rates.input == 0.15
    assert reading.offers["dashscope/qwen3.7-plus"].tiers[0].rates.input == 1.2


def test_reading_the_map_does_not_import_litellm() -> None:
    """The app's process stays without the heavy package."""
    script = (
        "import sys\nfrom datetime import date\n"
        "from advisor.catalog.sources.litellm_map import read_installed\n"
        "read_installed(date(2026, 11, 24))\nprint('litellm' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_a_map_of_another_format_is_refused() -> None:
    """A list, or records of another shape, give nothing."""
    strange = {f"model-{index}": {"mode": "chat", "input_cost_per_token": "free"} for index in range(10)}

    assert isinstance(read_map([], TODAY), Unreadable)
    assert isinstance(read_map(strange, TODAY), Unreadable)


def test_an_absurd_price_in_the_map_is_skipped_and_told() -> None:
    """9,710 dollars per million tokens is a mistake of the list; its record gives nothing."""
    good = {"mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}
    raw = {f"good-{index}": good for index in range(9)} | {"bad": good | {"output_cost_per_token": 9.71e-3}}
    reading = read_map(raw, TODAY)

    assert isinstance(reading, Upstream)
    assert "bad" not in reading.offers
    assert reading.complaints == ("bad could not be read; nothing is taken from it.",)


def test_uncurated_models_are_found_and_marked() -> None:
    """Every word must match, curated ids are left out, and the mark says what is missing."""
    found = uncurated("glm 5.1", CATALOG)

    assert found
    assert all("glm" in item.litellm_id.lower() and "5.1" in item.litellm_id for item in found)
    assert not {item.litellm_id for item in found} & {row.offer.litellm_id for row in CATALOG.offers}
    assert {item.mark for item in found} == {MARK}
    assert uncurated("no such model anywhere", CATALOG) == ()


def test_prices_of_uncurated_models_come_from_the_map() -> None:
    """A listed id has the rates the search shows for it; an id the map does not list has no entry."""
    shown = next(item for item in uncurated("glm 5.1", CATALOG) if item.rates)
    prices = prices_of([shown.litellm_id, "no/such-model"], TODAY)

    assert set(prices) == {shown.litellm_id}
    assert prices[shown.litellm_id] is not None
    assert prices[shown.litellm_id].rates == shown.rates  # type: ignore[union-attr]


def test_an_uncurated_zero_price_is_unknown() -> None:
    """A local runner's zero is not a price."""
    local = [item for item in uncurated("ollama", CATALOG) if item.litellm_id.startswith("ollama/")]

    assert local
    assert all(item.rates is None for item in local)


def test_the_shipped_catalog_and_the_installed_map_agree(tmp_path: Path) -> None:
    """The proposal against the pinned map concerns only Mistral Large 4, whose price we read later."""
    catalog: Catalog = CATALOG
    proposal = propose(catalog, (read_installed(TODAY),), TODAY)
    (tmp_path / "proposal.txt").write_text(proposal.text)

    assert {change.offer for change in proposal.changes} == {"mistral-large-4@mistral"}
