"""Our own error is a figure like any other: with its n, and no percentile from too few calls."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advisor.probe.instrument import InstrumentError, Truth, instrument_error

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MS = 1_000_000


def _late(*late_ms: float) -> Truth:
    """A call with a token every 10 ms, each seen so many milliseconds late."""
    true = tuple(10 * MS * (place + 1) for place in range(len(late_ms)))
    return Truth(true, tuple(at + round(late * MS) for at, late in zip(true, late_ms, strict=True)))


def test_lateness_of_first_tokens_and_of_gaps() -> None:
    """First tokens 1, 2 and 4 ms late: median 2, at most 4. Gaps off by 2, 1 and 0 ms: median 1."""
    found = instrument_error([_late(1, 3), _late(2, 1), _late(4, 4)], 8, NOON)

    assert (found.n, found.ttft_median_ms, found.ttft_max_ms, found.ttft_p95_ms) == (3, 2.0, 4.0, None)
    assert (found.gap_n, found.gap_median_ms, found.gap_p95_ms) == (3, 1.0, None)
    assert found.words.startswith(
        "Our clock: +2.0 ms median, 4.0 ms at most. Measured on 2026-11-24 12:00 UTC"
    )


def test_twenty_calls_have_a_percentile() -> None:
    """Lateness of 0 to 19 ms: the 95th percentile is 18.05 ms, and it is said."""
    found = instrument_error([_late(ms, ms) for ms in range(20)], 1, NOON)

    assert found.ttft_p95_ms == pytest.approx(18.05)
    assert "18.1 ms at the 95th percentile; between chunks below 0.1 ms" in found.words


def test_a_call_not_seen_whole_is_refused() -> None:
    """A call whose tokens we did not all see says nothing about our clock."""
    with pytest.raises(ValueError, match="seen whole"):
        instrument_error([Truth((1, 2), (1,))], 1, NOON)
    with pytest.raises(ValueError, match="seen whole"):
        instrument_error([], 1, NOON)


def test_it_survives_its_document() -> None:
    """Read back from JSON it is the same figure."""
    found = instrument_error([_late(1, 3)], 8, NOON)

    assert InstrumentError.model_validate_json(found.model_dump_json()) == found
