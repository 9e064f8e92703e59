"""The questions of decision 1, along its seven axes."""

from __future__ import annotations

from advisor.case import Case
from advisor.decide.questions import Kind, Option, Question

KEY = "access"

LEVELS = {"frontier": 75.0, "strong": 50.0}
"""How good -> least accuracy index an offer must be able to reach: our own proposal, rule `access.level`."""


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
            Option("frontier", "The best that can be had", "Hard expert work: accuracy at least 75 of 100."),
            Option(
                "strong",
                "Strong",
                "On the benchmarks, above half of the models each one covers: at least 50 of 100.",
            ),
            Option("modest", "Modest", "A narrow or simple task: no minimum."),
        ),
        why="It sets a hard need: an offer is out when even the upper bound of its accuracy lies below the "
        "level. When only the lower one does, it is marked to verify, or out where offers that cannot show a "
        "hard need are excluded. Accuracy is a percentile among the models each benchmark covers, and these "
        "are not the models of the catalog; the two levels are our own proposal. The strongest models are "
        "closed; the distance shrinks as the task gets simpler.",
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
