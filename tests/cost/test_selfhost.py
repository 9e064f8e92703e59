"""Self-hosting: speed, price, break-even."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cost.hardware import Gpu
from advisor.cost.memory import Precision, Refusal, Served, from_shape
from advisor.cost.selfhost import (
    SECONDS_PER_MONTH,
    Demand,
    HostingPlan,
    NoPlan,
    break_even,
    plan_on,
    plans,
)
from advisor.cost.selfhost_formulas import formulas
from advisor.cost.throughput import Group, Speed, compute_tflops, estimate, weights_read
from advisor.host.hardware import load_hardware
from tests.cost.points import error, points, ratio, rows

HARDWARE = load_hardware()
H100 = HARDWARE.gpu("h100-sxm")
CHAT = Demand(input_tokens=1_000, output_tokens=1_000, users=20)


def served(name: str) -> Served:
    """A model of the shipped shapes."""
    found = from_shape(HARDWARE.shape(name))
    assert isinstance(found, Served)
    return found


def hosted(name: str = "Llama-3.3-70B", gpu: Gpu = H100, demand: Demand = CHAT) -> HostingPlan:
    """A plan that exists."""
    plan = plan_on(served(name), gpu, Precision.FP8, demand, own_usd_per_gpu_hour=3.39, gpus=2)
    assert isinstance(plan, HostingPlan)
    return plan


def test_published_points_are_all_there() -> None:
    """194 published points ship with the tests, 192 of them with lengths."""
    assert len(rows()) == 194
    assert len(points()) == 192


def test_error_on_points_not_used_for_fitting() -> None:
    """On held-back points the median error is at most 35 % and at least 80 % lie within a factor 2."""
    held_back = error([point for point in points() if not point.fitted])

    assert held_back.points == 96
    assert held_back.median <= 0.35
    assert held_back.within_2x >= 0.80


@pytest.mark.parametrize("load", ["online", "full"])
def test_error_by_kind_of_load(load: str) -> None:
    """Both a fixed number of users and a full card are estimated within the promised error."""
    mine = error([point for point in points() if point.load == load and not point.fitted])

    assert mine.median <= 0.35
    assert mine.within_2x >= 0.80


def test_one_published_point() -> None:
    """Llama-3.3-70B on two H100 at full load: 4,205 tokens/s published for 1,000 in and 1,000 out."""
    point = next(point for point in points() if point.output_tps == 4205.0)

    assert 0.5 <= ratio(point) <= 2


def test_monthly_cost_is_written_out() -> None:
    """Two H100 at 3.39 dollars an hour cost 4,949.40 dollars a month of 730 hours."""
    plan = hosted()

    assert plan.monthly_usd is not None
    assert plan.monthly_usd.mid == pytest.approx(4_949.40)
    assert plan.monthly_formula == "2 x $3.39 x 730 h = $4,949 a month"


@pytest.mark.parametrize(
    ("per_pair", "pairs", "utilisation"),
    [(2.08, 2_379.5, 0.215), (1.44, 3_437.1, 0.311), (0.63, 7_856.2, 0.711), (0.42, 11_784.3, 1.066)],
)
def test_break_even_against_sellers_of_the_same_model(
    per_pair: float, pairs: float, utilisation: float
) -> None:
    """Against four sellers of Llama-3.3-70B two H100 pay off at 21.5, 31.1, 71.1 % and never."""
    capacity = 4_205 * SECONDS_PER_MONTH / 1e6
    point = break_even(4_949.40, per_pair, capacity)

    assert point.volume == pytest.approx(pairs, abs=0.05)
    assert point.utilisation == pytest.approx(utilisation, abs=5e-4)
    assert point.pays == (utilisation < 1)


def test_a_plan_opens_its_arithmetic() -> None:
    """Case 18: 65.7 GiB of FP8 weights on two H100, with 20 x 2,000 tokens of 160 KiB each."""
    plan = hosted()
    memory, room, speed, copies, month, million = formulas(plan, served("Llama-3.3-70B"), CHAT)

    assert memory.startswith(
        "Memory on each GPU: (65.7 GiB of weights, 70.55 billion x 1 bytes, + 20 x 0.305 "
    )
    assert memory.endswith("/ 2 + 3.86 GiB reserved = 39.8 GiB")
    assert room.endswith(f": {plan.users_per_copy}")
    assert speed.endswith("output tokens a second")
    assert copies.startswith("Copies: 0 calls")
    assert month == "Month: 2 x $3.39 x 730 h = $4,949 a month"
    assert million.startswith("Per million output tokens: $4,949 / ")


def test_break_even_needs_a_price() -> None:
    """Against a free or negative price there is no break-even, and that is said."""
    for price in (0.0, -1.0):
        with pytest.raises(ValueError, match="positive API price"):
            break_even(100, price, 10)


def test_price_per_million_at_a_utilisation() -> None:
    """At 40 % utilisation of the published 4,205 tokens/s the two cards cost 1.12 dollars per million."""
    plan = hosted()
    per_mtok = plan.usd_per_mtok(0.4)

    assert isinstance(plan.speed, Speed)
    assert per_mtok is not None
    assert per_mtok.mid * plan.speed.output_tps / 4_205 == pytest.approx(1.12, abs=0.005)
    assert per_mtok.high == pytest.approx(2 * per_mtok.mid)


def test_plans_are_sorted_and_refusals_say_why() -> None:
    """Cheapest first, unknown prices last, and a card that is too small says what does not fit."""
    able, unable = plans(served("Llama-3.1-405B"), HARDWARE.gpus, Precision.FP8, CHAT)

    costs = [plan.monthly_usd.mid for plan in able if plan.monthly_usd is not None]
    assert costs == sorted(costs)
    assert [plan.monthly_usd is None for plan in able] == sorted(plan.monthly_usd is None for plan in able)
    assert any(plan.gpu.id == "t4" and "378 GiB of weights" in plan.reason for plan in unable)
    assert len(able) + len(unable) == len(HARDWARE.gpus)


def test_many_users_take_several_copies() -> None:
    """More users than eight cards hold are served by further copies."""
    demand = Demand(input_tokens=8_000, output_tokens=1_000, users=5_000)
    plan = plan_on(served("Llama-3.1-70B"), H100, Precision.FP8, demand)

    assert isinstance(plan, HostingPlan)
    assert plan.copies * plan.users_per_copy >= 5_000 > (plan.copies - 1) * plan.users_per_copy


def test_volume_takes_several_copies() -> None:
    """Copies also follow from the month's tokens at the demanded utilisation."""
    small = Demand(1_000, 1_000, users=1, requests_per_month=1_000)
    large = Demand(1_000, 1_000, users=1, requests_per_month=100_000_000, utilisation=0.4)
    one, many = (plan_on(served("Llama-3.1-8B"), H100, Precision.FP8, load) for load in (small, large))

    assert isinstance(one, HostingPlan)
    assert isinstance(many, HostingPlan)
    assert one.copies == 1
    assert isinstance(many.speed, Speed)
    carried = many.copies * many.speed.output_tps * 0.4 * SECONDS_PER_MONTH
    assert carried >= 100_000_000 * 1_000


def test_an_unknown_rent_or_rate_stays_unknown() -> None:
    """Without a price there is no monthly cost; without a peak rate no speed, but the memory is known."""
    plan = plan_on(served("Llama-3.1-8B"), HARDWARE.gpu("mi455x"), Precision.BF16, CHAT)

    assert isinstance(plan, HostingPlan)
    assert plan.monthly_usd is None
    assert plan.usd_per_mtok(0.4) is None
    assert isinstance(plan.speed, Refusal)
    assert "unknown price" in plan.monthly_formula
    assert plan.gib_per_gpu > 16


def test_too_few_cards_are_refused() -> None:
    """Forcing one card under a model that needs more is refused with the size of the weights."""
    plan = plan_on(served("Llama-3.1-405B"), H100, Precision.FP8, CHAT, gpus=1)

    assert isinstance(plan, NoPlan)
    assert "does not fit 1 x H100 SXM" in plan.reason
    group = Group(served("Llama-3.1-405B"), H100, 1, Precision.FP8, 1.0)
    assert isinstance(estimate(group, 100, 100), Refusal)


@pytest.mark.parametrize(("tokens", "utilisation"), [(-5, 0.4), (0, 0.4), (100, 0), (100, 1.2)])
def test_absurd_demands_are_refused(tokens: float, utilisation: float) -> None:
    """Negative tokens and a utilisation outside 0 to 1 are refused."""
    with pytest.raises(ValueError, match=r"utilisation|positive"):
        Demand(input_tokens=tokens, output_tokens=100, utilisation=utilisation)


def test_weights_are_computed_at_the_best_native_rate() -> None:
    """FP8 weights run at the FP8 rate where a card has one, else at 16 bit; MXFP4 always at 16 bit."""
    assert compute_tflops(H100, Precision.FP8) == 1978
    assert compute_tflops(HARDWARE.gpu("a100-sxm-80gb"), Precision.FP8) == 312
    assert compute_tflops(H100, Precision.MXFP4) == 989


def test_few_sequences_read_few_experts() -> None:
    """One sequence reads the active parameters, very many read all of them."""
    model = served("gpt-oss-120b")

    assert weights_read(model, Precision.FP8, 1) == pytest.approx(model.active)
    assert weights_read(model, Precision.FP8, 10_000) == pytest.approx(model.total)
    blind = Served("experts unknown", model.total, model.active, model.kv_bytes)
    assert weights_read(blind, Precision.FP8, 1) == pytest.approx(model.active)


@given(st.integers(1, 256), st.integers(50, 4_000), st.integers(50, 4_000))
def test_more_users_get_more_tokens_together(batch: int, input_tokens: int, output_tokens: int) -> None:
    """Total speed never falls when one more request is in flight."""
    group = Group(served("Llama-3.1-8B"), H100, 1, Precision.FP8, 1.0)
    few = estimate(group, input_tokens, output_tokens, batch)
    more = estimate(group, input_tokens, output_tokens, batch + 1)

    assert isinstance(few, Speed)
    assert isinstance(more, Speed)
    assert more.output_tps >= few.output_tps * 0.999999


def test_an_unknown_speed_carries_no_stated_volume() -> None:
    """A card whose peak rate is unknown is no plan for a number of requests: its copies cannot be counted."""
    card = HARDWARE.gpu("mi350x")
    loaded = plan_on(served("Llama-3.1-8B"), card, Precision.FP8, Demand(1_000, 300, requests_per_month=1e9))
    idle = plan_on(served("Llama-3.1-8B"), card, Precision.FP8, Demand(1_000, 300))

    assert isinstance(loaded, NoPlan)
    assert "cannot be said" in loaded.reason
    assert isinstance(idle, HostingPlan)
