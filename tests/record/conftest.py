"""A small catalog and a decision over it, written out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from advisor.case import Case, Measurement, OwnEndpoint, ProbePlan, ProbePrompt, Workload
from advisor.catalog.entries import (
    Catalog,
    CatalogOffer,
    Model,
    Provider,
)
from advisor.catalog.facts import Origin, Provenance, SourceEntry
from advisor.cost.profile import TokenProfile
from advisor.decide.advice import Advice, Comparison, Constraint, Guardrail, Reason
from advisor.decide.decision import (
    Check,
    Contribution,
    CostStep,
    Decision,
    Excluded,
    FlipPoint,
    Ranked,
    Reading,
    Relaxation,
    Robustness,
    Verdict,
)
from advisor.decide.plan import Plan
from advisor.interval import Interval
from advisor.record.record import Evidence, EvidenceFigure, PromptDigest, Record, make_record

DAY = date(2026, 11, 24)
READ = {"source": "vendor", "as_of": date(2026, 11, 20)}
CONTEXT_NEED = Constraint(
    "context", Comparison.AT_LEAST, 200_000, "brief", "your longest prompt is that long"
)


def a_model(
    name: str,
    *,
    note: str = "",
    input_usd: float = 3.0,
    context: int = 400_000,
    offer: dict[str, Any] | None = None,
) -> Model:
    """A model with one offer at provider `host`; `offer` overrides fields of the offer."""
    row = {
        "provider": "host",
        "litellm_id": f"host/{name.lower()}",
        "limits": {**READ, "context_in": context, "max_out": 64_000},
        "prices": [{**READ, "rates": {"input": input_usd, "output": 5 * input_usd}}],
        "note": note or None,
    }
    return Model.model_validate(
        {
            "id": name.lower(),
            "name": name,
            "vendor": "maker",
            "identity": {**READ, "released": date(2026, 3, 1)},
            "weights": {**READ, "open": False},
            "modalities": {**READ, "input": ["text"]},
            "features": {**READ, "tools": True},
            "reasoning": {**READ, "mode": "optional"},
            "offers": [row | (offer or {})],
        }
    )


def a_catalog(*models: Model, source_name: str = "Price page", provider: str = "Host") -> Catalog:
    """A catalog of these models, sold by one provider."""
    host = Provider(id="host", name=provider, url="https://host.example", key_env="HOST_API_KEY")
    source = SourceEntry(name=source_name, url="https://host.example/prices", licence="cited")
    return Catalog(
        version="2026.11.24",
        digest="0123456789abcdef",
        models=models,
        providers=(host,),
        benchmarks=(),
        sources={"vendor": source},
    )


def a_ranked(row: CatalogOffer, rank: int, accuracy: float, usd: float) -> Ranked:
    """A ranked offer: accuracy weighs 0.6 and is known, cost weighs 0.4 and is known between bounds."""
    read = Provenance("vendor", date(2026, 11, 20), Origin.PUBLISHED)
    cost = Interval(0.8 * usd, usd, 1.5 * usd)
    parts = (
        Contribution(
            "accuracy", 0.6, Reading(Interval.exact(accuracy), read), Interval.exact(accuracy / 100), False
        ),
        Contribution("cost", 0.4, Reading(cost, read, "at your prompt size"), Interval(0.3, 0.5, 0.6), False),
    )
    score = parts[0].points + parts[1].points
    passed = Check(CONTEXT_NEED, Verdict.PASS, None, 200_000, "context 400,000 tokens, 200,000 needed")
    return Ranked(
        offer=row,
        rank=rank,
        score=score,
        contributions=parts,
        checks=(passed,),
        p_first=0.71 if rank == 1 else 0.29,
        p_top3=1.0,
        tie_group=rank,
        dominated_by=(),
        below_minimum=(),
        usd_per_request=cost,
        usd_per_month=cost.scaled(1000),
        reasons_for=(f"{row.model.name} is accurate.",),
        reasons_against=(f"{row.model.name} is not the cheapest.",),
        verify=("Zero retention is not confirmed.",),
    )


def a_plan() -> Plan:
    """Six outcomes, the second not known."""
    known = [
        ("access", "closed_api", "Closed API"),
        ("reasoning", "unknown", "Not known yet"),
        ("attributes", "accuracy_first", "Accuracy first"),
        ("knowledge", "rag", "Retrieval"),
        ("tuning", "not_now", "Not now"),
        ("autonomy", "workflow", "Workflow"),
    ]
    profile = TokenProfile(Interval.exact(3000), Interval(300, 500, 700))
    return Plan(
        advice=tuple(
            Advice(
                step=step,
                choice=choice,
                choice_label=label,
                recommended=choice,
                headline=f"{label} suits this job.",
                reasons_for=(Reason(f"A reason for {label}.", "1a"),),
                reasons_against=(Reason(f"A reason against {label}."),),
                next_steps=(f"Start with {label}.",),
                open_questions=("How hard are the tasks?",) if choice == "unknown" else (),
            )
            for step, choice, label in known
        ),
        base_profile=profile,
        profile=profile,
        effects=(),
        effort="medium",
    )


def a_decision(catalog: Catalog, names: tuple[str, ...], out: tuple[str, ...] = ()) -> Decision:
    """The models `names` ranked in this order, those in `out` excluded for their context."""
    rows = [catalog.by_id[f"{name}@host"] for name in names]
    ranking = tuple(a_ranked(row, i + 1, 90 - 10 * i, 0.02 / (i + 1)) for i, row in enumerate(rows))
    failed = Check(CONTEXT_NEED, Verdict.FAIL, None, -72_000, "context 128,000 tokens < 200,000 needed")
    return Decision(
        case_name="Letters",
        day=DAY,
        catalog_version=catalog.version,
        catalog_digest=catalog.digest,
        plan=a_plan(),
        criteria=("accuracy", "cost"),
        weights={"accuracy": 0.6, "cost": 0.4},
        weights_from="Accuracy first, cost second: rank-order weights.",
        constraints=(CONTEXT_NEED,),
        ranking=ranking,
        excluded=tuple(
            Excluded(catalog.by_id[f"{name}@host"], (failed,), (), f"{name} fails the context need")
            for name in out
        ),
        relaxations=(Relaxation(CONTEXT_NEED, ("small@host",), "small@host", "Without the context need"),),
        robustness=Robustness(10_000, 7, tuple(row.id for row in rows), ((0.71, 0.29), (0.29, 0.71)), {}, ()),
        flip_points=(
            FlipPoint(
                "weight", "accuracy", None, "beta@host", 0.6, 0.35, "Beta wins below a weight of 35 %."
            ),
            FlipPoint(
                "fact", "cost", "alpha@host", "beta@host", 0.02, 0.05, "Beta wins if Alpha costs over $0.05."
            ),
        ),
        cost_steps=(CostStep("knowledge", "retrieval", None, None, "Retrieval adds $0.004 per task."),),
        guardrails=(Guardrail("max_steps", "Most steps per task", 15, "steps", "errors compound"),),
        stated=True,
        title="Alpha fits best",
        headline="Alpha leads with 71 % probability.",
        confidence="It rests on published accuracy.",
    )


@pytest.fixture
def catalog() -> Catalog:
    """Three models; `Small` has too little context."""
    return a_catalog(
        a_model("Alpha"), a_model("Beta", input_usd=1.0), a_model("Small", input_usd=0.1, context=128_000)
    )


@pytest.fixture
def case() -> Case:
    """A brief with some numbers known, two prompts, one simulated measurement."""
    return Case(
        name="Letters",
        purpose="Answer customers' letters",
        workload=Workload(requests_per_month=1000, input_tokens=3000, monthly_budget_usd=100),
        own_endpoints=(
            OwnEndpoint(name="practice", base_url="http://127.0.0.1:9", model="m", simulated=True),
        ),
        probe=ProbePlan(
            prompts=(
                ProbePrompt(id="p1", text="What is 2 + 2?", expected="4", answer_type="number"),
                ProbePrompt(id="p2", text="Say hello"),
            ),
            minimum_pass_rate=0.9,
        ),
        deciders=("Head of support", "Data protection officer"),
    )


@pytest.fixture
def evidence() -> Evidence:
    """One simulated probe run."""
    return Evidence(
        offer="practice:slow",
        model_returned="practice-slow-1",
        provider="practice endpoint",
        run="run-1",
        day=DAY,
        simulated=True,
        samples=10,
        failures=1,
        temperature=0.0,
        max_output_tokens=512,
        prompts=(PromptDigest(id="p1", sha256="a" * 64),),
        figures=(
            EvidenceFigure(
                metric="ttft", label="Time to first token", unit="s", value=0.4, low=0.3, high=0.6, n=9
            ),
            EvidenceFigure(metric="agree", label="Agreement", unit="share", value=1.0, n=9),
        ),
    )


@pytest.fixture
def decision(catalog: Catalog) -> Decision:
    """Alpha before Beta, Small excluded."""
    return a_decision(catalog, ("alpha", "beta"), ("small",))


@pytest.fixture
def record(case: Case, decision: Decision, catalog: Catalog) -> Record:
    """The record of that decision."""
    return make_record(case, decision, catalog, app_version="0.1.0", created=DAY)


@pytest.fixture
def no_fit(catalog: Catalog) -> Decision:
    """No model fits."""
    nothing = a_decision(catalog, (), ("alpha", "beta", "small"))
    return replace(nothing, headline="No model fits.", robustness=None, flip_points=())


@pytest.fixture
def measured(case: Case) -> Callable[[], Case]:
    """The case with one simulated and one real measurement."""

    def build() -> Case:
        rows = (
            Measurement(
                offer="practice:slow",
                metric="ttft",
                unit="s",
                value=0.4,
                n=9,
                as_of=DAY,
                run="run-1",
                simulated=True,
            ),
            Measurement(
                offer="alpha@host",
                metric="pass_rate",
                unit="share",
                value=0.9,
                low=0.6,
                high=0.98,
                n=10,
                as_of=DAY,
                run="run-2",
            ),
        )
        return case.model_copy(update={"measurements": rows})

    return build
