"""What a run will do and cost is known before it starts."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.case import Case, OwnEndpoint, ProbePlan, ProbePrompt
from advisor.errors import BadCase
from advisor.probe.plan import RunPlan, plan_run, wanted
from advisor.probe.samples import Purpose
from tests.catalog.tiny import TODAY
from tests.probe.plans import EMPTY_CATALOG, case_of

OWN = OwnEndpoint(name="mine", base_url="http://127.0.0.1:9/v1", model="m", key_env="MY_KEY")


def _plan(case: Case, environment: dict[str, str] | None = None, **more: Any) -> RunPlan:
    return plan_run(case, EMPTY_CATALOG, TODAY, environment or {}, **more)


def test_calls_and_worst_case() -> None:
    """Two offers, two prompts, three samples are twelve calls; the worst case is the sum of all holds."""
    plan = _plan(case_of(offers=("practice:quick", "practice:steady"), prompts=2, samples_per_prompt=3))
    one = plan.worst_case_usd("practice:quick")
    other = plan.worst_case_usd("practice:steady")

    assert plan.calls == len(wanted(plan)) == 12
    assert one is not None
    assert other is not None
    assert plan.worst_case_total_usd == pytest.approx(one + other)
    assert plan.simulated


def test_a_missing_key_names_its_variable() -> None:
    """An endpoint whose key is not set is told before the start, by the variable's name."""
    case = case_of(offers=("own:mine",), own_endpoints=(OWN,))

    assert _plan(case).missing_keys == {"own:mine": "MY_KEY"}
    assert _plan(case, {"MY_KEY": "x"}).missing_keys == {}


def test_an_unknown_price_is_unknown() -> None:
    """Without a price there is no worst case, unless the user agrees to a bound per call."""
    case = case_of(offers=("own:mine",), own_endpoints=(OWN,), samples_per_prompt=4)

    assert _plan(case).unknown_prices == _plan(case).not_agreed == ("own:mine",)
    assert _plan(case, unknown_price_bound_usd=0.25).not_agreed == ()
    assert _plan(case).worst_case_total_usd is None
    assert _plan(case, unknown_price_bound_usd=0.25).worst_case_total_usd == pytest.approx(1.0)


def test_an_uncurated_model_is_asked_at_the_price_given_for_it() -> None:
    """It says that it is uncurated; an unknown price stays unknown; an id nobody lists is refused."""
    case = case_of(offers=("litellm:groq/some-model",))
    target = _plan(case, uncurated={"groq/some-model": None}).targets[0]

    assert (target.model, target.label) == ("groq/some-model", "groq/some-model (uncurated)")
    assert target.price is None
    with pytest.raises(BadCase, match="no chat model LiteLLM lists"):
        _plan(case)


def test_offers_take_turns() -> None:
    """Within each block every offer is asked once, and not always in the same order."""
    offers = ("practice:quick", "practice:steady", "practice:thinker")
    plan = _plan(case_of(offers=offers, prompts=2, samples_per_prompt=10))
    refs = [want.target.ref for want in wanted(plan)]
    blocks = [tuple(refs[start : start + 3]) for start in range(0, len(refs), 3)]

    assert all(sorted(block) == sorted(offers) for block in blocks)
    assert len(set(blocks)) > 1


def test_calls_have_a_purpose() -> None:
    """A warm-up per offer first, then for each prompt the calls for times and those for answers."""
    offers = ("practice:quick", "practice:steady")
    plan = _plan(case_of(offers=offers, prompts=2, samples_per_prompt=3, latency_samples=2, warm_up=True))
    wants = wanted(plan)
    purposes = [want.purpose for want in wants]

    assert plan.calls_per_offer == 1 + 2 * (2 + 3)
    assert plan.calls == len(wants) == 22
    assert purposes[:2] == [Purpose.WARM_UP] * 2
    assert Purpose.WARM_UP not in purposes[2:]
    assert (purposes.count(Purpose.LATENCY), purposes.count(Purpose.CONSISTENCY)) == (8, 12)
    assert len({want.key for want in wants}) == 22
    assert plan.worst_case_total_usd == pytest.approx(sum(want.hold_microusd or 0 for want in wants) / 1e6)


def test_keys_are_stable_and_distinct() -> None:
    """The same settings give the same keys; another temperature gives others."""
    plan = _plan(case_of(prompts=2, samples_per_prompt=5))
    warmer = _plan(case_of(prompts=2, samples_per_prompt=5, temperature=0.7))
    keys = [want.key for want in wanted(plan)]

    assert keys == [want.key for want in wanted(plan)]
    assert len(set(keys)) == 10
    assert not set(keys) & {want.key for want in wanted(warmer)}


@pytest.mark.parametrize(
    ("case", "field", "words"),
    [
        (Case(), "probe.offers", "no offer"),
        (Case(probe=ProbePlan(offers=("practice:quick",))), "probe.prompts", "no prompt"),
        (case_of(offers=("practice:nobody",)), "probe.offers", "no practice model"),
        (case_of(offers=("own:nobody",)), "probe.offers", "not among own_endpoints"),
        (case_of(offers=("gpt-99@nowhere",)), "probe.offers", "not in the catalog"),
        (
            Case(probe=ProbePlan(offers=("practice:quick",), prompts=(ProbePrompt(id="a", text="x"),) * 2)),
            "probe.prompts",
            "share an id",
        ),
    ],
)
def test_a_bad_plan_names_its_field(case: Case, field: str, words: str) -> None:
    """What cannot be run is refused with the field and what to do, before anything is written."""
    with pytest.raises(BadCase) as error:
        _plan(case)

    assert error.value.field == field
    assert words in error.value.rule
    assert error.value.hint


def test_a_plan_survives_its_document() -> None:
    """A plan read back from JSON is the same plan."""
    plan = _plan(case_of(offers=("practice:quick",), prompts=2))

    assert RunPlan.model_validate_json(plan.model_dump_json()) == plan
    assert plan.day == TODAY
