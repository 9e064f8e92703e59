"""Facts about tuning services: what is open, what it costs where that is known, what teachers allow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from advisor.catalog.entries import Slug
from advisor.catalog.facts import Sourced, SourceEntry
from advisor.cost.hardware import Positive, check_sources, checked, parse_yaml
from advisor.frozen import Frozen


class Technique(StrEnum):
    """How a model is tuned."""

    FULL = "full"
    LORA = "lora"
    QLORA = "qlora"
    DISTIL = "distil"
    """A small model learns from a large one's answers; trained like LoRA here unless said otherwise."""


class SizePrice(Frozen):
    """Training price up to a model size."""

    up_to_b: Positive
    """Largest number of parameters it holds for, billions."""
    usd_per_mtok: Positive
    """US dollars per million trained tokens."""


class PriceRange(Frozen):
    """Prices that vary by model and operation."""

    low: Positive
    high: Positive


class Route(Sourced):
    """One place to tune."""

    id: Slug
    name: str
    techniques: Annotated[tuple[Technique, ...], Field(min_length=1)]
    closed_to_newcomers: date | None = None
    closed_to_inactive: date | None = None
    closed_to_all: date | None = None
    prices: tuple[SizePrice, ...] = ()
    """Smallest size first; empty is unknown."""
    price_range_usd_per_mtok: PriceRange | None = None
    hosting: str
    """How the tuned model is served, and how that is billed."""
    billing: str = ""

    @model_validator(mode="after")
    def _rising(self) -> Self:
        sizes = [price.up_to_b for price in self.prices]
        if sizes != sorted(sizes):
            raise ValueError("prices must rise by size: order them from the smallest model to the largest")
        return self

    def open_on(self, day: date, *, newcomer: bool = True, active: bool = True) -> bool:
        """Whether a customer can start a job on `day`.

        Args:
            day: The day.
            newcomer: Has never tuned there.
            active: Has tuned there lately; matters for old customers only.
        """
        ends = [self.closed_to_all]
        if newcomer:
            ends.append(self.closed_to_newcomers)
        if newcomer or not active:
            ends.append(self.closed_to_inactive)
        return all(end is None or day < end for end in ends)

    def closed_words(self) -> str:
        """Since when whom the route is closed to; empty when it is open."""
        parts = [
            f"{whom} {'since' if whom != 'to everyone' else 'from'} {end.isoformat()}"
            for whom, end in (
                ("to newcomers", self.closed_to_newcomers),
                ("to inactive customers", self.closed_to_inactive),
                ("to everyone", self.closed_to_all),
            )
            if end is not None
        ]
        return f"closed {', '.join(parts)}" if parts else ""

    def usd_per_mtok(self, total_b: float) -> float | None:
        """Training price of a model of this size, None when unknown."""
        return next((price.usd_per_mtok for price in self.prices if total_b <= price.up_to_b), None)


class Teacher(Sourced):
    """What a vendor's terms say about learning from its model's answers. Never legal advice."""

    vendor: Slug
    name: str
    stance: Literal["restricted", "allowed"]
    text: str


UNREAD_TERMS = "These terms were not read: check them before you train on this model's answers."


class TuningFacts(Frozen):
    """All routes and teachers."""

    routes: tuple[Route, ...]
    teachers: tuple[Teacher, ...]
    sources: dict[str, SourceEntry]

    def open_routes(self, technique: Technique, day: date, *, newcomer: bool = True) -> tuple[Route, ...]:
        """Routes a customer can take on `day` for a technique."""
        fitting = (route for route in self.routes if technique in route.techniques)
        return tuple(route for route in fitting if route.open_on(day, newcomer=newcomer))

    def closed_routes(self, day: date, *, newcomer: bool = True) -> tuple[Route, ...]:
        """Routes that are closed to this customer on `day`."""
        return tuple(route for route in self.routes if not route.open_on(day, newcomer=newcomer))

    def teacher_warning(self, vendor: str, licence: str | None = None) -> str:
        """What to heed before learning from a vendor's model; for open weights the licence decides."""
        known = next((teacher for teacher in self.teachers if teacher.vendor == vendor), None)
        if licence is not None:
            return f"The licence of the weights decides ({licence}): some forbid training others with it."
        return UNREAD_TERMS if known is None else known.text


def parse_tuning(texts: Mapping[str, str]) -> TuningFacts:
    """Reads `tuning.yaml` and `sources.yaml`, given by name.

    Raises:
        BadCatalog: An entry breaks a rule or names an unknown source.
    """
    name = "tuning.yaml"
    raw = {"sources": parse_yaml("sources.yaml", texts["sources.yaml"]), **parse_yaml(name, texts[name])}
    facts = checked(name, "document", TuningFacts, raw)
    check_sources([(name, route.id, route) for route in facts.routes], facts.sources)
    check_sources([(name, teacher.vendor, teacher) for teacher in facts.teachers], facts.sources)
    return facts
