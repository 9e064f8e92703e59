"""What was decided and why: sections 1, 2, 6 and 7."""

from __future__ import annotations

from advisor.record.blocks import Block, Bullets, Paragraph, Section, Table
from advisor.record.outcome import Placed, StepOutcome, Weighing
from advisor.record.record import Record
from advisor.record.sections.phrases import (
    MOVING,
    bullets_or,
    cost_words,
    marked,
    name_of,
    with_names,
)
from advisor.record.sections.summary import in_short
from advisor.wording import (
    UNKNOWN_WORD,
    count,
    interval_in_unit,
    joined,
    number,
    points,
    probability,
    sentence,
)

SHOWN_TIED = 3
SHOWN_FLIPS = 12
WORTH_RESOLVING = 0.01
"""Smallest leeway of a fact, as a share of the score, that is listed."""


def decision(record: Record) -> Section:
    """Section 1: the decision in one sentence, and how sure it is."""
    blocks: list[Block] = [Paragraph(_decision_sentence(record), strong=True)]
    if record.outcome.headline:
        title = f"{record.outcome.title}. " if record.outcome.title else ""
        blocks.append(Paragraph(f"The method's answer: {title}{record.outcome.headline}"))
    if record.chosen_because:
        blocks.append(Paragraph(f"The deciders add: {record.chosen_because}"))
    blocks.append(Paragraph(f"How sure: {_how_sure(record)}"))
    if record.simulated:
        said = "Some figures here are simulated: they come from the practice endpoint, not from a real model."
        blocks.append(Paragraph(said, strong=True))
    short = in_short(record)
    return Section("decision", "1. Decision outcome", (*blocks, short) if short else tuple(blocks))


def _decision_sentence(record: Record) -> str:
    if record.chosen is None:
        why = "" if record.leader else "No model of the catalog meets every hard need; "
        return sentence(f"{why}nothing was chosen")
    choice = record.choice
    if choice is None:
        return f"Chosen: {record.chosen}, although it does not meet every hard need (see section 5)."
    cost = (
        f"{cost_words(choice.usd_per_task)} per finished task, {cost_words(choice.usd_per_month)} per month"
    )
    sentence_ = f"Chosen: {marked(choice.label, choice.simulated)}, at a cost of {cost}."
    leader = record.leader
    if leader is None or leader.id == choice.id:
        return sentence_
    return f"{sentence_} It ranks {choice.rank}; the leading offer is {leader.label}."


def _how_sure(record: Record) -> str:
    choice = record.choice
    if choice is None:
        return record.outcome.confidence or UNKNOWN_WORD
    tie = _tie(record, choice)
    draws = record.outcome.draws
    if draws is None:
        return f"not examined by random draws.{tie} {record.outcome.confidence}"
    basis = f"over {number(draws, 6)} draws of weights and uncertain facts"
    first = f"it comes first with probability {probability(choice.p_first)}"
    top = f"among the first three with {probability(choice.p_top3)}"
    return f"{first}, {top}, {basis}.{tie} {record.outcome.confidence}"


def _tie(record: Record, choice: Placed) -> str:
    """The offers too close to the choice to call, the first few by name."""
    group = [row for row in record.outcome.ranking if row.tie_group == choice.tie_group]
    names = [row.label for row in group if row.id != choice.id]
    if not names:
        return ""
    rest = len(names) - SHOWN_TIED
    shown = [*names[:SHOWN_TIED], count(rest, "other offer")] if rest > 0 else names
    return f" Too close to call with {joined(shown)}."


def answers(record: Record) -> Section:
    """Section 2: the six outcomes with reasons, and what was not known."""
    steps = record.outcome.steps
    rows = tuple((step.title, step.choice_label, _whose(step)) for step in steps)
    columns = ("Decision", "Outcome", "Decided by")
    blocks: list[Block] = [Table("The six decisions", columns, rows)] if rows else []
    for step in steps:
        blocks.extend(_step_blocks(step))
    return Section("answers", "2. The six answers and why", tuple(blocks))


def _whose(step: StepOutcome) -> str:
    if step.choice == "unknown":
        return "nobody yet: not known"
    if step.choice == step.recommended:
        return "recommended"
    return "the deciders, against the recommendation" if step.recommended != "unknown" else "the deciders"


def _step_blocks(step: StepOutcome) -> list[Block]:
    lines = [f"For: {reason.text}" for reason in step.reasons_for]
    lines += [f"Against: {reason.text}" for reason in step.reasons_against]
    lines += [f"Warning: {warning}" for warning in step.warnings]
    lines += [f"Not known: {question}" for question in step.open_questions]
    title = step.title if step.title.endswith("?") else f"{step.title}:"
    head = [Paragraph(f"{title} {step.choice_label}", strong=True), Paragraph(step.headline)]
    return [*head, Bullets(tuple(lines))] if lines else [*head]


def against(record: Record) -> Section:
    """Section 6: why not the runner-up, and what speaks against the choice."""
    choice = record.choice
    if choice is None:
        said = "There is no choice to argue against."
        return Section("against", _AGAINST, (Paragraph(said),))
    blocks: list[Block] = [Paragraph(f"What speaks for {choice.label}:")]
    blocks += bullets_or(choice.reasons_for, "No reason was recorded.")
    blocks.append(Paragraph(f"What speaks against {choice.label}:", strong=True))
    blocks += bullets_or((*choice.reasons_against, *_flaws(record, choice)), "Nothing the method knows of.")
    for rival in rivals(record, choice):
        blocks.append(Paragraph(_why_not(choice, rival)))
        blocks += bullets_or(
            tuple(f"Against it: {reason}" for reason in rival.reasons_against)
            + tuple(f"For it: {reason}" for reason in rival.reasons_for),
            "No reason was recorded.",
        )
    return Section("against", _AGAINST, tuple(blocks))


_AGAINST = "6. Pros and cons: why not the others, and what speaks against the choice"


def _flaws(record: Record, choice: Placed) -> tuple[str, ...]:
    """Weaknesses that follow from the ranking itself."""
    flaws: list[str] = []
    if choice.dominated_by:
        better = joined([name_of(record, offer) for offer in choice.dominated_by])
        flaws.append(f"{better}: at least as good on every criterion that counts.")
    flaws += [
        f"It may miss the minimum level of {label}." for label in with_names(record, choice.below_minimum)
    ]
    if choice.facts.last_day:
        flaws.append(f"Its provider announced its last day: {choice.facts.last_day.isoformat()}.")
    if choice.facts.moving_alias:
        flaws.append(f"Its id {choice.facts.litellm_id} can be re-pointed, a moving alias: {MOVING}.")
    unknown = [need.words for need in choice.needs if need.verdict == "unknown"]
    flaws += [f"A hard need that it may not meet: {sentence(words)}" for words in unknown]
    return tuple(flaws)


def rivals(record: Record, choice: Placed) -> list[Placed]:
    """The best other offer, and the best offer of a third model."""
    others = [row for row in record.outcome.ranking if row.id != choice.id and row.weighings]
    first = others[:1]
    seen = {_model(row) for row in (choice, *first)}
    return [*first, *[row for row in others if _model(row) not in seen][:1]]


def _model(row: Placed) -> str:
    return row.id.rpartition("@")[0]


def _why_not(choice: Placed, rival: Placed) -> str:
    place = "runner-up" if rival.rank == choice.rank + 1 else f"rank {rival.rank}"
    gap = choice.score.mid - rival.score.mid
    side = "behind" if gap >= 0 else "ahead of"
    distance = points(abs(gap)) if abs(gap) >= 0.0005 else "under 0.1 points"
    close = " The two are too close to call." if rival.tie_group == choice.tie_group else ""
    return f"Why not {rival.label} ({place})? It is {distance} of 100 {side} the choice.{close}"


def changes(record: Record) -> Section:
    """Section 7: flip points, and the unknowns worth resolving first."""
    blocks: list[Block] = [Paragraph("The answer changes at these points:")]
    blocks += bullets_or(
        _flips(record),
        "No single weight and no single uncertain fact changes the leading offer.",
    )
    blocks.append(Paragraph("Unknowns worth resolving first:"))
    blocks += bullets_or(_unknowns(record), "None: every fact that counts is known closely for the choice.")
    if record.outcome.reliefs:
        blocks.append(Paragraph("What giving up a single hard need would bring back:"))
        blocks += bullets_or(tuple(_relief(record)), "")
    return Section("changes", "7. What would change the answer", tuple(blocks))


def _flips(record: Record) -> tuple[str, ...]:
    """Weights, then facts, as near as the method found them; the rest is counted."""
    flips = record.outcome.flips
    shown = [flip for kind in ("weight", "fact") for flip in flips if flip.kind == kind][:SHOWN_FLIPS]
    more = len(flips) - len(shown)
    rest = (f"{count(more, 'more point')} in the JSON file of this record.",) if more else ()
    return (*dict.fromkeys(flip.words for flip in shown), *rest)


def _relief(record: Record) -> list[str]:
    return [
        f"{row.words} ({count(len(row.brings_back), 'offer')} back)" if row.brings_back else row.words
        for row in record.outcome.reliefs
    ]


def _unknowns(record: Record) -> tuple[str, ...]:
    """Unknown facts of the choice, widest effect on its score first, then open questions."""
    choice = record.choice
    parts = list(choice.weighings) if choice else []
    parts.sort(key=lambda part: (-_leeway(part), part.criterion))
    facts = [_unknown(record, part) for part in parts if _leeway(part) >= WORTH_RESOLVING]
    questions = [question for step in record.outcome.steps for question in step.open_questions]
    return (*facts, *questions)


def _leeway(part: Weighing) -> float:
    """How far one fact can still move the score, 0 to 1."""
    return part.weight * (part.value.high - part.value.low)


def _unknown(record: Record, part: Weighing) -> str:
    label = with_names(record, (part.criterion,))[0]
    unit = next((row.unit for row in record.outcome.drivers if row.criterion == part.criterion), "")
    known = part.figure.value.interval if part.figure else None
    state = f"is only known to be {interval_in_unit(known, unit)}" if known else "is unknown"
    return f"{label} of the choice {state}: it moves the score by up to {points(_leeway(part))} of 100."
