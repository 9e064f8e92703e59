"""Probe designs: what each asks, what it says when there is too little, what it can and cannot show."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.case import Grader, ProbePlan, ProbePrompt
from advisor.errors import BadCase
from advisor.probe.designs import DESIGNS, shaped
from advisor.probe.foresight import (
    Pace,
    agreement_reach,
    promise,
    prompts_to_tell,
    smallest_change,
    time_needed,
)
from advisor.probe.plan import RunPlan, wanted
from advisor.probe.practice import PRACTICE_MODELS
from advisor.probe.settings import Variant
from advisor.probe.statistics import prompts_interval
from tests.probe.plans import case_of, plan_of_case


def _plan(design: str, prompts: int = 40, **probe: Any) -> RunPlan:
    quiet = {"latency_samples": 0, "warm_up": False}
    return plan_of_case(case_of(prompts=prompts, design=design, **quiet, **probe))


@pytest.mark.parametrize(
    ("design", "prompts", "samples"),
    [("quick", 10, 3), ("standard", 30, 5), ("careful", 40, 5), ("audit", 1, 30), ("own", 40, 1)],
)
def test_a_design_asks_what_it_is_named_for(design: str, prompts: int, samples: int) -> None:
    """Of 40 prompts each design takes its number, and asks each as often as it says."""
    plan = _plan(design)
    assert (len(plan.prompts), plan.samples_per_prompt) == (prompts, samples)
    assert plan.design == design


def test_too_few_prompts_are_said_and_all_used() -> None:
    """Careful wants 100 prompts; with 4 it asks these 4 and says so."""
    shape = shaped(case_of(prompts=4, design="careful").probe)
    assert len(shape.prompts) == 4
    assert shape.notes == ("The design wants 100 prompts; there are 4: all are asked.",)


def test_a_sweep_is_one_lane_per_setting() -> None:
    """Three temperatures of two offers are six lanes, each with its own settings, keys and name."""
    plan = _plan("temperature_sweep", 3, offers=("practice:quick", "practice:steady"), sweep=(0.7, 0, 0.7, 1))
    lanes = [target.ref for target in plan.targets if target.offer == "practice:quick"]
    assert lanes == [f"practice:quick#temperature={value}" for value in ("0", "0.7", "1")]
    assert plan.settings(plan.targets[1]) == Variant(temperature=0.7)
    assert plan.targets[1].label == "Practice Quick (simulated), temperature 0.7"
    assert plan.targets[1].practice
    keys = [want.key for want in wanted(plan)]
    assert len(set(keys)) == len(keys) == 6 * 3 * 5
    # Each setting with the lowest of its own offer, never two offers: 2 x 2 comparisons to correct for.
    assert len(plan.comparisons) == 4
    assert all(first.endswith("=0") for _, first in plan.comparisons)


def test_a_lane_keeps_the_other_settings_of_the_plan() -> None:
    """A top-p sweep at temperature 0.3 sends both."""
    plan = _plan("top_p_sweep", 1, temperature=0.3, sweep=(0.5,))
    assert plan.settings(plan.targets[0]) == Variant(temperature=0.3, top_p=0.5)


@pytest.mark.parametrize(
    ("design", "values"),
    [("temperature_sweep", (3.0,)), ("top_p_sweep", (0.0,)), ("top_k_sweep", (1.5,)), ("top_k_sweep", (0,))],
)
def test_values_out_of_range_are_refused_in_words(design: str, values: tuple[float, ...]) -> None:
    """A sweep over impossible values starts nothing."""
    with pytest.raises(BadCase, match=r"temperature lies|top-p lies|top-k is"):
        _plan(design, 1, sweep=values)


def test_an_effort_ladder_warns_without_expected_answers() -> None:
    """Every rung is a lane; without an expected answer the pass rate stays unknown, which is said."""
    probe = ProbePlan(
        offers=("practice:thinker",), prompts=(ProbePrompt(id="a", text="Why?"),), design="effort_ladder"
    )
    shape = shaped(probe)
    assert [variant.effort for variant in shape.variants] == ["low", "medium", "high"]
    assert any("pass rate" in note for note in shape.notes)


def test_practice_models_obey_top_k_and_top_p() -> None:
    """Shares 0.8, 0.1, 0.1: top-k 2 leaves 8/9 and 1/9, top-p 0.8 the first alone, nothing leaves all."""
    model = PRACTICE_MODELS["quick"]
    assert model.cut(2, None).shares == pytest.approx((8 / 9, 1 / 9, 0.0))
    assert model.cut(None, 0.8).shares == (1.0, 0.0, 0.0)
    assert model.cut(None, None).shares == pytest.approx(model.shares)
    # Top-k first: of the two left, the first has 8/9, which reaches 0.85.
    assert model.cut(2, 0.85).shares == (1.0, 0.0, 0.0)


def test_only_a_practice_model_that_reasons_climbs_the_effort_ladder() -> None:
    """Thinker has three efforts and a lane for each; Quick knows none and is asked once."""
    plan = _plan("effort_ladder", 1, offers=("practice:thinker", "practice:quick"))
    lanes = [target.ref for target in plan.targets]
    assert lanes == [
        *(f"practice:thinker#effort={one}" for one in ("low", "medium", "high")),
        "practice:quick",
    ]


def test_practice_models_think_longer_and_better_at_higher_effort() -> None:
    """More reasoning tokens and a larger share of expected answers at each rung."""
    model = PRACTICE_MODELS["thinker"]
    rungs = [model.trying(effort) for effort in ("low", "medium", "high")]
    assert [one.reasoning_tokens for one in rungs] == [10, 40, 160]
    assert [one.shares[0] for one in rungs] == [0.7, 0.95, 0.99]
    assert model.trying(None) is model is model.trying("extreme")


def test_other_wordings_are_asked_by_their_design_alone() -> None:
    """Wordings of a prompt belong to the paraphrase design; the others leave them out."""
    first = ProbePrompt(id="a", text="Where is it?")
    others = tuple(ProbePrompt(id=f"a-{i}", text=f"Wording {i}", rewords="a") for i in range(4))
    probe = ProbePlan(offers=("practice:quick",), prompts=(first, *others, ProbePrompt(id="b", text="Else?")))
    wordings = shaped(probe.model_copy(update={"design": "paraphrase"}))
    assert [prompt.id for prompt in wordings.prompts] == ["a", "a-0", "a-1", "a-2", "a-3"]
    assert wordings.notes == ()
    assert [p.id for p in shaped(probe.model_copy(update={"design": "quick"})).prompts] == ["a", "b"]


def test_the_document_grows() -> None:
    """The question stands after the first 5, 25, 50 and 100 % of the document, without a cut word."""
    document = "word " * 200
    plan = _plan("long_context", 1, document=document)
    lengths = [len(prompt.text.partition("\n\n")[0]) for prompt in plan.prompts]
    assert [prompt.id for prompt in plan.prompts] == ["p0-5pct", "p0-25pct", "p0-50pct", "p0-100pct"]
    assert lengths == [44, 244, 494, 1000]
    assert all(prompt.text.endswith("Question 0?") for prompt in plan.prompts)


def test_long_context_needs_a_document() -> None:
    """Without a document there is nothing to grow, and the field is named."""
    with pytest.raises(BadCase) as error:
        _plan("long_context", 1)
    assert error.value.field == "probe.document"


def test_an_unknown_design_is_refused_by_name() -> None:
    """A case from elsewhere may name a design nobody knows."""
    with pytest.raises(BadCase, match="no design guess"):
        shaped(ProbePlan(design="guess"))


@pytest.mark.parametrize(
    ("one", "other", "prompts"), [(0.9, 0.95, 435), (0.8, 0.9, 199), (0.7, 0.9, 62), (0.5, 0.9, 20)]
)
def test_prompts_to_tell_two_pass_rates_apart(one: float, other: float, prompts: int) -> None:
    """Two-sided 5 %, power 80 %: 435, 199, 62 and 20 prompts per offer, the textbook figures."""
    assert prompts_to_tell(one, other) == prompts


def test_reach_of_one_agreement_and_of_a_change() -> None:
    """20 prompts, spread 0.2: a change of (2.093 + 0.861) x 0.2 / sqrt(20); the reach as reported."""
    # Half are 0.8 - 0.19494, half 0.8 + 0.19494: mean 0.8, standard deviation 0.2.
    values = [0.8 + sign * 0.19493589 for sign in (-1, 1) for _ in range(10)]
    reported = prompts_interval(values)

    assert reported is not None
    assert agreement_reach(20) == pytest.approx((mean_reach := 0.1154), abs=1e-4)
    centre = (20 * 0.8 + 1) / 22
    assert centre - reported.low == pytest.approx(mean_reach, abs=1e-4)
    assert smallest_change(20) == pytest.approx(0.1321, abs=1e-4)
    assert smallest_change(20, pairs=3) > smallest_change(20)


@pytest.mark.parametrize(
    ("design", "prompts", "words"),
    [
        ("careful", 100, "tells a pass rate of 70 from 90 % in 4 of 5 runs, not 80 from 90 %"),
        ("careful", 30, "tells a pass rate of 50 from 90 % in 4 of 5 runs, not 60 from 90 %"),
        ("own", 250, "tells a pass rate of 80 from 90 % in 4 of 5 runs, not 90 from 95 %"),
        ("own", 435, "tells a pass rate of 90 from 95 % in 4 of 5 runs. Agreement stays unknown"),
        ("quick", 3, "single prompts only"),
        ("audit", 9, "up to 9.5 % of cases; about other prompts it says nothing"),
        ("temperature_sweep", 10, "a change of agreement of about 23 points"),
        ("paraphrase", 5, "± "),
        ("long_context", 1, "3 equal answers still leave room for 63 % of others"),
    ],
)
def test_a_design_says_what_it_can_and_cannot_show(design: str, prompts: int, words: str) -> None:
    """The sentence before the start follows from the interval widths."""
    assert words in promise(_plan(design, prompts, document="a b c d"))


def test_only_prompts_that_will_be_judged_count() -> None:
    """Of 40 prompts 20 expect nothing, 10 more are free text: 20 tell 50 from 90 %, 30 carry agreement."""
    case = case_of(prompts=40, samples_per_prompt=5)
    asked = [
        one.model_copy(update={"expected": None} if number < 20 else {})
        for number, one in enumerate(case.probe.prompts)
    ]
    asked[30:] = [one.model_copy(update={"answer_type": "free"}) for one in asked[30:]]
    probe = case.probe.model_copy(update={"prompts": tuple(asked)})
    told = promise(plan_of_case(case.model_copy(update={"probe": probe})))

    assert "With the 20 of 40 prompts that are judged it tells a pass rate of 50 from 90 %" in told
    assert "With the 30 of 40 prompts that declare an answer type, agreement is known to about ± 9" in told


def test_rubrics_count_once_a_judge_has_read() -> None:
    """Ten prompts with nothing but a rubric: no pass rate is promised before a judge model reads."""
    case = case_of(prompts=10, samples_per_prompt=2)
    rubric = (Grader(kind="rubric", value="Polite"),)
    asked = tuple(
        one.model_copy(update={"expected": None, "graders": rubric, "answer_type": "free"})
        for one in case.probe.prompts
    )
    told = promise(
        plan_of_case(case.model_copy(update={"probe": case.probe.model_copy(update={"prompts": asked})}))
    )

    assert "10 prompts wait for a judge model: the pass rate is unknown until it has read the replies" in told
    assert "Agreement is approximate" in told


def test_more_comparisons_ask_for_more_prompts() -> None:
    """Three offers make three comparisons: 83 prompts instead of 62 tell 70 from 90 %."""
    assert prompts_to_tell(0.7, 0.9, pairs=3) == 83


def test_every_design_makes_a_promise() -> None:
    """No design is offered without a label, a use, and a sentence about its limits."""
    for key, design in DESIGNS.items():
        said = promise(_plan(key, 12, document="a b c d"))
        assert design.label
        assert design.about.endswith(".")
        assert said.endswith(".")


def test_time_is_a_range_or_unknown() -> None:
    """30 calls, 2 at once, 1 s and 0.1 s a token, up to 10 tokens: 15 x 2 s; else unknown."""
    plan = _plan("audit", 1, concurrency=2, max_output_tokens=10)
    found = time_needed(plan, {"practice:quick": Pace(1.0, 0.1)})
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(30.0), pytest.approx(30.0))
    assert time_needed(plan, {"practice:quick": None}) is None


def test_practice_models_obey_the_temperature() -> None:
    """Shares 0.5, 0.3, 0.2: at 0 only the first is left, at 0.5 they go by squares, at 1 nothing changes."""
    model = PRACTICE_MODELS["wavering"]
    assert model.at(0).shares == (1.0, 0.0, 0.0)
    assert model.at(0.5).shares == pytest.approx((0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38))
    assert model.at(1) is model is model.at(None)
    assert model.at(0.001).agreement == pytest.approx(1.0)
