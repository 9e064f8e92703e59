"""Decision 5: whether to fine-tune or distil, by which technique, and with how much data.

The gate comes first: no tuning before an evaluation set exists and prompting has stopped improving.
Then a trial with 50 to 100 good examples decides whether more data is worth collecting.
"""

from __future__ import annotations

from advisor.case import UNKNOWN, Case
from advisor.decide.advice import Advice, Comparison, Constraint, Guardrail, Reason
from advisor.decide.questions import Kind, Option, Question, Step
from advisor.decide.steps.answers import Answers, Verdict, conclude
from advisor.wording import number

KEY = "tuning"

CHOICES = (
    Option("not_now", "No tuning now", "Prompt, examples and retrieval first."),
    Option("trial", "A trial with 50 to 100 examples", "Cheap proof whether tuning helps at all."),
    Option("lora", "Parameter-efficient tuning (LoRA)", "Hundreds to a few thousand examples."),
    Option("full", "Full fine-tuning", "Tens of thousands of examples and more."),
    Option("distil", "Distillation", "A small model learns from a large one's answers."),
)

TRIAL_EXAMPLES = 50
FULL_EXAMPLES = 20_000
"""Examples from which full tuning is worth a look: "tens of thousands" (rule `tuning.data`)."""


def _wants(case: Case) -> bool:
    return case.answer(KEY, "purpose") not in (None, UNKNOWN, "nothing")


def _wants_smaller(case: Case) -> bool:
    return case.answer(KEY, "purpose") == "smaller"


def _trial_possible(case: Case) -> bool:
    examples = case.answer(KEY, "examples")
    return _wants(case) and isinstance(examples, int | float) and examples >= TRIAL_EXAMPLES


QUESTIONS = (
    Question(
        "purpose",
        "What should tuning achieve?",
        Kind.ONE,
        (
            Option("nothing", "Nothing: prompts do the job"),
            Option("form", "A fixed form, tone or style", "Prompts describe it, the model drifts."),
            Option("skill", "A narrow skill models do badly", "Own labels, rare language, special notation."),
            Option("facts", "Teach it facts"),
            Option("smaller", "The same quality from a smaller, cheaper model"),
        ),
        why="Tuning is for form, retrieval is for facts; a smaller model calls for distillation.",
    ),
    Question(
        "eval_set",
        "Do you have an evaluation set with a pass mark?",
        Kind.YES_NO,
        hint="Test questions with known good answers, kept out of training.",
        why="Without one nobody can tell whether tuning helped.",
        ask_if=_wants,
    ),
    Question(
        "plateau",
        "Have prompts, examples and retrieval stopped improving the result?",
        Kind.YES_NO,
        why="They are cheaper and survive a change of model; a tuned model does not.",
        ask_if=_wants,
    ),
    Question(
        "examples",
        "How many good examples do you have?",
        Kind.NUMBER,
        unit="examples",
        maximum=1_000_000_000,
        hint="Input with the answer you would sign. Quality counts before number.",
        why="The number of examples decides the technique.",
        ask_if=_wants,
    ),
    Question(
        "trial",
        "Have you tried tuning with 50 to 100 of them?",
        Kind.ONE,
        (
            Option("not_yet", "Not yet"),
            Option("improved", "Yes, and the result improved"),
            Option("no_gain", "Yes, without a gain"),
        ),
        why="The trial costs little and shows whether more data is worth collecting.",
        ask_if=_trial_possible,
    ),
    Question(
        "teacher",
        "Does a larger model do the job well, and do its terms allow training on its answers?",
        Kind.YES_NO,
        hint="Many vendors forbid training competing models on their output.",
        why="Distillation needs a teacher you may learn from.",
        ask_if=_wants_smaller,
    ),
    Question(
        "stable",
        "Will the task stay the same for half a year or more?",
        Kind.YES_NO,
        why="A tuned model has to pay back before the task, or a better base model, overtakes it.",
        ask_if=_wants,
    ),
    Question(
        "where",
        "Where would you train and run the tuned model?",
        Kind.ONE,
        (
            Option("hosted", "At a provider"),
            Option("own", "On own or rented GPUs"),
        ),
        why="Providers tune only some of their models; with own GPUs you need open weights.",
        ask_if=_wants,
    ),
)

_CLOSED: tuple[str, ...] = (
    "OpenAI closes fine-tuning: no new jobs for newcomers since 7 May 2026, for inactive customers since "
    "2 July 2026, for anyone from 6 January 2027; tuned models end with their base model.",
    "Cohere ended fine-tuning on 15 September 2025; Databricks blocks new installs of its service since "
    "14 August 2026.",
    "A tuned model usually needs a dedicated endpoint billed by time, even while idle; the cost shown is "
    "that of the model before tuning.",
)


def advise(case: Case) -> Advice:
    """Applies the gate, then the trial, then chooses the technique."""
    given = Answers(case, KEY, QUESTIONS)
    verdict = _verdict(given)
    choice = given.in_force(verdict.choice)
    return conclude(
        given,
        CHOICES,
        verdict,
        constraints=_constraints(given, choice),
        guardrails=_guardrails(choice),
        next_steps=_next_steps(given, choice),
        warnings=_warnings(given, choice),
    )


def _verdict(given: Answers) -> Verdict:
    purpose = given.one("purpose")
    if purpose is None:
        return Verdict(UNKNOWN, "Say what tuning should achieve to get a recommendation.")
    if purpose == "nothing":
        return _no("prompts do the job", "tuning.gate")
    if purpose == "facts":
        return _no("facts belong into retrieval, not into weights", "tuning.form_not_facts")
    closed = _gate(given)
    return closed or _after_gate(given, purpose)


def _no(because: str, rule: str) -> Verdict:
    return Verdict(
        "not_now",
        f"Do not tune now: {because}.",
        (
            Reason(because, rule),
            Reason("a new base model may overtake a tuned one within weeks", "tuning.pays"),
        ),
        (
            Reason(
                "for a fixed form at high volume, tuning can shorten prompts and use a smaller model",
                "tuning.form_not_facts",
            ),
        ),
    )


def _gate(given: Answers) -> Verdict | None:
    """What has to come before any tuning."""
    if given.yes("eval_set") is not True:
        return _no("there is no evaluation set that could show a gain", "tuning.gate")
    if given.yes("plateau") is not True:
        return _no("prompts, examples and retrieval can still improve the result", "tuning.gate")
    if given.one("trial") == "no_gain":
        return _no("the trial brought no gain", "tuning.data")
    return None


def _after_gate(given: Answers, purpose: str) -> Verdict:
    examples = given.number("examples")
    if examples is None or examples < TRIAL_EXAMPLES:
        have = "an unknown number of" if examples is None else f"{examples:,.0f}"
        return _trial(f"you have {have} examples; 50 to 100 good ones are enough to find out")
    if given.one("trial") != "improved":
        return _trial("you have the examples and have not tried yet")
    if purpose == "smaller":
        return _distil(given)
    if examples >= FULL_EXAMPLES and purpose == "skill" and given.one("where") == "own":
        return _full(examples)
    return _lora(examples)


def _trial(because: str) -> Verdict:
    return Verdict(
        "trial",
        f"Run a trial with 50 to 100 examples first: {because}.",
        (
            Reason(
                "the gate is passed: an evaluation set exists and prompting has levelled off", "tuning.gate"
            ),
            Reason(because, "tuning.data"),
        ),
        (Reason("a tuned model binds you to the few that can be tuned", "tuning.closed"),),
    )


def _lora(examples: float) -> Verdict:
    return Verdict(
        "lora",
        f"Tune with LoRA on your {examples:,.0f} examples: the trial improved the result.",
        (
            Reason("the trial improved the result on your evaluation set", "tuning.data"),
            Reason(
                "hundreds to a few thousand examples suit LoRA, which trains under 1 % of the weights",
                "tuning.data",
            ),
        ),
        (
            Reason(
                "tuning on top of retrieval helped in 43 % of published cases, not in 57 %",
                "tuning.on_top_of_rag",
            ),
            Reason("a new base model may overtake it within weeks", "tuning.pays"),
        ),
    )


def _full(examples: float) -> Verdict:
    return Verdict(
        "full",
        f"Full fine-tuning is worth comparing with LoRA: you have {examples:,.0f} examples and own GPUs.",
        (
            Reason("tens of thousands of examples are there", "tuning.data"),
            Reason("a new skill may need more than LoRA's few weights", "tuning.data"),
        ),
        (
            Reason("16 bytes of GPU memory per parameter: about 112 GB for 7 billion", "tuning.memory"),
            Reason("a new base model may overtake it within weeks", "tuning.pays"),
        ),
    )


def _distil(given: Answers) -> Verdict:
    if given.yes("teacher") is not True:
        return _no("there is no teacher model you may learn from", "tuning.distillation")
    against = [
        Reason(
            "poor for open-ended work; published results range from 80 to 98 % of the teacher",
            "tuning.distillation",
        ),
    ]
    requests = given.case.workload.requests_per_month
    if requests is None or requests < 100_000:
        against.append(
            Reason(
                "it pays only when the saving per call times your calls exceeds data, training and upkeep",
                "tuning.pays",
            )
        )
    return Verdict(
        "distil",
        "Distil: let a small model learn from the large one's answers.",
        (
            Reason("a teacher does the job and its terms allow it", "tuning.distillation"),
            Reason("published savings are 5 to 100 times per call", "tuning.distillation"),
        ),
        tuple(against),
    )


def _constraints(given: Answers, choice: str) -> tuple[Constraint, ...]:
    """What the technique demands of an offer. A trial shuts nobody out unless the user decided on it."""
    if choice in ("not_now", UNKNOWN) or (choice == "trial" and given.own_decision is None):
        return ()
    label = next(option.label for option in CHOICES if option.value == choice)
    because = f'you chose "{label.lower()}"'
    own = given.one("where") == "own" or given.case.answer("access", "decision") == "self_hosted"
    criterion = "open_weights" if own else "fine_tuning"
    return (Constraint(criterion, Comparison.IS, 1, KEY, because),)


_DATA: dict[str, tuple[float, str]] = {
    "trial": (50, "50 to 100 good examples show whether tuning helps at all"),
    "lora": (200, "LoRA takes hundreds to a few thousand examples"),
    "full": (10_000, "full tuning takes tens of thousands of examples and more"),
    "distil": (1_000, "published distillations used 1,000 to 50,000 answers of the teacher"),
}


def _guardrails(choice: str) -> tuple[Guardrail, ...]:
    if choice not in _DATA:
        return ()
    least, because = _DATA[choice]
    return (Guardrail("tuning_examples", "Good examples before training starts", least, "examples", because),)


def _next_steps(given: Answers, choice: str) -> tuple[str, ...]:
    if choice == UNKNOWN:
        return ()
    if choice == "not_now":
        return _before_tuning(given)
    steps = [
        "Check the examples: relevant, consistent, well formed, without duplicates, allowed to be used.",
        "Keep the evaluation set out of training, and compare with the best prompt, not with the bare model.",
    ]
    if choice == "trial":
        steps.append(
            "Train on 50, then 100 examples: if the curve is flat, stop; if it rises, collect hundreds."
        )
    if choice in ("lora", "full", "distil"):
        steps.append("Plan the upkeep: repeat the comparison with each new base model.")
    return tuple(steps)


def _before_tuning(given: Answers) -> tuple[str, ...]:
    if given.one("purpose") == "nothing":
        return ()
    steps = ["Build an evaluation set and find out where prompting levels off; then ask again."]
    have = given.number("examples") or 0
    if have < TRIAL_EXAMPLES:
        steps.append(f"Collect 50 to 100 answers you would sign (you have {number(have)}).")
    return tuple(steps)


def _warnings(given: Answers, choice: str) -> tuple[str, ...]:
    if choice in ("not_now", UNKNOWN):
        return ()
    warnings: list[str] = [] if given.one("where") == "own" else [*_CLOSED]
    if given.yes("eval_set") is not True or given.yes("plateau") is not True:
        warnings.append("The gate is not passed: an evaluation set and levelled-off prompting come first.")
    if given.yes("stable") is False:
        warnings.append("The task will change within half a year: the tuned model may not pay back.")
    if given.one("purpose") == "facts":
        warnings.append(
            "Tuning teaches form, not facts: retrieval beat it on new facts in every model tested."
        )
    return tuple(warnings)


STEP = Step(
    KEY,
    5,
    "Should you fine-tune or distil a model?",
    "Tuning",
    "First an evaluation set and good prompts, then a trial with 50 to 100 examples, then more.",
    QUESTIONS,
    CHOICES,
    advise,
)
