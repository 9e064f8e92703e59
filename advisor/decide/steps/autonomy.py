"""Decision 6: one call, an orchestrated workflow, or an autonomous agent, and the limits it needs.

The simplest design that passes the test wins. Errors of chained steps multiply (p^n), an agent's prompt
grows with every step, and money is spent until something stops it: so each limit is a number.
"""

from __future__ import annotations

from advisor.case import UNKNOWN, Case
from advisor.cost.agents import Chain, Loop, chain_success, needed_step_reliability
from advisor.decide.advice import Advice, Effect, Guardrail, Reason
from advisor.decide.questions import Kind, Option, Question, Step
from advisor.decide.steps.answers import Answers, Verdict, conclude
from advisor.decide.steps.limits import Limits
from advisor.interval import Interval
from advisor.wording import joined, number, percent

KEY = "autonomy"

CHOICES = (
    Option("single_call", "A single call", "One prompt, one answer; perhaps with retrieval."),
    Option("workflow", "A workflow", "Your code calls the model along paths you wrote down."),
    Option("agent", "An agent", "The model decides its next step and when it is done."),
)

WORKFLOW_STEPS = Interval(2, 3, 5)
"""Calls of a workflow when not given (our proposal)."""
AGENT_STEPS = Interval(3, 10, 20)
"""Steps of an agent when not given: fact finding 3 to 10, comparisons 10 to 15 (rule `autonomy.scale`)."""
GROWTH = Interval(500, 1_500, 5_000)
"""Tokens a step adds to the transcript when not given (our proposal; 1,500 as in the worked case)."""
CALL_TOKENS = Interval(50, 150, 500)
"""Visible tokens of one tool call (our proposal)."""
RELIABILITY = Interval(0.90, 0.97, 0.99)
"""Share of steps that go right when not given (our proposal)."""


def _chained(case: Case) -> bool:
    """Whether the task takes more than one call, by its answers or by the user's own word."""
    own = case.answer(KEY, "decision")
    if own in ("workflow", "agent"):
        return True
    return own != "single_call" and case.answer(KEY, "path") in ("fixed", "varies")


def _varies(case: Case) -> bool:
    return case.answer(KEY, "path") == "varies" or case.answer(KEY, "decision") == "agent"


_PATTERNS = {
    "substeps": "prompt chaining",
    "classes": "routing",
    "independent": "parallel calls",
    "votes": "parallel calls with a vote",
    "unknown_subtasks": "an orchestrator with workers",
    "revision": "an evaluator that sends drafts back",
}

QUESTIONS = (
    Question(
        "path",
        "Can you write down in advance how a request is handled?",
        Kind.ONE,
        (
            Option("one_call", "Yes: one good prompt answers it"),
            Option("fixed", "Yes: several steps, always known beforehand"),
            Option("varies", "No: the next step depends on what was found"),
        ),
        why="Steps you can write down belong into code: cheaper, faster and testable.",
    ),
    Question(
        "shape",
        "Which of these describe the work?",
        Kind.MANY,
        (
            Option("substeps", "It splits into fixed sub-steps", "Outline, draft, translate."),
            Option("classes", "Requests fall into distinct kinds", "Refund, fault, question."),
            Option("independent", "Parts can be done side by side", "Ten contracts, three checks."),
            Option("votes", "Several opinions make it safer"),
            Option("unknown_subtasks", "The sub-tasks show only along the way"),
            Option("revision", "There are clear criteria, and revising helps"),
        ),
        why="Each shape has a proven pattern.",
        ask_if=_chained,
    ),
    Question(
        "triggers",
        "What makes plain code fail here?",
        Kind.MANY,
        (
            Option("judgement", "Every case needs judgement"),
            Option("brittle_rules", "The rules have become too many to maintain"),
            Option("unstructured", "Most of it is text, pictures or talk"),
        ),
        hint="Leave empty if plain code would do.",
        why="Without one of these three, code is the better agent.",
        ask_if=_varies,
    ),
    Question(
        "checkable",
        "Can a program check whether a step brought it closer?",
        Kind.YES_NO,
        hint="Tests pass, the sum matches, the page was found.",
        why="An agent without checks does not notice that it is lost.",
        ask_if=_varies,
    ),
    Question(
        "actions",
        "What may it change in the world?",
        Kind.ONE,
        (
            Option("read_only", "Nothing: it only reads"),
            Option("reversible", "Things that can be undone", "Drafts, branches, tickets."),
            Option("irreversible", "Things that cannot be undone", "Payments, e-mails, deletions."),
        ),
        why="What cannot be undone needs a person's approval.",
        ask_if=_chained,
    ),
    Question(
        "steps",
        "How many model calls does a typical task take?",
        Kind.NUMBER,
        unit="calls",
        minimum=1,
        maximum=10_000,
        why="Cost grows with the calls, in an agent with their square.",
        ask_if=_chained,
    ),
    Question(
        "reliability",
        "How often is one step right?",
        Kind.NUMBER,
        unit="%",
        maximum=100,
        hint="Measure it on real cases; 95 is a common figure.",
        why="Errors multiply: at 95 % per step, ten steps succeed in 60 of 100 tasks.",
        ask_if=_chained,
    ),
    Question(
        "target",
        "How many tasks in 100 must end well?",
        Kind.NUMBER,
        unit="%",
        maximum=100,
        why="It tells how reliable each step has to be.",
        ask_if=_chained,
    ),
    Question(
        "growth_tokens",
        "How much text does each step add to the transcript?",
        Kind.NUMBER,
        unit="tokens",
        maximum=10_000_000,
        hint="The call and what the tool gives back; a web page has 2,000 to 10,000.",
        why="The whole transcript is sent again with every step.",
        ask_if=_varies,
    ),
    Question(
        "prefix_cached",
        "Does your framework keep the beginning of the transcript unchanged, so that it can be cached?",
        Kind.YES_NO,
        why="A cached transcript costs about a tenth.",
        ask_if=_varies,
    ),
    Question(
        "max_usd",
        "What may one task cost at most?",
        Kind.NUMBER,
        unit="USD",
        maximum=100_000,
        why="It becomes the money limit; without one we start at $2.",
        ask_if=_chained,
    ),
    Question(
        "max_minutes",
        "How long may one task take at most?",
        Kind.NUMBER,
        unit="minutes",
        maximum=100_000,
        why="It becomes the time limit; without one we start at 5 minutes.",
        ask_if=_chained,
    ),
)


def advise(case: Case) -> Advice:
    """Takes the simplest design the answers allow."""
    given = Answers(case, KEY, QUESTIONS)
    verdict = _verdict(given)
    choice = given.in_force(verdict.choice)
    return conclude(
        given,
        CHOICES,
        verdict,
        importance={"agentic": 0.7, "tool_use": 0.5} if choice == "agent" else None,
        effects=_effects(given, choice),
        guardrails=_guardrails(given, choice),
        next_steps=_next_steps(given, choice),
        warnings=_warnings(given, choice),
    )


def pattern(case: Case) -> str:
    """The workflow pattern the answers call for, in words."""
    given = Answers(case, KEY, QUESTIONS)
    named = [words for value, words in _PATTERNS.items() if value in given.many("shape")]
    plain = "unknown_subtasks" if given.one("path") == "varies" else "substeps"
    return joined(named) if named else _PATTERNS[plain]


def _verdict(given: Answers) -> Verdict:
    path = given.one("path")
    if path is None:
        return Verdict(UNKNOWN, "Say how a request is handled; until then one call per request is counted.")
    if path == "one_call":
        return _single()
    if path == "fixed":
        return _workflow(given, "the steps can be written down in advance")
    held_back = _no_agent_because(given)
    return _workflow(given, held_back) if held_back else _agent(given)


def _single() -> Verdict:
    return Verdict(
        "single_call",
        "Keep to a single call: one good prompt answers the request.",
        (
            Reason("the simplest design that works is the best one", "autonomy.simplest"),
            Reason("one call has no chain of errors and the smallest bill", "autonomy.compounding"),
        ),
        (Reason("if it fails in distinct ways, split it into fixed steps", "autonomy.patterns"),),
    )


def _no_agent_because(given: Answers) -> str | None:
    """Why the model should not direct itself although the path varies."""
    if not given.many("triggers"):
        return "nothing you named makes plain code fail"
    if given.yes("checkable") is not True:
        return "no program can check an agent's progress"
    success = _success(given)
    if success is not None and success < 0.5:
        return f"at your reliability per step only {percent(success)} of the tasks would end well"
    return None


def _success(given: Answers) -> float | None:
    """Share of tasks that end well, when steps and reliability are given."""
    steps, right = given.number("steps"), given.number("reliability")
    return None if steps is None or right is None else chain_success(right / 100, steps)


def _workflow(given: Answers, because: str) -> Verdict:
    named = pattern(given.case)
    return Verdict(
        "workflow",
        f"Build a workflow with {named}, because {because}.",
        (
            Reason(because, "autonomy.simplest"),
            Reason(f"the pattern for the work you described: {named}", "autonomy.patterns"),
            Reason("each step can be tested, cached and priced by itself", "autonomy.simplest"),
        ),
        (
            *_compounding(given),
            Reason("cases you did not foresee fall outside the written path", "autonomy.triggers"),
        ),
    )


def _agent(given: Answers) -> Verdict:
    return Verdict(
        "agent",
        "Let an agent do it, inside hard limits: the path varies and its progress can be checked.",
        (
            Reason("the next step depends on what was found", "autonomy.patterns"),
            Reason(
                "judgement, brittle rules or unstructured input make plain code fail", "autonomy.triggers"
            ),
            Reason("a program can check the progress", "autonomy.patterns"),
        ),
        (
            *_compounding(given),
            Reason(
                "an agent uses about 4 times the tokens of a chat, several agents about 15 times",
                "autonomy.tokens",
            ),
            Reason(
                "the transcript is sent again with every step, so the bill grows with their square",
                "autonomy.growth",
            ),
        ),
    )


def _compounding(given: Answers) -> tuple[Reason, ...]:
    steps, success, target = given.number("steps"), _success(given), given.number("target")
    if steps is None or success is None:
        return (Reason("errors multiply: 95 % per step is 60 % after ten steps", "autonomy.compounding"),)
    right = given.number("reliability") or 0
    said = f"{number(right)} % per step over {number(steps)} steps leaves {percent(success)} of the tasks"
    if target is None or success >= target / 100:
        return (Reason(said, "autonomy.compounding"),)
    needed = 100 * needed_step_reliability(target / 100, steps)
    more = f"; for {number(target)} % each step must be right in {number(needed, 4)} %"
    return (Reason(said + more, "autonomy.compounding"),)


def _steps(given: Answers, choice: str) -> Interval:
    return given.interval("steps", AGENT_STEPS if choice == "agent" else WORKFLOW_STEPS)


def _effects(given: Answers, choice: str) -> tuple[Effect, ...]:
    if choice not in ("workflow", "agent"):
        return ()
    steps = _steps(given, choice)
    right = given.number("reliability")
    reliability = RELIABILITY if right is None else Interval.exact(right / 100)
    if choice == "workflow":
        words = f"a workflow of about {number(steps.mid)} calls"
        return (Effect(KEY, words, Chain(steps, reliability).into),)
    growth = given.interval("growth_tokens", GROWTH)
    loop = Loop(steps, growth, CALL_TOKENS, reliability, given.yes("prefix_cached"))
    return (Effect(KEY, f"an agent of about {number(steps.mid)} steps", loop.into),)


def _guardrails(given: Answers, choice: str) -> tuple[Guardrail, ...]:
    minutes = given.number("max_minutes")
    limits = Limits(
        steps=_steps(given, choice).mid,
        max_usd=given.number("max_usd"),
        max_s=None if minutes is None else 60 * minutes,
        irreversible=given.one("actions") == "irreversible",
        first_prompt_tokens=given.case.workload.input_tokens,
        growth_tokens=given.interval("growth_tokens", GROWTH).mid,
    )
    return {"workflow": limits.of_workflow, "agent": limits.of_agent}.get(choice, ())


def _next_steps(given: Answers, choice: str) -> tuple[str, ...]:
    if choice == UNKNOWN:
        return ()
    if choice == "single_call":
        return ("Measure the single call on your test cases before you add anything.",)
    steps = ["Measure how often each step is right on real cases; it decides the success of the whole."]
    if choice == "workflow":
        steps.append(f"Build {pattern(given.case)} in plain code, with a check between the steps.")
    else:
        steps.append("Set the limits in the framework: some step limits are 10,007 by default.")
        steps.append("Record every step; look at the runs that hit a limit first.")
    return tuple(steps)


def _warnings(given: Answers, choice: str) -> tuple[str, ...]:
    warnings: list[str] = []
    held_back = _no_agent_because(given) if choice == "agent" else None
    if held_back:
        warnings.append(f"Against an agent: {held_back}.")
    success, target = _success(given), given.number("target")
    if choice != "single_call" and success is not None and target is not None and success < target / 100:
        warnings.append(f"{percent(success)} of the tasks would end well, under your {number(target)} %.")
    if choice == "agent" and given.one("actions") == "irreversible":
        warnings.append("The agent may do what cannot be undone: without approvals do not let it run alone.")
    return tuple(warnings)


STEP = Step(
    KEY,
    6,
    "One call, a workflow, or an agent?",
    "Autonomy",
    "The simplest design that passes the test, with its limits as numbers.",
    QUESTIONS,
    CHOICES,
    advise,
)
