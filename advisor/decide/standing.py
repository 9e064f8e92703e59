"""How a case stands while it is being answered: who is left, in which order, and what the leader costs.

The same screen and the same values as `decide.decide`, hence the same order, without what a result says
beyond it (chances, explanations, near misses): fast enough to follow every answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from advisor.case import Case
from advisor.catalog.entries import Catalog, CatalogOffer
from advisor.cost.hardware import Hardware
from advisor.decide.candidates import candidates
from advisor.decide.costs import usd_per_task
from advisor.decide.field import inputs_for, survivors
from advisor.decide.plan import Plan
from advisor.decide.stated import is_stated
from advisor.interval import Interval


@dataclass(frozen=True, slots=True)
class Left:
    """An offer that meets every hard need, as far as is known."""

    offer: CatalogOffer
    rank: int

    @property
    def id(self) -> str:
        """`model@provider`."""
        return self.offer.id


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands on one day."""

    plan: Plan
    ranking: tuple[Left, ...]
    """Best first; empty when no offer fits."""
    competing: int
    """Offers that were screened."""
    stated: bool
    """Whether the case says anything; without it nobody is recommended."""
    usd_per_request: Interval | None
    """Cost of one finished task with the leader; None without a leader or when it is unknown."""

    @property
    def winner(self) -> Left | None:
        """The leading offer, None when no model fits."""
        return self.ranking[0] if self.ranking else None


def standing(
    case: Case, catalog: Catalog, day: date, *, plan: Plan | None = None, hardware: Hardware | None = None
) -> Standing:
    """Screen and order the offers of a case.

    Args:
        case: What the user told us.
        catalog: All facts.
        day: The day prices, retirements and ages are taken on.
        plan: The six outcomes, when they are known already.
        hardware: Accelerators and model shapes; without them your own machines cost an unknown amount.

    Raises:
        BadCase: A preference names no criterion.
    """
    inputs = inputs_for(case, catalog, day, plan, hardware)
    situation = inputs.situation
    screened = candidates(situation)
    rows = survivors(screened, inputs)
    first = usd_per_task(rows[0].offer, situation) if rows else None
    ranking = tuple(Left(row.offer, rank) for rank, row in enumerate(rows, start=1))
    return Standing(situation.plan, ranking, len(screened), is_stated(case), first)
