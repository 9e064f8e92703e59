"""Distributions for the sampling lab: counts that anybody can count again, and pasted ones."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from math import exp, log

import pytest

from advisor.cost.distributions import (
    COUNTED,
    COUNTS,
    EXAMPLE,
    NOVEL,
    NOVEL_COUNTS,
    read_logprobs,
)
from advisor.cost.sampling import Knobs, probabilities
from advisor.errors import BadInput
from tests.serving import ROOT


def test_the_counts_are_those_of_the_licence() -> None:
    """Counted again in the licence file of this repository, every stored number comes out."""
    terms = (ROOT / "LICENSE").read_text("utf-8").split("APPENDIX")[0].lower()
    words = re.findall(r"[a-z]+", terms)
    for word, (total, counts) in COUNTS.items():
        follow = Counter(after for before, after in pairwise(words) if before == word)
        assert follow.total() == total
        assert {token: follow[token] for token in counts} == counts


def test_the_counts_of_the_novel_are_dated_and_sourced() -> None:
    """Author, year, edition and day stand with every distribution; followers never outnumber their word."""
    novel = [row for row in COUNTED if row.source == NOVEL]
    assert len(novel) == len(NOVEL_COUNTS)
    for part in ("Lewis Carroll", "1865", "ebook 11", "2026-11-24", "2,161 words"):
        assert part in NOVEL
    for total, counts in NOVEL_COUNTS.values():
        assert min(counts.values()) > 1
        assert sum(counts.values()) < total
    # "she was" 13 times of 79.
    assert probabilities(novel[0].logits, Knobs())[0] * (novel[0].covers or 0) == pytest.approx(13 / 79)


def test_plain_probabilities_are_the_counted_shares() -> None:
    """At temperature 1 a logit of ln(count) gives back the share: 12 of 16 after "this"."""
    this = COUNTED[-1]
    assert this.covers == 1.0
    assert probabilities(this.logits, Knobs())[0] == pytest.approx(12 / 16)


def test_the_example_is_called_one() -> None:
    """Made-up logits carry the word simulated, counted ones do not."""
    assert EXAMPLE.simulated
    assert not any(row.simulated for row in COUNTED)


TOP = [{"token": " Rome", "logprob": log(0.2)}, {"token": " Paris", "logprob": log(0.7), "bytes": [1]}]


@pytest.mark.parametrize(
    "document",
    [
        TOP,
        {"choices": [{"logprobs": {"content": [{"token": " Paris", "logprob": -0.3, "top_logprobs": TOP}]}}]},
        {"content": [{"token": " Paris", "logprob": -0.3, "top_logprobs": TOP}]},
    ],
)
def test_a_pasted_reply_is_read_wherever_its_numbers_stand(document: object) -> None:
    """A whole reply, its logprobs part or a bare list: likeliest first, 90 % of all covered."""
    (row,) = read_logprobs(json.dumps(document))
    assert row.tokens == (" Paris", " Rome")
    assert row.covers == pytest.approx(0.9)
    assert exp(row.logits[0]) == pytest.approx(0.7)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        "{}",
        "[]",
        '{"choices": 3}',
        '[{"token": 1, "logprob": -1}]',
        '[{"token": "a", "logprob": 1}]',
    ],
)
def test_what_holds_no_probabilities_is_refused_in_words(text: str) -> None:
    """Broken, empty, deep or impossible input says what to paste instead."""
    with pytest.raises(BadInput) as error:
        read_logprobs(text)
    assert error.value.hint
