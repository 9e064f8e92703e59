"""The criteria table: to add a criterion, add one row.

A criterion with a scale can carry weight; one without only screens. The constraint, the weight
slider and the chart row of a criterion all come from its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from advisor.catalog.entries import Attribute
from advisor.decide import readings
from advisor.decide.measured import measured_first
from advisor.decide.readings import Reader
from advisor.decide.scales import Objective, Scale, linear, logarithmic


class Shared(StrEnum):
    """Which offers share one uncertain figure: they are right or wrong about it together."""

    OFFER = "offer"
    """Each offer has its own."""
    MODEL = "model"
    """All offers of one model: its quality is the same wherever it is sold."""
    ALL = "all"
    """All offers: the user's own unknown amount of work moves every bill the same way."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing an offer can be judged by."""

    key: str
    label: str
    objective: Objective
    unit: str
    """A unit of `advisor.wording.UNITS`."""
    read: Reader
    scale: Scale | None = None
    """None for facts that only screen."""
    group: str = ""
    """Criteria of one group say nearly the same and share one weight; empty is a group of its own."""
    shared: Shared = Shared.OFFER
    help: str = ""
    timeless: bool = False
    """Whether its figure depends on the catalog's offer alone: on no case, plan, day or measurement."""

    @property
    def hard_only(self) -> bool:
        """Whether it can only screen, never carry weight."""
        return self.scale is None


INDEX = linear(0, 100, "a percentile among the models each benchmark covers; 0 and 100 are its ends")
COST = logarithmic(10, 0.0001, "from a long agent run on a large model to one short call on a tiny one")
ANSWER_TIME = logarithmic(300, 0.5, "from deep reasoning nobody waits for to an answer that feels instant")
OUTPUT_TPS = logarithmic(10, 1000, "from slower than reading aloud to the fastest special hardware")
AGREEMENT = linear(0.5, 1, "two answers that agree half the time are a coin toss; always agreeing is best")
PASS_RATE = linear(0, 1, "no expected answer given, all given")


def _quality(which: Attribute, label: str, help: str) -> Criterion:
    read = readings.attribute(which)
    return Criterion(which.value, label, Objective.MAX, "index", read, INDEX, "", Shared.MODEL, help)


def _fact(
    key: str, label: str, read: Reader, unit: str = "yes/no", help: str = "", *, timeless: bool = True
) -> Criterion:
    objective = Objective.MIN if unit in ("USD/month", "GB") else Objective.MAX
    return Criterion(key, label, objective, unit, read, help=help, timeless=timeless)


_ROWS: tuple[Criterion, ...] = (
    _quality(Attribute.ACCURACY, "Accuracy and reasoning", "Right answers to hard questions."),
    _quality(Attribute.CODE, "Code", "Writes and repairs code that works."),
    _quality(Attribute.AGENTIC, "Agent work", "Carries a many-step task through to its end."),
    _quality(Attribute.LONG_CONTEXT, "Long context", "Uses what stands anywhere in a long prompt."),
    _quality(Attribute.MULTIMODAL, "Images and documents", "Understands pictures, charts and scans."),
    _quality(Attribute.WEB_SEARCH, "Live web search", "Finds current facts on the web."),
    _quality(Attribute.TOOL_USE, "Tool use", "Calls the right tool with the right arguments."),
    _quality(Attribute.INSTRUCTION_FOLLOWING, "Instruction following", "Keeps to rules of form and content."),
    _quality(Attribute.FAITHFULNESS, "Faithfulness", "Says only what the given text supports."),
    Criterion(
        "cost",
        "Cost",
        Objective.MIN,
        "USD",
        measured_first("cost", readings.cost),
        COST,
        shared=Shared.ALL,
        help="US dollars per finished task, hidden reasoning and repeated calls included.",
    ),
    Criterion(
        "answer_time",
        "Answer time",
        Objective.MIN,
        "s",
        measured_first("answer_time", readings.answer_time),
        ANSWER_TIME,
        "speed",
        help="Seconds until the answer is complete.",
    ),
    Criterion(
        "output_tps",
        "Output speed",
        Objective.MAX,
        "tokens/s",
        measured_first("output_tps", readings.output_tps),
        OUTPUT_TPS,
        "speed",
        help="Tokens per second once the answer has begun.",
    ),
    Criterion(
        "consistency",
        "Consistency",
        Objective.MAX,
        "share",
        measured_first("consistency", readings.nothing_published),
        AGREEMENT,
        help="How often two answers to the same prompt agree; only a probe can tell.",
    ),
    Criterion(
        "pass_rate",
        "Pass rate on your cases",
        Objective.MAX,
        "share",
        measured_first("pass_rate", readings.nothing_published),
        PASS_RATE,
        help="Share of your own cases answered as expected; only a probe can tell.",
    ),
    _fact("context", "Context window", readings.context, "tokens", "Tokens a prompt may have."),
    _fact("max_output", "Longest answer", readings.max_output, "tokens"),
    _fact("takes_image", "Takes images", readings.takes("image")),
    _fact("takes_pdf", "Takes PDF files", readings.takes("pdf")),
    _fact("takes_audio", "Takes audio", readings.takes("audio")),
    _fact("takes_video", "Takes video", readings.takes("video")),
    _fact("tools", "Tool calling", readings.feature("tools")),
    _fact("json_schema", "Answers to a JSON schema", readings.feature("json_schema")),
    _fact("web_search_feature", "Built-in web search", readings.feature("web_search")),
    _fact("fine_tuning", "Can be fine-tuned", readings.feature("fine_tuning")),
    _fact("logprobs", "Gives token probabilities", readings.feature("logprobs")),
    _fact("open_weights", "Open weights", readings.open_weights),
    _fact("commercial_use", "Commercial use allowed", readings.commercial_use),
    _fact("no_training_on_data", "No training on your data", readings.policy(readings.no_training)),
    _fact("zero_retention", "Zero retention available", readings.policy(readings.zero_retention)),
    _fact("eu_processing", "Processing inside the EU", readings.policy(readings.eu_processing)),
    _fact("baa", "Health-data agreement (BAA)", readings.policy(readings.baa)),
    _fact("monthly_cost", "Monthly cost", readings.monthly_cost, "USD/month", timeless=False),
    _fact("self_host_vram", "GPU memory to self-host", readings.self_host_vram, "GB"),
    _fact("active", f"Not retired within {readings.NOTICE_DAYS} days", readings.active, timeless=False),
    _fact("hosted", "Sold as an API", readings.hosted),
)

CRITERIA: dict[str, Criterion] = {row.key: row for row in _ROWS}
"""Every criterion by key."""

SCORED: tuple[str, ...] = tuple(row.key for row in _ROWS if row.scale is not None)
"""Keys that can carry weight."""


def scale_of(key: str) -> Scale:
    """The scale of a scored criterion."""
    scale = CRITERIA[key].scale
    assert scale is not None, f"{key} only screens"
    return scale
