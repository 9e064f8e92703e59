"""Embeddings over real HTTP through LiteLLM, and MiniLM's arithmetic."""

from __future__ import annotations

import asyncio
import hashlib
import json
import struct
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from advisor.catalog.prices import Price, Rates
from advisor.errors import FailureKind, NotFound
from advisor.probe.embedding import embedder, embedding_plan, read
from advisor.probe.practice import simulated_embedding
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.minilm import MiniLM, checked, gelu, read_tensors
from advisor.probe.run.order import Order
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.samples import Attempt, Failure, Reply
from tests.probe.plans import case_of, plan_of_case
from tests.probe.practice_server import Served

pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
)
TEXTS = ["molecules scatter light", "light", "molecules scatter light again"]
PRICE = Price(source="test", as_of=date(2026, 1, 1), rates=Rates(input=2, output=0))


def _embedded(port: int, path: str = "/v1") -> Attempt:
    target = embedder("openai/embedder", "A_KEY", PRICE, key_missing=False)
    target = target.model_copy(update={"base_url": f"http://127.0.0.1:{port}{path}"})
    plan = embedding_plan(plan_of_case(case_of()), "run-1", TEXTS, target, 0.5)
    order = Order(plan, target, plan.prompts[0], "key-1")

    async def call() -> Attempt:
        async with Stopwatch() as stopwatch:
            return await make_call(order, stopwatch, {"A_KEY": "secret-key"})

    load_litellm()
    return asyncio.run(call())


def test_embeddings_come_over_the_wire_counted_and_priced(served: Served) -> None:
    """One request for all texts, a vector each in their order, tokens as the server counts them."""
    attempt = _embedded(served.port)

    assert isinstance(attempt.outcome, Reply)
    assert read(attempt.outcome.text) == [simulated_embedding(text) for text in TEXTS]
    assert attempt.usage is not None
    assert attempt.usage.prompt_tokens == 3 + 1 + 4
    assert attempt.cost_usd == pytest.approx(8 * 2 / 1e6)


def test_a_server_without_embeddings_is_a_failure_that_costs_nothing(served: Served) -> None:
    """An address that knows no embeddings refuses; the key is in no error text."""
    attempt = _embedded(served.port, "/nowhere")

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.kind is FailureKind.NOT_FOUND
    assert attempt.cost_usd == 0
    assert "secret-key" not in attempt.outcome.detail


def test_weights_are_read_as_numbers_and_only_if_they_are_the_ones_tried(tmp_path: Path) -> None:
    """A file of names, places and numbers gives its tensors; another checksum is refused in words."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
    content = struct.pack("<Q", len(header)) + header + np.array([1, 2, 3, 4], "<f4").tobytes()
    (tmp_path / "w").write_bytes(content)

    assert read_tensors(checked(tmp_path / "w", hashlib.sha256(content).hexdigest()))["a"].tolist() == [
        [1, 2],
        [3, 4],
    ]
    with pytest.raises(NotFound, match="not the file that was tried"):
        checked(tmp_path / "w", "0" * 64)


def test_gelu_is_x_times_the_normal_distribution() -> None:
    """At -1, 0, 1 and 2: -0.158655, 0, 0.841345 and 1.954500, from tables of the normal distribution."""
    found = gelu(np.array([-1, 0, 1, 2], dtype=np.float32))
    assert found.tolist() == pytest.approx([-0.158655, 0, 0.841345, 1.954500], abs=2e-6)


def test_a_text_becomes_a_vector_of_length_one() -> None:
    """With weights that pass everything on, two tokens give the scaled mean of their normed embeddings."""
    two = np.eye(2, dtype=np.float32)
    nothing, one = np.zeros(2, dtype=np.float32), np.ones(2, dtype=np.float32)
    tensors = {
        "embeddings.word_embeddings.weight": np.array([[3, 1], [0, 2]], dtype=np.float32),
        "embeddings.position_embeddings.weight": np.zeros((2, 2), dtype=np.float32),
        "embeddings.token_type_embeddings.weight": np.zeros((1, 2), dtype=np.float32),
    }
    linear = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")
    for name in (*linear, "intermediate.dense", "output.dense"):
        tensors |= {f"encoder.layer.0.{name}.weight": 0 * two, f"encoder.layer.0.{name}.bias": nothing}
    for name in ("embeddings", "encoder.layer.0.attention.output", "encoder.layer.0.output"):
        tensors |= {f"{name}.LayerNorm.weight": one, f"{name}.LayerNorm.bias": nothing}
    model = MiniLM(tensors, layers=1, heads=1)

    # Normed, (3, 1) is (1, -1) and (0, 2) is (-1, 1): alone the first has length one along (1, -1).
    assert model.vector([0]).tolist() == pytest.approx([2**-0.5, -(2**-0.5)], abs=1e-5)
    assert model.vector([1]).tolist() == pytest.approx([-(2**-0.5), 2**-0.5], abs=1e-5)
