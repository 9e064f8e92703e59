"""Hidden tokens per visible one, by effort: the published figures and what is derived from them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from advisor.cost.reasoning import REASONING_PER_OUTPUT, UNDECIDED, per_output


@pytest.mark.parametrize(("effort", "cents"), [("low", 0.4), ("high", 4.08)])
def test_derived_efforts(effort: str, cents: float) -> None:
    """Low and high follow from 8.5 and 23 at medium and 0.4 : 1.45 : 4.08 US cents per task."""
    ratio = cents / 1.45
    assert REASONING_PER_OUTPUT[effort].mid == pytest.approx(9.5 * ratio - 1, abs=0.05)
    assert REASONING_PER_OUTPUT[effort].high == pytest.approx(24 * ratio - 1, abs=0.05)


def test_more_effort_means_more_tokens() -> None:
    """Each effort's bounds lie above those of the one below."""
    ends = [REASONING_PER_OUTPUT[effort] for effort in ("none", "low", "medium", "high")]
    assert all(a.mid < b.mid and a.high < b.high and a.low <= b.low for a, b in pairwise(ends))


def test_unknown_effort_spans_everything() -> None:
    """Without a decision the hidden tokens reach from none to the most."""
    assert per_output(None) == UNDECIDED
    assert UNDECIDED.low == 0
    assert UNDECIDED.high == REASONING_PER_OUTPUT["high"].high
