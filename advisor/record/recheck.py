"""The same case decided again over another day's catalog: what changed, and does the choice stand?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from advisor.catalog.entries import Catalog
from advisor.cost.hardware import Hardware
from advisor.decide.decide import decide
from advisor.decide.intake import check_case
from advisor.decide.plan import Plan
from advisor.decide.robustness import DRAWS, SEED
from advisor.record.capture import capture, facts_of
from advisor.record.differences import Change, ChangeKind, outcome_changes, relative_move
from advisor.record.outcome import Facts, Outcome
from advisor.record.record import Record
from advisor.wording import count, joined, percent, usd


@dataclass(frozen=True, slots=True)
class Recheck:
    """The answer to "is it still right?"."""

    day: date
    catalog_before: str
    catalog_now: str
    stands: bool
    """Whether the choice still stands."""
    verdict: str
    """Whether and why, in one sentence."""
    look_again: tuple[str, ...]
    """Revisit triggers of the record that fired; the choice may stand all the same."""
    changes: tuple[Change, ...]
    outcome: Outcome
    """The decision as it would be made now."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The verdict, the triggers, then every change."""
        return (self.verdict, *self.look_again, *(change.words for change in self.changes))


def recheck(
    record: Record, catalog: Catalog, day: date, *, plan: Plan | None = None, hardware: Hardware | None = None
) -> Recheck:
    """Decide the record's case again over `catalog` on `day`, with the record's seed.

    Args:
        record: The decision to check.
        catalog: The catalog of today.
        day: Today.
        plan: The six outcomes when they are known already; worked out from the case otherwise.
        hardware: Accelerators and model shapes; without them own machines cost an unknown amount.

    Raises:
        BadCase: The record's case no longer makes sense to this version of the product.
    """
    old = record.outcome
    check_case(record.case, "the case of the record")
    decision = decide(
        record.case,
        catalog,
        day,
        draws=old.draws or DRAWS,
        seed=SEED if old.seed is None else old.seed,
        plan=plan,
        hardware=hardware,
    )
    now = capture(decision, record.case, catalog, hardware)
    facts = {row.id: facts_of(row, catalog, day) for row in catalog.offers}
    stands, verdict = _verdict(record, now, facts, day)
    return Recheck(
        day=day,
        catalog_before=record.catalog_version,
        catalog_now=catalog.version,
        stands=stands,
        verdict=verdict,
        look_again=_triggers(record, now, facts, day),
        changes=outcome_changes(old, now, facts),
        outcome=now,
    )


def _verdict(record: Record, now: Outcome, facts: dict[str, Facts], day: date) -> tuple[bool, str]:
    if record.chosen is None:
        return _nothing_chosen(record, now)
    name = record.choice.label if record.choice else record.chosen
    trouble = _trouble(record.chosen, now, facts, day)
    if trouble:
        return False, f"The choice no longer stands: {name} {trouble}."
    if not _led(record.outcome, record.chosen) or _led(now, record.chosen):
        return True, f"The choice stands: {name} {_standing(now, record.chosen)}."
    leader = now.ranking[0].label
    return False, f"The choice no longer stands: {leader} leads now, clearly ahead of {name}."


def _nothing_chosen(record: Record, now: Outcome) -> tuple[bool, str]:
    if record.leader:
        return True, "Nothing was chosen, so nothing can have stopped being right."
    if not now.ranking:
        return True, "The answer stands: still no model meets every hard need."
    fits = count(len(now.ranking), "offer meets", "offers meet")
    return False, f"The answer no longer stands: {fits} every hard need now, {now.ranking[0].label} first."


def _trouble(offer: str, now: Outcome, facts: dict[str, Facts], day: date) -> str | None:
    """Why an offer cannot be used at all, None when it can."""
    row = facts.get(offer)
    if row is None:
        return "is no longer in the catalog"
    if row.last_day and row.last_day < day:
        return f"was retired on {row.last_day.isoformat()}"
    if now.placed(offer):
        return None
    out = next((one for one in now.excluded if one.id == offer), None)
    failed = [need.words for need in out.needs if need.verdict == "fail"] if out else []
    return f"no longer meets every hard need ({'; '.join(failed) or 'see the exclusions'})"


def _led(outcome: Outcome, offer: str) -> bool:
    """Whether an offer is first, or too close to the first to call."""
    row = outcome.placed(offer)
    return row is not None and row.tie_group == outcome.ranking[0].tie_group


def _standing(now: Outcome, offer: str) -> str:
    row = now.placed(offer)
    rank = row.rank if row else 0
    if rank == 1:
        return "still leads"
    close = " and is too close to the first to call" if _led(now, offer) else ", chosen for other reasons"
    return f"meets every hard need, ranks {rank}{close}"


def _triggers(record: Record, now: Outcome, facts: dict[str, Facts], day: date) -> tuple[str, ...]:
    plan, fired = record.revisit, list[str]()
    if day >= plan.review_day:
        fired.append(f"Look again: the review day {plan.review_day.isoformat()} has come.")
    choice = record.choice
    row = facts.get(choice.id) if choice else None
    if choice is None or row is None:
        return tuple(fired)
    moved = _large_moves(choice.facts, row, plan.price_change)
    if moved:
        fired.append(f"Look again: the price of {choice.label} moved by {joined(moved)}.")
    if row.last_day and row.last_day != choice.facts.last_day:
        fired.append(f"Look again: {choice.label} ends on {row.last_day.isoformat()}.")
    placed, cap = now.placed(choice.id), plan.maximum_usd_per_month
    if placed and placed.usd_per_month and cap is not None and placed.usd_per_month.mid > cap:
        bill = usd(placed.usd_per_month.mid)
        fired.append(f"Look again: {choice.label} is expected to cost {bill} a month, over {usd(cap)}.")
    return tuple(fired)


def _large_moves(was: Facts, now: Facts, allowed: float) -> list[str]:
    pairs = (
        ("input", was.input_usd_per_mtok, now.input_usd_per_mtok),
        ("output", was.output_usd_per_mtok, now.output_usd_per_mtok),
    )
    moves = [(name, relative_move(before, after)) for name, before, after in pairs]
    return [
        f"{percent(abs(move))} for {name}" for name, move in moves if move is not None and abs(move) > allowed
    ]


def recheck_document(result: Recheck) -> dict[str, Any]:
    """The answer as JSON-ready values; what `advisor recheck --json` prints."""
    leader = result.outcome.ranking[0].id if result.outcome.ranking else None
    return {
        "document": "recheck",
        "version": 1,
        "day": result.day.isoformat(),
        "catalog_before": result.catalog_before,
        "catalog_now": result.catalog_now,
        "stands": result.stands,
        "verdict": result.verdict,
        "leader_now": leader,
        "look_again": list(result.look_again),
        "changes": [
            {"kind": change.kind.value, "offer": change.offer, "words": change.words}
            for change in result.changes
        ],
    }


def recheck_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `recheck_document`."""
    text, name = {"type": "string"}, {"type": ["string", "null"]}
    change = {"kind": {"enum": [kind.value for kind in ChangeKind]}, "offer": name, "words": text}
    properties: dict[str, Any] = {
        "document": {"const": "recheck"},
        "version": {"const": 1},
        "day": {"type": "string", "format": "date"},
        "catalog_before": text,
        "catalog_now": text,
        "stands": {"type": "boolean", "description": "Whether the choice still stands."},
        "verdict": text,
        "leader_now": name,
        "look_again": {"type": "array", "items": text, "description": "Revisit triggers that fired."},
        "changes": {"type": "array", "items": _closed(change)},
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Recheck"}
    return head | _closed(properties)


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
