"""Numbers tried out, and from where on own machines are cheaper."""

from __future__ import annotations

import math
from datetime import date, time

import pytest

from advisor.case import Measurement, Workload
from advisor.decide.bills import bill_for
from advisor.decide.break_even import CostCurve, cheapest_offer, cost_curve, crossing, fixed_curve
from advisor.decide.candidates import self_hosted
from advisor.decide.what_if import WhatIf, tried, with_requests
from advisor.host.hardware import load_hardware
from advisor.host.shelf import presets
from advisor.interval import Interval
from advisor.ui.loaded import catalog
from tests.cost.offers import offer, price

DAY = date(2026, 11, 24)
CASE = presets()[0]
PLAIN = tried(CASE, WhatIf(CASE.workload), catalog(), DAY, load_hardware())


def usd(key: str, what_if: WhatIf) -> float:
    """Middle cost per request of a shipped offer."""
    situation = tried(CASE, what_if, catalog(), DAY, load_hardware())
    cost = bill_for(catalog().by_id[key], situation).per_request.usd
    assert cost is not None
    return cost.mid


def test_switches_take_their_discount_away() -> None:
    """Without caching the repeated part is paid in full; batch counts only when something can wait."""
    key = "gpt-5.6-luna@openai"
    waiting = CASE.workload.model_copy(update={"batch_share": 1.0})

    assert usd(key, WhatIf(CASE.workload, caching=False)) > usd(key, WhatIf(CASE.workload))
    assert usd(key, WhatIf(waiting)) < usd(key, WhatIf(waiting, batch=False))


def test_searches_are_counted_unless_switched_off() -> None:
    """Two searches a request cost something, and nothing with the fees off."""
    key, none = "gpt-5.6-luna@openai", WhatIf(CASE.workload, searches=0)
    two = WhatIf(CASE.workload, searches=2)

    assert usd(key, two) > usd(key, none)
    assert usd(key, WhatIf(CASE.workload, searches=2, search_fees=False)) == pytest.approx(usd(key, none))


def test_off_peak_counts_at_a_given_hour_only() -> None:
    """DeepSeek is cheaper at 20:00 UTC on a working day than without an hour."""
    key = "deepseek-v4.1-flash@deepseek"

    assert usd(key, WhatIf(CASE.workload, at=time(20))) < usd(key, WhatIf(CASE.workload))


def test_measured_costs_do_not_answer_for_other_numbers() -> None:
    """A cost measured for the case's numbers is left out when others are tried."""
    seen = Measurement(
        offer="gpt-5.6-luna@openai", metric="cost", unit="USD", value=9.0, n=5, as_of=DAY, run="r"
    )
    case = CASE.model_copy(update={"measurements": (seen,)})
    situation = tried(case, WhatIf(Workload(input_tokens=10, output_tokens=10)), catalog(), DAY, None)

    assert situation.case.measurements == ()


def curve(*middles: float | None) -> CostCurve:
    """A made-up curve over 1, 2, 3, ... requests."""

    def month(requests: float) -> Interval | None:
        """The figure of the next whole number of requests: machines come copy by copy."""
        one = middles[math.ceil(requests) - 1]
        return None if one is None else Interval(one / 2, one, one * 2)

    return CostCurve(offer(), tuple(float(n) for n in range(1, len(middles) + 1)), month)


def test_the_crossing_is_where_it_stays_cheaper() -> None:
    """Cheaper at 2 but not at 3 does not count; the copy bought above 3 pays at once."""
    found = crossing(curve(10, 10, 21, 22), curve(4, 12, 20, 24))

    assert found.at_best == pytest.approx(1, rel=0.02)
    assert found.expected == pytest.approx(3, rel=0.02)
    assert found.at_worst is None


@pytest.mark.parametrize("name", ["gpt-oss-20b", "gemma-4-26b-a4b", "nemotron-3-nano"])
def test_a_stated_break_even_is_one(name: str) -> None:
    """At the volume stated own machines cost no more than the API, and 3 % below it they are expected to."""
    home = next(one for one in self_hosted(catalog()) if one.model.id == name)
    same = [one for one in catalog().offers if one.model.id == name]
    rival = cheapest_offer(same, PLAIN)
    assert rival is not None
    own, api = cost_curve(home, PLAIN), cost_curve(rival, PLAIN)
    found = crossing(own, api)
    for end, at in (("low", found.at_best), ("mid", found.expected), ("high", found.at_worst)):
        if at is not None and at > own.requests[0]:
            assert cents(own.month(at), end) <= cents(api.month(at), "mid")
            assert end != "mid" or cents(own.month(at * 0.97), end) > cents(api.month(at * 0.97), "mid")


def cents(month: Interval | None, end: str) -> float:
    """One end of a month."""
    assert month is not None
    return float(getattr(month, end))


def test_machines_as_they_stand_meet_the_api_where_rent_is_saved() -> None:
    """A rent of 1,000 (500 to 2,000), 0.002 a request against 0.012: 100,000 (50,000 to 200,000)."""
    dear = tried(
        CASE.with_answer("knowledge", "decision", "prompt"),
        WhatIf(Workload(input_tokens=1_000, output_tokens=1_000)),
        catalog(),
        DAY,
        None,
    )
    api = cost_curve(offer(price(6, 6), mode="never"), dear)
    found = crossing(fixed_curve(offer(), Interval(500, 1_000, 2_000), 0.002), api)

    assert found.at_best == pytest.approx(50_000, rel=0.02)
    assert found.expected == pytest.approx(100_000, rel=0.02)
    assert found.at_worst == pytest.approx(200_000, rel=0.02)


def test_an_unknown_cost_is_never_cheaper() -> None:
    """Where either side is unknown nothing crosses."""
    assert crossing(curve(None, None), curve(4, 8)).at_best is None
    assert crossing(curve(1, 1), curve(None, None)).at_best is None


def test_own_machines_grow_with_the_load_and_an_api_too() -> None:
    """The API's month is a straight line; own machines begin with one copy, never shrink, and have a band."""
    api = cost_curve(catalog().by_id["gpt-oss-120b@groq"], PLAIN, (1e5, 1e6))
    home = next(one for one in self_hosted(catalog()) if one.model.id == "gpt-oss-120b")
    own = cost_curve(home, PLAIN, (1e3, 1e5, 1e7, 1e9))
    middles = [one.mid for one in own.usd if one is not None]

    assert api.usd[0] is not None
    assert api.usd[1] is not None
    assert api.usd[1].mid == pytest.approx(10 * api.usd[0].mid)
    assert len(middles) == 4
    assert middles == sorted(middles)
    assert middles[3] > 10 * middles[2] > 0
    assert all(one.low <= one.mid <= one.high for one in own.usd if one is not None)


def test_the_cheapest_offer_has_a_known_price() -> None:
    """An offer of unknown price is never the cheapest."""
    dear, unpriced = offer(price(5, 5)), offer()

    assert cheapest_offer([unpriced, dear], PLAIN) is dear
    assert cheapest_offer([unpriced], PLAIN) is None


def test_requests_alone_change() -> None:
    """Twice the requests cost twice as much a month with a price list."""
    key = catalog().by_id["gpt-5.6-luna@openai"]
    once, twice = (bill_for(key, with_requests(PLAIN, count)).per_month.usd for count in (1e5, 2e5))

    assert once is not None
    assert twice == once.scaled(2)
