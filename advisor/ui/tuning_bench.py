"""The tuning planner's numbers: seeded from decision 5 and the brief."""

from __future__ import annotations

from functools import partial

import streamlit as st

from advisor.case import Answer, Case
from advisor.cost.tuning_facts import Technique
from advisor.ui import loaded
from advisor.ui.inert import inert
from advisor.ui.workbench import ACTIVE, Dial, Workbench, hand_over, say_assumed, take_over
from advisor.wording import number

TOTAL = Dial("total_b", "Parameters of the base, billions", 0.1, 5_000, 1, decades=True, fraction=True)
EXAMPLES = Dial("examples", "Good examples", 1, 1e7, 10, decades=True)
EVAL_CASES = Dial("eval_cases", "Evaluation cases kept apart", 0, 1e5, 10, decades=True)
PROMPT = Dial("tokens_in", "Prompt tokens of an example", 1, 1e6, 50, decades=True)
ANSWER = Dial("tokens_out", "Answer tokens of an example", 1, 1e5, 50, decades=True)
EPOCHS = Dial("epochs", "Epochs", 1, 20, 1)
LONGEST = Dial("longest", "Longest example, tokens", 64, 131_072, 64, decades=True)
BASE_RATE = Dial("base_rate", "Best prompt's pass rate today, percent", 0, 100, 1)
TUNED_SHARE = Dial("tuned_share", "A tuned call costs, percent of today's", 0, 200, 5)
UPKEEP = Dial("upkeep", "Upkeep and hosting, US dollars a month", 0, 1e6, 50, decades=True)
PER_EXAMPLE = Dial("per_example", "Work on one example, US dollars", 0, 100, 0.1, decades=True, fraction=True)
SYNTHETIC = Dial("synthetic", "Examples a model wrote, percent", 0, 100, 5)
GENERATIONS = Dial("generations", "Generations of model text on model text", 0, 10, 1)
SIZE, DATA = (TOTAL, ACTIVE), (EXAMPLES, EVAL_CASES, PROMPT, ANSWER, EPOCHS, LONGEST)
TECHNIQUES = {
    Technique.LORA.value: "LoRA",
    Technique.QLORA.value: "QLoRA",
    Technique.FULL.value: "Full fine-tuning",
    Technique.DISTIL.value: "Distillation",
}
TECHNIQUE_WORDS = (
    "LoRA trains under 1 % of the weights on a 16-bit base, QLoRA the same on a 4-bit base; distillation "
    "learns from a larger model's answers."
)
_STARTS = {"full": "full", "distil": "distil"}
COMPLEXITY = {
    "simple": "Simple",
    "medium": "Medium",
    "complex": "Complex",
}
STRENGTH = {"strong": "Strong", "medium": "Medium", "weak": "Weak"}


def tuning_bench(case: Case) -> Workbench:
    """The workbench of the planner; what is not known starts at an example."""
    plan, work = loaded.standing_of(case).plan, case.workload
    told = case.answer("tuning", "examples")
    cases = case.answer("knowledge", "eval_cases")
    typical = (work.input_tokens or 500) + (work.output_tokens or 200)
    return Workbench(
        "tuning",
        {
            "technique": _STARTS.get(plan.choice("tuning"), "lora"),
            "total_b": 8,
            "active_b": 8,
            "examples": _number(told, 0) or 500,
            "eval_cases": _number(cases, 100),
            "tokens_in": work.input_tokens or 500,
            "tokens_out": work.output_tokens or 200,
            "epochs": 3,
            "longest": min(LONGEST.high, max(2_048, typical)),
            "rent": None,
            "gpu": "h100-sxm",
            "base_rate": 60,
            "tuned_share": 30,
            "upkeep": 200,
            "per_example": 1,
            "synthetic": 0,
            "generations": 1,
            "complexity": "medium",
            "base": "medium",
            "newcomer": True,
            "judged": False,
        },
    )


def _number(answer: Answer | None, otherwise: float) -> float:
    known = isinstance(answer, int | float) and not isinstance(answer, bool)
    return float(answer) if known and isinstance(answer, int | float) else otherwise


def numbers(bench: Workbench, case: Case) -> None:
    """Technique, base model and examples."""
    with st.container(border=True):
        st.markdown("## What is tuned, on what")
        with st.grid(3, min_column_width=240):
            bench.choice("technique", "Technique", TECHNIQUES, TECHNIQUE_WORDS)
            bench.choice("complexity", "The task is", COMPLEXITY)
            bench.choice("base", "The base model at it, untuned", STRENGTH)
        bench.dials((*SIZE, *DATA))
        if case.answer("tuning", "examples") == 0:
            st.caption("You have no examples yet, so the plan is for a set still to be made.")
        say_assumed([one.label for one in (*SIZE, *DATA) if assumed(bench, case, one.key)], "tuning")
        if words := _length_words(bench, case):
            st.caption(inert(words))
        hand_over(
            bench,
            partial(_into_case, bench),
            "Goes into decision 5 (examples) and decision 4 (evaluation cases); the technique stays here.",
        )


def assumed(bench: Workbench, case: Case, key: str) -> bool:
    """Whether a number is an example of ours: the case does not say it and nobody changed it."""
    told = {
        "examples": case.answer("tuning", "examples"),
        "eval_cases": case.answer("knowledge", "eval_cases"),
        "tokens_in": case.workload.input_tokens,
        "tokens_out": case.workload.output_tokens,
    }.get(key)
    known = told is not None and not isinstance(told, str) and (told != 0 or key != "examples")
    return bench.as_seeded(key) and not known


def example_tokens(bench: Workbench) -> float:
    """Tokens of a typical example."""
    return bench.sure(PROMPT) + bench.sure(ANSWER)


def longest_tokens(bench: Workbench) -> float:
    """Tokens of the longest example, at least those of a typical one."""
    return max(bench.sure(LONGEST), example_tokens(bench))


def _length_words(bench: Workbench, case: Case) -> str:
    """What stands against the longest example entered."""
    typical, longest = example_tokens(bench), bench.sure(LONGEST)
    if longest < typical:
        return (
            f"A typical example has {number(typical, 6)} tokens, more than the longest: "
            f"{number(typical, 6)} are counted."
        )
    most = case.workload.largest_input_tokens
    if most is not None and most > longest:
        return (
            f"The brief's longest input has {number(most, 6)} tokens: leave such examples out, or raise the "
            "longest example; memory grows with it."
        )
    return ""


def technique(bench: Workbench) -> Technique:
    """The technique chosen."""
    return Technique(bench.text("technique") or "lora")


def _into_case(bench: Workbench) -> None:
    answers: dict[tuple[str, str], Answer] = {
        ("tuning", "examples"): bench.sure(EXAMPLES),
        ("knowledge", "eval_cases"): bench.sure(EVAL_CASES),
    }
    if bench.sure(EVAL_CASES) > 0:
        answers["tuning", "eval_set"] = True
    take_over({}, answers)
