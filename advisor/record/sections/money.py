"""What it costs: section 8."""

from __future__ import annotations

from advisor.record.blocks import Block, Paragraph, Section, Table
from advisor.record.outcome import Placed, Range, TaskProfile
from advisor.record.record import Record
from advisor.record.sections.phrases import bullets_or, cost_words, range_words, source_words
from advisor.wording import UNKNOWN_WORD, Number, number, percent, tokens, usd


def cost(record: Record) -> Section:
    """Section 8: assumptions, cost per task and month with best and worst case, what moved it."""
    choice = record.choice
    blocks: list[Block] = [_assumptions(record)]
    if choice is None:
        blocks.append(Paragraph("Without a chosen offer there is no cost to state."))
    else:
        blocks += [_price_sentence(choice), _cases(choice)]
    moves = tuple(move.words for move in record.outcome.cost_moves)
    if moves:
        blocks.append(Paragraph("How the choices moved the cost per task of the leading offer:"))
        blocks += bullets_or(moves, "")
    return Section("cost", "8. Cost", tuple(blocks))


def _assumptions(record: Record) -> Table:
    work, profile = record.case.workload, record.outcome.profile
    rows = (
        ("Requests per month", _plain(work.requests_per_month)),
        ("Share that can wait for a batch API", percent(work.batch_share)),
        ("Monthly budget", usd(work.monthly_budget_usd)),
        *_task_rows(profile),
    )
    return Table(
        "Assumptions: the brief, and one finished task after all six decisions", ("Assumption", "Value"), rows
    )


def _task_rows(profile: TaskProfile) -> tuple[tuple[str, str], ...]:
    return (
        ("Prompt tokens per task, all calls together", range_words(profile.input_tokens, tokens)),
        ("Visible answer tokens per task", range_words(profile.output_tokens, tokens)),
        ("Hidden reasoning tokens per visible one", range_words(profile.reasoning_per_output, number)),
        ("Share of the prompt read from a cache", range_words(profile.cached_share, percent)),
        ("Model calls per task", range_words(profile.calls, number)),
        ("Live web searches per task", range_words(profile.searches, number)),
        ("Costs per task besides model tokens", cost_words(profile.extra_usd)),
        (
            "Share of tasks that end well, as far as the plan limits it",
            range_words(profile.success_rate, percent),
        ),
    )


def _plain(value: float | None) -> str:
    return UNKNOWN_WORD if value is None else number(value, 6)


def _price_sentence(choice: Placed) -> Paragraph:
    facts = choice.facts
    rates = f"{usd(facts.input_usd_per_mtok)} in and {usd(facts.output_usd_per_mtok)} out per million tokens"
    return Paragraph(f"Price of {choice.label}: {rates} ({source_words(facts.price_source)}).")


def _cases(choice: Placed) -> Table:
    rows = (
        ("Per finished task", *_three(choice.usd_per_task, usd)),
        ("Per month", *_three(choice.usd_per_month, usd)),
    )
    columns = ("Cost of the choice", "Best case", "Expected", "Worst case")
    return Table(
        "Cost in US dollars; best and worst follow from the assumptions' ranges", columns, rows, _NUMERIC
    )


_NUMERIC = frozenset({1, 2, 3})


def _three(value: Range | None, words: Number) -> tuple[str, str, str]:
    if value is None:
        return UNKNOWN_WORD, UNKNOWN_WORD, UNKNOWN_WORD
    return words(value.low), words(value.mid), words(value.high)
