"""Bills that open their own arithmetic: per request, successful task, month and user, of one offer.

Every figure carries the numbers it was made from. What cannot be worked out stays unknown, with the
reason and, where a part is known, what it costs at least.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from advisor import wording
from advisor.catalog.entries import CatalogOffer
from advisor.catalog.facts import Provenance
from advisor.cost.api import known_part
from advisor.cost.breakdown import CostLine
from advisor.decide import hosting
from advisor.decide.decision import Reading
from advisor.decide.field import Inputs, field_of
from advisor.decide.hosting import SELF, Hosted
from advisor.decide.measured import measured
from advisor.decide.plan import Situation
from advisor.decide.readings import bill_of
from advisor.interval import Interval
from advisor.wording import number, usd, usd_factor

NO_TOKENS = "the tokens of a typical request are not known"
NO_PRICE = "the price is not known"
NO_REQUESTS = "the requests per month are not known"
NO_USERS = "the number of users is not known"
MAY_FAIL = "it is not sure that any task ends well"


class Basis(StrEnum):
    """What a bill rests on."""

    PRICE_LIST = "price list"
    RENT = "GPU rent"
    MEASURED = "measured"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a bill, in US dollars."""

    label: str
    usd: Interval | None
    """Low, middle and high; None when it cannot be worked out."""
    at_least_usd: float | None
    """When it is unknown: what the known part of it costs; None when nothing is known."""
    formula: str
    """The middle figures, written out; why it is unknown when it is."""

    @property
    def words(self) -> str:
        """The figure for people: bounds, "at least $5", or "unknown"."""
        if self.usd is not None:
            return wording.about(self.usd, usd)
        return wording.UNKNOWN_WORD if self.at_least_usd is None else f"at least {usd(self.at_least_usd)}"


@dataclass(frozen=True, slots=True)
class Bill:
    """What one offer costs for this case."""

    offer: CatalogOffer
    basis: Basis
    per_request: Figure
    """One attempted task, all its model calls together."""
    per_success: Figure
    """One task that ends well, failed attempts paid too."""
    per_month: Figure
    per_user: Figure
    """Per user and month."""
    lines: tuple[CostLine, ...]
    """Parts of `per_request`; empty when it is unknown."""
    simulated: bool = False

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All four, as they are shown."""
        return (self.per_request, self.per_success, self.per_month, self.per_user)


@dataclass(frozen=True, slots=True)
class _Task:
    """One task's cost before it is multiplied."""

    usd: Interval | None
    at_least: float | None
    formula: str
    lines: tuple[CostLine, ...] = ()


def bills(inputs: Inputs) -> tuple[Bill, ...]:
    """Bills of every acceptable offer, cheapest middle first, unknown ones last."""
    found = [bill_for(row.offer, inputs.situation) for row in field_of(inputs).rows]
    return tuple(sorted(found, key=_cheapest_first))


def _cheapest_first(bill: Bill) -> tuple[float, str]:
    cost = bill.per_request.usd
    return (float("inf") if cost is None else cost.mid, bill.offer.id)


def bill_for(offer: CatalogOffer, situation: Situation) -> Bill:
    """One offer's bill: measured where it was, rent on own machines, else the price list."""
    tested = measured("cost", offer, situation)
    if tested is not None:
        basis, task = Basis.MEASURED, _measured(tested)
    elif offer.provider.id == SELF:
        basis, task = Basis.RENT, _rented(offer, situation)
    else:
        basis, task = Basis.PRICE_LIST, _listed(offer, situation)
    month = _times_requests(task, situation.case.workload.requests_per_month)
    return Bill(
        offer=offer,
        basis=Basis.UNKNOWN if task.usd is None else basis,
        per_request=Figure("Per request", task.usd, task.at_least, task.formula),
        per_success=_per_success(task, situation, measured_already=tested is not None),
        per_month=month,
        per_user=_per_user(month, situation.case.workload.users),
        lines=task.lines,
        simulated=tested is not None and bool(tested.note),
    )


def _listed(offer: CatalogOffer, situation: Situation) -> _Task:
    bill = bill_of(offer, situation)
    if bill is not None:
        parts = " + ".join(usd(line.usd.mid) for line in bill.lines)
        return _Task(bill.total, None, f"{parts} = {usd(bill.total.mid)}", bill.lines)
    if offer.price(situation.day) is None:
        return _Task(None, None, f"Unknown: {NO_PRICE}.")
    plan, requests = situation.plan, situation.case.workload.requests_per_month
    least = known_part(offer, plan.profile, situation.day, plan.effort, requests_per_month=requests)
    return _Task(None, least, f"Unknown: {NO_TOKENS}.")


def _measured(tested: Reading) -> _Task:
    middle = usd(tested.value.mid)
    line = CostLine(
        "measured", "As measured", None, None, tested.value, middle, tested.provenance, tested.note
    )
    simulated = ", simulated" if tested.note else ""
    return _Task(tested.value, None, f"{middle}, measured{simulated}", (line,))


def _rented(offer: CatalogOffer, situation: Situation) -> _Task:
    found = hosting.hosted(offer, situation.plan.profile, situation)
    each = found.usd_per_task if found else None
    rented = found.rent_per_task if found else None
    if found is None or each is None or rented is None:
        why = "memory, rent, tokens or the number of requests are not known, or no accelerator carries it"
        return _Task(None, None, f"Unknown: {why}.")
    rent = _rent_line(found, rented)
    if not found.beside:
        return _Task(each, None, rent.formula, (rent,))
    parts = " + ".join(usd(line.usd.mid) for line in (rent, *found.beside))
    return _Task(each, None, f"{parts} = {usd(each.mid)}", (rent, *found.beside))


def _rent_line(found: Hosted, rent: Interval) -> CostLine:
    tasks = number(found.calls_per_month / found.calls_per_task, 6)
    formula = f"({found.plan.monthly_formula}) / {tasks} requests = {usd(rent.mid)}"
    where: Provenance = found.rent_provenance
    return CostLine("rent", "GPU rent", None, None, rent, formula, where, found.words)


def _per_success(task: _Task, situation: Situation, *, measured_already: bool) -> Figure:
    label, share = "Per successful task", situation.plan.profile.success_rate
    if measured_already or (share.low >= 1 and task.usd is not None):
        return Figure(label, task.usd, None, f"{usd(task.usd.mid if task.usd else None)}, as per request")
    if task.usd is None:
        return Figure(label, None, _over(task.at_least, share.high), task.formula)
    if share.low <= 0:
        return Figure(label, None, _over(task.usd.low, share.high), f"Unknown: {MAY_FAIL}.")
    each = task.usd.per(share)
    done = wording.percent(share.mid)
    return Figure(label, each, None, f"{usd(task.usd.mid)} / {done} that end well = {usd(each.mid)}")


def _over(value: float | None, share: float) -> float | None:
    return None if value is None or share <= 0 else value / share


def _times_requests(task: _Task, requests: float | None) -> Figure:
    label = "Per month"
    if requests is None:
        return Figure(label, None, None, f"Unknown: {NO_REQUESTS}.")
    if task.usd is None:
        least = None if task.at_least is None else task.at_least * requests
        return Figure(label, None, least, task.formula)
    month = task.usd.scaled(requests)
    times = f"{usd_factor(task.usd.mid, requests)} x {number(requests, 6)} requests"
    return Figure(label, month, None, f"{times} = {usd(month.mid)} a month")


def _per_user(month: Figure, users: float | None) -> Figure:
    label = "Per user and month"
    if not users:
        return Figure(label, None, None, f"Unknown: {NO_USERS}.")
    if month.usd is None:
        least = None if month.at_least_usd is None else month.at_least_usd / users
        return Figure(label, None, least, month.formula)
    each = month.usd.scaled(1 / users)
    return Figure(label, each, None, f"{usd(month.usd.mid)} / {number(users, 6)} users = {usd(each.mid)}")
