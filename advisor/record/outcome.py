"""A decision as a record keeps it: every figure and sentence, with names resolved on the day it was made.

A `Decision` lives in memory, next to the catalog it was made from. A record must be readable years
later without that catalog, so it keeps its own checked copy.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from advisor.frozen import Frozen
from advisor.interval import Interval

Words = Annotated[str, Field(max_length=8_000)]
Probability = Annotated[float, Field(ge=0, le=1)]
Three = tuple[float, float, float]
"""One quantity in the best, the expected and the worst case for cost; not always in rising order."""


class Range(Frozen):
    """Low, middle and high of one quantity; all equal when it is known exactly."""

    low: float
    mid: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low, mid and high are out of order")
        return self

    @property
    def interval(self) -> Interval:
        """The same quantity for calculating and wording."""
        return Interval(self.low, self.mid, self.high)


class Source(Frozen):
    """Where a figure comes from."""

    name: Words
    as_of: date | None = None
    origin: Literal["published", "measured", "derived", "assumed"]
    url: Words | None = None


class Figure(Frozen):
    """One reading in its criterion's unit."""

    value: Range
    source: Source
    note: Words = ""


class Weighing(Frozen):
    """One criterion's part of a score; `figure` is None when the fact is unknown."""

    criterion: str
    weight: Probability
    figure: Figure | None
    value: Range
    """Worth on the fixed scale, 0 (worst end) to 1 (best end)."""
    clipped: bool = False


class Need(Frozen):
    """One hard need held against one offer."""

    criterion: str
    verdict: Literal["pass", "fail", "unknown"]
    words: Words
    figure: Figure | None = None
    """The fact it was held against, with source and day; None when unknown or of an older version."""


class Facts(Frozen):
    """The catalog row of an offer on the day of the record; None is unknown."""

    litellm_id: Words
    key_env: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=120)] | None = None
    """Environment variable LiteLLM reads the key from."""
    vendor: Words = ""
    released: date | None = None
    open_weights: bool | None = None
    licence: Words | None = None
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    input_usd_per_mtok: float | None = None
    output_usd_per_mtok: float | None = None
    price_source: Source | None = None
    limits_source: Source | None = None
    last_day: date | None = None
    """Announced last day of the offer."""
    moving_alias: bool = False
    regions: tuple[str, ...] = ()
    quantisation: str | None = None


class BillPart(Frozen):
    """One part of what an attempted task costs; tokens times rate where it is about tokens."""

    kind: str
    label: Words
    tokens: Three | None = None
    """Per task; None when the part is not about tokens."""
    usd_per_mtok: Three | None = None
    """US dollars per million tokens, with batch share, tier and region in it."""
    usd: Three
    """US dollars per attempted task."""
    formula: Words = ""
    """The expected case, written out."""
    note: Words = ""


class Placed(Frozen):
    """One offer that meets every hard need, with everything said about it."""

    id: str
    label: Words
    rank: Annotated[int, Field(ge=1)]
    score: Range
    weighings: tuple[Weighing, ...] = ()
    needs: tuple[Need, ...] = ()
    p_first: Probability
    p_top3: Probability
    tie_group: int
    dominated_by: tuple[str, ...] = ()
    below_minimum: tuple[str, ...] = ()
    usd_per_task: Range | None = None
    """Cost of one finished task; None is unknown."""
    usd_per_month: Range | None = None
    bill: tuple[BillPart, ...] = ()
    """Parts of an attempted task's cost; empty when unknown, not detailed, or of an older version."""
    reasons_for: tuple[Words, ...] = ()
    reasons_against: tuple[Words, ...] = ()
    verify: tuple[Words, ...] = ()
    simulated: bool = False
    facts: Facts


class OutOfRace(Frozen):
    """One offer that fails a hard need."""

    id: str
    label: Words
    words: Words
    needs: tuple[Need, ...] = ()


class StepReason(Frozen):
    """One reason for or against, with the key of the rule behind it."""

    text: Words
    rule: str | None = None


class StepOutcome(Frozen):
    """What one of the six decisions came to."""

    step: str
    title: Words
    choice: str
    choice_label: Words
    recommended: str
    headline: Words
    reasons_for: tuple[StepReason, ...] = ()
    reasons_against: tuple[StepReason, ...] = ()
    next_steps: tuple[Words, ...] = ()
    warnings: tuple[Words, ...] = ()
    open_questions: tuple[Words, ...] = ()


class GivenAnswer(Frozen):
    """One question and the answer given, both in words."""

    step: Words
    question: Words
    answer: Words


class Driver(Frozen):
    """One criterion that carries weight, with the fixed scale the weight refers to."""

    criterion: str
    label: Words
    unit: Words
    weight: Probability
    worst: float | None = None
    best: float | None = None


class HardNeed(Frozen):
    """One hard need and the answer it follows from."""

    criterion: str
    words: Words
    because: Words


class Flip(Frozen):
    """A point at which the winner changes."""

    kind: Literal["weight", "fact"]
    criterion: str
    offer: str | None = None
    challenger: str
    current: float
    at: float
    words: Words


class CostMove(Frozen):
    """How one choice moved the leader's cost per task."""

    because: Words
    usd_before: Range | None = None
    usd_after: Range | None = None
    words: Words


class Limit(Frozen):
    """A guardrail: a limit the architecture must enforce."""

    key: str
    label: Words
    value: float
    unit: Words
    because: Words


class Relief(Frozen):
    """What dropping one hard need would bring back."""

    words: Words
    brings_back: tuple[str, ...] = ()
    best: str | None = None


class TaskProfile(Frozen):
    """Tokens and calls of one finished task; None is not known."""

    input_tokens: Range | None = None
    output_tokens: Range | None = None
    reasoning_per_output: Range
    cached_share: Range
    calls: Range
    batch_share: Range
    searches: Range
    extra_usd: Range
    success_rate: Range


class Outcome(Frozen):
    """One decision, complete in itself."""

    day: date
    title: Words = ""
    """The result in a few words; empty in records of older versions."""
    headline: Words
    confidence: Words
    simulated: bool
    weights_from: Words
    draws: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Random draws behind the probabilities; None when there were none."""
    seed: int | None = None
    effort: str | None = None
    profile: TaskProfile
    steps: tuple[StepOutcome, ...]
    answers: tuple[GivenAnswer, ...]
    drivers: tuple[Driver, ...]
    needs: tuple[HardNeed, ...]
    ranking: tuple[Placed, ...]
    excluded: tuple[OutOfRace, ...]
    reliefs: tuple[Relief, ...] = ()
    flips: tuple[Flip, ...] = ()
    cost_moves: tuple[CostMove, ...] = ()
    limits: tuple[Limit, ...] = ()

    def placed(self, offer_id: str) -> Placed | None:
        """The ranked offer of that id, None when it is not in the ranking."""
        return next((row for row in self.ranking if row.id == offer_id), None)
