"""Every catalog provider with a key is asked at its own address, through the stopwatch, with its own key."""

from __future__ import annotations

import asyncio
import time
from functools import cache
from typing import cast
from urllib.parse import urlsplit

import pytest

from advisor.catalog.entries import Catalog, CatalogOffer
from advisor.catalog.files import load_catalog
from advisor.probe.plan import plan_run
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.order import Order
from advisor.probe.run.stopwatch import Exchange, Request, Stopwatch
from advisor.probe.samples import Attempt
from tests.catalog.tiny import TODAY
from tests.probe.plans import case_of

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

HOSTS = {
    "alibaba": "dashscope.aliyuncs.com",
    "anthropic": "api.anthropic.com",
    "baseten": "inference.baseten.co",
    "cerebras": "api.cerebras.ai",
    "cohere": "api.cohere.com",
    "deepinfra": "api.deepinfra.com",
    "deepseek": "api.deepseek.com",
    "fireworks": "api.fireworks.ai",
    "google": "generativelanguage.googleapis.com",
    "groq": "api.groq.com",
    "meta": "api.meta.ai",
    "minimax": "api.minimax.io",
    "mistral": "api.mistral.ai",
    "moonshot": "api.moonshot.ai",
    "nebius": "api.studio.nebius.ai",
    "openai": "api.openai.com",
    "perplexity": "api.perplexity.ai",
    "scaleway": "api.scaleway.ai",
    "together": "api.together.ai",
    "xai": "api.x.ai",
    "xiaomi": "api.xiaomimimo.com",
    "zai": "api.z.ai",
}
PLAIN = {"azure"}
"""Providers with a key whose route takes no client of ours, or that need an address of the user's own."""
KEY = "a-key-of-the-test"
ANSWER = (
    b'data: {"id": "x", "model": "m", "choices": [{"index": 0, "delta": {"content": "hi"}}]}\n\n'
    b'data: {"id": "x", "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\n'
)


class _Canned:
    """Stands where the stopwatch stands; keeps the request and sends nothing."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Exchange:
        self.requests.append(request)
        now = time.monotonic_ns()
        headers = {"content-type": "text/event-stream"}
        return Exchange(now, now, sent_ns=now, status=200, headers=headers, chunks=((now, ANSWER),))


@cache
def _catalog() -> Catalog:
    return load_catalog(today=TODAY)


def _offers() -> dict[str, CatalogOffer]:
    rows = _catalog().offers
    return {row.provider.id: row for row in reversed(rows) if row.provider.key_env}


def test_every_provider_with_a_key_is_listed_here() -> None:
    """A provider that joins the catalog needs a line in this table."""
    assert set(_offers()) == set(HOSTS) | PLAIN


@pytest.mark.parametrize("provider", sorted(HOSTS))
def test_a_provider_is_asked_at_its_own_address(provider: str) -> None:
    """One request, to the provider's host, with the token limit and the sample's key; no key goes astray."""
    row, canned = _offers()[provider], _Canned()
    asked = case_of(offers=(row.id,), max_output_tokens=77)
    plan = plan_run(asked, _catalog(), TODAY, {}, unknown_price_bound_usd=0.01)
    load_litellm()

    async def call() -> Attempt:
        order = Order(plan, plan.targets[0], plan.prompts[0], "key-1")
        return await make_call(order, cast(Stopwatch, canned), {row.provider.key_env or "": KEY})

    attempt = asyncio.run(call())

    assert [urlsplit(request.url).hostname for request in canned.requests] == [HOSTS[provider]]
    assert any(KEY in value for _, value in canned.requests[0].headers) or KEY in canned.requests[0].url
    assert ("x-probe-id", "key-1") in canned.requests[0].headers
    assert b"77" in canned.requests[0].body
    assert attempt.instrument == "stamped"
