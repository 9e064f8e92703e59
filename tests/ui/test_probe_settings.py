"""The figures of a sweep or effort ladder, setting by setting, on the probe page."""

from __future__ import annotations

from advisor.case import ProbePrompt
from tests.apptest import app_at
from tests.probe.plans import case_of
from tests.ui.runs import run_of


def test_an_effort_ladder_shows_each_figure_at_each_effort() -> None:
    """Three tries at each effort: the chart and a sentence give the pass rate in the order of the efforts."""
    case = case_of(("practice:thinker", "practice:quick"), design="effort_ladder")
    prompt = ProbePrompt(id="p", text="Where?", expected="Paris", answer_type="short")
    plan = case.probe.model_copy(update={"prompts": (prompt,), "latency_samples": 0, "warm_up": False})
    right = {"effort=low": "Rome", "effort=medium": "Paris", "effort=high": "Paris"}
    case = case.model_copy(update={"probe": plan})
    run = run_of(case, lambda claim: right.get(claim.lane.rpartition("#")[2], "Paris"))[0]
    app = app_at("probe", query={"run": run})
    said = "\n".join(str(one.value).replace("\\", "") for one in app.markdown).replace("\xa0", " ")

    assert not app.exception
    assert "pass rate 0 % at effort low, 100 % at effort medium, 100 % at effort high." in said
    assert "Practice Quick (simulated): pass rate 100 % at its only setting." in said
    assert app.segmented_control(key="probe-settings").value == "pass_rate"
