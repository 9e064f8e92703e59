"""The whole decision: properties that hold for any offers and weights."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.case import Case, Measurement, OwnEndpoint, Workload
from advisor.decide.advice import Effect
from advisor.decide.compare import compare
from advisor.decide.costs import moves
from advisor.decide.criteria import scale_of
from advisor.decide.decide import decide
from advisor.decide.decision import Decision
from advisor.decide.document import decision_document, decision_schema
from advisor.decide.field import inputs_for
from advisor.decide.paths import path_to_win, why_not
from advisor.decide.standing import standing
from advisor.errors import NotFound
from advisor.interval import Interval
from tests.decide import worlds
from tests.decide.worlds import DAY, Bounds, named, plan

KEYS = ("cost", "answer_time", "consistency", "pass_rate")
NAMES = ("a", "b", "c", "d", "e", "f")

Figures = dict[str, dict[str, Bounds]]


@st.composite
def figures_of(draw: st.DrawFn, key: str) -> Bounds:
    """A figure inside a criterion's scale, exact or between bounds."""
    scale = scale_of(key)
    worths = sorted(draw(st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3)))
    low, mid, high = sorted(scale.figure(round(worth, 4)) for worth in worths)
    return mid if draw(st.booleans()) else (low, mid, high)


@st.composite
def tables(draw: st.DrawFn, least: int = 2) -> Figures:
    """Some offers with some figures known."""
    names = NAMES[: draw(st.integers(least, len(NAMES)))]
    return {name: {key: draw(figures_of(key)) for key in KEYS if draw(st.integers(0, 4))} for name in names}


SWINGS = st.fixed_dictionaries({key: st.floats(1, 100) for key in KEYS})


def decided(table: Figures, names: tuple[str, ...] = (), draws: int = 20, **preferences: Any) -> Decision:
    """A decision over measured figures; offers without a row are known by name alone."""
    world = named(names or tuple(table))
    return decide(worlds.case(table, **preferences), world, DAY, draws=draws, plan=plan())


def order_of(decision: Decision) -> list[str]:
    """Ids, best first."""
    return [row.id for row in decision.ranking]


@settings(max_examples=60, deadline=None)
@given(tables(least=3), SWINGS)
def test_removing_any_offer_never_reorders_the_others(table: Figures, swings: dict[str, float]) -> None:
    """Independence of irrelevant alternatives, for every offer in turn."""
    whole = order_of(decided(table, swings=swings))
    for gone in table:
        rest = {name: row for name, row in table.items() if name != gone}
        assert order_of(decided(rest, swings=swings)) == [one for one in whole if one != f"{gone}@shop"]


@settings(max_examples=60, deadline=None)
@given(tables(), SWINGS)
def test_a_dominated_offer_never_outranks_its_dominator(table: Figures, swings: dict[str, float]) -> None:
    """Whoever is named as dominating stands above."""
    decision = decided(table, swings=swings)
    place = {row.id: row.rank for row in decision.ranking}
    for row in decision.ranking:
        assert all(place[better] < row.rank for better in row.dominated_by)


def test_a_dominated_offer_is_flagged() -> None:
    """Worse on everything, however the bounds turn out."""
    decision = decided(
        {"a": {"cost": 0.01, "pass_rate": (0.8, 0.85, 0.9)}, "b": {"cost": 0.02, "pass_rate": 0.7}},
        swings={"cost": 50, "pass_rate": 50},
    )
    assert [row.dominated_by for row in decision.ranking] == [(), ("a@shop",)]


@settings(max_examples=40, deadline=None)
@given(tables(), SWINGS, st.booleans())
def test_a_standing_is_the_order_of_the_decision(
    table: Figures, swings: dict[str, float], strict: bool
) -> None:
    """Who is left, in which order and at what cost, while answering and on the result page, is one."""
    levels = {"pass_rate": scale_of("pass_rate").figure(0.5)}
    case = worlds.case(table, swings=swings, exclude_unknown=strict, minimum_levels=levels)
    now, whole = standing(case, named(tuple(table)), DAY), decide(case, named(tuple(table)), DAY, draws=20)
    assert [row.id for row in now.ranking] == [row.id for row in whole.ranking]
    assert now.competing == len(whole.ranking) + len(whole.excluded)
    assert now.usd_per_request == (whole.winner.usd_per_request if whole.winner else None)


@settings(max_examples=40, deadline=None)
@given(tables(), SWINGS)
def test_the_order_of_input_does_not_matter(table: Figures, swings: dict[str, float]) -> None:
    """Offers and figures in another order give the same document."""
    turned = {name: dict(reversed(row.items())) for name, row in reversed(table.items())}
    one, two = decided(table, swings=swings), decided(turned, swings=dict(reversed(swings.items())))
    assert decision_document(one) == decision_document(two)


@settings(max_examples=60, deadline=None)
@given(tables(), SWINGS, st.sampled_from(KEYS), st.floats(1.1, 3))
def test_raising_a_weight_never_lowers_the_best_on_that_criterion(
    table: Figures, swings: dict[str, float], key: str, factor: float
) -> None:
    """The offer worth most on a criterion does not fall behind anyone when that criterion counts more."""
    before = decided(table, swings=swings)
    scaled = {name: swing / factor for name, swing in swings.items()} | {key: swings[key]}
    after = decided(table, swings=scaled)
    k = before.criteria.index(key)
    worths = {row.id: row.contributions[k].value.mid for row in before.ranking}
    best = max(worths, key=lambda one: (worths[one], -order_of(before).index(one)))
    gap = {row.id: row.score.mid for row in after.ranking}
    beaten_before = set(order_of(before)[order_of(before).index(best) :])
    assert all(gap[best] >= gap[other] - 1e-9 for other in beaten_before)


@settings(max_examples=60, deadline=None)
@given(tables(), SWINGS, st.data())
def test_unknown_lies_between_its_worst_and_its_best_completion(
    table: Figures, swings: dict[str, float], data: st.DataObject
) -> None:
    """Whatever the missing figure turns out to be, the score lies inside the stated bounds."""
    key = data.draw(st.sampled_from(KEYS))
    table["a"].pop(key, None)
    row = next(row for row in decided(table, swings=swings).ranking if row.id == "a@shop")
    found = data.draw(figures_of(key))
    table["a"][key] = found
    known = next(row for row in decided(table, swings=swings).ranking if row.id == "a@shop")
    assert row.score.low - 1e-9 <= known.score.low
    assert known.score.high <= row.score.high + 1e-9


def test_unknown_ranks_between_the_worst_and_the_best_completion() -> None:
    """Filling an unknown in with the worst figure never raises the offer, with the best never lowers it."""
    table: Figures = {"a": {"cost": 0.01}, "b": {"cost": 0.02, "pass_rate": 0.6}, "c": {"cost": 0.1}}
    swings = {"cost": 40.0, "pass_rate": 60.0}
    ranks: list[int] = []
    for completion in ({"pass_rate": 1.0}, {}, {"pass_rate": 0.0}):
        filled: Figures = {**table, "a": {**table["a"], **completion}}
        ranks.append(order_of(decided(filled, swings=swings)).index("a@shop"))
    assert ranks == sorted(ranks)


def weights_with(decision: Decision, key: str, value: float) -> dict[str, float]:
    """Swings that give one weight a value and keep the others in proportion."""
    rest = 1 - decision.weights[key]
    return {
        name: max(1e-12, 100 * (value if name == key else weight / rest * (1 - value)))
        for name, weight in decision.weights.items()
    }


@settings(max_examples=60, deadline=None)
@given(tables(), SWINGS)
def test_weight_flips_hold_when_the_decision_is_run_again(table: Figures, swings: dict[str, float]) -> None:
    """Just inside a flip point the leader still leads, just beyond it the challenger does."""
    decision = decided(table, swings=swings)
    for flip in decision.flip_points:
        side = 1e-6 if flip.at > flip.current else -1e-6
        if flip.kind != "weight" or not 0 < flip.at + 2 * side < 1 or abs(flip.at - flip.current) < 1e-4:
            continue
        before = decided(table, swings=weights_with(decision, flip.criterion, flip.at - side))
        after = decided(table, swings=weights_with(decision, flip.criterion, flip.at + side))
        assert _ahead(before, order_of(decision)[0])
        assert _ahead(after, flip.challenger)


def _ahead(decision: Decision, offer: str) -> bool:
    """Whether an offer leads, up to what rounding can turn round."""
    score = next(row.score.mid for row in decision.ranking if row.id == offer)
    return score >= decision.ranking[0].score.mid - 1e-9


@settings(max_examples=60, deadline=None)
@given(tables(), SWINGS)
def test_fact_flips_hold_when_the_decision_is_run_again(table: Figures, swings: dict[str, float]) -> None:
    """With the fact just beyond its flip point the challenger leads, just before it the leader does."""
    decision = decided(table, swings=swings)
    for flip in decision.flip_points:
        if flip.kind != "fact" or flip.offer is None:
            continue
        scale, name = scale_of(flip.criterion), flip.offer.removesuffix("@shop")
        worth, step = (
            scale.worth(flip.at),
            1e-6 if scale.worth(flip.at) > scale.worth(flip.current) else -1e-6,
        )
        for beyond, leader in ((-step, order_of(decision)[0]), (step, flip.challenger)):
            figure = scale.figure(min(1.0, max(0.0, worth + beyond)))
            again = decided({**table, name: {**table[name], flip.criterion: figure}}, swings=swings)
            assert _ahead(again, leader)


@settings(max_examples=40, deadline=None)
@given(tables(), SWINGS)
def test_contributions_add_up_to_the_score_and_weights_to_one(
    table: Figures, swings: dict[str, float]
) -> None:
    """The explanation is the computation."""
    decision = decided(table, swings=swings)
    assert sum(decision.weights.values()) == pytest.approx(1)
    for row in decision.ranking:
        assert sum(part.points.mid for part in row.contributions) == pytest.approx(row.score.mid)
        assert 0 <= row.score.low <= row.score.mid <= row.score.high <= 1 + 1e-12
        assert 0 <= row.p_first <= row.p_top3 <= 1
    assert sum(row.p_first for row in decision.ranking) == pytest.approx(1)


TABLE: Figures = {
    "a": {"cost": 0.01, "answer_time": (2, 3, 8), "pass_rate": (0.7, 0.8, 0.9)},
    "b": {"cost": 0.05, "answer_time": 2, "pass_rate": 0.9},
    "c": {"cost": 0.5, "answer_time": 100},
}


def test_identical_seeds_give_identical_bytes() -> None:
    """The same case, catalog, day and seed give the same document, another seed other draws."""
    order = ("pass_rate", "cost", "answer_time")
    one, two = (json.dumps(decision_document(decided(TABLE, draws=500, order=order))) for _ in range(2))
    assert one == two
    world, case = named(tuple(TABLE)), worlds.case(TABLE, order=order)
    other = decide(case, world, DAY, draws=500, seed=1, plan=plan())
    assert json.dumps(decision_document(other)) != one


@pytest.mark.parametrize("table", [TABLE, {"a": {}}, {}])
def test_the_document_keeps_to_its_published_schema(table: Figures) -> None:
    """Every decision, the empty one included, validates and is plain JSON."""
    schema = decision_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(json.dumps(decision_document(decided(table)), allow_nan=False))
    jsonschema.validate(document, schema)
    assert document["fits"] is bool(table)


def test_measured_figures_are_said_to_be_measured_and_simulated_ones_simulated() -> None:
    """Origin and the word simulated travel with the figures to the row and the decision."""
    world = named(["a"])
    case = worlds.case({"a": {"cost": 0.01}}, simulated=True, order=("cost",))
    decision = decide(case, world, DAY, draws=20, plan=plan())
    (row,) = decision.ranking
    reading = row.contributions[0].reading
    assert reading is not None
    assert "simulated" in reading.provenance.source
    assert (row.simulated, decision.simulated) == (True, True)


def test_the_newest_measurement_counts() -> None:
    """A later probe replaces an earlier one whatever the order in the case."""
    case = worlds.case({"a": {"cost": 0.01}}, order=("cost",))
    old = case.measurements[0].model_copy(update={"value": 5.0, "as_of": DAY.replace(year=2025)})
    both = case.model_copy(update={"measurements": (*case.measurements, old)})
    decision = decide(both, named(["a"]), DAY, draws=20, plan=plan())
    reading = decision.ranking[0].contributions[0].reading
    assert reading is not None
    assert reading.value.mid == 0.01


def test_a_priced_endpoint_of_ones_own_competes_and_an_empty_one_does_not() -> None:
    """Prices or a measurement make an own endpoint a candidate under the id probes use."""
    priced = OwnEndpoint(
        name="mine",
        base_url="http://127.0.0.1:9/v1",
        model="m",
        input_usd_per_mtok=1.0,
        output_usd_per_mtok=2.0,
    )
    bare = priced.model_copy(update={"name": "bare", "input_usd_per_mtok": None})
    tested = bare.model_copy(update={"name": "tested"})
    found = Measurement(offer="own:tested", metric="cost", unit="USD", value=0.1, n=3, as_of=DAY, run="run")
    case = Case(own_endpoints=(priced, bare, tested), measurements=(found,))
    ids = order_of(decide(case, named(["a"]), DAY, draws=20, plan=plan()))
    assert set(ids) == {"a@shop", "own:mine", "own:tested"}


def test_why_not_and_the_path_to_win_speak_about_any_offer() -> None:
    """Leader, follower and excluded offer each get true sentences; a stranger is refused."""
    preferences: dict[str, Any] = {
        "swings": {"pass_rate": 60.0, "cost": 40.0},
        "minimum_levels": {"cost": 0.1},
    }
    decision = decided(TABLE, **preferences)
    inputs = inputs_for(worlds.case(TABLE, **preferences), named(tuple(TABLE)), DAY, plan())
    first, second = order_of(decision)
    assert path_to_win(inputs, decision, first).words.endswith("leads already.")
    way = path_to_win(inputs, decision, second)
    assert way.gap == pytest.approx(decision.ranking[0].score.mid - decision.ranking[1].score.mid)
    assert way.weights
    assert why_not(decision, second, {})[0].startswith("A (Shop) is number 2")
    out = path_to_win(inputs, decision, "c@shop")
    assert out.needs == ("Cost $0.50 > $0.10 allowed: you set this minimum level",)
    assert why_not(decision, "c@shop", {})[0].startswith("C (Shop) is out because it fails a hard need.")
    unshown = replace(decision.excluded[0], unknown=decision.excluded[0].failed)
    both = why_not(replace(decision, excluded=(unshown,), relaxations=()), "c@shop", {})
    assert both[1:] == (
        "It is the only need it fails.",
        "Beside that, not shown by any source: Cost $0.50 > $0.10 allowed: you set this minimum level.",
    )
    for ask in (lambda: path_to_win(inputs, decision, "nobody"), lambda: why_not(decision, "nobody", {})):
        with pytest.raises(NotFound, match="nobody"):
            ask()


def test_each_choice_says_how_it_moved_the_cost() -> None:
    """With unknown tokens the step says so instead of a figure."""
    effect = Effect("reasoning", "reasoning at medium effort", lambda profile: profile)
    decision = decide(
        worlds.case(TABLE), named(tuple(TABLE)), DAY, draws=20, plan=replace(plan(), effects=(effect,))
    )
    (said,) = decision.cost_steps
    assert said.words.startswith("Because you chose reasoning at medium effort, cost per request changes")
    assert "unknown" in said.words
    same = replace(said, usd_before=Interval.exact(0.1), usd_after=Interval.exact(0.1))
    assert moves((said, same)) == (said.words,)


def test_two_decisions_compared_start_with_the_winner() -> None:
    """The first sentence names both winners, later ones the weights; equal cases say so."""
    cheap, good = decided(TABLE, swings={"cost": 100}), decided(TABLE, swings={"pass_rate": 100})
    difference = compare(cheap, good)
    assert not difference.same_winner
    assert difference.sentences[0] == "The first case leads to A (Shop), the second case to B (Shop)."
    assert any(words.startswith("Cost counts for 100 %") for words in difference.sentences)
    assert compare(cheap, cheap).same_winner
    assert [move.rank_b for move in difference.moves] == [1, 2, 3]


def test_draws_outside_their_range_are_refused() -> None:
    """Zero draws say nothing."""
    with pytest.raises(ValueError, match="draws"):
        decide(Case(workload=Workload()), named(["a"]), DAY, draws=0, plan=plan())
