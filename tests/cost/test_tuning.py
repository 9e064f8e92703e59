"""Tuning: memory, time, price, routes, trial, when it pays."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cost.hardware import parse_yaml
from advisor.cost.memory import Refusal
from advisor.cost.tuning import (
    Job,
    OwnTraining,
    billed_tokens,
    hosted_usd,
    memory_gb,
    run_formulas,
    state_bytes,
    train_on,
    training_flops,
    training_hours,
    unpacked_tokens,
)
from advisor.cost.tuning_facts import UNREAD_TERMS, Technique, parse_tuning
from advisor.cost.tuning_plan import (
    SYNTHETIC_BENEFITS,
    Synthetic,
    detectable_gain,
    examples_needed,
    pays_off,
    synthetic_checks,
    teacher_usd,
    trial_plan,
)
from advisor.errors import BadCatalog
from advisor.host.hardware import load_hardware, load_tuning
from advisor.host.paths import catalog_folder
from advisor.interval import Interval

HARDWARE, FACTS = load_hardware(), load_tuning()
H100 = HARDWARE.gpu("h100-sxm")
TODAY = date(2026, 11, 24)
FULL, LORA, QLORA = Technique.FULL, Technique.LORA, Technique.QLORA
SURE = Interval.exact(0.35)
LLAMA_FACTORY, UNSLOTH = "LLaMA-Factory", "Unsloth"


def test_state_of_full_tuning() -> None:
    """Case 20: a 7B model needs 112 GB of state in mixed precision, 56 GB in pure bf16."""
    assert state_bytes(7e9) == 112e9
    assert state_bytes(7e9, pure_bf16=True) == 56e9


@pytest.mark.parametrize(
    ("technique", "billions", "published_gb", "who"),
    [
        (FULL, 7, 120, LLAMA_FACTORY),
        (FULL, 14, 240, LLAMA_FACTORY),
        (FULL, 70, 1_200, LLAMA_FACTORY),
        (FULL, 7, 60, LLAMA_FACTORY),
        (FULL, 70, 600, LLAMA_FACTORY),
        (LORA, 7, 16, LLAMA_FACTORY),
        (LORA, 14, 32, LLAMA_FACTORY),
        (LORA, 70, 160, LLAMA_FACTORY),
        (LORA, 8, 22, UNSLOTH),
        (LORA, 14, 33, UNSLOTH),
        (LORA, 70, 164, UNSLOTH),
        (LORA, 405, 950, UNSLOTH),
        (QLORA, 7, 6, LLAMA_FACTORY),
        (QLORA, 14, 12, LLAMA_FACTORY),
        (QLORA, 70, 48, LLAMA_FACTORY),
        (QLORA, 8, 6, UNSLOTH),
        (QLORA, 14, 8.5, UNSLOTH),
        (QLORA, 32, 26, UNSLOTH),
        (QLORA, 70, 41, UNSLOTH),
        (QLORA, 405, 237, UNSLOTH),
    ],
)
def test_bounds_enclose_the_published_memory(
    technique: Technique, billions: float, published_gb: float, who: str
) -> None:
    """Every published requirement lies within the bounds given for its technique and size."""
    bounds = memory_gb(billions * 1e9, technique)

    assert bounds.low <= published_gb <= bounds.high, who


@pytest.mark.parametrize(
    ("tokens", "published_gb"), [(512, 11.5), (1_024, 12.3), (2_048, 13.9), (4_096, 16.9), (8_192, 23.5)]
)
def test_long_sequences_need_more(tokens: int, published_gb: float) -> None:
    """Qwen-7B (7.7 B) with QLoRA on one card lies within the bounds at every sequence length."""
    bounds = memory_gb(7.7e9, QLORA, sequence_tokens=tokens)

    assert bounds.low <= published_gb <= bounds.high


def test_full_tuning_time_and_price() -> None:
    """Case 21: 8.03 B, 15 M tokens: 7.227e17 operations, 0.580 h on one H100, 1.97 dollars."""
    flops = training_flops(8.03e9, 15e6, FULL)
    hours = training_hours(flops, 1, 989, SURE)

    assert flops == pytest.approx(7.227e17, rel=1e-3)
    assert hours.mid == pytest.approx(0.580, abs=5e-4)
    assert hours.mid * 3.39 == pytest.approx(1.97, abs=0.005)


def test_lora_time_and_price() -> None:
    """Case 22: 70.55 B LoRA, 50 M tokens on four H100: 1.411e19 operations, 2.83 h, 38.38 dollars."""
    run = train_on(Job(70.55e9, 70.55e9, LORA, 50e6), H100, gpus=4, own_usd_per_gpu_hour=3.39)

    assert training_flops(70.55e9, 50e6, LORA) == pytest.approx(1.411e19, rel=1e-3)
    assert isinstance(run, OwnTraining)
    assert run.hours.mid == pytest.approx(2.83, abs=0.005)
    assert run.usd is not None
    assert run.usd.mid == pytest.approx(38.38, abs=0.05)
    assert run.usd.low < run.usd.mid < run.usd.high
    assert run.formula == "4 x 2.83 h x $3.39 = $38.38"


def test_hosted_bills() -> None:
    """Case 23: Ori's example costs 7.36 dollars; Together's bills 75,536,000 tokens."""
    ori = next(route for route in FACTS.routes if route.id == "ori")

    assert hosted_usd(billed_tokens(5e6, 3, 1e6, 1), ori.usd_per_mtok(8)) == pytest.approx(7.36)
    assert unpacked_tokens(8 * 1_000, 8_192) + billed_tokens(0, 1, 1e6, 10) == 75_536_000


def test_unknown_prices_stay_unknown() -> None:
    """A seller without a rate card, or a model beyond it, has no price, and neither has the bill."""
    by_id = {route.id: route for route in FACTS.routes}

    assert by_id["together"].usd_per_mtok(8) is None
    assert by_id["fireworks"].usd_per_mtok(16) == 0.5
    assert by_id["fireworks"].usd_per_mtok(16.1) == 3.0
    assert by_id["fireworks"].usd_per_mtok(405) is None
    assert hosted_usd(1e6, None) is None
    assert teacher_usd(1_000, 500, 200, None, 10) is None


def test_gpus_follow_from_memory_and_may_be_refused() -> None:
    """Full tuning of a 70B takes many cards; a card without a known rate is refused."""
    run = train_on(Job(70.55e9, 70.55e9, FULL, 1e6), H100)

    assert isinstance(run, OwnTraining)
    assert run.gpus == 15
    assert isinstance(train_on(Job(7e9, 7e9, LORA, 1e6), HARDWARE.gpu("mi355x")), Refusal)
    unpriced = train_on(Job(7e9, 7e9, LORA, 1e6), HARDWARE.gpu("gb200"))
    assert isinstance(unpriced, OwnTraining)
    assert unpriced.usd is None
    assert "unknown price" in unpriced.formula


def test_absurd_jobs_are_refused() -> None:
    """Negative sizes are refused."""
    with pytest.raises(ValueError, match="positive"):
        Job(-1, 1, LORA, 1e6)
    with pytest.raises(ValueError, match="negative"):
        pays_off(-5, 1, 0.5, 100)


@given(st.floats(1e9, 1e12), st.sampled_from(list(Technique)), st.floats(100, 100_000))
def test_bounds_are_in_order_and_grow(parameters: float, technique: Technique, tokens: float) -> None:
    """More parameters and longer sequences never need less, and QLoRA never more than LoRA."""
    here = memory_gb(parameters, technique, sequence_tokens=tokens)
    larger = memory_gb(parameters * 1.5, technique, sequence_tokens=tokens * 2)

    assert larger.low >= here.low
    assert larger.high >= here.high
    assert memory_gb(parameters, QLORA).high <= memory_gb(parameters, LORA).high


@pytest.mark.parametrize(
    ("route", "day", "newcomer", "is_open"),
    [
        ("openai", date(2026, 5, 6), True, True),
        ("openai", date(2026, 5, 7), True, False),
        ("openai", TODAY, False, True),
        ("openai", date(2027, 1, 5), False, True),
        ("openai", date(2027, 1, 6), False, False),
        ("cohere", date(2025, 9, 14), False, True),
        ("cohere", date(2025, 9, 15), False, False),
        ("databricks", date(2026, 8, 14), True, False),
        ("together", TODAY, True, True),
    ],
)
def test_closed_routes_by_day(route: str, day: date, newcomer: bool, is_open: bool) -> None:
    """A route is closed from its day on, and to whom it says."""
    found = next(one for one in FACTS.routes if one.id == route)

    assert found.open_on(day, newcomer=newcomer) == is_open


def test_inactive_customers_are_locked_out_too() -> None:
    """A customer who has not tuned lately is closed out of OpenAI since 2026-07-02."""
    openai = next(one for one in FACTS.routes if one.id == "openai")

    assert openai.open_on(date(2026, 7, 1), newcomer=False, active=False)
    assert not openai.open_on(date(2026, 7, 2), newcomer=False, active=False)
    assert "to newcomers since 2026-05-07" in openai.closed_words()


def test_a_newcomer_is_not_sent_to_a_closed_service() -> None:
    """What is open to a newcomer today for LoRA are Together, Fireworks, Ori, Tinker, Vertex and own GPUs."""
    names = [route.id for route in FACTS.open_routes(LORA, TODAY)]

    assert names == ["together", "fireworks", "ori", "tinker", "vertex", "own"]
    assert [route.id for route in FACTS.closed_routes(TODAY)] == ["openai", "cohere", "databricks"]
    assert all(route.hosting for route in FACTS.routes)


def test_teacher_terms() -> None:
    """Restricted teachers say so, unread terms are called unread, open weights point to their licence."""
    assert "compete" in FACTS.teacher_warning("openai")
    assert "written permission" in FACTS.teacher_warning("anthropic")
    assert FACTS.teacher_warning("somebody") == UNREAD_TERMS
    assert "Apache-2.0" in FACTS.teacher_warning("alibaba", "Apache-2.0")


def test_bad_facts_are_refused() -> None:
    """A technique nobody knows and prices out of order are named with what to do."""
    folder = catalog_folder() / "hardware"
    texts = {name: (folder / name).read_text("utf-8") for name in ("tuning.yaml", "sources.yaml")}
    for old, new, said in (
        ("techniques: [lora]", "techniques: [magic]", "techniques"),
        ("up_to_b: 16,", "up_to_b: 160,", "must rise by size"),
        ("source: openai-deprecations", "source: hearsay", "no source hearsay"),
    ):
        with pytest.raises(BadCatalog, match=said):
            parse_tuning({**texts, "tuning.yaml": texts["tuning.yaml"].replace(old, new, 1)})
    assert len(parse_yaml("tuning.yaml", texts["tuning.yaml"])["routes"]) == len(FACTS.routes)


def test_data_needs_by_technique() -> None:
    """LoRA needs hundreds to thousands, full tuning tens of thousands to millions; hard tasks need more."""
    assert examples_needed(LORA) == Interval(200, 1_000, 5_000)
    assert examples_needed(FULL) == Interval(10_000, 50_000, 1_000_000)
    assert examples_needed(LORA, "complex", "weak") == Interval(800, 4_000, 20_000)
    assert examples_needed(LORA, "simple", "strong").low == 50
    with pytest.raises(ValueError, match="unknown complexity"):
        examples_needed(LORA, "huge")


def test_the_trial_has_an_evaluation_and_a_stop_rule() -> None:
    """With 80 examples and 200 cases the trial trains on 40, then 80, and can tell a gain of 10 points."""
    plan = trial_plan(80, 200)

    assert plan is not None
    assert (plan.half, plan.train) == (40, 80)
    assert plan.detectable == pytest.approx(0.10, abs=1e-9)
    assert any(
        rule.startswith("Stop when the run on 80 examples gains less than 10 percentage points")
        for rule in plan.stop_rules
    )
    assert trial_plan(49, 200) is None
    assert trial_plan(80, 0) is None
    big = trial_plan(5_000, 200)
    assert big is not None
    assert big.train == 100


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_more_cases_tell_smaller_gains(pass_rate: float, cases: int) -> None:
    """Four times the cases tell at least half the gain, whatever the pass rate."""
    assert 0 < detectable_gain(pass_rate, 4 * cases) <= detectable_gain(pass_rate, cases) / 2 + 1e-12


def test_a_teacher_has_a_price() -> None:
    """10,000 examples of 800 and 300 tokens at 3 and 15 dollars cost 69 dollars."""
    assert teacher_usd(10_000, 800, 300, 3, 15) == pytest.approx(69)


def test_when_tuning_pays() -> None:
    """1,000 dollars once, 0.4 cents saved on 100,000 calls, 200 dollars upkeep: after five months."""
    point = pays_off(1_000, 0.005, 0.001, 100_000, 200)

    assert point.months == pytest.approx(5)
    assert point.calls == pytest.approx(500_000)
    assert pays_off(1_000, 0.005, 0.001, 50_000, 200).months is None
    assert pays_off(0, 0.005, 0.001, 100_000).months == 0


def test_synthetic_data_is_checked_for_both_risks() -> None:
    """All-synthetic, repeatedly self-fed, monotonous sets judged by style fail; unknown figures stay open."""
    worst = synthetic_checks(Synthetic(1.0, 3, 0.9, 0.5, judged_by_task=False))
    sound = synthetic_checks(Synthetic(0.5, 1, 0.9, 0.85, judged_by_task=True))
    unknown = synthetic_checks(Synthetic(0.5, 1))

    assert [check.passed for check in worst] == [False, False, False]
    assert [check.passed for check in sound] == [True, True, True]
    assert [check.passed for check in unknown] == [True, None, None]
    assert len(SYNTHETIC_BENEFITS) == 3


def test_a_run_opens_its_arithmetic() -> None:
    """Case 21: 6 x 8.03 B x 15 M are 7.23e17 operations; 130 GB take two H100, which halves the 0.58 h."""
    job = Job(8.03e9, 8.03e9, FULL, 15e6, sequence_tokens=2_048)
    run = train_on(job, H100)
    assert isinstance(run, OwnTraining)
    memory, gpus, operations, hours, price = run_formulas(job, run)

    assert memory == "GPU memory: 8.03 billion x 16 bytes + 1.68 GB for 2,048 tokens of a sequence = 130 GB"
    assert gpus.endswith("77.3 GB usable on each, 90 % of 80 GiB, rounded up: 2")
    assert operations == "Operations: 6 x 8.03 billion x 15,000,000 tokens = 7.23e+17"
    assert hours.endswith("(2 x 989 x 10^12 a second x 35 % x 3,600 s) = 0.29 h")
    assert price == f"Price: {run.formula}"
