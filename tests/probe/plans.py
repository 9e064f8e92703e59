"""Cases and plans for tests of the probe room."""

from __future__ import annotations

from typing import Any

from advisor.case import Case, OwnEndpoint, ProbePlan, ProbePrompt
from advisor.catalog.entries import Catalog
from advisor.probe.plan import RunPlan, plan_run
from tests.catalog.tiny import TODAY

EMPTY_CATALOG = Catalog(version="1", digest="0", models=(), providers=(), benchmarks=(), sources={})


def case_of(
    offers: tuple[str, ...] = ("practice:quick",),
    prompts: int = 1,
    own_endpoints: tuple[OwnEndpoint, ...] = (),
    **probe: Any,
) -> Case:
    """A case that asks `offers` some numbered prompts."""
    asked = tuple(
        ProbePrompt(id=f"p{number}", text=f"Question {number}?", expected="Paris", answer_type="short")
        for number in range(prompts)
    )
    calls = {"samples_per_prompt": 1, "latency_samples": 0, "warm_up": False}
    plan = ProbePlan.model_validate({"offers": offers, "prompts": asked} | calls | probe)
    return Case(name="test", own_endpoints=own_endpoints, probe=plan)


def served(port: int, model: str, name: str = "mine", **fields: Any) -> OwnEndpoint:
    """An own endpoint on a practice server at `port`, at 1 and 2 dollars per million tokens."""
    known = {"name": name, "base_url": f"http://127.0.0.1:{port}/v1", "model": model, "simulated": True}
    prices = {"input_usd_per_mtok": 1.0, "output_usd_per_mtok": 2.0}
    return OwnEndpoint.model_validate(known | prices | fields)


def plan_of_case(case: Case, environment: dict[str, str] | None = None) -> RunPlan:
    """The plan of a case over an empty catalog."""
    return plan_run(case, EMPTY_CATALOG, TODAY, environment or {})
