"""The result: a ranking with its explanation. "No model fits" is a result too, not an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from advisor.catalog.entries import CatalogOffer
from advisor.catalog.facts import Provenance
from advisor.decide.advice import Constraint, Guardrail
from advisor.decide.plan import Plan
from advisor.interval import Interval


@dataclass(frozen=True, slots=True)
class Reading:
    """What a criterion reads off one offer: bounds in the criterion's unit, and where from."""

    value: Interval
    provenance: Provenance
    note: str = ""
    basis: str = ""
    """What a measurement rests on, such as "your 30 prompts"; empty for what was not measured."""
    efforts: tuple[str, ...] = ()
    """Efforts it was measured at where they are not the one chosen, lowest first."""
    was: Reading | None = None
    """The published figure a measurement replaced; None when there was none."""


class Verdict(StrEnum):
    """Three-valued outcome of one hard need."""

    PASS = "pass"  # noqa: S105  a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One hard need held against one offer."""

    constraint: Constraint
    verdict: Verdict
    reading: Reading | None
    margin: float | None
    """How far inside (positive) or outside (negative) the level, in the criterion's unit."""
    words: str
    """One sentence: "context 128,000 tokens < 200,000 needed"."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """An offer that fails at least one hard need."""

    offer: CatalogOffer
    failed: tuple[Check, ...]
    unknown: tuple[Check, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What dropping one hard need would bring back."""

    constraint: Constraint
    brings_back: tuple[str, ...]
    """Offer ids."""
    best: str | None
    """The offer that would lead if only this need were dropped."""
    words: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """One criterion's part of an offer's score: weight times value; contributions sum to the score."""

    criterion: str
    weight: float
    reading: Reading | None
    """None when the fact is unknown: the value is then the whole scale, 0 to 1."""
    value: Interval
    """Worth on the fixed scale, 0 (worst end) to 1 (best end)."""
    clipped: bool
    """Whether the reading lies outside the scale."""

    @property
    def points(self) -> Interval:
        """Weight times value."""
        return self.value.scaled(self.weight)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One surviving offer with everything said about it."""

    offer: CatalogOffer
    rank: int
    score: Interval
    """0 to 1; low and high when every unknown turns out worst or best."""
    contributions: tuple[Contribution, ...]
    checks: tuple[Check, ...]
    p_first: float
    """Probability of rank 1 over the draws (rank acceptability)."""
    p_top3: float
    tie_group: int
    """Offers with the same number are too close to call."""
    dominated_by: tuple[str, ...]
    below_minimum: tuple[str, ...]
    """Criteria whose minimum level the offer misses (only when kept because of unknowns)."""
    usd_per_request: Interval | None
    """Cost of one finished task; None when price or tokens are unknown."""
    usd_per_month: Interval | None
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    verify: tuple[str, ...]
    """Facts to check before signing, each a sentence."""
    simulated: bool = False

    @property
    def id(self) -> str:
        """`model@provider`."""
        return self.offer.id


@dataclass(frozen=True, slots=True)
class FlipPoint:
    """The value of one weight or one uncertain fact at which the winner changes."""

    kind: str
    """`weight` or `fact`."""
    criterion: str
    offer: str | None
    """The offer whose fact it is; None for weights."""
    challenger: str
    """Who wins beyond the point."""
    current: float
    at: float
    """In weight (0..1) or in the criterion's unit."""
    words: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """Stochastic multicriteria acceptability analysis (SMAA-2; Lahdelma & Salminen 2001)."""

    draws: int
    seed: int
    offers: tuple[str, ...]
    acceptability: tuple[tuple[float, ...], ...]
    """Row per offer, column per rank (first ranks only, as many as kept)."""
    central_weights: Mapping[str, tuple[float, ...]]
    """Offer id -> mean weights with which it comes first; absent when it never does."""
    pairwise_wins: tuple[tuple[float, ...], ...]
    """Share of draws in which the row's offer beats the column's."""


@dataclass(frozen=True, slots=True)
class CostStep:
    """How one choice moved the leader's cost per task."""

    step: str
    because: str
    usd_before: Interval | None
    usd_after: Interval | None
    words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One case decided over one catalog on one day. Recomputed, never stored alone."""

    case_name: str
    day: date
    catalog_version: str
    catalog_digest: str
    plan: Plan
    criteria: tuple[str, ...]
    """Keys that carry weight, in order of weight."""
    weights: Mapping[str, float]
    """Effective weights; they sum to 1."""
    weights_from: str
    """How the weights came about, one sentence."""
    constraints: tuple[Constraint, ...]
    ranking: tuple[Ranked, ...]
    """Best first; empty when no offer fits."""
    excluded: tuple[Excluded, ...]
    """Nearest misses first."""
    relaxations: tuple[Relaxation, ...]
    robustness: Robustness | None
    flip_points: tuple[FlipPoint, ...]
    cost_steps: tuple[CostStep, ...]
    guardrails: tuple[Guardrail, ...]
    stated: bool
    """Whether the case says anything at all; without it the ranking is no recommendation."""
    title: str
    """The result in a few words, as sure as the odds allow."""
    headline: str
    """What the title rests on: the odds and who else may be best, what is missing, or why no model fits."""
    confidence: str
    """What the confidence rests on and what would change the answer, one or two sentences."""
    simulated: bool = False
    """Whether any simulated measurement took part."""

    @property
    def winner(self) -> Ranked | None:
        """The leading offer, None when no model fits."""
        return self.ranking[0] if self.ranking else None

    @property
    def recommended(self) -> Ranked | None:
        """The leading offer of a case that says something; None when no model fits or nothing is stated."""
        return self.winner if self.stated else None
