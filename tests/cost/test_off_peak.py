"""A window that holds on weekends only says nothing about the same hour of a working day."""

from __future__ import annotations

from datetime import time

import pytest

from advisor.catalog.prices import OffPeak, Rates, Window
from advisor.cost.rates import is_off_peak

WEEKENDS = Window(start=time(0), end=time(0), weekdays=(6, 7))
NIGHTS = Window(start=time(10), end=time(0), weekdays=(1, 2, 3, 4, 5))
DAYS = OffPeak(rates=Rates(input=0.15, output=0.6), windows_utc=(NIGHTS, WEEKENDS))


@pytest.mark.parametrize(
    ("hour", "weekday", "cheap"),
    [(9, 1, False), (10, 1, True), (23, 5, True), (0, 3, False), (9, 6, True), (0, 7, True)],
)
def test_the_day_of_the_week_counts(hour: int, weekday: int, cheap: bool) -> None:
    """DeepSeek's kind of schedule: cheap from 10:00 UTC on working days, and the whole weekend."""
    assert is_off_peak(DAYS, time(hour), weekday) is cheap


def test_an_hour_without_a_day_is_a_working_hour() -> None:
    """Nobody named a weekend, so the weekend's price is not given away."""
    assert is_off_peak(DAYS, time(9)) is False
