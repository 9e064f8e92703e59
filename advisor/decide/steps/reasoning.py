"""Decision 2: whether the model should think before it answers, and how hard.

Reasoning costs hidden tokens, billed as output, and time. It pays where an answer takes several
dependent steps; on classification, extraction and summaries no gain is measurable.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.case import UNKNOWN, Case
from advisor.cost.profile import TokenProfile
from advisor.cost.reasoning import REASONING_PER_OUTPUT, UNDECIDED, per_output
from advisor.decide.advice import Advice, Effect, Reason
from advisor.decide.questions import Kind, Option, Question, Step
from advisor.decide.steps.answers import Answers, Verdict, conclude
from advisor.interval import Interval
from advisor.wording import joined, number

KEY = "reasoning"

CHOICES = (
    Option("none", "No reasoning", "Answers at once; cheapest and fastest."),
    Option("low", "Reasoning at low effort", "A short think before the answer."),
    Option("medium", "Reasoning at medium effort", "The usual setting for work of several steps."),
    Option("high", "Reasoning at high effort", "For the hardest work when nobody waits."),
    Option("route", "Reasoning for hard requests only", "Easy ones go without; hard ones at medium effort."),
)

_KINDS = (
    Option("classify", "Sort or label", "Tickets, sentiment, routing."),
    Option("extract", "Pull out fields", "Invoices, forms, contracts."),
    Option("summarise", "Summarise or rewrite"),
    Option("answer", "Answer from given text", "Questions on documents, support."),
    Option("write", "Write new text", "Letters, product texts, posts."),
    Option("maths", "Calculate or prove", "Numbers that must come out right."),
    Option("code", "Write or debug code"),
    Option("plan", "Plan several dependent steps", "Research, scheduling, tool use."),
    Option("judge", "Weigh rules against a case", "Compliance, diagnosis, legal or policy judgement."),
)
HARD_KINDS = frozenset({"maths", "code", "plan", "judge"})
"""Tasks of several dependent steps, where reasoning helps most (rule `reasoning.where_it_helps`)."""

HARD_SHARE = Interval(0.0, 0.5, 1.0)
"""Share of hard requests when the user does not know it."""

_WAITING = frozenset({"interactive", "few_seconds"})


def _has_hard_kind(case: Case) -> bool:
    kinds = case.answer(KEY, "task_kinds")
    return isinstance(kinds, tuple) and bool(HARD_KINDS.intersection(kinds))


QUESTIONS = (
    Question(
        "task_kinds",
        "What does the model have to do?",
        Kind.MANY,
        _KINDS,
        hint="Tick everything one request may contain.",
        why="Reasoning helps where one step depends on the last; elsewhere it only costs.",
    ),
    Question(
        "wait",
        "How long can the reader wait for the answer?",
        Kind.ONE,
        (
            Option("interactive", "It must start at once", "First words within a second: chat, completion."),
            Option("few_seconds", "A few seconds", "Up to ten, with something moving on screen."),
            Option("background", "Minutes: it runs in the background"),
            Option("overnight", "Hours: a nightly batch"),
        ),
        why="At high effort answers take tens of seconds to minutes, which rules out a waiting reader.",
    ),
    Question(
        "hard_share",
        "What share of the requests is hard?",
        Kind.NUMBER,
        unit="%",
        maximum=100,
        hint="Hard: an expert would need a pencil. A guess is fine; look at twenty real requests.",
        why="When few requests are hard, only those should pay for reasoning.",
        ask_if=_has_hard_kind,
    ),
    Question(
        "can_tell",
        "Can you tell a hard request from an easy one before it is answered?",
        Kind.YES_NO,
        hint="By its source, its length, a rule, or a small model that sorts.",
        why="Sending only hard requests to reasoning needs a way to recognise them.",
        ask_if=_has_hard_kind,
    ),
    Question(
        "miss_cost",
        "What does a wrong answer cost?",
        Kind.ONE,
        (
            Option("little", "Little: it is noticed and redone"),
            Option("some", "An annoyed customer or an hour of work"),
            Option("much", "Money, safety or a broken promise"),
        ),
        why="Dear mistakes justify more effort per answer.",
    ),
    Question(
        "show_steps",
        "Must you be able to show how an answer came about?",
        Kind.YES_NO,
        why="Hidden reasoning is not an explanation: most vendors show a summary or nothing.",
    ),
)


def advise(case: Case) -> Advice:
    """Holds the kind of task against the time a reader has."""
    given = Answers(case, KEY, QUESTIONS)
    verdict = _verdict(given)
    choice = given.in_force(verdict.choice)
    return conclude(
        given,
        CHOICES,
        verdict,
        effects=(_effect(given, choice),),
        next_steps=_next_steps(given, choice),
        warnings=_warnings(given, choice),
        open_questions=_open_questions(given, choice),
    )


def effort_of(choice: str) -> str | None:
    """Effort class models are read at: hard requests of a route run at medium effort."""
    if choice == "route":
        return "medium"
    return choice if choice in REASONING_PER_OUTPUT else None


def _verdict(given: Answers) -> Verdict:
    kinds = given.many("task_kinds")
    if not kinds:
        return Verdict(UNKNOWN, "Say what the model has to do to get a recommendation on reasoning.")
    hard = kinds & HARD_KINDS
    if not hard:
        return _none(kinds)
    if _routable(given, kinds):
        return _route(given, hard)
    effort = _effort(given, hard)
    return Verdict(effort, _headline(effort, hard), _for(given, effort, hard), _against(effort))


def _routable(given: Answers, kinds: frozenset[str]) -> bool:
    """Whether only part of the requests needs reasoning and that part can be recognised."""
    share = given.number("hard_share")
    mixed = share < 50 if share is not None else bool(kinds - HARD_KINDS)
    return given.yes("can_tell") is True and mixed


def _effort(given: Answers, hard: frozenset[str]) -> str:
    if given.one("wait") == "interactive":
        return "low"
    if given.one("wait") == "few_seconds":
        return "medium" if given.one("miss_cost") == "much" else "low"
    dear = given.one("miss_cost") == "much" or given.one("wait") == "overnight"
    return "high" if dear and hard & {"maths", "code", "judge"} else "medium"


_NOUNS = {
    "classify": "sorting",
    "extract": "extraction",
    "summarise": "summaries",
    "answer": "answers from given text",
    "write": "new text",
    "maths": "calculation",
    "code": "code",
    "plan": "planning",
    "judge": "judgement by rules",
}


def _names(kinds: frozenset[str]) -> str:
    return joined([noun for kind, noun in _NOUNS.items() if kind in kinds])


def _none(kinds: frozenset[str]) -> Verdict:
    return Verdict(
        "none",
        f"Go without reasoning: for {_names(kinds)} it rarely repays its hidden tokens.",
        (
            Reason(
                "no measurable gain was found on sorting, extraction and summaries",
                "reasoning.where_it_helps",
            ),
            Reason("hidden reasoning is billed as output and not shown", "reasoning.billed"),
        ),
        (Reason("if a few requests turn out hard, send only those to reasoning", "reasoning.route"),),
    )


def _route(given: Answers, hard: frozenset[str]) -> Verdict:
    share = given.number("hard_share")
    part = f"{number(share)} % of" if share is not None else "some of"
    return Verdict(
        "route",
        f"Let only hard requests reason: {part} your requests are hard and you can tell which.",
        (
            Reason(f"reasoning pays for {_names(hard)}, not for the rest", "reasoning.where_it_helps"),
            Reason(
                "reasoning is a switch per call, so only hard requests have to pay for it", "reasoning.route"
            ),
        ),
        (Reason("the sorting step can be wrong, and is one more part to test", "reasoning.route"),),
    )


def _headline(effort: str, hard: frozenset[str]) -> str:
    return f"Use reasoning at {effort} effort: {_names(hard)} needs several dependent steps."


def _for(given: Answers, effort: str, hard: frozenset[str]) -> tuple[Reason, ...]:
    reasons = [
        Reason(
            f"large gains were found where steps depend on each other, as in {_names(hard)}",
            "reasoning.where_it_helps",
        )
    ]
    if given.one("miss_cost") == "much":
        reasons.append(Reason("a wrong answer is expensive for you", "reasoning.where_it_helps"))
    if effort in ("low", "medium") and given.one("wait") in _WAITING:
        reasons.append(
            Reason("a reader waits, so the effort stays small enough to answer in time", "reasoning.latency")
        )
    if effort == "high":
        reasons.append(Reason("nobody waits for the answer", "reasoning.latency"))
    return tuple(reasons)


def _against(effort: str) -> tuple[Reason, ...]:
    tokens = REASONING_PER_OUTPUT[effort]
    return (
        Reason(
            f"about {number(tokens.mid)} hidden tokens per visible one "
            f"({number(tokens.low)} to {number(tokens.high)}), billed as output",
            "reasoning.multiplier",
        ),
        Reason("the answer comes later; at high effort mean times reach minutes", "reasoning.latency"),
    )


_UNCHOSEN = (
    f"no effort is chosen, so {number(UNDECIDED.low)} to {number(UNDECIDED.high)} hidden tokens per visible "
    f"one are counted, {number(UNDECIDED.mid)} in the middle"
)


def _effect(given: Answers, choice: str) -> Effect:
    if choice == "route":
        share = given.number("hard_share")
        part = HARD_SHARE if share is None else Interval.exact(share / 100)
        return _sets(per_output("medium") * part, "reasoning for hard requests only")
    if choice == UNKNOWN:
        return _sets(UNDECIDED, f"to leave reasoning open ({_UNCHOSEN})")
    words = "no reasoning" if choice == "none" else f"reasoning at {choice} effort"
    return _sets(per_output(choice), words)


def _sets(tokens: Interval, because: str) -> Effect:
    def apply(profile: TokenProfile) -> TokenProfile:
        return replace(profile, reasoning_per_output=tokens)

    return Effect(KEY, because, apply)


def _next_steps(given: Answers, choice: str) -> tuple[str, ...]:
    if choice == UNKNOWN:
        return ()
    steps = _probing(choice)
    if given.one("wait") == "overnight" and not given.case.workload.batch_share:
        steps.append("Nobody waits: give the share of requests that can be batched, at about half the price.")
    return tuple(steps)


def _probing(choice: str) -> list[str]:
    if choice == "none":
        return ["Probe one model with and without reasoning on your hardest prompts to confirm it."]
    steps = [
        "Probe two effort levels on the same prompts and compare cost per right answer, not cost per call.",
        "Set the output token limit high enough: hidden tokens count against it and can leave no answer.",
    ]
    if choice == "route":
        steps.append("Write down the rule that recognises a hard request and measure how often it is wrong.")
    return steps


def _open_questions(given: Answers, choice: str) -> tuple[str, ...]:
    """What widens the figures, and what no figure of the catalog is held against."""
    questions: list[str] = []
    if choice == UNKNOWN:
        questions.append(
            f"Should the model reason? {_UNCHOSEN[0].upper()}{_UNCHOSEN[1:]}: that raises and widens cost "
            "and answer time until you say what the model has to do, or decide."
        )
    if given.one("wait") == "interactive":
        questions.append(
            "Do the first words come within a second? No offer is excluded for its time to first token: the "
            "probe measures it."
        )
    return tuple(questions)


def _warnings(given: Answers, choice: str) -> tuple[str, ...]:
    warnings: list[str] = []
    if choice == "high" and given.one("wait") in _WAITING:
        warnings.append("High effort takes tens of seconds to minutes, but a reader waits for the answer.")
    if given.yes("show_steps") and choice not in ("none", UNKNOWN):
        warnings.append(
            "Hidden reasoning is no audit trail: ask for reasons and quotations in the visible answer."
        )
    return tuple(warnings)


STEP = Step(
    KEY,
    2,
    "Should the model think before it answers?",
    "Reasoning",
    "Reasoning models spend hidden tokens and time on hard problems. Effort is part of the answer.",
    QUESTIONS,
    CHOICES,
    advise,
)
