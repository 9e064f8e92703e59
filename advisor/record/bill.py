"""The arithmetic behind an offer's cost, kept so that every figure follows from the record alone."""

from __future__ import annotations

from advisor.catalog.entries import CatalogOffer
from advisor.cost.api import reasoning_per_output
from advisor.cost.breakdown import CostLine
from advisor.cost.scenario import End, Part, token_parts
from advisor.decide.bills import Basis, bill_for
from advisor.decide.plan import Situation
from advisor.interval import Interval
from advisor.record.outcome import BillPart, Three


def bill_parts(offer: CatalogOffer, situation: Situation) -> tuple[BillPart, ...]:
    """What one attempted task costs, part by part, in the best, the expected and the worst case.

    Args:
        offer: Whose bill; empty when price or tokens are unknown.
        situation: Case, plan and day of the decision.
    """
    bill = bill_for(offer, situation)
    cases = _token_cases(offer, situation) if bill.basis is Basis.PRICE_LIST else None
    return tuple(_part(line, cases) for line in bill.lines)


def _token_cases(offer: CatalogOffer, situation: Situation) -> list[dict[str, Part]] | None:
    """Tokens and rates of the three cases; the bounds of a line alone do not say which belongs to which."""
    price, plan = offer.price(situation.day), situation.plan
    if price is None:
        return None
    thinking = reasoning_per_output(offer, plan.profile, plan.effort)
    found = [token_parts(price, plan.profile, thinking, end) for end in End]
    known = [parts for parts in found if parts is not None]
    return known if len(known) == len(found) else None


def _part(line: CostLine, cases: list[dict[str, Part]] | None) -> BillPart:
    parts = [case[line.key] for case in cases] if cases and line.key in cases[0] else None
    if parts is None:
        return BillPart(
            kind=line.key,
            label=line.label,
            # What is no model's token has the same order in amount, rate and sum.
            tokens=_ends(line.tokens),
            usd_per_mtok=_ends(line.usd_per_mtok),
            usd=_three(line.usd.low, line.usd.mid, line.usd.high),
            formula=line.formula,
            note=line.note,
        )
    return BillPart(
        kind=line.key,
        label=line.label,
        tokens=_three(*(part.tokens for part in parts)),
        usd_per_mtok=_three(*(part.usd_per_mtok for part in parts)),
        usd=_three(*(part.tokens * part.usd_per_mtok / 1e6 for part in parts)),
        formula=line.formula,
        note=line.note,
    )


def _ends(value: Interval | None) -> Three | None:
    return None if value is None else _three(value.low, value.mid, value.high)


def _three(best: float, expected: float, worst: float) -> Three:
    # Twelve significant digits: beyond them only the order of additions speaks.
    return (float(f"{best:.12g}"), float(f"{expected:.12g}"), float(f"{worst:.12g}"))
