"""What it costs: section 8."""

from __future__ import annotations

from advisor.record.blocks import Block, Bullets, Paragraph, Section, Table
from advisor.record.outcome import BillPart, Placed, Range, TaskProfile
from advisor.record.record import Record
from advisor.record.sections.choice import rivals
from advisor.record.sections.phrases import bullets_or, cost_words, range_words, source_words
from advisor.wording import UNKNOWN_WORD, Number, number, percent, tokens, usd


def cost(record: Record) -> Section:
    """Section 8: assumptions, cost per task and month with best and worst case, what moved it."""
    choice = record.choice
    blocks: list[Block] = [_assumptions(record)]
    if choice is None:
        blocks.append(Paragraph("Without a chosen offer there is no cost to state."))
    else:
        blocks += [_price_sentence(choice), _cases(choice), *_bill(choice, record)]
        blocks += _charged(choice, *rivals(record, choice))
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
    return Paragraph(f"List price of {choice.label}: {rates} ({source_words(facts.price_source)}).")


def _bill(choice: Placed, record: Record) -> list[Block]:
    """The arithmetic, so that whoever has the record alone can work every figure out again."""
    if not choice.bill:
        return []
    rows = [_part_row(part) for part in choice.bill]
    sums = tuple(usd(sum(part.usd[end] for part in choice.bill)) for end in range(3))
    rows.append(("Sum: one attempted task", *sums))
    columns = ("Part", "Best case", "Expected", "Worst case")
    caption = "What one attempted task costs: tokens x US dollars per million tokens = US dollars"
    table = Table(caption, columns, tuple(rows), _NUMERIC)
    notes = tuple(f"{part.label}: {words}" for part in choice.bill if (words := _note_of(part)))
    done = percent(record.outcome.profile.success_rate.mid)
    requests = _plain(record.case.workload.requests_per_month)
    how = (
        "Best and worst case take every range of the assumptions at its cheap and its dear end. The sum "
        f"divided by the share of tasks that end well ({done}) is the cost per finished task; the sum times "
        f"the requests per month ({requests}) is the cost per month."
    )
    measured = (
        "What was measured is the cost per task; times the requests per month it is the cost per month."
    )
    return [table, *([Bullets(notes)] if notes else []), Paragraph(measured if _measured(choice) else how)]


def _charged(*rows: Placed) -> list[Block]:
    """List price beside the rates a cost was counted with, and every factor between the two."""
    cells = tuple(cell for row in rows for cell in _charged_rows(row))
    columns = ("Offer", "Tokens", "List price per million", "Counted with", "What is in it")
    caption = "From list prices to costs: the choice and the runners-up, expected case"
    return [Table(caption, columns, cells, frozenset({2, 3}))] if cells else []


def _charged_rows(row: Placed) -> list[tuple[str, ...]]:
    lists = {"input": row.facts.input_usd_per_mtok, "output": row.facts.output_usd_per_mtok}
    said = "; ".join(dict.fromkeys(part.note for part in row.bill if part.note and part.kind in _TOKENS))
    return [
        (
            row.label,
            part.label,
            usd(lists[part.kind]),
            _rate(part.usd_per_mtok[1]),
            _factor(lists, part, said),
        )
        for part in row.bill
        if part.kind in lists and part.usd_per_mtok
    ]


_TOKENS = frozenset({"input", "cached", "cache_write", "output", "reasoning"})


def _factor(lists: dict[str, float | None], part: BillPart, said: str) -> str:
    """The factor as a number; the same one applies to cached and hidden reasoning tokens."""
    listed, rate = lists[part.kind], part.usd_per_mtok
    if not listed or rate is None:
        return said or UNKNOWN_WORD
    times = rate[1] / listed
    if abs(times - 1) < 1e-9:
        return said or "the list price as it is"
    return f"list price x {number(times, 4)}: {said or 'batch share, prompt size or hour of the day'}"


def _measured(choice: Placed) -> bool:
    return any(part.kind == "measured" for part in choice.bill)


def _note_of(part: BillPart) -> str:
    """A caveat, and the working of a part that is not about tokens."""
    working = "" if part.tokens or part.kind == "measured" else part.formula
    return "; ".join(words for words in (working, part.note) if words)


def _part_row(part: BillPart) -> tuple[str, ...]:
    if part.tokens is None or part.usd_per_mtok is None:
        return (part.label, *(usd(value) for value in part.usd))
    cases = zip(part.tokens, part.usd_per_mtok, part.usd, strict=True)
    return (
        part.label,
        *(f"{number(many, 7)} x {_rate(rate)} = {usd(paid)}" for many, rate, paid in cases),
    )


def _rate(usd_per_mtok: float) -> str:
    """As exact as the sum needs it, and at least in cents."""
    whole, _, cents = number(usd_per_mtok, 6).partition(".")
    return f"${whole}.{cents:0<2}"


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
