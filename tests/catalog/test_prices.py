"""A price is a function of the request and of the day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from advisor.catalog.prices import Price, Rates, Tier, price_on


def price(**more: Any) -> Price:
    """A price of 1 in and 4 out."""
    return Price.model_validate(
        {"rates": {"input": 1, "output": 4}, "source": "map", "as_of": date(2026, 11, 1), **more}
    )


def tier(start: int, rate: float, inclusive: bool = False) -> Tier:
    """A tier of one input rate."""
    return Tier(above_input_tokens=start, inclusive=inclusive, rates=Rates(input=rate, output=4 * rate))


@pytest.mark.parametrize(
    ("inclusive", "tokens", "rate"),
    [(False, 272_000, 1), (False, 272_001, 2), (True, 271_999, 1), (True, 272_000, 2)],
)
def test_a_tier_starts_as_its_vendor_says(inclusive: bool, tokens: int, rate: float) -> None:
    """Most charge the tier above the boundary, one charges it from the boundary on."""
    assert price(tiers=[tier(272_000, 2, inclusive)]).rates_for(tokens).input == rate


def test_the_highest_tier_passed_holds() -> None:
    """With two tiers the larger prompt pays the second."""
    two = price(tiers=[tier(1000, 2), tier(2000, 3)])

    assert [two.rates_for(tokens).input for tokens in (1000, 1001, 2000, 2001)] == [1, 2, 2, 3]


@pytest.mark.parametrize(
    "broken",
    [
        {"rates": {"input": 0, "output": 0}},
        {"rates": {"input": -1, "output": 4}},
        {"rates": {"input": 1, "output": 2001}},
        {"tiers": [tier(2000, 2), tier(1000, 3)]},
        {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
    ],
)
def test_an_impossible_price_is_refused(broken: dict[str, object]) -> None:
    """Zero without a word, negative, absurd, disordered or backwards: none of them is a price."""
    with pytest.raises(ValidationError):
        price(**broken)


def test_free_must_be_said() -> None:
    """A source that states zero makes it a price."""
    assert price(rates={"input": 0, "output": 0}, free=True).rates.input == 0


@pytest.mark.parametrize(
    ("day", "rate"),
    [(date(2026, 9, 30), None), (date(2026, 10, 1), 2), (date(2026, 10, 31), 2), (date(2026, 11, 1), 1)],
)
def test_the_price_of_the_day_holds(day: date, rate: float | None) -> None:
    """Both days named are inside, and a day before the first price has none."""
    history = (
        price(rates={"input": 2, "output": 8}, valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 31)),
        price(valid_from=date(2026, 11, 1)),
    )
    found = price_on(history, day)

    assert (found.rates.input if found else None) == rate
