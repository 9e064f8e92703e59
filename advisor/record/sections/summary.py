"""The record in one table, for a reader who gets no further than the first page."""

from __future__ import annotations

from advisor.record.blocks import Table
from advisor.record.outcome import Placed
from advisor.record.record import Record
from advisor.record.sections.needs import unknown_needs
from advisor.record.sections.phrases import MOVING, cost_words, marked
from advisor.wording import count, joined, percent, points, probability, usd

_REASONS = 3


def in_short(record: Record) -> Table | None:
    """What was chosen, why, what against, the cost, how sure, when to look again; None without a choice."""
    choice = record.choice
    if choice is None:
        return None
    rows = (
        ("What was chosen?", marked(choice.label, choice.simulated)),
        ("Why?", _some(choice.reasons_for) or "No reason was recorded."),
        ("What speaks against it?", _against(choice)),
        ("What was the next best?", _next(record, choice)),
        (
            "What does it cost?",
            f"{cost_words(choice.usd_per_month)} per month, {cost_words(choice.usd_per_task)} per finished "
            "task (section 8)",
        ),
        ("How sure is it?", _sureness(record, choice)),
        ("When to look again?", _again(record, choice)),
    )
    return Table("In short", ("Question", "Answer"), rows)


def _against(choice: Placed) -> str:
    """Needs it may not meet and a name that may change hands go before points of the score."""
    unknown = unknown_needs(choice)
    first = (
        [f"not known whether it meets {count(len(unknown), 'hard need')}: {joined(unknown)}"]
        if unknown
        else []
    )
    if choice.facts.moving_alias:
        first.append(f"its id {choice.facts.litellm_id} can be re-pointed: {MOVING}")
    said = [*first, *([rest] if (rest := _some(choice.reasons_against)) else [])]
    return "; ".join(said) or "Nothing the method knows of."


def _some(reasons: tuple[str, ...]) -> str:
    rest = len(reasons) - _REASONS
    more = f"; {rest} more in section 6" if rest > 0 else ""
    return "; ".join(_brief(reason) for reason in reasons[:_REASONS]) + more


def _brief(reason: str) -> str:
    # Sources and what an unknown counts as stand in section 6.
    return reason.partition(" (source:")[0].partition(": it counts as anything")[0]


def _next(record: Record, choice: Placed) -> str:
    other = next((row for row in record.outcome.ranking if row.id != choice.id), None)
    if other is None:
        return "No other offer meets every hard need."
    gap = choice.score.mid - other.score.mid
    side = "behind" if gap >= 0 else "ahead"
    distance = points(abs(gap)) if abs(gap) >= 0.0005 else "under 0.1 points"
    cost = f"{cost_words(other.usd_per_month)} per month"
    return f"{other.label}, {distance} of 100 {side}, {cost}"


def _sureness(record: Record, choice: Placed) -> str:
    if record.outcome.draws is None:
        return "Not examined by random draws."
    first = f"first in {probability(choice.p_first)} of the trials, among the first three in "
    tied = [row.label for row in record.outcome.ranking if row.tie_group == choice.tie_group][:_REASONS]
    tie = f"; too close to call with {joined([name for name in tied if name != choice.label])}"
    return f"{first}{probability(choice.p_top3)}{tie if len(tied) > 1 else ''}; {_measured(record, choice)}"


def _measured(record: Record, choice: Placed) -> str:
    offers = {row.offer for row in (*record.evidence, *record.case.measurements)}
    if choice.id in offers:
        return "it was measured by a probe (section 9)"
    if offers:
        return "the probe measured other models, not this one (section 9)"
    return "nothing was measured by a probe"


def _again(record: Record, choice: Placed) -> str:
    plan = record.revisit
    when = [f"on {plan.review_day.isoformat()}"]
    if choice.facts.last_day:
        when.append(f"before its last day, {choice.facts.last_day.isoformat()}")
    when.append(f"when its price moves by more than {percent(plan.price_change)}")
    if plan.maximum_usd_per_month is not None:
        when.append(f"when the bill passes {usd(plan.maximum_usd_per_month)} in a month")
    return f"{'; '.join(when)} (all in section 12)"
