"""The screen and what relaxing it brings back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from advisor.case import Case, Preferences, Workload
from advisor.catalog.files import load_catalog
from advisor.decide.advice import Advice, Comparison, Constraint
from advisor.decide.decide import decide
from advisor.decide.decision import Decision, Relaxation, Verdict
from advisor.decide.plan import Situation
from advisor.decide.readings import active
from advisor.decide.relax import least_given_up
from advisor.decide.screen import check, constraints_for, margin
from advisor.errors import BadCase
from tests.decide import worlds
from tests.decide.worlds import DAY, Bounds, catalog, model, plan

LONG = Constraint("context", Comparison.AT_LEAST, 200_000, "attributes", "your longest prompt is that long")
OPEN = Constraint("open_weights", Comparison.IS, 1.0, "access", "you chose open weights")


def verdict_of(
    need: Constraint,
    table: dict[str, dict[str, Bounds]],
    *,
    context: int | None = None,
    open_weights: bool | None = None,
) -> Verdict:
    """The verdict on one offer `a`."""
    world = catalog([model("a", context=context, open_weights=open_weights)])
    case = worlds.case(table)
    measured = {(one.offer, one.metric): one for one in case.measurements}
    return check(need, world.offers[0], Situation(case, plan(), world, DAY, measured)).verdict


@pytest.mark.parametrize(
    ("context", "verdict"),
    [(199_999, Verdict.FAIL), (200_000, Verdict.PASS), (200_001, Verdict.PASS), (None, Verdict.UNKNOWN)],
)
def test_a_level_is_met_at_exactly_the_level(context: int | None, verdict: Verdict) -> None:
    """The boundary counts as met, one below does not, and unknown is neither."""
    assert verdict_of(LONG, {}, context=context) is verdict


@pytest.mark.parametrize(
    ("open_weights", "verdict"), [(True, Verdict.PASS), (False, Verdict.FAIL), (None, Verdict.UNKNOWN)]
)
def test_yes_no_needs_have_three_outcomes(open_weights: bool | None, verdict: Verdict) -> None:
    """Unknown is never no."""
    assert verdict_of(OPEN, {}, open_weights=open_weights) is verdict


@pytest.mark.parametrize(
    ("bounds", "verdict"),
    [((1, 2, 5), Verdict.PASS), ((4, 5, 6), Verdict.UNKNOWN), ((5.1, 6, 7), Verdict.FAIL)],
)
def test_bounds_that_straddle_the_level_are_unknown(
    bounds: tuple[float, float, float], verdict: Verdict
) -> None:
    """A measured time of 4 to 6 s neither meets nor misses 5 s."""
    need = Constraint("answer_time", Comparison.AT_MOST, 5, "brief", "the answer may take 5 s")
    assert verdict_of(need, {"a": {"answer_time": bounds}}) is verdict


def test_an_exact_hit_has_a_margin_of_plain_zero() -> None:
    """No minus sign before a zero, whatever the comparison."""
    for comparison in Comparison:
        assert str(margin(Constraint("context", comparison, 1.0, "test", "a reason"), 1.0)) == "0.0"


def test_an_excluded_offer_says_fact_margin_and_reason() -> None:
    """ "Context window 128,000 tokens < 200,000 tokens needed" with the margin in tokens."""
    world = catalog([model("a", context=128_000)])
    said = check(LONG, world.offers[0], Situation(Case(), plan(), world, DAY))
    assert said.margin == -72_000
    assert said.words == (
        "Context window 128,000 tokens < 200,000 tokens needed: your longest prompt is that long"
    )
    assert said.reading is not None
    assert said.reading.provenance.source == "test"


def with_needs(*needs: Constraint) -> Advice:
    """Advice that states hard needs."""
    return Advice("attributes", "balanced", "Balanced", "balanced", "", constraints=needs)


def test_two_needs_of_one_kind_become_the_stricter_with_both_reasons() -> None:
    """The longer context counts; equal levels keep both reasons."""
    shorter = replace(LONG, level=100_000, because="the brief says so")
    kept = next(c for c in constraints_for(Case(), [with_needs(shorter, LONG)]) if c.criterion == "context")
    assert kept == LONG
    same = replace(LONG, because="a second reason")
    kept = next(c for c in constraints_for(Case(), [with_needs(LONG, same)]) if c.criterion == "context")
    assert kept.because == "your longest prompt is that long; a second reason"


def test_the_brief_and_minimum_levels_are_hard_needs() -> None:
    """Budget, latency target and minimum levels screen in the better direction of their criterion."""
    case = Case(
        workload=Workload(monthly_budget_usd=300, latency_target_s=4),
        preferences=Preferences(minimum_levels={"accuracy": 60, "cost": 0.01}),
    )
    needs = {need.criterion: (need.comparison, need.level) for need in constraints_for(case, [])}
    assert needs == {
        "monthly_cost": (Comparison.AT_MOST, 300),
        "answer_time": (Comparison.AT_MOST, 4),
        "accuracy": (Comparison.AT_LEAST, 60),
        "cost": (Comparison.AT_MOST, 0.01),
        "active": (Comparison.IS, 1),
    }


def test_a_minimum_level_of_nothing_known_is_refused() -> None:
    """The message names the field."""
    case = Case(preferences=Preferences(minimum_levels={"beauty": 1}))
    with pytest.raises(BadCase, match=r"preferences\.minimum_levels"):
        constraints_for(case, [])


def decided(models: dict[str, int | None], *needs: Constraint, strict: bool = False) -> Decision:
    """A decision over offers of which only the context is known."""
    world = catalog([model(name, context=context) for name, context in models.items()])
    case = worlds.case({}, exclude_unknown=strict, order=("cost",))
    return decide(case, world, DAY, draws=50, plan=replace(plan(), advice=(with_needs(*needs),)))


def test_unknown_stays_with_a_flag_unless_told_otherwise() -> None:
    """An unknown context stays and is listed for verification; on request it is out."""
    lenient = decided({"a": 300_000, "b": None}, LONG)
    assert [row.id for row in lenient.ranking] == ["a@shop", "b@shop"]
    assert any("Context window is not known" in words for words in lenient.ranking[1].verify)
    strict = decided({"a": 300_000, "b": None}, LONG, strict=True)
    assert [row.id for row in strict.ranking] == ["a@shop"]
    assert strict.excluded[0].failed == ()
    assert strict.relaxations[0].brings_back == ("b@shop",)


def test_nearest_misses_come_first() -> None:
    """Fewest failed needs, then the smallest shortfall."""
    out = decided({"a": 10_000, "b": 190_000, "c": 100_000}, LONG).excluded
    assert [row.offer.id for row in out] == ["b@shop", "c@shop", "a@shop"]


def test_no_model_fits_is_a_result_that_says_which_need_to_relax() -> None:
    """Nothing survives; the headline and the relaxation name the one need in the way."""
    decision = decided({"a": 10_000, "b": 190_000}, LONG)
    assert decision.winner is None
    assert decision.robustness is None
    (relaxation,) = decision.relaxations
    assert relaxation.constraint == LONG
    assert relaxation.brings_back == ("a@shop", "b@shop")
    assert decision.headline.startswith("No model fits")
    assert "Context window at least 200,000 tokens" in decision.headline


def test_a_limit_says_how_far_it_would_have_to_move() -> None:
    """90,000 and 300,000 tokens against at most 50,000: the first is back from 90,000 on."""
    low = Constraint("context", Comparison.AT_MOST, 50_000, "attributes", "a test")
    (relaxation,) = decided({"a": 300_000, "b": 90_000}, low).relaxations
    assert "a limit of about 90,000 tokens in its place the first of them" in relaxation.words


def test_the_level_of_the_answers_is_the_last_thing_to_give_up() -> None:
    """A need of accuracy in the way of three offers comes after a wait in the way of one."""
    level = Constraint("accuracy", Comparison.AT_LEAST, 50, "access", "a test")
    wait = Constraint("answer_time", Comparison.AT_MOST, 60, "attributes", "a test")
    found = [Relaxation(level, ("a", "b", "c"), "a", ""), Relaxation(wait, ("d",), "d", "")]
    assert min(found, key=least_given_up).constraint == wait


def test_needs_that_only_fail_together_have_no_single_relaxation() -> None:
    """With two needs in the way, no single one is named, and the nearest miss is."""
    both = decided({"a": 10_000}, LONG, Constraint("takes_image", Comparison.IS, 1, "attributes", "images"))
    assert both.relaxations == ()
    assert "No single need stands in the way" in both.headline


def test_what_retires_within_sixty_days_is_no_choice() -> None:
    """An offer whose announced last day is 59 days ahead is screened out, one of 60 days is not."""
    shipped = load_catalog()
    row = next(row for row in shipped.offers if row.offer.retirement)
    assert row.offer.retirement
    last = row.offer.retirement.last_day
    verdicts: list[float] = []
    for left in (59, 60):
        situation = Situation(Case(), plan(), shipped, last - timedelta(days=left))
        reading = active(row, situation)
        assert reading
        verdicts.append(reading.value.mid)

    assert verdicts == [0.0, 1.0]
