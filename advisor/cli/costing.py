"""What a case costs, as a document and in words for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from advisor.case import Case
from advisor.catalog.entries import Catalog
from advisor.cli.printed import columns
from advisor.cost.hardware import Hardware
from advisor.decide.bills import Bill, bill_for, bills
from advisor.decide.candidates import candidates
from advisor.decide.field import field_of, inputs_for
from advisor.decide.plan import Situation
from advisor.documents import near
from advisor.errors import NotFound
from advisor.wording import count

_NEEDED = {
    "input_tokens": "tokens in, per request; a number from 0, such as 2500",
    "output_tokens": "tokens out, per request; a number from 0, such as 250",
    "requests_per_month": "a number from 0, such as 200000",
    "users": "people who share the requests; a number from 1, such as 500",
}
"""Field -> what it may be; without it a figure stays unknown."""
SHOWN = 12
"""Offers printed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Costing:
    """Bills of a case and what they were made from."""

    bills: tuple[Bill, ...]
    acceptable: tuple[str, ...]
    """Ids of the offers that meet every hard need."""
    situation: Situation
    wanted: bool = False
    """Whether these offers were asked for by name: then each opens its arithmetic."""


def costing(
    case: Case, catalog: Catalog, day: date, hardware: Hardware, wanted: Sequence[str] = ()
) -> Costing:
    """Bills of every acceptable offer, or of those wanted, acceptable or not.

    Raises:
        NotFound: A wanted offer does not compete in this case.
    """
    inputs = inputs_for(case, catalog, day, hardware=hardware)
    acceptable = tuple(row.offer.id for row in field_of(inputs).rows)
    if not wanted:
        return Costing(bills(inputs), acceptable, inputs.situation)
    known = {offer.id: offer for offer in candidates(inputs.situation)}
    for key in wanted:
        if key not in known:
            raise NotFound(f"No offer {key} competes in this case.", near(key, list(known)))
    found = tuple(bill_for(known[key], inputs.situation) for key in wanted)
    return Costing(found, acceptable, inputs.situation, wanted=True)


def printed_costing(made: Costing) -> str:
    """A table of all bills; the arithmetic follows when there are few."""
    if not made.bills:
        return "No offer meets every hard need of this case; `advisor decide` says what to relax."
    head = ("Offer", *(figure.label for figure in made.bills[0].figures))
    rows = [(_name(bill), *(figure.words for figure in bill.figures)) for bill in made.bills[:SHOWN]]
    left = len(made.bills) - SHOWN
    more = [f"… and {count(left, 'more offer')}"] if left > 0 else []
    shown = made.bills if made.wanted else made.bills[:1]
    opened = [line for bill in shown for line in _arithmetic(bill)]
    others = len(made.bills) - len(shown)
    way = ["", "Name another with --offer ID to open its arithmetic."] if others else []
    return "\n".join([columns(head, rows), *more, "", *opened, *way, *_missing(made.situation)])


def _missing(situation: Situation) -> list[str]:
    """Numbers of the case that would turn an unknown into a figure, with what they may be."""
    work = situation.case.workload
    gone = [f"  workload.{name}: {about}" for name, about in _NEEDED.items() if getattr(work, name) is None]
    if not gone:
        return []
    return ["", "Not in the case yet, so not counted:", *gone, "  `advisor preset` lists finished examples."]


def _name(bill: Bill) -> str:
    return f"{bill.offer.id} (simulated)" if bill.simulated else bill.offer.id


def _arithmetic(bill: Bill) -> list[str]:
    lines = [f"{_name(bill)}, {bill.basis.value}:"]
    for line in bill.lines:
        taken = f", {line.provenance.as_of.isoformat()}" if line.provenance.as_of else ""
        note = f"; {line.note}" if line.note else ""
        lines.append(f"  {line.label}: {line.formula} ({line.provenance.source}{taken}{note})")
    return [*lines, *(f"  {figure.label}: {figure.formula}" for figure in bill.figures)]
