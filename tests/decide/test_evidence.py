"""Measurements replace published figures, say what they replaced, and explain a changed order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from advisor.case import Case, Measurement, OwnEndpoint, Preferences, Workload
from advisor.cost.profile import TokenProfile
from advisor.decide.decide import decide
from advisor.decide.evidence import compared, moved, practice_words
from advisor.decide.field import inputs_for
from advisor.decide.measured import measured, replaced, unlike
from advisor.decide.plan import Plan
from advisor.decide.standing import standing
from advisor.interval import Interval
from tests.decide import worlds
from tests.decide.worlds import DAY, named, plan


def figure(offer: str, metric: str, value: float, **fields: Any) -> Measurement:
    """One measured figure on ten prompts."""
    known = {"unit": "", "n": 50, "as_of": DAY, "run": "r1", "prompts": 10, "value": value}
    return Measurement.model_validate({"offer": offer, "metric": metric} | known | fields)


def priced(*names: str, **usd: float) -> tuple[OwnEndpoint, ...]:
    """Own endpoints at so many dollars per million tokens, the first cheapest."""
    return tuple(
        OwnEndpoint(
            name=name,
            base_url="http://127.0.0.1:9/v1",
            model="m",
            input_usd_per_mtok=usd.get(name, 1.0 + i),
            output_usd_per_mtok=usd.get(name, 1.0 + i),
        )
        for i, name in enumerate(names)
    )


def profile(tokens_in: float, tokens_out: float, calls: float = 1.0) -> TokenProfile:
    """Tokens of one task, known exactly."""
    return TokenProfile(Interval.exact(tokens_in), Interval.exact(tokens_out), calls=Interval.exact(calls))


def test_a_probe_changes_the_leader_and_says_why() -> None:
    """The cheapest leads by price; measured to be wrong half of the time, it falls behind."""
    endpoints = priced("cheap", "dear")
    preferences = Preferences(order=("pass_rate", "cost"))
    start = Case(
        name="t",
        own_endpoints=endpoints,
        preferences=preferences,
        workload=Workload(input_tokens=1000, output_tokens=100, requests_per_month=1000),
    )
    evidence = (
        figure("own:cheap", "pass_rate", 0.5, unit="share", low=0.3, high=0.7),
        figure("own:dear", "pass_rate", 0.95, unit="share", low=0.8, high=0.99),
    )
    before = standing(start, named(()), DAY)
    after = decide(start.model_copy(update={"measurements": evidence}), named(()), DAY, draws=20)

    assert [row.id for row in before.ranking] == ["own:cheap", "own:dear"]
    assert [row.id for row in after.ranking] == ["own:dear", "own:cheap"]
    assert moved(before, after) == (
        "Before your measurements cheap (your endpoint) led; with them dear (your endpoint) comes from place "
        "2 to the lead, because Pass rate on your cases of dear (your endpoint) is about 95 % (80 to 99 %) "
        "(measured on your 10 prompts, was unknown), of cheap (your endpoint) is about 50 % (30 to 70 %) "
        "(measured on your 10 prompts, was unknown)."
    )


def test_reasons_name_what_a_measurement_replaced() -> None:
    """The reasons for an offer say on how many prompts, and the catalog's figure before."""
    case = Case(
        name="t",
        own_endpoints=priced("a", "b"),
        preferences=Preferences(order=("cost",)),
        workload=Workload(input_tokens=1000, output_tokens=100),
        measurements=(figure("own:a", "cost", 0.0005, unit="USD", simulated=True),),
    )
    leader = decide(case, named(()), DAY, draws=20).ranking[0]
    assert leader.id == "own:a"
    assert "measured on your 10 prompts, simulated, was about $0.00195 ($0.0011 to" in leader.reasons_for[0]


def test_declared_stands_beside_measured() -> None:
    """1,100 tokens at $1 per million or more, hidden reasoning unknown, is declared; less is measured."""
    case = Case(
        name="t",
        own_endpoints=priced("a"),
        workload=Workload(input_tokens=1000, output_tokens=100),
        measurements=(figure("own:a", "cost", 0.0005, unit="USD"), figure("own:a", "ttft", 0.2, unit="s")),
    )
    (row,) = compared(inputs_for(case, named(()), DAY).situation)
    assert (row.name, row.measured, row.left_out) == ("Cost", Interval.exact(0.0005), "")
    assert row.declared is not None
    assert row.declared.low == pytest.approx(0.0011)


@pytest.mark.parametrize(
    ("seen_in", "seen_out", "words"),
    [
        (600, 80, ""),
        (None, None, ""),
        (40, 80, "about 40 tokens went in, the job has 1,000 tokens"),
        (900, 10, "about 10 tokens came back, the job has 100 tokens"),
    ],
)
def test_a_cost_of_other_prompts_does_not_count(
    seen_in: float | None, seen_out: float | None, words: str
) -> None:
    """Up to a factor of 2 in tokens a measured cost stands for the job; beyond it the estimate stays."""
    found = figure("own:a", "cost", 0.001, input_tokens=seen_in, output_tokens=seen_out)
    assert unlike(found, profile(1000, 100)) == words


def test_an_estimate_stays_where_the_probe_was_about_something_else() -> None:
    """The cost of 40-token prompts does not replace the estimate of 1,000-token requests."""
    case = Case(
        name="t",
        own_endpoints=priced("a"),
        workload=Workload(input_tokens=1000, output_tokens=100),
        measurements=(figure("own:a", "cost", 0.00004, unit="USD", input_tokens=40),),
    )
    (row,) = compared(inputs_for(case, named(()), DAY).situation)
    assert "the job has 1,000 tokens" in row.left_out
    assert row.declared is not None
    decided = decide(case, named(()), DAY, draws=20).ranking[0]
    assert decided.usd_per_request is not None
    assert decided.usd_per_request.mid == pytest.approx(row.declared.mid)


def test_calls_of_a_task_are_all_counted() -> None:
    """Measured is one call; a task of four calls costs and takes four times as much."""
    case = worlds.case({"a": {"cost": 0.01, "answer_time": 2.0, "consistency": 0.9}})
    four = Plan((), profile(4000, 400, 4), profile(4000, 400, 4), ())
    situation = inputs_for(case, named("a"), DAY, four).situation
    offer = named("a").offers[0]
    read = {key: measured(key, offer, situation) for key in ("cost", "answer_time", "consistency")}
    assert {key: one.value.mid for key, one in read.items() if one} == pytest.approx(
        {"cost": 0.04, "answer_time": 8.0, "consistency": 0.9}
    )


def test_without_a_change_the_sentence_says_so() -> None:
    """Measurements that confirm the order are not dressed up as news."""
    case = worlds.case({"a": {"cost": 0.01}, "b": {"cost": 0.02}})
    decided = decide(case, named("ab"), DAY, draws=20, plan=plan())
    unmeasured = case.model_copy(update={"measurements": ()})
    bare = decide(unmeasured, named("ab"), DAY, draws=20, plan=plan())
    before = standing(unmeasured, named("ab"), DAY, plan=plan())
    assert "no offer that meets the hard needs has a measured figure" in moved(before, bare)
    assert moved(standing(case, named("ab"), DAY, plan=plan()), decided) == (
        "Your measurements do not change the order: A (Shop) led before and leads with them."
    )


def test_the_newest_setting_is_named() -> None:
    """A rung of an effort ladder says at which effort it was measured."""
    case = Case(
        name="t",
        own_endpoints=priced("a"),
        measurements=(
            figure("own:a", "consistency", 0.7, setting="effort low"),
            figure("own:a", "consistency", 0.8, setting="effort high", as_of=DAY + timedelta(1), prompts=1),
        ),
    )
    situation = inputs_for(case, named(()), DAY).situation
    found = measured("consistency", decide(case, named(()), DAY, draws=20).ranking[0].offer, situation)
    assert found is not None
    assert replaced(found, "share") == "measured on your 1 prompt at effort high, was unknown"


def test_practice_models_are_said_to_rank_nobody() -> None:
    """Two measured practice models are one sentence; a real offer alone is none."""
    quick, steady, real = (
        figure(offer, "pass_rate", 0.5) for offer in ("practice:quick", "practice:steady", "a@b")
    )

    assert practice_words((quick, steady, real)) == (
        "2 practice models were measured; simulated figures do not count in the ranking."
    )
    assert practice_words((real,)) == ""
