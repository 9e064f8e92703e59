"""What the practice models say: whole sentences, known to be simulated."""

from __future__ import annotations

from random import Random

import pytest

from advisor.probe.practice import PRACTICE_MODELS
from advisor.probe.run.script import Ask, perform


@pytest.mark.parametrize("tokens", range(4, 40))
def test_filling_ends_with_a_full_stop(tokens: int) -> None:
    """However long the reply, what stands before the answer is whole sentences that say simulated."""
    model = PRACTICE_MODELS["steady"].model_copy(update={"answer_tokens": tokens})
    said = perform(Ask(model, None, 10, 4096, wants_usage=True), "", 1, Random(0)).said
    *filling, answer = said.split("\n")
    assert answer == "The answer is A"
    assert len(said.split()) == tokens
    assert all(line.endswith(".") and "imulated" in line for line in filling)
    assert bool(filling) == (tokens > 4)
