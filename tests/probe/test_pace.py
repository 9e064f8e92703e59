"""Rates: the generic cell rate algorithm by numbers, and whose account a call falls under."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.pace import Rate, account_of, most_tokens, per_minute


def _starts(rate: Rate, until_s: float, step_s: float = 0.001) -> list[float]:
    """Moments at which calls start when one waits at every moment."""
    arrival, starts = 0.0, list[float]()
    for moment in range(int(until_s / step_s)):
        now = 100.0 + moment * step_s
        if rate.admits(arrival, now, 1):
            arrival = rate.after(arrival, now, 1)
            starts.append(now)
    return starts


def test_twenty_a_second_in_bursts_of_five() -> None:
    """At 20 per second and a burst of 5, five start at once and no second sees more than 24."""
    # One start for each 50 ms after the burst: 5 + 19 within the first second, 20 in each later one.
    starts = _starts(Rate(20, 5), 3.0)
    per_second = [sum(one - 0.9995 <= other <= one for other in starts) for one in starts]

    assert sum(one < 100.0105 for one in starts) <= 5
    assert max(per_second) == 24
    assert len(starts) == pytest.approx(5 + 59, abs=1)


@given(st.floats(2, 6000), st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_no_minute_exceeds_its_limit(limit: float, waits: list[float]) -> None:
    """Whenever calls ask, no window of 60 seconds lets more than the limit start."""
    rate, arrival, now, starts = per_minute(limit), 0.0, 1000.0, list[float]()
    for wait in waits:
        now += wait / max(1.0, limit / 60)
        if rate.admits(arrival, now, 1):
            arrival = rate.after(arrival, now, 1)
            starts.append(now)
    for one in starts:
        assert sum(one <= other < one + 60 for other in starts) <= limit


def test_tokens_are_counted_by_size() -> None:
    """6,000 tokens a minute let 500 start at once; a larger call waits until the bucket is empty."""
    rate = per_minute(6000)

    assert rate.burst == 500
    assert rate.admits(0.0, 100.0, 500)
    assert not rate.admits(rate.after(0.0, 100.0, 400), 100.0, 200)
    assert rate.admits(0.0, 100.0, 5000)
    assert not rate.admits(rate.after(0.0, 100.0, 5000), 130.0, 1)


def test_a_barred_bucket_opens_when_asked() -> None:
    """After a refusal nothing starts before the wait is over, whatever the burst."""
    rate = Rate(10, 20)
    arrival = rate.barred(100.0, 7.0)

    assert not rate.admits(arrival, 106.9, 1)
    assert rate.admits(arrival, 107.1, 1)


@pytest.mark.parametrize(
    ("ref", "url", "key", "account"),
    [
        ("gpt-6-luna@openai", None, "OPENAI_API_KEY", "openai"),
        ("litellm:mistral/large", None, None, "mistral"),
        ("practice:quick", None, None, "practice"),
        ("own:gateway", "https://llm.example.org:8443/v1", "GATEWAY_KEY", "llm.example.org:8443 GATEWAY_KEY"),
        ("own:gateway", "http://user@127.0.0.1:8000/v1", None, "127.0.0.1:8000"),
    ],
)
def test_an_account_is_what_a_provider_limits(
    ref: str, url: str | None, key: str | None, account: str
) -> None:
    """Offers of one provider share an account; two keys on one host are two."""
    assert account_of(ref, url, key) == account


def test_most_tokens_of_a_call() -> None:
    """90 bytes are at most 50 tokens (2 bytes each, 10 % more), plus 64 for the template and the answer."""
    assert most_tokens(90, 512) == 50 + 64 + 512
