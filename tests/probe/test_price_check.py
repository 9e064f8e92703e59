"""Two price tables over the same tokens, costs by part, and published figures beside measured ones."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from advisor.probe.declared import declared_against_measured
from advisor.probe.plan import plan_run
from advisor.probe.price_check import PriceCheck, costs_by_part, price_checks
from advisor.probe.samples import Attempt, Reply, Sample, Timeline, Usage
from tests.catalog.tiny import TODAY
from tests.probe.plans import case_of, plan_of_case, served

MINE = "own:mine"
PLAN = plan_of_case(case_of(offers=(MINE,), own_endpoints=(served(9, "m"),)))
CHECK = PriceCheck(MINE, "Mine", 10, 0.020, 0.025)


def _sample(litellm_usd: float | None, usage: Usage, cost_usd: float | None) -> Sample:
    attempt = Attempt(
        number=1,
        started_at="2026-11-24T12:00:00+00:00",
        timeline=Timeline(started_ns=0),
        outcome=Reply(text="Paris", finish_reason="stop"),
        usage=usage,
        cost_usd=cost_usd,
        litellm_usd=litellm_usd,
    )
    return Sample(key="k", run="r", offer=MINE, prompt="p0", repeat=0, attempts=(attempt,))


def test_a_disagreement_is_said_in_one_sentence() -> None:
    """2 cents by one table and 2.5 by the other: 25 % more, and the invoice decides."""
    assert not CHECK.agrees
    assert CHECK.words == (
        "Mine: $0.02 by our price table, $0.025 by LiteLLM's for the same tokens of 10 calls: 25 % more. "
        "One of the two lists is out of date; the invoice decides."
    )
    assert replace(CHECK, litellm_usd=0.02005).agrees


def test_only_calls_both_can_price_are_compared() -> None:
    """A call LiteLLM has no price for takes no part; without any there is no check."""
    usage = Usage(prompt_tokens=1000, completion_tokens=500)
    both, alone = _sample(0.003, usage, 0.002), _sample(None, usage, 0.002)

    assert [(one.calls, one.ours_usd, one.litellm_usd) for one in price_checks(PLAN, [both, alone])] == [
        (1, 0.002, 0.003)
    ]
    assert price_checks(PLAN, [alone]) == ()


def test_costs_by_part() -> None:
    """1,000 tokens in, 400 of them cached, 500 out, 300 of them thought, at 1 and 2 dollars per million."""
    usage = Usage(prompt_tokens=1000, completion_tokens=500, cached_tokens=400, reasoning_tokens=300)
    cost = costs_by_part(PLAN, [_sample(None, usage, 0.002), _sample(None, Usage(), None)])[0]

    assert (cost.calls, cost.unknown) == (1, 1)
    assert cost.parts.total == pytest.approx(0.002)
    assert astuple(cost.parts) == pytest.approx((0.0006, 0.0004, 0.0, 0.0006, 0.0004, 0.0))


def test_sound_without_a_price_is_marked_and_bounded() -> None:
    """1,000 tokens in, 600 of them sound, 50 out, at 1 and 2 dollars: above 400 x 1 + 50 x 2 millionths."""
    usage = Usage(prompt_tokens=1000, completion_tokens=50, audio_prompt_tokens=600)
    cost = costs_by_part(PLAN, [_sample(None, usage, None)])[0]

    assert (cost.calls, cost.unknown, cost.unpriced_audio) == (0, 1, 1)
    assert cost.unpriced_text_usd == pytest.approx(0.0005)
    assert cost.audio_words == (
        "mine (simulated): 1 call with audio tokens not priced: no audio price is known. "
        "Together they cost more than $0.0005, the price of their text."
    )
    assert (
        costs_by_part(PLAN, [_sample(None, Usage(prompt_tokens=9, completion_tokens=9), 1.0)])[0].audio_words
        == ""
    )


def test_published_speed_stands_beside_the_measured() -> None:
    """Every speed the catalog publishes for an offer asked is a row; what was not measured is None."""
    from advisor.catalog.files import load_catalog

    catalog = load_catalog(today=TODAY)
    offer = next(row for row in catalog.offers if row.model.speeds)
    plan = plan_run(case_of(offers=(offer.id,)), catalog, TODAY, {})
    rows = declared_against_measured(plan, [], catalog)
    published = sum(
        value is not None for one in offer.model.speeds for value in (one.ttft_s, one.ttfat_s, one.output_tps)
    )

    assert len(rows) == published > 0
    assert all(row.measured is None and not row.outside for row in rows)
    assert {row.offer for row in rows} == {offer.id}
