"""From a probe to a changed decision: three practice models, their answers, the ranking, the sentence."""

from __future__ import annotations

from advisor.case import Case, Preferences, ProbePlan, ProbePrompt
from advisor.catalog.entries import Catalog
from advisor.decide.decide import decide
from advisor.decide.decision import Decision
from advisor.decide.evidence import moved
from advisor.decide.standing import standing
from advisor.host.ledger import start_run, tick
from advisor.host.runs import run_measurements
from advisor.host.sessions import open_session
from advisor.host.settlement import Claim, Finished
from advisor.host.store import Engine
from advisor.probe.plan import plan_run
from advisor.probe.practice import competing
from advisor.probe.samples import Attempt, Reply, Timeline
from tests.catalog.tiny import TODAY
from tests.probe.plans import EMPTY_CATALOG

NAMES = ("quick", "steady", "wavering")


def a_case() -> Case:
    """Three competing practice models, ten prompts asked five times; being right counts more than money."""
    endpoints = tuple(competing(name) for name in NAMES)
    prompts = tuple(
        ProbePrompt(id=f"p{n}", text=f"Question {n}?", expected="Paris", answer_type="short")
        for n in range(10)
    )
    plan = ProbePlan(
        offers=tuple(f"own:{one.name}" for one in endpoints),
        prompts=prompts,
        samples_per_prompt=5,
        latency_samples=0,
        warm_up=False,
    )
    order = Preferences(order=("pass_rate", "cost"))
    return Case(name="t", own_endpoints=endpoints, probe=plan, preferences=order)


def _answered(claim: Claim) -> Finished:
    """Steady is always right, quick four times in five, wavering every other time."""
    wrong = {"own:Practice Quick": (4,), "own:Practice Wavering": (0, 2, 4)}.get(claim.lane, ())
    # Rows of a fresh store are numbered in the order asked: 3 offers, 10 prompts, then the next repeat.
    text = "Rome" if (claim.sample - 1) // 30 in wrong else "Paris"
    outcome = Reply(text=text, finish_reason="stop")
    line = Timeline(started_ns=0)
    return Finished(
        claim, Attempt(number=claim.number, started_at="", timeline=line, outcome=outcome, cost_usd=0.0001)
    )


def _decided(case: Case, catalog: Catalog) -> Decision:
    return decide(case, catalog, TODAY, draws=20)


def test_a_probe_of_three_practice_models_changes_the_ranking_and_says_why(store: Engine) -> None:
    """By price alone quick leads; the probe puts steady first, and one sentence names the measured reason."""
    case, catalog = a_case(), EMPTY_CATALOG
    plan = plan_run(case, catalog, TODAY, {})
    assert all(target.practice and target.simulated for target in plan.targets)
    run, session = start_run(store, plan), open_session(store, "w", alone=False)
    finished: list[Finished] = []
    while not (step := tick(store, run, session, finished, 50)).over or step.claims:
        finished = [_answered(claim) for claim in step.claims]

    before = standing(case, catalog, TODAY)
    measured = case.model_copy(update={"measurements": run_measurements(store, run)})
    after = _decided(measured, catalog)
    assert before.ranking[0].id == "own:Practice Quick"
    assert after.ranking[0].id == "own:Practice Steady"
    words = moved(before, after)
    assert words.startswith(
        "Before your measurements Practice Quick (your endpoint) led; with them Practice Steady"
    )
    assert "measured on your 10 prompts, simulated, was unknown" in words
    assert after.simulated
