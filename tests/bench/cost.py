"""How long the monthly cost of 110 offers takes, beside a plain sum of the same tokens and prices."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from datetime import date
from statistics import median

from advisor.cost.api import task_cost
from advisor.cost.profile import TokenProfile
from advisor.decide.bills import bill_for
from advisor.decide.what_if import WhatIf, tried, with_requests
from advisor.host.hardware import load_hardware
from advisor.host.shelf import presets
from advisor.interval import Interval
from advisor.ui.loaded import catalog
from tests.bench.rows import Row

OFFERS = 110
DAY = date(2026, 11, 24)
ROUNDS = 30
TASK = TokenProfile(
    Interval(2_000, 4_000, 8_000), Interval(200, 500, 900), cached_share=Interval(0.2, 0.5, 0.6)
)


def run() -> list[Row]:
    """Months of 110 priced offers, alone and with their arithmetic, in one process run."""
    offers = [one for one in catalog().offers if one.price(DAY) is not None][:OFFERS]
    prices = [one.price(DAY) for one in offers]
    case = presets()[0]
    situation = tried(case, WhatIf(case.workload), catalog(), DAY, load_hardware())

    def plain() -> None:
        for price in prices:
            assert price is not None
            rates, total = price.rates_for(4_000), 0.0
            for tokens, each in (
                (2_000, rates.input),
                (2_000, rates.cache_read or rates.input),
                (500, rates.output),
            ):
                total += tokens * each / 1e6 * 100_000

    def months() -> None:
        for one in offers:
            bill = task_cost(one, TASK, DAY, "none", requests_per_month=100_000)
            assert bill is not None
            bill.total.scaled(100_000)

    def opened() -> None:
        fresh = with_requests(situation, 100_000)
        for one in offers:
            bill_for(one, fresh)

    base = _ms(plain)
    note = f"median of {ROUNDS}; low, middle and high with every line's formula and source"
    return [
        Row(
            f"monthly cost of {len(offers)} offers, plain sum of three products",
            base,
            "ms",
            note="one figure each",
        ),
        _row(f"monthly cost of {len(offers)} offers", _ms(months), base, note),
        _row("… per request, success, month and user", _ms(opened), base, note),
    ]


def _row(what: str, spent_ms: float, base_ms: float, note: str) -> Row:
    return Row(what, spent_ms, "ms", "plain sum", spent_ms / base_ms, note)


def _ms(work: Callable[[], None]) -> float:
    """Median milliseconds of one round."""
    work()
    gc.collect()
    taken = list[float]()
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return 1000 * median(taken)
