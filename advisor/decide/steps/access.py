"""Decision 1: closed API, hosted open weights, or weights on own machines.

Seven axes (rule `access.axes`): data privacy, data lineage and copyright, performance, functionality,
cost, control, on-device use.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.case import UNKNOWN, Case
from advisor.cost.profile import TokenProfile
from advisor.decide.advice import Advice, Comparison, Constraint, Effect, Reason
from advisor.decide.questions import Option, Step
from advisor.decide.steps.access_questions import KEY, LEVELS, QUESTIONS
from advisor.decide.steps.answers import Answers, Verdict, conclude

CHOICES = (
    Option("closed_api", "Closed model behind an API", "The vendor keeps the weights; you rent answers."),
    Option("hosted_open", "Open weights, hosted by a provider", "You rent answers; you can change the host."),
    Option("self_hosted", "Open weights on your own machines", "You run the servers; no text leaves them."),
    Option("either", "Either: compare them on the other decisions", "Nothing you said rules one out."),
)


_PROTECTIONS = {
    "no_training": ("no_training_on_data", "you need a provider that does not train on your data"),
    "zero_retention": ("zero_retention", "you need zero retention"),
    "eu_processing": ("eu_processing", "you need processing inside the EU"),
    "baa": ("baa", "you need a health-data agreement (BAA)"),
}


_GOOD = {
    "frontier": "you need the best answers that can be had",
    "strong": "you need strong answers",
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
    "you need the vendor to cover copyright claims, which comes with a closed-API contract", "access.axes"
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
    level = LEVELS.get(good := given.one("performance") or "")
    if level is not None:
        found.append(Constraint("accuracy", Comparison.AT_LEAST, level, KEY, _GOOD[good]))
    if "logprobs" in given.many("functions"):
        found.append(_is("logprobs", 1, "you need token probabilities"))
    return tuple(found)


def _access_constraints(given: Answers, choice: str) -> tuple[Constraint, ...]:
    """What the way of access itself demands of an offer.

    A recommended closed API leaves rented open weights in the race: only the user's own word, or the need
    of a vendor who covers copyright claims, shuts them out.
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
    if choice != "closed_api":
        return ()
    closed = _must_be_closed(given)
    return (rented,) if closed is None else (_is("open_weights", 0, closed), rented)


def _must_be_closed(given: Answers) -> str | None:
    """Why open weights are out where a closed API is in force; None when they are not."""
    if given.own_decision == "closed_api":
        return "you decided on a closed model"
    if given.one("lineage") == "indemnity":
        return "you need the vendor to cover copyright claims, which comes with a closed-API contract"
    return None


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
        warnings.append(
            "The catalog holds no facts on who covers copyright claims: read the contract itself, and what "
            "it leaves out."
        )
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
