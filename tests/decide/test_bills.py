"""Bills: every figure opens its arithmetic, and what is unknown stays unknown."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from advisor.case import Case, Measurement, Workload
from advisor.catalog.prices import Rates, Tier
from advisor.cost.profile import TokenProfile
from advisor.decide.bills import Basis, bill_for, bills
from advisor.decide.decision import Decision
from advisor.decide.field import inputs_for, newest
from advisor.decide.plan import Plan, Situation
from advisor.interval import Interval
from advisor.ui.loaded import catalog, today
from tests.cost.offers import DAY, night, offer, price
from tests.decide import worlds


def situation(
    requests: float | None = 100_000,
    users: float | None = 500,
    measurements: tuple[Measurement, ...] = (),
    **profile: Any,
) -> Situation:
    """A month of plain tasks of 3,000 tokens in and 500 out, unless said otherwise."""
    task: dict[str, Any] = {"input_tokens": Interval.exact(3_000), "output_tokens": Interval.exact(500)}
    task |= profile
    case = Case(workload=Workload(requests_per_month=requests, users=users), measurements=measurements)
    plan = Plan((), TokenProfile(**task), TokenProfile(**task), (), "none")
    return Situation(case, plan, worlds.named([]), DAY, newest(measurements))


def test_a_plain_month_in_all_four_figures() -> None:
    """C1: 3,000 in and 500 out at 2 / 10 are 0.011 a request, 1,100 a month, 2.20 for each of 500 users."""
    bill = bill_for(offer(price(2, 10), mode="never"), situation())
    middles = [figure.usd.mid for figure in bill.figures if figure.usd]

    assert middles == pytest.approx([0.011, 0.011, 1_100, 2.2])
    assert bill.basis is Basis.PRICE_LIST
    assert [figure.formula for figure in bill.figures] == [
        "$0.006 + $0.005 = $0.011",
        "$0.011, as per request",
        "$0.011 x 100,000 requests = $1,100 a month",
        "$1,100 / 500 users = $2.20",
    ]
    assert bill.lines[0].formula == "3,000 tokens x $2 per million = $0.006"


def test_failed_attempts_are_paid_by_those_that_end_well() -> None:
    """At 80 % success a finished task costs 0.011 / 0.8; when none may end well, at least so much."""
    rate = Interval(0.5, 0.8, 1.0)
    bill = bill_for(offer(price(2, 10), mode="never"), situation(success_rate=rate))
    hopeless = bill_for(offer(price(2, 10), mode="never"), situation(success_rate=Interval(0.0, 0.4, 0.8)))

    assert bill.per_success.usd == Interval.exact(0.011).per(rate)
    assert bill.per_success.formula == "$0.011 / 80 % that end well = $0.0137"
    assert hopeless.per_success.usd is None
    assert hopeless.per_success.at_least_usd == pytest.approx(0.011 / 0.8)


def test_an_unknown_price_is_unknown_in_every_figure() -> None:
    """No price: four unknowns with the reason, no zero and no "at least"."""
    bill = bill_for(offer(), situation())

    assert [figure.usd for figure in bill.figures] == [None] * 4
    assert [figure.words for figure in bill.figures] == ["unknown"] * 4
    assert bill.per_month.formula == "Unknown: the price is not known."
    assert bill.basis is Basis.UNKNOWN


def test_what_is_known_of_an_unknown_figure_is_a_lower_bound() -> None:
    """Unknown answers: at least the prompt's 0.006 a request, 600 a month and 1.20 a user."""
    bill = bill_for(offer(price(2, 10), mode="never"), situation(output_tokens=None))

    assert [figure.usd for figure in bill.figures] == [None] * 4
    assert [figure.at_least_usd for figure in bill.figures] == pytest.approx([0.006, 0.006, 600, 1.2])
    assert bill.per_month.words == "at least $600"
    assert bill.per_month.formula == "Unknown: the tokens of a typical request are not known."


def test_nothing_known_has_no_lower_bound() -> None:
    """Without any tokens "at least $0" would say nothing, so it is not said."""
    bill = bill_for(offer(price(2, 10)), situation(input_tokens=None, output_tokens=None))

    assert bill.per_request.words == "unknown"


def test_requests_and_users_may_be_unknown() -> None:
    """Without requests there is no month, without users no share of it; a request has its price."""
    sold = offer(price(2, 10), mode="never")
    none, nobody = bill_for(sold, situation(requests=None)), bill_for(sold, situation(users=None))

    assert none.per_request.usd is not None
    assert none.per_month.formula == none.per_user.formula == "Unknown: the requests per month are not known."
    assert nobody.per_month.usd is not None
    assert nobody.per_user.formula == "Unknown: the number of users is not known."
    assert bill_for(sold, situation(users=0)).per_user.usd is None


@pytest.mark.parametrize(("prompt", "usd"), [(200_000, 0.4), (200_001, 0.800004)])
def test_a_step_in_the_price_list_is_a_step_in_the_bill(prompt: float, usd: float) -> None:
    """At 200,000 tokens the base rate holds, one token more pays the higher rate for the whole prompt."""
    stepped = price(2, 0.0001, tiers=(Tier(above_input_tokens=200_000, rates=Rates(input=4, output=0.0001)),))
    task = situation(input_tokens=Interval.exact(prompt), output_tokens=Interval.exact(1))

    found = bill_for(offer(stepped, mode="never"), task).per_request.usd
    assert found is not None
    assert found.mid == pytest.approx(usd)


@pytest.mark.parametrize(
    ("at", "usd", "said"),
    [(None, 0.011, ""), (time(12), 0.011, "outside the off-peak hours"), (time(20), 0.0055, "inside")],
)
def test_off_peak_only_at_a_given_hour(at: time | None, usd: float, said: str) -> None:
    """From 16:30 to 00:30 UTC half price, when the hour is given; without one never, whatever the clock."""
    bill = bill_for(offer(price(2, 10, off_peak=night(1, 5)), mode="never"), situation(at=at))

    assert bill.per_request.usd is not None
    assert bill.per_request.usd.mid == pytest.approx(usd)
    assert said in bill.lines[0].note


def test_a_measurement_replaces_the_price_list_and_says_so() -> None:
    """A simulated measured cost is the bill, marked simulated."""
    told = worlds.case({"model": {"cost": (0.01, 0.02, 0.04)}}, simulated=True).measurements
    mine = tuple(one.model_copy(update={"offer": "model@host"}) for one in told)
    bill = bill_for(offer(price(2, 10)), situation(measurements=mine))

    assert bill.basis is Basis.MEASURED
    assert bill.simulated
    assert bill.per_request.usd == Interval(0.01, 0.02, 0.04)
    assert "simulated" in bill.per_request.formula


def test_bills_agree_with_the_decision() -> None:
    """Every acceptable offer of a preset costs the same in its bill and in the ranking."""
    from advisor.host.hardware import load_hardware
    from advisor.host.shelf import presets
    from advisor.ui.loaded import decision_of

    case = presets()[0]
    decided: Decision = decision_of(case)
    made = {
        bill.offer.id: bill for bill in bills(inputs_for(case, catalog(), today(), None, load_hardware()))
    }

    assert {row.id for row in decided.ranking} == set(made)
    assert all(made[row.id].per_success.usd == row.usd_per_request for row in decided.ranking)
    assert all(made[row.id].per_month.usd == row.usd_per_month for row in decided.ranking)
