"""Calls over real HTTP: what comes back is the answer, or the failure by its kind, never both."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import pytest

from advisor.case import OwnEndpoint
from advisor.errors import FailureKind
from advisor.probe.plan import MARKER_BYTES
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm, wanted_parameters
from advisor.probe.run.order import Order
from advisor.probe.run.script import FAULTS
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.samples import Attempt, Failure, Purpose, Reply, Sample, UsageSource
from tests.probe.plans import case_of, plan_of_case
from tests.probe.plans import served as endpoint
from tests.probe.practice_server import Served

# LiteLLM's own types make pydantic warn when it first translates an effort; users never see it.
pytestmark = pytest.mark.filterwarnings("ignore:Item 'summary' on TypedDict")


def _call(mine: OwnEndpoint, environment: dict[str, str] | None = None, **probe: Any) -> Attempt:
    return _calls(mine, 1, environment, **probe)[0]


def _calls(
    mine: OwnEndpoint, count: int, environment: dict[str, str] | None = None, **probe: Any
) -> list[Attempt]:
    plan = plan_of_case(case_of(offers=("own:mine",), own_endpoints=(mine,), **({"timeout_s": 10} | probe)))
    order = Order(plan, plan.targets[0], plan.prompts[0], key="key-1")

    async def run() -> list[Attempt]:
        async with Stopwatch() as stopwatch:
            return [await make_call(order, stopwatch, environment or {}) for _ in range(count)]

    load_litellm()
    return asyncio.run(run())


def _sample(attempt: Attempt) -> Sample:
    return Sample(key="k", run="r", offer="o", prompt="p", repeat=0, attempts=(attempt,))


def test_a_good_call(served: Served) -> None:
    """Text, usage, cost and times come back, and the request carries the sample's key."""
    attempt = _call(endpoint(served.port, "fast"))
    entry = served.asked("fast")[-1]
    sample = _sample(attempt)

    assert isinstance(attempt.outcome, Reply)
    assert attempt.outcome.text == entry["said"]
    assert attempt.usage is not None
    assert attempt.usage_source is UsageSource.WIRE
    assert attempt.cost_usd == pytest.approx((6 * 1 + 8 * 2) / 1e6)
    assert entry["probe_id"] == "key-1"
    assert sample.output_tps is not None
    assert len(attempt.timeline.tokens_ns) == 8


def test_times_are_the_servers(served: Served) -> None:
    """Time to first and last token lie within 20 ms of what the server's own log says."""
    attempts = _calls(endpoint(served.port, "fast"), 5)
    samples = [_sample(attempt) for attempt in attempts]
    truth = [
        (
            (entry["tokens_ns"][0] - entry["received_ns"]) / 1e9,
            (entry["tokens_ns"][-1] - entry["received_ns"]) / 1e9,
        )
        for entry in served.asked("fast")[-5:]
    ]
    errors = [
        max(abs((sample.ttft_s or 9) - first), abs((sample.total_s or 9) - last))
        for sample, (first, last) in zip(samples, truth, strict=True)
    ]

    assert sorted(errors)[2] < 0.02


def test_calls_for_times_are_unique(served: Served) -> None:
    """Equal prompts go out byte for byte; those for times each begin otherwise, and are answered as well."""
    plan = plan_of_case(case_of(offers=("own:mine",), own_endpoints=(endpoint(served.port, "fast"),)))
    orders = [
        Order(plan, plan.targets[0], plan.prompts[0], key, number, purpose)
        for purpose in (Purpose.CONSISTENCY, Purpose.LATENCY)
        for key, number in (("a", 1), ("b", 1), ("b", 2))
    ]
    texts = [order.messages[0]["content"] for order in orders]

    assert set(texts[:3]) == {"Question 0?"}
    assert len(set(texts[3:])) == 3
    assert all(text.startswith("[call ") and text.endswith("\n\nQuestion 0?") for text in texts[3:])
    assert all(len(text) <= len("Question 0?") + MARKER_BYTES for text in texts)
    assert len({text[:10] for text in texts[3:]}) == 3


def test_connections_are_kept(served: Served) -> None:
    """Only the first of several calls opens a connection; its cost is kept apart from the times."""
    connects = [attempt.timeline.connect_ns for attempt in _calls(endpoint(served.port, "fast"), 3)]

    assert connects[0] is not None
    assert connects[1:] == [None, None]


EXPECTED: dict[str, FailureKind | None] = {
    "401": FailureKind.AUTHENTICATION,
    "403": FailureKind.PERMISSION,
    "404": FailureKind.NOT_FOUND,
    "context": FailureKind.CONTEXT_LENGTH,
    "400": FailureKind.BAD_REQUEST,
    "429": FailureKind.RATE_LIMIT,
    "429-retry-after": FailureKind.RATE_LIMIT,
    "500": FailureKind.PROVIDER_DOWN,
    "503": FailureKind.PROVIDER_DOWN,
    "reset": FailureKind.CONNECTION,
    "cut": FailureKind.TRUNCATED_STREAM,
    "stall": None,
    "malformed": FailureKind.MALFORMED_STREAM,
    "invalid-utf8": FailureKind.MALFORMED_STREAM,
    "error-in-stream": FailureKind.PROVIDER_DOWN,
    "empty": FailureKind.EMPTY_REPLY,
    "filtered": FailureKind.CONTENT_FILTER,
    "wrong-usage": None,
    "no-usage": None,
    "duplicate-finish": None,
    "slow-headers": None,
    "huge": None,
    "chunky": None,
    "tool-call": None,
}
"""Fault -> failure kind; None: an answer, marked by a warning where there is reason."""


def test_the_fault_matrix_is_whole() -> None:
    """Every fault the practice server knows has an expected outcome."""
    assert set(EXPECTED) == set(FAULTS)


@pytest.mark.parametrize("fault", [name for name, kind in EXPECTED.items() if kind is not None])
def test_a_fault_is_recorded_by_its_kind(served: Served, fault: str) -> None:
    """A fault is a failure of its kind after exactly one request, with no time and no zero price."""
    model = f"fast:{fault}"
    before = len(served.asked(model))
    attempt = _call(endpoint(served.port, model))
    sample = _sample(attempt)

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.kind is EXPECTED[fault]
    assert attempt.outcome.detail
    assert len(served.asked(model)) == before + 1
    assert (sample.ttft_s, sample.total_s, sample.output_tps, sample.reply) == (None, None, None, None)


@pytest.mark.parametrize(
    ("fault", "warning"),
    [
        ("stall", "stalled 4.0 s between two chunks"),
        ("wrong-usage", "usage does not add up"),
        ("no-usage", "the provider sent no complete usage"),
        ("duplicate-finish", "finish reason sent more than once"),
    ],
)
def test_a_doubtful_answer_is_marked(served: Served, fault: str, warning: str) -> None:
    """An answer that is complete but odd is kept and carries the reason for doubt."""
    attempt = _call(endpoint(served.port, f"fast:{fault}"))

    assert isinstance(attempt.outcome, Reply)
    assert any(words.startswith(warning) for words in attempt.outcome.warnings)
    assert (attempt.cost_usd is None) == (fault == "no-usage")


def test_slow_headers_count_as_the_providers_time(served: Served) -> None:
    """Two seconds before the headers are two seconds of time to first token."""
    attempt = _call(endpoint(served.port, "fast:slow-headers"))
    ttft_s = _sample(attempt).ttft_s

    assert ttft_s is not None
    assert 2.0 < ttft_s < 3.0


def test_a_huge_reply_is_read_whole(served: Served) -> None:
    """Twenty thousand tokens at once are all counted."""
    attempt = _call(endpoint(served.port, "fast:huge"))

    assert attempt.usage is not None
    assert attempt.usage.completion_tokens == len(attempt.timeline.tokens_ns) == 20_000


def test_several_tokens_in_a_chunk_are_told(served: Served) -> None:
    """Eight tokens in two chunks are four a chunk; one in each is one."""
    chunky, plain = (_call(endpoint(served.port, model)) for model in ("fast:chunky", "fast"))

    assert _sample(chunky).tokens_per_chunk == 4.0
    assert _sample(plain).tokens_per_chunk == 1.0


def test_retry_after_is_kept_apart(served: Served) -> None:
    """A provider's wish to wait is recorded; nobody waits or asks again in silence."""
    attempt = _call(endpoint(served.port, "fast:429-retry-after"))

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.retry_after_s == 1.0


def test_time_runs_out(served: Served) -> None:
    """A call that takes longer than allowed is a timeout, and its socket is closed."""
    attempt = _call(endpoint(served.port, "fast:stall"), timeout_s=0.5)

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.kind is FailureKind.TIMEOUT
    assert attempt.outcome.received
    assert attempt.cost_usd is None


def test_nobody_listens(free_tcp_port: int) -> None:
    """An endpoint that is down is a connection failure that costs nothing."""
    attempt = _call(endpoint(free_tcp_port, "fast"))

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.kind is FailureKind.CONNECTION
    assert attempt.cost_usd == 0


def test_a_missing_key_names_its_variable(served: Served) -> None:
    """Without its key a call is not made, and the variable to set is named."""
    before = len(served.log())
    attempt = _call(endpoint(served.port, "fast", key_env="MY_KEY"))

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.kind is FailureKind.MISSING_KEY
    assert attempt.outcome.detail == "MY_KEY is not set"
    assert len(served.log()) == before


def test_an_unknown_price_is_not_paid_without_consent(served: Served) -> None:
    """Without price and without an agreed bound no call is made: nothing could hold it to the cap."""
    before = len(served.log())
    attempt = _call(endpoint(served.port, "fast", input_usd_per_mtok=None))

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.kind is FailureKind.BUDGET
    assert len(served.log()) == before


def test_keys_and_prompts_stay_out_of_errors(served: Served) -> None:
    """The provider echoes a key in its refusal; the recorded detail does not."""
    attempt = _call(endpoint(served.port, "fast:401", key_env="MY_KEY"), {"MY_KEY": "practice-key-123456"})

    assert isinstance(attempt.outcome, Failure)
    assert "123456" not in attempt.model_dump_json()
    assert "Question 0?" not in attempt.outcome.detail


def test_what_was_sent_is_recorded(served: Served) -> None:
    """Temperature, effort and the token limit are recorded as the request really carried them."""
    attempt = _call(endpoint(served.port, "fast"), temperature=0.5, max_output_tokens=77, effort="low")

    assert isinstance(attempt.outcome, Reply)
    assert attempt.parameters.sent["temperature"] == 0.5
    assert 77 in (
        attempt.parameters.sent.get("max_tokens"),
        attempt.parameters.sent.get("max_completion_tokens"),
    )
    assert attempt.parameters.sent["reasoning_effort"] == "low"


@pytest.mark.parametrize(
    ("model", "dropped"), [("openai/o3-mini", ("temperature",)), ("openai/gpt-4o", ("reasoning_effort",))]
)
def test_what_a_model_does_not_take_is_left_out_openly(model: str, dropped: tuple[str, ...]) -> None:
    """A parameter LiteLLM says the model refuses is not sent, and is listed."""
    plan = plan_of_case(case_of(temperature=0.5, effort="low"))
    target = plan.targets[0].model_copy(update={"model": model})
    sent, left_out = wanted_parameters(plan, target, "openai")

    assert left_out == dropped
    assert set(sent) == {"temperature", "reasoning_effort", "max_tokens", "stream_options"} - set(dropped)


def test_an_attempt_survives_its_document(served: Served) -> None:
    """An attempt read back from JSON is the same attempt, failure or reply."""
    for model in ("fast", "fast:500"):
        attempt = _call(endpoint(served.port, model))
        assert Attempt.model_validate_json(attempt.model_dump_json()) == attempt
    assert json.loads(attempt.model_dump_json())["outcome"]["kind"] == "provider_down"


def test_nothing_is_fetched_at_import() -> None:
    """LiteLLM is loaded with the price map of its package and without reading a .env file."""
    load_litellm()

    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"
    assert os.environ["LITELLM_MODE"] == "PRODUCTION"
