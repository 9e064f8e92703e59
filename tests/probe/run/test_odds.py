"""Token probabilities of an answer, from a server on loopback through LiteLLM."""

from __future__ import annotations

import asyncio
import json
from math import exp

import pytest

from advisor.probe.odds import left_out, odds_of, odds_plan
from advisor.probe.practice import PRACTICE_MODELS
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm, wanted_parameters
from advisor.probe.run.order import Order
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.samples import Attempt, Sample, TokenOdds
from advisor.probe.targets import Target
from advisor.probe.wire import read_stream
from tests.catalog.tiny import TODAY
from tests.probe.practice_server import practice_server

pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
)


def _asked(target: Target) -> tuple[Sample, ...]:
    plan = odds_plan(target, "Name one.", TODAY)

    async def call() -> Attempt:
        async with Stopwatch() as stopwatch:
            return await make_call(Order(plan, target, plan.prompts[0], "key-1"), stopwatch, {})

    load_litellm()
    return (
        Sample(
            key="k", run="r", offer=target.ref, prompt="question", repeat=0, attempts=(asyncio.run(call()),)
        ),
    )


def test_the_practice_server_tells_the_chances_it_draws_from(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The answer is drawn from A 0.8, B 0.1, C 0.1: its place says so, all others are certain."""
    with practice_server(tmp_path_factory.mktemp("odds"), [PRACTICE_MODELS["quick"]]) as served:
        address = f"http://127.0.0.1:{served.port}/v1"
        target = Target(ref="own:x", label="x", model="openai/quick", base_url=address, simulated=True)
        found = _asked(target.model_copy(update={"price": PRACTICE_MODELS["quick"].price}))
    *lead, last = odds_of(found)

    assert found[0].reply is not None
    assert found[0].reply.text.split() == [one.token for one in (*lead, last)]
    assert [(token, round(exp(value), 6)) for token, value in last.top] == [
        ("A", 0.8),
        ("C", 0.1),
        ("B", 0.1),
    ]
    assert all(one.top == ((one.token, 0.0),) for one in lead)
    assert not left_out(found)


def test_a_model_that_takes_no_such_question_is_asked_without_it() -> None:
    """LiteLLM knows that a reasoning model gives no probabilities: what is left out is said."""
    target = Target(ref="own:x", label="x", model="openai/o3", base_url="http://127.0.0.1:9/v1")
    sent, dropped = wanted_parameters(odds_plan(target, "Name one.", TODAY), target, "openai")

    assert "logprobs" not in sent
    assert dropped == ("logprobs", "top_logprobs")


def test_probabilities_of_gemini_and_of_the_common_shape_are_read() -> None:
    """Both dialects name the drawn token and what else was likely, as natural logarithms."""
    top = {"candidates": [{"token": "a", "logProbability": -0.5}, {"token": "b", "logProbability": -1.0}]}
    gemini = {"chosenCandidates": [{"token": "b", "logProbability": -1.0}], "topCandidates": [top]}
    entry = {"token": "b", "top_logprobs": [{"token": "a", "logprob": -0.5}, {"token": "b", "logprob": -1}]}
    events = (
        {"candidates": [{"content": {"parts": [{"text": "b"}]}, "logprobsResult": gemini}]},
        {"choices": [{"delta": {"content": "b"}, "logprobs": {"content": [entry]}}]},
    )
    for event in events:
        odds = read_stream([(0, f"data: {json.dumps(event)}\n\n".encode())]).odds
        assert odds == [TokenOdds(token="b", top=(("a", -0.5), ("b", -1.0)))]
