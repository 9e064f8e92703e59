"""Likeness of replies as wording."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.wording_view import common_length, likeness, phrasing_stability

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


def _by_table(one: Sequence[str], other: Sequence[str]) -> int:
    rows = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            rows[i + 1][j + 1] = rows[i][j] + 1 if a == b else max(rows[i][j + 1], rows[i + 1][j])
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_bits_count_what_the_table_counts(one: list[str], other: list[str]) -> None:
    """The bit-parallel length of the longest common subsequence is that of the textbook's table."""
    assert common_length(one, other) == _by_table(one, other)


def test_stability_is_the_mean_over_pairs() -> None:
    """Two equal replies of two words and one that shares one word: (1 + 1/2 + 1/2) / 3."""
    assert phrasing_stability(["red fox", "red fox", "red hen"]) == pytest.approx(2 / 3)
    assert phrasing_stability(["red fox"]) is None
    assert likeness([], []) == 1.0
