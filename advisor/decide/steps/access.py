"""Decision 1: closed API, hosted open weights, or weights on own machines.

Seven axes (rule `access.axes`): data privacy, data lineage and copyright, performance, functionality,
cost, control, on-device use.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.case import UNKNOWN, Case
from advisor.cost.profile import TokenProfile
from advisor.decide.advice import Advice, Comparison, Constraint, Effect, Reason
from advisor.decide.questions import Kind, Option, Question, Step
from advisor.decide.steps.answers import Answers, Verdict, conclude

KEY = "access"

CHOICES = (
    Option("closed_api", "Closed model behind an API", "The vendor keeps the weights; you rent answers."),
    Option("hosted_open", "Open weights, hosted by a provider", "You rent answers; you can change the host."),
    Option("self_hosted", "Open weights on your own machines", "You run the servers; no text leaves them."),
    Option("either", "Either: compare them on the other decisions", "Nothing you said rules one out."),
)


def _leaves_house(case: Case) -> bool:
    """Whether text may be sent to a provider at all."""
    stays = case.answer(KEY, "data_class") == "secret"
    return not stays and case.answer(KEY, "place") not in ("own_servers", "device")


def _has_own_machines(case: Case) -> bool:
    own = case.answer(KEY, "decision") == "self_hosted" or case.answer(KEY, "operators") == "platform_team"
    return own or not _leaves_house(case)


QUESTIONS = (
    Question(
        "place",
        "Where must the model run?",
        Kind.ONE,
        (
            Option("anywhere", "Anywhere", "A provider's servers are fine."),
            Option("own_servers", "On our own servers or private cloud"),
            Option("device", "On the user's device or without a network", "Phone, laptop, vehicle, plant."),
        ),
        hint="Think of places without a connection, and of rules that forbid sending text out.",
        why="Only models with open weights can run on your machines, and only small ones on a device.",
    ),
    Question(
        "data_class",
        "How sensitive is the most sensitive text you will send?",
        Kind.ONE,
        (
            Option("public", "Public", "Could stand on your website."),
            Option("internal", "Internal", "Business text without personal data."),
            Option("personal", "Personal data", "Names, e-mails, anything about a person."),
            Option("health", "Health or other specially protected data"),
            Option("secret", "Must not leave our own machines", "Trade secrets, classified, by contract."),
        ),
        why="Sensitive text narrows the providers to those whose data policy allows it.",
    ),
    Question(
        "protections",
        "What must the provider guarantee?",
        Kind.MANY,
        (
            Option("no_training", "No training on our data", "By default, not after an opt-out."),
            Option("zero_retention", "No storage of our text", "Zero retention, often by contract only."),
            Option("eu_processing", "Processing inside the EU"),
            Option("baa", "A health-data agreement (BAA)", "US law for patient data."),
        ),
        hint="Tick only what you would refuse to do without.",
        why="Each tick excludes the providers that cannot show it.",
        ask_if=_leaves_house,
    ),
    Question(
        "commercial",
        "Is the use commercial?",
        Kind.YES_NO,
        hint="Internal use inside a company counts as commercial in most licences.",
        why="Open weights are not always open source: some licences forbid or limit commercial use.",
    ),
    Question(
        "lineage",
        "What must you be able to say about training data and copyright?",
        Kind.ONE,
        (
            Option("nothing", "Nothing in particular"),
            Option("indemnity", "The vendor covers copyright claims", "Indemnity in the contract."),
            Option("open_data", "What the model was trained on", "Documented or published training data."),
        ),
        why="Vendors of closed models offer cover, but disclose little; some open models publish their data.",
    ),
    Question(
        "performance",
        "How good must the answers be?",
        Kind.ONE,
        (
            Option("frontier", "The best that can be had", "Hard expert work; a miss is expensive."),
            Option("strong", "Strong", "A good model of the last year will do."),
            Option("modest", "Modest", "A narrow or simple task."),
        ),
        why="The strongest models are closed; the distance shrinks as the task gets simpler.",
    ),
    Question(
        "functions",
        "What must you be able to do with the model itself?",
        Kind.MANY,
        (
            Option("logprobs", "See token probabilities", "For confidence scores or ranking."),
            Option("freeze", "Freeze the version", "No silent change under a running product."),
            Option("weights", "Change or inspect the weights", "Own tuning, compression, research."),
        ),
        why="Many APIs hide probabilities and retire versions; weights you hold stay as they are.",
    ),
    Question(
        "control",
        "What would happen if the vendor changed, limited or withdrew the model?",
        Kind.ONE,
        (
            Option("little", "Little: we would switch"),
            Option("costly", "It would cost us weeks", "Prompts and tests would have to be redone."),
            Option("unacceptable", "We could not accept it", "Certified or long-lived product."),
        ),
        why="Most versions behind an API are retired after one or two years; weights you hold are not.",
    ),
    Question(
        "load",
        "What will the load be like?",
        Kind.ONE,
        (
            Option("low", "Low or still unknown demand"),
            Option("spiky", "Spiky", "Busy hours and quiet nights."),
            Option("steady", "High and steady, around the clock"),
        ),
        why="Own GPUs cost the same busy or idle: at a tenth of full load a token costs ten times as much.",
    ),
    Question(
        "operators",
        "Who could run model servers for you?",
        Kind.ONE,
        (
            Option("nobody", "Nobody"),
            Option("some", "Engineers who would have to learn it"),
            Option("platform_team", "A team that runs GPU servers already"),
        ),
        why="People are the larger part of the price of running a model yourself.",
    ),
    Question(
        "vram_gb",
        "How much GPU memory do you have for one copy of the model?",
        Kind.NUMBER,
        unit="GB",
        minimum=1,
        maximum=20_000,
        hint="All cards of one server together. A laptop has 8 to 24, one H100 has 80.",
        why="It decides which models fit.",
        ask_if=_has_own_machines,
    ),
)

_PROTECTIONS = {
    "no_training": ("no_training_on_data", "you need a provider that does not train on your data"),
    "zero_retention": ("zero_retention", "you need zero retention"),
    "eu_processing": ("eu_processing", "you need processing inside the EU"),
    "baa": ("baa", "you need a health-data agreement (BAA)"),
}


def advise(case: Case) -> Advice:
    """Weighs the seven axes."""
    given = Answers(case, KEY, QUESTIONS)
    verdict = _verdict(given)
    choice = given.in_force(verdict.choice)
    return conclude(
        given,
        CHOICES,
        verdict,
        constraints=_constraints(given, choice),
        effects=_effects(given, choice),
        next_steps=_next_steps(choice),
        warnings=_warnings(given, choice),
    )


def _verdict(given: Answers) -> Verdict:
    """The first need that decides, else the balance of the softer ones."""
    stays = _stays_inside(given)
    if stays:
        return _self_hosted(stays)
    opened = _needs_weights(given)
    if opened:
        return _open(given, opened)
    if given.one("lineage") == "indemnity":
        return _closed(_INDEMNITY, given)
    if given.one("performance") == "frontier":
        return _closed(_FRONTIER, given)
    if not any(given.answered(key) for key in ("place", "data_class", "performance", "control", "load")):
        return Verdict(
            UNKNOWN, "Answer where the model may run and how good it must be to get a recommendation."
        )
    return _either(given)


_INDEMNITY = Reason(
    "you need the vendor to cover copyright claims, which is a closed-API contract", "access.axes"
)
_FRONTIER = Reason(
    "you need the best answers that can be had, and the strongest models are closed", "access.axes"
)


def _stays_inside(given: Answers) -> Reason | None:
    if given.one("place") == "device":
        return Reason("it must run on a device or without a network", "access.axes")
    if given.one("place") == "own_servers":
        return Reason("it must run on your own servers", "access.axes")
    if given.one("data_class") == "secret":
        return Reason("the text must not leave your own machines", "access.axes")
    return None


def _needs_weights(given: Answers) -> Reason | None:
    if given.one("control") == "unacceptable":
        return Reason("you could not accept a change or withdrawal; weights you hold stay", "access.axes")
    if "weights" in given.many("functions"):
        return Reason("you want to change or inspect the weights", "access.axes")
    if given.one("lineage") == "open_data":
        return Reason("you must be able to say what the model was trained on", "access.axes")
    return None


def _self_hosted(need: Reason) -> Verdict:
    return Verdict(
        "self_hosted",
        f"Run open weights on your own machines, because {need.text}.",
        (need,),
        (
            Reason(
                "own GPUs cost the same busy or idle: a token costs ten times as much at a tenth of the load",
                "access.utilisation",
            ),
            Reason("the strongest closed models are out of reach", "access.axes"),
        ),
    )


def _open(given: Answers, need: Reason) -> Verdict:
    if given.one("operators") == "platform_team" and given.one("load") == "steady":
        verdict = _self_hosted(need)
        steady = Reason("your load is steady and a team runs GPU servers already", "access.utilisation")
        return replace(verdict, reasons_for=(need, steady))
    return Verdict(
        "hosted_open",
        f"Rent open weights from a provider, because {need.text}.",
        (need, Reason("several hosts sell the same model, so you can leave one", "access.host_spread")),
        (
            Reason("the same model differs between hosts in price, limits and precision", "access.offer_key"),
            Reason("the strongest closed models are out of reach", "access.axes"),
        ),
    )


def _closed(need: Reason, given: Answers) -> Verdict:
    against = [Reason("the vendor may change or retire the version you rely on", "access.axes")]
    if given.one("data_class") in ("personal", "health"):
        against.append(
            Reason("personal data leaves your house: contract and data policy must allow it", "access.axes")
        )
    if given.one("load") == "steady":
        against.append(
            Reason("at a high steady load, rented open weights may cost a fraction", "access.host_spread")
        )
    return Verdict(
        "closed_api", f"Use a closed model behind an API, because {need.text}.", (need,), tuple(against)
    )


def _either(given: Answers) -> Verdict:
    reasons = [Reason("nothing you said forces closed, hosted or own weights", "access.three_answers")]
    if given.one("load") != "steady" or given.one("operators") in (None, "nobody"):
        reasons.append(
            Reason("without a steady load and people to run it, own GPUs rarely pay", "access.utilisation")
        )
    return Verdict(
        "either",
        "Let closed models and hosted open weights compete on the other decisions.",
        tuple(reasons),
        (Reason("two kinds of contract and data policy have to be read", "access.order"),),
    )


def _is(criterion: str, level: float, because: str) -> Constraint:
    return Constraint(criterion, Comparison.IS, level, KEY, because)


def _constraints(given: Answers, choice: str) -> tuple[Constraint, ...]:
    found = [*_access_constraints(given, choice)]
    if choice != "self_hosted":
        wanted = given.many("protections")
        found += [_is(key, 1, why) for name, (key, why) in _PROTECTIONS.items() if name in wanted]
    if given.yes("commercial"):
        found.append(_is("commercial_use", 1, "your use is commercial"))
    if "logprobs" in given.many("functions"):
        found.append(_is("logprobs", 1, "you need token probabilities"))
    return tuple(found)


def _access_constraints(given: Answers, choice: str) -> tuple[Constraint, ...]:
    """What the way of access itself demands of an offer.

    A recommended closed API leaves rented open weights in the race: only the user's own word shuts them out.
    """
    if choice == "self_hosted":
        need = _is("open_weights", 1, "you chose to run the model on your own machines")
        room = given.number("vram_gb")
        fits = (
            ()
            if room is None
            else (
                Constraint(
                    "self_host_vram", Comparison.AT_MOST, room, KEY, f"you have {room:g} GB of GPU memory"
                ),
            )
        )
        return (need, *fits)
    if choice == "hosted_open":
        return (
            _is("open_weights", 1, "you chose open weights hosted by a provider"),
            _is("hosted", 1, "you rent the model from a provider"),
        )
    rented = _is("hosted", 1, "you rent the model from a provider")
    if choice == "closed_api" and given.own_decision == "closed_api":
        return (_is("open_weights", 0, "you decided on a closed model"), rented)
    return (rented,) if choice == "closed_api" else ()


def _effects(given: Answers, choice: str) -> tuple[Effect, ...]:
    if choice == "self_hosted" or "eu_processing" not in given.many("protections"):
        return ()
    return (Effect(KEY, "processing inside the EU", _in_region),)


def _in_region(profile: TokenProfile) -> TokenProfile:
    return replace(profile, regional=True)


def _next_steps(choice: str) -> tuple[str, ...]:
    if choice == UNKNOWN:
        return ()
    steps = ["Use public benchmarks only to weed out; then rank the survivors on your own test cases."]
    if choice in ("hosted_open", "self_hosted", "either"):
        steps.append("Read the licence text of each open model: commercial use, user limits, regions.")
    if choice == "self_hosted":
        steps.append(
            "Estimate the utilisation of your GPUs and compare dollars per million tokens with an API."
        )
    if choice == "hosted_open":
        steps.append("Compare the hosts of the model: price, context limit, precision, data policy.")
    if choice == "closed_api":
        steps.append("Pin a dated model version where the vendor offers one, and note its retirement day.")
    return tuple(steps)


def _warnings(given: Answers, choice: str) -> tuple[str, ...]:
    warnings: list[str] = []
    sensitive = given.one("data_class") in ("personal", "health")
    if sensitive and choice != "self_hosted" and not given.many("protections"):
        warnings.append(
            "Your text is about people, but no guarantee of the provider is required: check whether "
            "training on it, storing it and processing it abroad are allowed."
        )
    if given.one("lineage") == "indemnity":
        warnings.append("The catalog does not know who covers copyright claims: read it in the contract.")
    if given.one("data_class") == "secret" and choice != "self_hosted":
        warnings.append("Your text must not leave your machines, yet this choice sends it to a provider.")
    if choice == "self_hosted" and given.one("operators") == "nobody":
        warnings.append("You chose own machines, but nobody can run them: plan people before GPUs.")
    if "freeze" in given.many("functions") and choice in ("closed_api", "either"):
        warnings.append("A frozen version needs a dated model id; ids that move are marked in the catalog.")
    if given.one("place") == "device":
        warnings.append(
            "On a device only small models fit; expect clearly weaker answers on open-ended tasks."
        )
    return tuple(warnings)


STEP = Step(
    KEY,
    1,
    "Closed model, hosted open weights, or your own machines?",
    "Access",
    "Where the model runs and who holds its weights: privacy, copyright, quality, functions, cost, control.",
    QUESTIONS,
    CHOICES,
    advise,
)
