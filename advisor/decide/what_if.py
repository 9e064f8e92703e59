"""A case with other numbers, to see what they would cost before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time

from advisor.case import Case, Workload
from advisor.catalog.entries import Catalog
from advisor.cost.hardware import Hardware
from advisor.cost.profile import ZERO, TokenProfile
from advisor.cost.selfhost import AS_USUAL, Machines
from advisor.decide.field import inputs_for
from advisor.decide.plan import Situation
from advisor.interval import Interval


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Numbers tried out, and which discounts and fees are counted."""

    workload: Workload
    caching: bool = True
    """Whether repeated prompt text is read from the cache."""
    batch: bool = True
    """Whether what can wait goes through the batch API."""
    at: time | None = None
    """UTC time of day at which every request runs; None counts no off-peak price."""
    searches: float | None = None
    """Live web searches per request; None leaves them as the decisions have them."""
    search_fees: bool = True
    machines: Machines = AS_USUAL
    """How own machines would be run."""

    def profile(self, planned: TokenProfile) -> TokenProfile:
        """One task's profile under these switches."""
        searches = planned.searches if self.searches is None else Interval.exact(self.searches)
        return replace(
            planned,
            cached_share=planned.cached_share if self.caching else ZERO,
            cache_written_share=planned.cache_written_share if self.caching else ZERO,
            batch_share=planned.batch_share if self.batch else ZERO,
            searches=searches if self.search_fees else ZERO,
            at=self.at,
        )


def tried(case: Case, what_if: WhatIf, catalog: Catalog, day: date, hardware: Hardware | None) -> Situation:
    """The situation of a case under other numbers, its six decisions unchanged.

    Measured costs are left out: they were measured for the numbers in the case, not for these.
    """
    kept = tuple(one for one in case.measurements if one.metric != "cost")
    other = case.model_copy(update={"workload": what_if.workload, "measurements": kept})
    situation = inputs_for(other, catalog, day, None, hardware).situation
    plan = replace(situation.plan, profile=what_if.profile(situation.plan.profile))
    return replace(situation, plan=plan, machines=what_if.machines, memo={})


def with_requests(situation: Situation, requests: float) -> Situation:
    """The same situation at another number of requests a month."""
    work = situation.case.workload.model_copy(update={"requests_per_month": requests})
    return replace(situation, case=situation.case.model_copy(update={"workload": work}), memo={})
