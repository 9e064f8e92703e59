"""What the user told us: the one thing the wizard fills in, saves, shares and re-opens."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.frozen import Frozen

UNKNOWN = "unknown"
"""The answer "I don't know yet": a real answer everywhere, different from no answer."""

Answer = str | bool | float | tuple[str, ...]
"""One answer: an option's value, a yes/no, a number, or several options in order."""

Amount = Annotated[float, Field(ge=0, le=1e15)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(max_length=4_000)]
LongText = Annotated[str, Field(max_length=400_000)]


class Workload(Frozen):
    """The job in numbers, per request; None is not known yet."""

    requests_per_month: Amount | None = None
    users: Amount | None = None
    """People who share these requests: the month's cost divided among them."""
    input_tokens: Amount | None = None
    """Prompt tokens of a typical request, cached part included."""
    output_tokens: Amount | None = None
    """Visible answer tokens of a typical request; reasoning tokens come from decision 2."""
    cached_input_share: Share | None = None
    """Share of the prompt that repeats between requests and can be read from a prompt cache."""
    largest_input_tokens: Amount | None = None
    """Longest prompt that must still work."""
    latency_target_s: Amount | None = None
    """Seconds a user will wait for the complete answer."""
    monthly_budget_usd: Amount | None = None
    batch_share: Share | None = None
    """Share of requests that can wait for a batch API."""


class Preferences(Frozen):
    """What counts how much. Empty means: as decision 3 proposes."""

    order: tuple[str, ...] = ()
    """Criterion keys, most important first: rank-order-centroid weights."""
    swings: dict[str, Annotated[float, Field(ge=0, le=100)]] = {}
    """Worth of going from worst to best on the criterion's scale, the top one 100; replaces `order`."""
    minimum_levels: dict[str, float] = {}
    """Criterion key -> level below which an offer is out, in the criterion's unit."""
    exclude_unknown: bool = False
    """Whether an offer that cannot show it meets a hard need is out."""


class OwnEndpoint(Frozen):
    """An OpenAI-compatible endpoint of the user's own. The key itself is never part of a case."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$")]
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=300)]
    model: Annotated[str, Field(min_length=1, max_length=200)]
    key_env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    input_usd_per_mtok: Annotated[float, Field(ge=0, le=2000)] | None = None
    output_usd_per_mtok: Annotated[float, Field(ge=0, le=2000)] | None = None
    simulated: bool = False
    """True for models of the practice endpoint: everything measured on them is marked simulated."""


class Turn(Frozen):
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: LongText


class Attachment(Frozen):
    """An image, document or sound that goes with a prompt, as base64."""

    name: Annotated[str, Field(max_length=200)]
    media_type: Literal[
        "image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf", "audio/wav", "audio/mpeg"
    ]
    data: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=8_000_000)]


class Tool(Frozen):
    """A function the model may call; it is never run."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    description: Text = ""
    parameters: dict[str, Any] = {}
    """JSON Schema of its arguments."""


GraderKind = Literal[
    "exact",
    "contains",
    "regex",
    "number",
    "json_schema",
    "choice",
    "code",
    "refusal",
    "grounded",
    "rubric",
]
"""How a reply can be checked; `advisor.probe.graders` says what each one does."""


class Grader(Frozen):
    """One check a reply must pass."""

    kind: GraderKind
    value: LongText = ""
    """What the check needs: text, pattern, number, schema, option, language, context or rubric."""
    tolerance: Annotated[float, Field(ge=0)] | None = None
    """Absolute difference a number may have; None is one millionth of it."""
    minimum: Share | None = None
    """Share of the reply's sentences the context must support; None is 0.8."""
    ignore_case: bool = False
    negate: bool = False
    """Whether the reply must not pass it."""


class SameAnswer(Frozen):
    """What a person says of two replies in free text: the rule is overruled."""

    one: LongText
    other: LongText
    same: bool


class ProbePrompt(Frozen):
    """One prompt the shortlisted offers are asked, and how its replies are judged."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
    text: LongText
    system: LongText | None = None
    expected: Text | None = None
    answer_type: Literal["choice", "number", "json", "code", "date", "short", "free"] = "free"
    options: tuple[str, ...] = ()
    """Allowed answers when the type is `choice`."""
    tolerance: Share | None = None
    """Relative difference up to which two numbers are one answer; None is one millionth."""
    arrays_are_sets: bool = False
    """Whether the order inside JSON arrays does not matter."""
    rewords: str | None = None
    """Id of the prompt this one asks in other words."""
    vars: dict[Annotated[str, Field(max_length=60)], LongText] = {}
    """Values for the places marked {{name}} in texts and graders; without any, nothing is replaced."""
    turns: Annotated[tuple[Turn, ...], Field(max_length=200)] = ()
    """Earlier messages of the conversation, oldest first."""
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=10)] = ()
    tools: Annotated[tuple[Tool, ...], Field(max_length=64)] = ()
    graders: Annotated[tuple[Grader, ...], Field(max_length=20)] = ()
    """All must pass, beside the expected answer if there is one."""
    verdicts: Annotated[tuple[SameAnswer, ...], Field(max_length=500)] = ()
    """Pairs of replies in free text that a person called equal or different."""

    @property
    def graded(self) -> bool:
        """Whether anything says which replies are right."""
        return self.expected is not None or bool(self.graders)

    @property
    def judged_alone(self) -> bool:
        """Whether that is known without a judge model reading the replies."""
        return self.graded and all(grader.kind != "rubric" for grader in self.graders)


class ProbePlan(Frozen):
    """What to ask whom, how often, and for how much money at most."""

    offers: tuple[str, ...] = ()
    """Offer ids (`model@provider`), `own:NAME` endpoints, `practice:NAME` models, or `litellm:ID`."""
    prompts: tuple[ProbePrompt, ...] = ()
    samples_per_prompt: Annotated[int, Field(ge=1, le=100)] = 3
    """Calls with exactly the prompt as written, for answers and agreement."""
    latency_samples: Annotated[int, Field(ge=0, le=100)] = 1
    """Further calls per prompt for times, each made unique so that no prompt cache shortens it."""
    warm_up: bool = True
    """Whether each offer is first asked once for nothing but to open the way; paid for, in no figure."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """None leaves the provider's default."""
    max_output_tokens: Annotated[int, Field(ge=1, le=200_000)] = 512
    effort: str | None = None
    cap_usd: Annotated[float, Field(gt=0, le=100_000)] = 1.0
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 120.0
    max_attempts: Annotated[int, Field(ge=1, le=5)] = 3
    """Calls per sample at most; more than one only after a rate limit or a provider's fault, all shown."""
    after_crash: Literal["repeat_once", "leave_missing"] = "repeat_once"
    """What becomes of calls in flight when the worker dies."""
    requests_per_minute: Annotated[float, Field(ge=1, le=1_000_000)] | None = None
    """Calls per provider account and minute; None slows down only when the provider refuses."""
    tokens_per_minute: Annotated[float, Field(ge=100, le=1e9)] | None = None
    """Tokens per provider account and minute, prompt and longest answer together."""
    concurrency_per_provider: Annotated[int, Field(ge=1, le=64)] | None = None
    """Calls in flight per provider account, over all runs."""
    minimum_agreement: Share | None = None
    """Pass mark: smallest agree@2 an offer must reach."""
    minimum_pass_rate: Share | None = None
    """Pass mark: smallest share of expected answers given."""
    design: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] = "own"
    """Key of a design in `advisor.probe.designs`; `own` takes prompts and samples as they stand here."""
    focus: str | None = None
    """Id of the prompt that designs about one prompt ask; None is the first one."""
    sweep: Annotated[tuple[Annotated[float, Field(ge=0, le=1000)], ...], Field(max_length=12)] = ()
    """Values of the setting a sweep goes through; empty takes the design's own."""
    efforts: Annotated[tuple[Annotated[str, Field(max_length=20)], ...], Field(max_length=8)] = ()
    """Reasoning efforts of the ladder; empty takes what each offer lists."""
    document: LongText | None = None
    """The document that the long-context design puts before the question."""
    adaptive: bool = False
    """Whether an offer is asked no further once it is clearly beaten or clearly good enough."""


class Measurement(Frozen):
    """One measured figure about one offer, as evidence for this case."""

    offer: str
    metric: str
    unit: str
    value: float
    low: float | None = None
    high: float | None = None
    n: Annotated[int, Field(ge=1)]
    as_of: date
    run: str
    simulated: bool = False
    prompts: Annotated[int, Field(ge=1)] | None = None
    """Prompts behind it; None is not recorded."""
    setting: str = ""
    """Setting of a sweep or ladder it was measured at, such as `effort low`; empty is the plan's own."""
    input_tokens: Amount | None = None
    """Mean prompt tokens of the calls behind it; None is unknown."""
    output_tokens: Amount | None = None
    """Mean visible answer tokens of the calls behind it; None is unknown."""


class Case(Frozen):
    """Everything one decision rests on, apart from the catalog."""

    version: Literal[1] = 1
    name: Annotated[str, Field(max_length=120)] = ""
    purpose: Text = ""
    preset: str | None = None
    """Key of the preset the case started from."""
    from_preset: tuple[str, ...] = ()
    """Dotted paths of answers still as the preset gave them, such as `access.privacy`."""
    workload: Workload = Workload()
    answers: dict[str, dict[str, Answer]] = {}
    """Step key -> question key -> answer; an absent key is not answered yet."""
    preferences: Preferences = Preferences()
    shortlist: tuple[str, ...] = ()
    own_endpoints: tuple[OwnEndpoint, ...] = ()
    probe: ProbePlan = ProbePlan()
    measurements: tuple[Measurement, ...] = ()
    deciders: tuple[Annotated[str, Field(max_length=120)], ...] = ()
    notes: Text = ""

    def answer(self, step: str, question: str) -> Answer | None:
        """The answer to one question, None when it is not answered."""
        return self.answers.get(step, {}).get(question)

    def with_measurements(self, run: str, new: tuple[Measurement, ...]) -> Case:
        """This case with what a run measured, in place of what was taken from that run before."""
        others = tuple(one for one in self.measurements if one.run != run)
        return self.model_copy(update={"measurements": (*others, *new)})

    def with_answer(self, step: str, question: str, answer: Answer | None) -> Case:
        """This case with one answer set, or removed when `answer` is None."""
        mine = {k: v for k, v in self.answers.get(step, {}).items() if k != question}
        if answer is not None:
            mine[question] = answer
        touched = f"{step}.{question}"
        left = tuple(path for path in self.from_preset if path != touched)
        answers = {**self.answers, step: mine}
        return self.model_copy(update={"answers": answers, "from_preset": left})
