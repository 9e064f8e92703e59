"""What follows from the decision: sections 10, 12 and 13."""

from __future__ import annotations

from advisor.record.blocks import Block, Bullets, Paragraph, Section, Table
from advisor.record.record import Record
from advisor.record.sections.phrases import bullets_or
from advisor.wording import in_unit, percent, usd

_COLLECT = (
    "Data processing agreement with the provider, with its list of sub-processors",
    "The provider's terms on training with your data, on retention and on the region of processing",
    "The licence text of the model, where its weights are used",
    "The provider's technical documentation for those who build on its model",
    "The notice that tells people they deal with an AI system or with generated content, where it applies",
    "Who watches the system in use, how faults are reported, and how long logs are kept",
)


def guardrails(record: Record) -> Section:
    """Section 10: what the architecture must do, with limits as numbers."""
    blocks: list[Block] = []
    limits = record.outcome.limits
    if limits:
        rows = tuple((rail.label, in_unit(rail.value, rail.unit), rail.because) for rail in limits)
        blocks.append(Table("Guardrails as numbers", ("Guardrail", "Limit", "Because"), rows, frozenset({1})))
    else:
        blocks.append(Paragraph("No guardrail followed from the answers."))
    todo = tuple(step for outcome in record.outcome.steps for step in outcome.next_steps)
    blocks.append(Paragraph("What to build or do next:"))
    blocks += bullets_or(todo, "Nothing followed from the answers.")
    return Section("guardrails", "10. Consequences and guardrails", tuple(blocks))


def revisit(record: Record) -> Section:
    """Section 12: the events that reopen the decision."""
    plan, choice = record.revisit, record.choice
    lines = [
        f"Review day: {plan.review_day.isoformat()}.",
        f"The price of the choice moves by more than {percent(plan.price_change)}, either way.",
        *(f"A fact crosses a flip point: {words}" for words in _fact_flips(record)),
    ]
    if choice:
        last = choice.facts.last_day
        lines.append(
            f"The choice ends on {last.isoformat()}: move before that day."
            if last
            else f"The provider announces a last day for {choice.label}; none is announced in the catalog."
        )
    lines += _thresholds(record)
    lines.append("A new offer of the catalog takes the lead, or the choice stops meeting a hard need.")
    note = "The review interval and the price margin are starting values of our own; set what suits you."
    blocks = (Bullets(tuple(lines)), Paragraph(note))
    return Section("revisit", "12. More information: when to look again", blocks)


def _fact_flips(record: Record) -> list[str]:
    """The first few, each once: offers that all but tie share one sentence for several facts."""
    return list(dict.fromkeys(flip.words for flip in record.outcome.flips if flip.kind == "fact"))[:3]


def _thresholds(record: Record) -> list[str]:
    plan = record.revisit
    lines: list[str] = []
    if plan.minimum_pass_rate is not None:
        lines.append(f"The pass rate on the evaluation set drops below {percent(plan.minimum_pass_rate)}.")
    if plan.minimum_agreement is not None:
        lines.append(f"Agreement of repeated answers drops below {percent(plan.minimum_agreement)}.")
    if plan.maximum_usd_per_month is not None:
        lines.append(f"The bill passes {usd(plan.maximum_usd_per_month)} in a month.")
    return lines


def collect(record: Record) -> Section:
    """Section 13: a neutral checklist. It gathers evidence; it judges nothing."""
    asked = {"yes": "yes", "no": "no", "unknown": "don't know", None: "not answered"}[record.annex_iii]
    question = f"Could this use fall under Annex III of the EU AI Act? The team's own answer: {asked}."
    choice = record.choice
    items = (*(choice.verify if choice else ()), *_COLLECT)
    blocks = (
        Paragraph(question),
        Bullets(items, checklist=True),
        Paragraph("This list is a reminder of what to gather. It is not legal advice and gives no verdict."),
    )
    return Section("collect", "13. Evidence still to collect", blocks)
