"""Your own machines as an offer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.case import Case, Workload
from advisor.catalog.entries import Catalog, Weights
from advisor.catalog.facts import Origin
from advisor.cost.hardware import Gpu, Hardware, Rent
from advisor.cost.profile import TokenProfile
from advisor.decide.advice import Advice
from advisor.decide.decide import decide
from advisor.decide.decision import Decision
from advisor.interval import Interval
from tests.decide import worlds
from tests.decide.worlds import DAY, STATED

SMALL = Weights.model_validate(
    {"open": True, "total_b": 8, "active_b": 8, "kv_bytes_per_token_16bit": 131_072, **STATED}
)
CARD = Gpu.model_validate(
    {
        "id": "card",
        "name": "Card",
        "vendor": "maker",
        "memory_gib": 80,
        "bandwidth_gb_s": 3350,
        "bf16_tflops": 989,
        "fp8_tflops": 1979,
        "rents": (Rent.model_validate({"kind": "index", "low": 2, "mid": 2.5, "high": 4, **STATED}),),
        **STATED,
    }
)
HARDWARE = Hardware(gpus=(CARD,), shapes=(), sources={})


def world() -> Catalog:
    """An open model, a closed one, and an open one of unknown size."""
    opened = worlds.model("open").model_copy(update={"weights": SMALL})
    return worlds.catalog(
        [opened, worlds.model("closed", open_weights=False), worlds.model("vague", open_weights=True)]
    )


def at_home(
    hardware: Hardware | None,
    requests: float | None = 100_000,
    success: float = 1.0,
    profile: TokenProfile | None = None,
) -> Decision:
    """A decision for a team that hosts itself."""
    share = Interval.exact(success)
    profile = profile or TokenProfile(Interval.exact(1000), Interval.exact(200), success_rate=share)
    advice = Advice("access", "self_hosted", "Own machines", "self_hosted", "")
    plan = replace(worlds.plan(), advice=(advice,), base_profile=profile, profile=profile)
    case = Case(workload=Workload(requests_per_month=requests))
    return decide(case, world(), DAY, draws=50, plan=plan, hardware=hardware)


def test_only_open_weights_compete_and_gpu_rent_replaces_the_price() -> None:
    """One card at $2.50 for 730 hours over 100,000 requests is $0.01825 each, $1,825 a month."""
    decision = at_home(HARDWARE)
    by_id = {row.id: row for row in decision.ranking}
    assert set(by_id) == {"open@self", "vague@self"}
    usd, month = by_id["open@self"].usd_per_request, by_id["open@self"].usd_per_month
    assert usd is not None
    assert month is not None
    assert (usd.low, usd.mid, usd.high) == pytest.approx((0.0146, 0.01825, 0.0292))
    assert month.mid == pytest.approx(1825)


def test_rent_is_counted_per_finished_task_and_the_month_per_attempt() -> None:
    """When four of five tasks end well, one costs $0.01825 / 0.8; the machines cost the same a month."""
    row = next(row for row in at_home(HARDWARE, success=0.8).ranking if row.id == "open@self")
    assert row.usd_per_request is not None
    assert row.usd_per_month is not None
    assert row.usd_per_request.mid == pytest.approx(0.01825 / 0.8)
    assert row.usd_per_month.mid == pytest.approx(1825)


def test_an_answer_takes_about_as_long_as_reading_the_weights_for_each_token() -> None:
    """8 GB of 8-bit weights over 3,350 GB/s is 2.4 ms a token at best; the bounds are a factor of 2."""
    row = next(row for row in at_home(HARDWARE).ranking if row.id == "open@self")
    time = next(part.reading for part in row.contributions if part.criterion == "answer_time")
    assert time is not None
    assert 200 * 0.0024 < time.value.mid < 200 * 0.0096
    assert (time.value.low, time.value.high) == pytest.approx((time.value.mid / 2, time.value.mid * 2))


def test_the_speed_names_the_estimate_and_the_rent_its_price_list() -> None:
    """A price list says nothing about seconds."""
    row = next(row for row in at_home(HARDWARE).ranking if row.id == "open@self")
    readings = {part.criterion: part.reading for part in row.contributions}
    time, rent = readings["answer_time"], readings["cost"]
    assert time is not None
    assert rent is not None
    assert "fitted roofline; right within a factor of 2" in time.provenance.source
    assert (time.provenance.origin, rent.provenance.source) == (Origin.DERIVED, "test")


@pytest.mark.parametrize(("hardware", "requests"), [(None, 100_000), (HARDWARE, None)])
def test_what_cannot_be_worked_out_stays_unknown(hardware: Hardware | None, requests: float | None) -> None:
    """Without hardware facts or a number of requests the cost is unknown, not zero."""
    assert all(row.usd_per_request is None for row in at_home(hardware, requests).ranking)


def test_a_model_of_unknown_size_stays_with_an_unknown_cost() -> None:
    """Unknown parameters give no rent."""
    row = next(row for row in at_home(HARDWARE).ranking if row.id == "vague@self")
    assert row.usd_per_month is None
    assert any("Cost" in words for words in row.verify)


def test_the_choice_says_what_it_did_to_the_bill() -> None:
    """No host sells the model, so the price before is unknown and said to be."""
    (said,) = at_home(HARDWARE).cost_steps
    assert said.words.startswith("Because you chose your own machines instead of the cheapest host")
    assert said.words.endswith("went from an unknown amount to about $0.0183 ($0.0146 to $0.0292).")


def test_re_ranking_is_paid_and_waited_for_beside_the_machines() -> None:
    """A $0.002 re-ranker that takes 0.15 s adds both to a task on own machines: $0.01825 becomes $0.02025."""
    bare = at_home(HARDWARE)
    extra = replace(
        TokenProfile(Interval.exact(1000), Interval.exact(200)),
        extra_usd=Interval.exact(0.002),
        extra_s=Interval.exact(0.15),
    )
    rows = [
        next(row for row in decided.ranking if row.id == "open@self")
        for decided in (bare, at_home(HARDWARE, profile=extra))
    ]
    times = [
        part.reading.value.mid
        for row in rows
        for part in row.contributions
        if part.criterion == "answer_time" and part.reading
    ]

    assert [row.usd_per_request.mid for row in rows if row.usd_per_request] == pytest.approx(
        [0.01825, 0.02025]
    )
    assert times[1] - times[0] == pytest.approx(0.15)
