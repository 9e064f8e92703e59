"""Decision 3: what the model must be able to do, and what counts how much."""

from __future__ import annotations

from dataclasses import replace

from advisor.case import UNKNOWN, Case
from advisor.cost.profile import TokenProfile
from advisor.decide.advice import Advice, Comparison, Constraint, Effect, Reason
from advisor.decide.questions import Kind, Option, Question, Step
from advisor.decide.steps.answers import Answers, Verdict, conclude
from advisor.interval import Interval
from advisor.wording import number

KEY = "attributes"

CHOICES = (
    Option("accuracy_first", "Accuracy first", "A better answer is worth waiting and paying for."),
    Option("cost_first", "Cost first", "Good enough, as cheap as possible."),
    Option("speed_first", "Speed first", "Good enough, as fast as possible."),
    Option("balanced", "Balanced", "No single thing decides."),
)

SEARCHES = Interval(1.0, 3.0, 10.0)
"""Searches per request when not given: fact finding takes 3 to 10 calls (rule `autonomy.scale`)."""
HIGH_VOLUME = 1_000_000
"""Requests a month from which cost leads unless something else was said (our proposal)."""

QUESTIONS = (
    Question(
        "priority",
        "If you could have only one, what would it be?",
        Kind.ONE,
        CHOICES,
        why="It sets the starting weights; you can change each weight afterwards.",
    ),
    Question(
        "inputs",
        "What else than text goes in?",
        Kind.MANY,
        (
            Option("image", "Images", "Photos, screenshots, charts."),
            Option("pdf", "PDF files as they are", "Scans and layouts, not extracted text."),
            Option("audio", "Audio"),
            Option("video", "Video"),
        ),
        hint="Leave empty if you send only text.",
        why="A model that cannot take an input is out.",
    ),
    Question(
        "features",
        "What must the interface offer?",
        Kind.MANY,
        (
            Option("tools", "Tool calling", "The model calls your functions."),
            Option("json_schema", "Answers to a JSON schema", "Guaranteed form for the next program."),
            Option("web_search", "Live web search", "Facts newer than the model, with links."),
        ),
        why="Offers without a feature you need are out.",
    ),
    Question(
        "searches",
        "How many web searches does one request take?",
        Kind.NUMBER,
        unit="searches",
        maximum=1_000,
        hint="One for a single fact; ten or more for research.",
        why="Each search is charged apart from the tokens.",
        ask_if=lambda case: "web_search" in _many(case, "features"),
    ),
    Question(
        "long_input",
        "Must your longest input be read as a whole?",
        Kind.ONE,
        (
            Option("whole", "Yes, everything at once", "Comparing chapters, one long record."),
            Option("pieces", "No, the right passages are enough", "Look-up in manuals, policies, archives."),
            Option("short", "Our inputs are short"),
        ),
        why="If passages are enough, retrieval replaces a long context, which costs less and fades less.",
    ),
    Question(
        "code",
        "Does it write or change code?",
        Kind.ONE,
        (
            Option("none", "No"),
            Option("snippets", "Snippets, queries, formulas"),
            Option("repository", "Changes across a code base"),
        ),
        why="Code ability differs from general ability, and is measured apart.",
    ),
    Question(
        "harm",
        "What harm does an invented fact do?",
        Kind.ONE,
        (
            Option("low", "Little: a person reads it first or it does not matter"),
            Option("annoying", "It annoys and costs trust"),
            Option("serious", "Serious: money, health, law"),
        ),
        why="It raises the weight of accuracy and of staying with the given text.",
    ),
    Question(
        "form",
        "How exact must the form of the answer be?",
        Kind.ONE,
        (
            Option("free", "Free text is fine"),
            Option("rules", "It must follow rules of tone, length or layout"),
            Option("machine", "A program reads it"),
        ),
        why="It sets the weight of following instructions.",
    ),
    Question(
        "same_answer",
        "Must the same question get the same answer every time?",
        Kind.YES_NO,
        hint="Temperature 0 does not guarantee it.",
        why="If so, consistency gets a weight, and only a probe can measure it.",
    ),
)

_BASE: dict[str, dict[str, float]] = {
    "accuracy_first": {"accuracy": 1.0, "cost": 0.3, "answer_time": 0.3},
    "cost_first": {"accuracy": 0.5, "cost": 1.0, "answer_time": 0.3},
    "speed_first": {"accuracy": 0.5, "cost": 0.4, "answer_time": 1.0, "output_tps": 0.5},
    "balanced": {"accuracy": 0.8, "cost": 0.6, "answer_time": 0.5},
}
_RAISED: dict[tuple[str, str], dict[str, float]] = {
    ("code", "snippets"): {"code": 0.5},
    ("code", "repository"): {"code": 0.9},
    ("harm", "annoying"): {"faithfulness": 0.5},
    ("harm", "serious"): {"faithfulness": 0.8, "accuracy": 0.9},
    ("form", "rules"): {"instruction_following": 0.5},
    ("form", "machine"): {"instruction_following": 0.6},
    ("long_input", "whole"): {"long_context": 0.6},
}


def _many(case: Case, key: str) -> tuple[str, ...]:
    answer = case.answer(KEY, key)
    return answer if isinstance(answer, tuple) else ()


def advise(case: Case) -> Advice:
    """Turns needs into exclusions and wishes into weights."""
    given = Answers(case, KEY, QUESTIONS)
    verdict = _verdict(given)
    choice = given.in_force(verdict.choice)
    return conclude(
        given,
        CHOICES,
        verdict,
        constraints=_constraints(given),
        importance=importance(given, choice),
        effects=_effects(given),
        next_steps=_next_steps(given),
        warnings=_warnings(given, choice),
    )


def importance(given: Answers, choice: str) -> dict[str, float]:
    """Criterion key -> importance 0..1, as our starting proposal."""
    weights = dict(_BASE.get(choice, _BASE["balanced"]))
    for (key, value), raised in _RAISED.items():
        if given.one(key) == value:
            _raise(weights, raised)
    if given.many("inputs") & {"image", "pdf", "video"}:
        _raise(weights, {"multimodal": 0.6})
    if "tools" in given.many("features"):
        _raise(weights, {"tool_use": 0.5})
    if "web_search" in given.many("features"):
        _raise(weights, {"web_search": 0.7})
    if given.yes("same_answer"):
        _raise(weights, {"consistency": 0.6})
    return weights


def _raise(weights: dict[str, float], raised: dict[str, float]) -> None:
    for key, value in raised.items():
        weights[key] = max(weights.get(key, 0.0), value)


def _verdict(given: Answers) -> Verdict:
    priority = given.one("priority")
    if priority is not None:
        return _chosen(given, priority)
    requests = given.case.workload.requests_per_month
    if given.one("harm") == "serious":
        return _derived("accuracy_first", "an invented fact does serious harm", "attributes.cost_per_success")
    if given.case.answer("reasoning", "wait") == "interactive":
        return _derived("speed_first", "the answer must start within a second", "attributes.latency_classes")
    if requests is not None and requests >= HIGH_VOLUME:
        return _derived("cost_first", f"you expect {requests:,.0f} requests a month", "attributes.own_ratio")
    if any(given.answered(question.key) for question in QUESTIONS):
        return _derived("balanced", "nothing you said puts one thing first", "attributes.own_ratio")
    return Verdict(UNKNOWN, "Say what matters most; until then the weights are balanced.")


def _derived(choice: str, because: str, rule: str) -> Verdict:
    return Verdict(
        choice, f"{_label(choice)}, because {because}.", (Reason(because, rule),), (_price(choice),)
    )


def _label(choice: str) -> str:
    return next(option.label for option in CHOICES if option.value == choice)


def _price(choice: str) -> Reason:
    """What putting one thing first costs."""
    return {
        "accuracy_first": Reason(
            "the most accurate models cost and wait the most; compare cost per right answer",
            "attributes.cost_per_success",
        ),
        "cost_first": Reason(
            "a cheap wrong answer is not cheap: count cost per right answer", "attributes.cost_per_success"
        ),
        "speed_first": Reason(
            "fast models are smaller; check them on your hardest prompts", "attributes.latency_classes"
        ),
        "balanced": Reason(
            "balanced weights leave many models close together; a probe must separate them",
            "attributes.leaderboards",
        ),
    }[choice]


def _chosen(given: Answers, priority: str) -> Verdict:
    against = [_price(priority)]
    if priority != "accuracy_first" and given.one("harm") == "serious":
        against.insert(
            0,
            Reason(
                "an invented fact does serious harm in your case, which speaks for accuracy",
                "attributes.cost_per_success",
            ),
        )
    if priority != "speed_first" and given.case.answer("reasoning", "wait") == "interactive":
        against.insert(
            0,
            Reason(
                "your reader expects the first words within a second, which speaks for speed",
                "attributes.latency_classes",
            ),
        )
    first = (
        "you put no single thing first" if priority == "balanced" else f"you said: {_label(priority).lower()}"
    )
    said = Reason(first, "attributes.own_ratio")
    return Verdict(priority, f"{_label(priority)}: the weights start from there.", (said,), tuple(against))


_FEATURE_NEEDS = {
    "tools": ("tools", "you need tool calling"),
    "json_schema": ("json_schema", "you need answers to a JSON schema"),
    "web_search": ("web_search_feature", "you need live web search"),
}
_INPUT_NEEDS = {
    "image": ("takes_image", "you send images"),
    "pdf": ("takes_pdf", "you send PDF files"),
    "audio": ("takes_audio", "you send audio"),
    "video": ("takes_video", "you send video"),
}


def _constraints(given: Answers) -> tuple[Constraint, ...]:
    inputs, features = given.many("inputs"), given.many("features")
    needs = [need for key, need in _INPUT_NEEDS.items() if key in inputs]
    needs += [need for key, need in _FEATURE_NEEDS.items() if key in features]
    found = [Constraint(key, Comparison.IS, 1, KEY, why) for key, why in needs]
    visible = given.case.workload.output_tokens
    if visible is not None:
        why = f"a typical answer has {visible:,.0f} tokens"
        found.append(Constraint("max_output", Comparison.AT_LEAST, visible, KEY, why))
    return tuple(found)


def _effects(given: Answers) -> tuple[Effect, ...]:
    if "web_search" not in given.many("features"):
        return ()
    searches = given.interval("searches", SEARCHES)

    def apply(profile: TokenProfile) -> TokenProfile:
        return replace(profile, searches=searches)

    return (Effect(KEY, f"live web search, about {number(searches.mid)} per request", apply),)


def _next_steps(given: Answers) -> tuple[str, ...]:
    steps = ["Check the proposed weights: each says what going from the worst to the best is worth."]
    if given.one("long_input") == "whole":
        steps.append("Probe with inputs of full length: usable context is shorter than the stated window.")
    if given.yes("same_answer"):
        steps.append("Ask each prompt at least 20 times: 20 equal answers still allow 13.9 % deviations.")
    return tuple(steps)


def _warnings(given: Answers, choice: str) -> tuple[str, ...]:
    warnings: list[str] = []
    if given.one("long_input") == "whole":
        warnings.append("Only half of the models that claimed 32,000 tokens held up at that length (2024).")
    if given.one("form") == "machine" and "json_schema" not in given.many("features"):
        warnings.append("A program reads the answer: consider requiring answers to a JSON schema.")
    if "web_search" in given.many("features"):
        warnings.append(
            "Many providers bill the pages found as prompt tokens: count them into the brief's prompt."
        )
    if choice == "cost_first" and given.one("harm") == "serious":
        warnings.append(
            "You put cost first although an invented fact does serious harm: set a minimum accuracy."
        )
    return tuple(warnings)


STEP = Step(
    KEY,
    3,
    "What must the model be able to do, and what counts most?",
    "Attributes",
    "Hard needs exclude models. Wishes become weights.",
    QUESTIONS,
    CHOICES,
    advise,
)
