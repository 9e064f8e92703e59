"""Estimates from benchmark results: worked by hand, independent of other models, honest when thin."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.entries import Attribute, Catalog, Reference
from advisor.catalog.estimate import DEVIATION_SD, RESULT_SD, estimate, place_in, profile, results
from advisor.catalog.files import load_catalog
from tests.catalog.tiny import MODELS, TODAY, tiny, write

K = RESULT_SD**2 / DEVIATION_SD**2
"""Results that weigh as much as the prior that an attribute follows general ability: 36 / 49."""

SHIPPED = load_catalog(today=TODAY)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """The tiny catalog."""
    return tiny(tmp_path)


def reference(quantiles: tuple[float, ...], ability: tuple[float, ...] | None) -> Reference:
    """A reference of 21 models."""
    return Reference(n=21, quantiles=quantiles, ability=ability, source="tests", as_of=date(2026, 10, 1))


@pytest.mark.parametrize(
    ("value", "place"),
    [(-5, 20.0), (0, 20.0), (20, 40.0), (40, 60.0), (60, 80.0), (80, 100.0), (99, 100.0)],
)
def test_a_result_is_placed_by_its_rank_in_its_own_table(value: float, place: float) -> None:
    """The middle of the table lies where the table's models are in the middle of general ability."""
    assert place_in(reference((0, 40, 80), (20, 60, 100)), value) == pytest.approx(place)


def test_low_is_good_where_lower_is_better() -> None:
    """5 % invented statements between 0 and 10 is better than 3 of 4 in a table of 0, 10, 20."""
    assert place_in(reference((0, 10, 20), None), 5, higher_is_better=False) == pytest.approx(75)


def test_ties_take_the_middle() -> None:
    """Half of the table at the lowest value shares the middle of that half."""
    assert place_in(reference((0, 0, 0, 10, 20), None), 0) == pytest.approx(25)


@given(
    steps=st.lists(st.floats(0, 100), min_size=3, max_size=11).map(sorted),
    low=st.floats(-10, 110),
    high=st.floats(-10, 110),
)
def test_a_better_result_is_never_placed_lower(steps: list[float], low: float, high: float) -> None:
    """Places rise with values and stay on the scale."""
    table = reference(tuple(steps), None)
    first, second = place_in(table, min(low, high)), place_in(table, max(low, high))

    assert 0 <= first <= second + 1e-9 <= 100 + 1e-9


def test_an_attribute_is_general_ability_plus_a_shrunk_deviation(catalog: Catalog) -> None:
    """Exam 80 is general ability 80; coding 40 is place 60; one result pulls by 1 / (1 + 36/49)."""
    found = estimate(catalog, "alpha-1", Attribute.CODE)

    assert found is not None
    assert found.general == pytest.approx(80)
    assert found.mid == pytest.approx(80 - 20 / (1 + K))


def test_the_interval_follows_the_formula(catalog: Catalog) -> None:
    """1 / (1/49 + 1/36) of deviation, and the general ability's 36 times the squared rest of the pull."""
    found = estimate(catalog, "alpha-1", Attribute.CODE)
    variance = 1 / (1 / 49 + 1 / 36) + (K / (1 + K)) ** 2 * 36

    assert found is not None
    assert (found.high - found.low) / 2 == pytest.approx(1.2816 * variance**0.5)


def test_the_asked_effort_is_used(catalog: Catalog) -> None:
    """Exam has a result at low effort: the low estimate is its place, without borrowing from high."""
    low = estimate(catalog, "alpha-1", Attribute.ACCURACY, "low")
    top = estimate(catalog, "alpha-1", Attribute.ACCURACY)

    assert low is not None
    assert top is not None
    assert (low.mid, top.mid) == (pytest.approx(70), pytest.approx(80))
    assert all(item.same_effort for item in low.evidence)


def test_another_effort_counts_half_and_says_so(catalog: Catalog) -> None:
    """Coding was run at high effort only: asked for low, it weighs half and the words tell."""
    found = estimate(catalog, "alpha-1", Attribute.CODE, "low")

    assert found is not None
    assert [item.weight for item in found.evidence] == [0.5]
    assert "another effort" in found.words


def test_a_vendors_claim_weighs_less_and_is_marked(tmp_path: Path) -> None:
    """The same result told by the maker moves the estimate less and widens the interval."""
    independent = tiny(tmp_path / "a")
    told = MODELS.replace(
        "value: 40, effort: high, reporter: third-party, source: tests",
        "value: 40, effort: high, reporter: vendor, source: makers",
    )
    claimed = load_catalog(write(tmp_path / "b", models=told), today=TODAY)
    ours = estimate(independent, "alpha-1", Attribute.CODE)
    theirs = estimate(claimed, "alpha-1", Attribute.CODE)

    assert ours is not None
    assert theirs is not None
    assert abs(theirs.mid - 80) < abs(ours.mid - 80)
    assert theirs.high - theirs.low > ours.high - ours.low
    assert (ours.independent, theirs.independent) == (1, 0)
    assert "vendors' own claims only" in theirs.words


def test_no_evidence_is_no_estimate(catalog: Catalog) -> None:
    """Neither an attribute without a benchmark nor a model without results gets a number."""
    assert estimate(catalog, "alpha-1", Attribute.FAITHFULNESS) is None
    assert profile(catalog, "beta") == {}


def test_a_result_without_a_stored_table_is_listed_but_not_counted(tmp_path: Path) -> None:
    """A score of another date has nothing to be ranked in: shown on the page, kept out of the estimate."""
    old = "value: 40, effort: high, reporter: third-party, source: tests, as_of: 2026-10-01}"
    catalog = tiny(tmp_path, old, old.replace("2026-10-01", "2026-09-01"))

    assert [item.place for item in results(catalog, catalog.model_by_id["alpha-1"])] == [70, 80, None]
    assert estimate(catalog, "alpha-1", Attribute.CODE) is None


def test_faithfulness_does_not_follow_general_ability(tmp_path: Path) -> None:
    """5 % in a table of 0 to 20 % is place 75, shrunk towards 50 by one result of weight 1."""
    row = "    - {benchmark: lies, value: 5, reporter: third-party, source: tests, as_of: 2026-10-01}\n"
    models = MODELS.replace("- id: beta", f"{row}- id: beta")
    catalog = load_catalog(write(tmp_path, models=models), today=TODAY)
    found = estimate(catalog, "alpha-1", Attribute.FAITHFULNESS)

    assert found is not None
    assert found.mid == pytest.approx(50 + 25 / (1 + (RESULT_SD / 25) ** 2))


@given(kept=st.sets(st.sampled_from(sorted(SHIPPED.model_by_id)), min_size=1, max_size=5))
def test_other_models_do_not_matter(kept: set[str]) -> None:
    """Removing any models from the catalog changes no estimate of those that stay."""
    fewer = SHIPPED.model_copy(
        update={"models": tuple(model for model in SHIPPED.models if model.id in kept)}
    )
    for name in list(vars(fewer)):
        if name not in type(fewer).model_fields:
            del vars(fewer)[name]  # A copy keeps what was computed for the original.

    assert len(fewer.offers) < len(SHIPPED.offers)
    assert {name: profile(fewer, name) for name in kept} == {name: profile(SHIPPED, name) for name in kept}


def test_more_evidence_narrows_the_interval() -> None:
    """GPT-5.4 has four tool-use benchmarks, its long-context estimate one: the second is wider."""
    wide = estimate(SHIPPED, "gpt-5.4", Attribute.LONG_CONTEXT)
    narrow = estimate(SHIPPED, "gpt-5.4", Attribute.TOOL_USE)

    assert wide is not None
    assert narrow is not None
    assert narrow.benchmarks > wide.benchmarks
    assert narrow.high - narrow.low < wide.high - wide.low


def test_higher_effort_is_not_estimated_lower_on_the_index() -> None:
    """Claude Opus 5.5 at max is above Claude Opus 5.5 at medium in accuracy."""
    low = estimate(SHIPPED, "claude-opus-5-5", Attribute.ACCURACY, "medium")
    top = estimate(SHIPPED, "claude-opus-5-5", Attribute.ACCURACY, "max")

    assert low is not None
    assert top is not None
    assert low.mid < top.mid
