"""Calculator pages: numbers tried out, unknown prices, steps in prices, absurd numbers, refusals."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor.case import Case
from advisor.cost.hardware import HOURS_PER_MONTH
from advisor.host.shelf import presets
from advisor.ui import loaded
from advisor.ui.folder import Folder
from tests.ui.test_pages import case_of, opened

CHATBOT = presets()[0]


def words(app: AppTest) -> str:
    """Everything said on the page."""
    parts = [*app.markdown, *app.caption, *app.info, *app.warning, *app.metric]
    return " ".join(f"{getattr(one, 'label', '')} {one.value}" for one in parts)


def tiles(app: AppTest) -> dict[str, str]:
    """Label -> figure of every tile."""
    return {tile.label: str(tile.value) for tile in app.metric}


def at(page: str, case: Case = CHATBOT, **answers: Any) -> AppTest:
    """A calculator page over a case."""
    for name, value in answers.items():
        step, _, question = name.partition("__")
        case = case.with_answer(step, question, value)
    return opened(Folder(case=case), page)


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with that label."""
    return next(button for button in app.button if button.label == label).click().run()


def test_numbers_tried_do_not_touch_the_case_until_they_are_used() -> None:
    """Slider and field show one number; the case takes it on the button, and undo gives the old one back."""
    app = at("costs")
    before = case_of(app).workload.requests_per_month
    app.number_input(key="costs:requests_per_month:number").set_value(50_000).run()

    assert app.select_slider(key="costs:requests_per_month:slider").value == 50_000
    assert case_of(app).workload.requests_per_month == before
    press(app, "Use these numbers in the case")
    assert case_of(app).workload.requests_per_month == 50_000
    assert "workload.input_tokens" not in case_of(app).from_preset or before is not None
    press(app, "Undo last change")
    assert case_of(app).workload.requests_per_month == before
    assert app.number_input(key="costs:requests_per_month:number").value == before


def test_months_follow_the_numbers_and_agree_with_the_result() -> None:
    """With the case's numbers the leader's month is that of the result page; half the requests halve it."""
    app = at("costs")
    shown = tiles(app)["Per month"]
    opened_offer = app.selectbox(key="costs:opened").value
    row = next(one for one in loaded.decision_of(CHATBOT).ranking if one.id == opened_offer)

    assert row.usd_per_month is not None
    assert shown == f"${row.usd_per_month.mid:,.2f}"
    app.number_input(key="costs:requests_per_month:number").set_value(100_000).run()
    assert float(tiles(app)["Per month"].strip("$")) == pytest.approx(row.usd_per_month.mid / 2, abs=0.01)


def test_an_unknown_price_is_said_and_never_zero() -> None:
    """GLM-4.7-Flash has no price in the catalog: its month is unknown, with the reason."""
    app = at("costs")
    app.multiselect(key="costs:offers").set_value(["glm-4.7-flash@zai"]).run()

    assert "the price is not known" in words(app).lower()
    assert tiles(app)["Per month"] == "unknown"
    assert list(app.exception) == []


def test_unknown_tokens_leave_a_lower_bound() -> None:
    """When nobody knows how long answers are, the month is "at least" the prompts'."""
    work = CHATBOT.workload.model_copy(update={"output_tokens": None})
    app = at("costs", CHATBOT.model_copy(update={"workload": work}))

    app.multiselect(key="costs:offers").set_value(["gpt-5.6-luna@openai"]).run()
    assert tiles(app)["Per month"].startswith("at least $")


def test_a_step_in_the_price_shows_in_the_arithmetic() -> None:
    """Gemini 3.1 Pro costs 2 per million up to 200,000 tokens and 4 from one token more."""
    app = at("costs", knowledge__decision="prompt")
    app.multiselect(key="costs:offers").set_value(["gemini-3.1-pro-preview@google"]).run()
    app.number_input(key="costs:cached:number").set_value(0).run()
    costs: list[float] = []
    for tokens in (200_000, 200_001):
        app.number_input(key="costs:input_tokens:number").set_value(tokens).run()
        costs.append(float(tiles(app)["Per request"].strip("$")))

    assert costs[1] > 1.8 * costs[0]


@pytest.mark.parametrize("entered", [-5, 10**12])
def test_absurd_numbers_never_count(entered: int) -> None:
    """A number outside the range, as no honest browser sends it, changes nothing or is "not known"."""
    costs, machines = at("costs"), at("self_hosting")
    tokens = machines.number_input(key="selfhost:tokens_in:number").value
    costs.number_input(key="costs:requests_per_month:number").set_value(entered).run()
    machines.number_input(key="selfhost:tokens_in:number").set_value(entered).run()

    assert tiles(costs)["Per month"] == "unknown"
    assert machines.number_input(key="selfhost:tokens_in:number").value == tokens
    assert list(costs.exception) == list(machines.exception) == []


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("Break-even", "own machines"),
        ("RAG or whole corpus", "Failed retrievals"),
        ("Routing and fallbacks", "Every attempt is paid"),
    ],
)
def test_every_view_of_the_explorer_speaks(view: str, said: str) -> None:
    """Break-even, knowledge and routing draw for the example, and say what they need for a blank case."""
    keys = {
        "Break-even": "break-even",
        "RAG or whole corpus": "knowledge",
        "Routing and fallbacks": "several",
    }
    app = at("costs")
    app.button_group(key="view").set_value(keys[view]).run()
    assert list(app.exception) == []
    assert said in words(app)

    blank = at("costs", Case())
    blank.button_group(key="view").set_value(keys[view]).run()
    assert list(blank.exception) == []


def test_the_dear_model_is_the_better_one_and_fallbacks_start_with_the_leader() -> None:
    """A router opens on cheap and dear, not on two models of which the dear one is worse without a word."""
    case = presets()[0]
    app = at("costs", case)
    app.button_group(key="view").set_value("several").run()
    assert app.selectbox(key="costs:lane_1").value == loaded.standing_of(case).ranking[0].id
    cheap, dear = (app.selectbox(key=f"costs:{key}").value for key in ("cheap", "dear"))
    said = any("gains nothing" in info.value for info in app.info)
    assert said == (cheap == dear)
    app.selectbox(key="costs:dear").set_value(cheap).run()
    assert any("gains nothing" in info.value for info in app.info)


def test_the_machines_and_their_rent() -> None:
    """One own price for each GPU-hour: the month is GPUs x price x 730 hours, and no range is left."""
    app = at("self_hosting")
    app.number_input(key="selfhost:used:number").set_value(100).run()
    app.number_input(key="selfhost:rent:number").set_value(2.0).run()
    shown = tiles(app)

    assert shown["Per month"] == f"${int(shown['GPUs']) * 2 * HOURS_PER_MONTH:,}"
    assert "within a factor 2" in words(app)
    assert "of the capacity" in words(app)


@pytest.mark.parametrize("place", [1, 3])
def test_both_pages_state_one_break_even(place: int) -> None:
    """A case with re-ranked passages and two calls, and one of batches: the same volume on both pages."""
    case = presets()[place]
    costs, machines = at("costs", case), at("self_hosting", case)
    costs.button_group(key="view").set_value("break-even").run()
    opened = costs.selectbox(key="costs:own_model").value
    assert machines.selectbox(key="selfhost:model").value == f"catalog:{opened}"
    costs.selectbox(key="costs:own_model").set_value("gpt-oss-120b").run()
    machines.selectbox(key="selfhost:model").set_value("catalog:gpt-oss-120b").run()
    stated = [
        re.findall(r"From about (.+?) requests a month .+? on your own machines", words(app))
        for app in (costs, machines)
    ]

    assert list(machines.exception) == []
    assert stated[0]
    assert stated[0][0] == stated[1][0]
    assert "2 calls of" in words(machines)


def test_memory_nobody_can_compute_is_refused_with_the_reason() -> None:
    """A model without a formula gets no number but the reason and what to do."""
    app = at("self_hosting")
    app.selectbox(key="selfhost:model").set_value("shape:deepseek-ai/DeepSeek-V4-Flash").run()
    if app.selectbox(key="selfhost:model").value != "shape:deepseek-ai/DeepSeek-V4-Flash":
        pytest.fail("the catalog's shape is offered")

    assert any("cannot be computed" in warning.value for warning in app.warning)
    assert "GPUs" not in tiles(app)


def test_the_machines_go_into_the_case() -> None:
    """Tokens and requests go into the brief, the memory of one copy into decision 1, as one change."""
    app = at("self_hosting")
    app.number_input(key="selfhost:tokens_in:number").set_value(4_000).run()
    press(app, "Use these numbers in the case")

    assert case_of(app).workload.input_tokens == 4_000
    memory = case_of(app).answer("access", "vram_gb")
    assert isinstance(memory, float)
    assert memory > 1
    press(app, "Undo last change")
    assert case_of(app).workload.input_tokens == CHATBOT.workload.input_tokens
    assert case_of(app).answer("access", "vram_gb") == CHATBOT.answer("access", "vram_gb")


def test_the_planner_closes_routes_and_plans_the_trial() -> None:
    """A newcomer is not sent to OpenAI; under 50 examples make no trial; a full 7B takes 112 GB."""
    app = at("tuning_data")
    assert "closed to newcomers since 2026" in words(app).replace("\\", "")
    assert "When to stop" in words(app)

    app.number_input(key="tuning:examples:number").set_value(20).run()
    assert "A trial needs 50 good examples" in words(app)
    app.selectbox(key="tuning:technique").set_value("full").run()
    app.number_input(key="tuning:total_b:number").set_value(7.0).run()
    app.number_input(key="tuning:active_b:number").set_value(7.0).run()
    assert float(tiles(app)["GPU memory"].split()[0]) >= 112


def test_the_planner_says_what_it_assumed() -> None:
    """Numbers nobody gave are called assumed until changed; no longest example is under a usual one."""
    app = at("tuning_data")
    assert "Assumed that you have" in tiles(app)
    assert int(app.number_input(key="tuning:longest:number").value or 0) >= 2_750

    app.number_input(key="tuning:examples:number").set_value(400).run()
    assert tiles(app)["You have"] == "400"
    app.number_input(key="tuning:longest:number").set_value(1_000).run()
    assert "2,750 are counted" in words(app)


@pytest.mark.parametrize("page", ["self_hosting", "tuning_data", "agents"])
def test_every_preset_and_a_blank_case_have_figures(page: str) -> None:
    """Each of the six presets, and a case that says nothing, begins with figures, whatever it leaves open."""
    for case in (*presets(), Case()):
        app = at(page, case)

        assert list(app.exception) == [], case.name
        assert tiles(app), case.name


def test_absurd_models_are_refused_by_the_planner() -> None:
    """More active parameters than there are: said, and nothing worked out."""
    app = at("tuning_data")
    app.number_input(key="tuning:active_b:number").set_value(900.0).run()

    assert any("More parameters are active" in warning.value for warning in app.warning)
    assert list(app.metric) == []


def test_the_teacher_warns_of_its_terms() -> None:
    """Distilling from Claude shows that its terms restrict it, and what its answers cost."""
    app = at("tuning_data")
    app.selectbox(key="tuning:technique").set_value("distil").run()
    app.selectbox(key="tuning:teacher").set_value("claude-sonnet-5-5@anthropic").run()

    assert any("written permission" in warning.value for warning in app.warning)
    assert "cost $" in words(app).replace("\\", "")


def test_scaling_says_why_small_models_go_past_the_optimum() -> None:
    """7 B on 140 B tokens are 5.88e21 operations, the optimum; the sentence stands beside them."""
    app = at("tuning_data")
    app.button_group(key="part").set_value("Scaling").run()

    assert tiles(app)["Operations"] == "5.88×10²¹"
    assert "far past 20 tokens per parameter" in words(app)


def test_agents_show_where_the_cap_cuts() -> None:
    """A money limit under the usual cost ends tasks, fewer end well, and all of it is called simulated."""
    app = at("agents")
    free = tiles(app)["Tasks that end well"]
    app.number_input(key="agents:max_usd:number").set_value(0.004).run()

    assert "ended by the money limit (simulated)" in words(app)
    assert int(tiles(app)["Tasks that end well"].split()[0]) < int(free.split()[0])
    assert "configure" in words(app)
    assert "The money limit" in words(app)


def test_agents_warn_of_limits_under_the_task() -> None:
    """Three steps for a task of twenty: said with a limit that would do, and nothing reads "0 % to"."""
    app = at("agents")
    app.number_input(key="agents:reliability:number").set_value(50.0)
    app.number_input(key="agents:noticed:number").set_value(0)
    app.number_input(key="agents:steps:number").set_value(20).run()
    app.number_input(key="agents:max_steps:number").set_value(3).run()

    assert "The step limit, 3, is below the 20 steps" in words(app)
    assert "30 steps leave room" in words(app)
    assert "four in a row practically never do" in words(app)
    assert not re.search(r"(?<!\d)0 % to", words(app))


def test_a_usual_task_costs_what_the_explorer_says() -> None:
    """A coding agent of twenty cached steps at medium effort: the same dollars a task on both pages."""
    case = presets()[2]
    agents, costs = at("agents", case), at("costs", case)
    costs.multiselect(key="costs:offers").set_value([agents.selectbox(key="agents:offer").value]).run()

    assert f"Together {tiles(costs)['Per request']};" in words(agents).replace("\\", "")


def test_agents_hand_over_to_decision_six() -> None:
    """Steps and limits become answers of decision 6; a single call is told that it has no steps."""
    app = at("agents", autonomy__path="varies")
    app.number_input(key="agents:steps:number").set_value(12).run()
    press(app, "Use these numbers in the case")

    assert case_of(app).answer("autonomy", "steps") == 12
    assert case_of(app).answer("autonomy", "max_usd") is not None
    single = press(at("agents", autonomy__path="one_call"), "Use these numbers in the case")
    assert any("does not call for several steps" in warning.value for warning in single.warning)


def test_decisions_link_to_their_calculators() -> None:
    """Every decision page has the way to the page that works out its figures."""
    wanted = {
        "decision_1_access": "Which GPUs it takes",
        "decision_4_knowledge": "Retrieval or whole corpus",
        "decision_5_tuning": "Is the data ready?",
        "decision_6_autonomy": "Cost and success",
    }
    for page, label in wanted.items():
        links: Any = at(page).get("page_link")
        assert any(label in link.proto.label for link in links), page
