"""What counted and how the offers compare: sections 3, 4 and 5."""

from __future__ import annotations

from advisor.record.blocks import Bar, Bars, Block, Paragraph, Part, Section, Table
from advisor.record.names import criterion_name
from advisor.record.outcome import Driver, OutOfRace, Placed
from advisor.record.record import Record
from advisor.record.sections.choice import rivals
from advisor.record.sections.needs import needs_of
from advisor.record.sections.needs import rule as needs_rule
from advisor.record.sections.phrases import bullets_or, cost_words, figure_words, marked
from advisor.wording import (
    UNKNOWN_WORD,
    count,
    in_unit,
    interval_in_unit,
    joined,
    number,
    percent,
    points,
    probability,
)

SHOWN = 10
"""Offers in tables and charts; the JSON has them all."""
SHOWN_REASONS = 20
SHOWN_NAMES = 6


def drivers(record: Record) -> Section:
    """Section 3: hard needs, and the weights with the range each refers to."""
    blocks: list[Block] = [Paragraph(needs_rule(record))]
    needs = tuple(f"{need.words}, because {need.because}" for need in record.outcome.needs)
    blocks += bullets_or(needs, "There are none.")
    table = needs_of(record, record.choice) if record.choice else None
    blocks += [table] if table else []
    rows = tuple((driver.label, percent(driver.weight), _scale(driver)) for driver in record.outcome.drivers)
    columns = ("Criterion", "Weight", "From worst to best")
    blocks.append(
        Table(
            f"Weights, each the worth of going from worst to best on its scale; {_ROUNDED}",
            columns,
            rows,
            _N1,
        )
    )
    blocks.append(Paragraph(record.outcome.weights_from))
    return Section("drivers", "3. Decision drivers", tuple(blocks))


_N1 = frozenset({1})
_ROUNDED = "each is rounded, so that their sum may miss 100 by a point or two"
OF_100 = (
    'What "of 100" says: of a score, 100 would be the best end of every scale at once. Of accuracy, code, '
    "tool use and the like, it is the estimated percentile among the models that each published "
    "benchmark covers: 80 of 100 is better than 80 % of them, not 80 % right answers."
)


def _scale(driver: Driver) -> str:
    if driver.worst is None or driver.best is None:
        return UNKNOWN_WORD
    return f"{in_unit(driver.worst, driver.unit)} to {in_unit(driver.best, driver.unit)}"


def options(record: Record) -> Section:
    """Section 4: the shortlist with intervals, the chart of scores, and the facts behind the leaders."""
    ranking = record.outcome.ranking
    heading = "4. Considered options"
    if not ranking:
        return Section("options", heading, (Paragraph("No offer meets every hard need."),))
    shown = _shown(record)
    blocks: list[Block] = [_chart(record, shown), _shortlist(record, shown), Paragraph(OF_100)]
    if len(ranking) > len(shown):
        rest = count(len(ranking) - len(shown), "more offer fits", "more offers fit")
        blocks.append(Paragraph(f"{rest}; the JSON file of this record lists them."))
    leaders = [record.choice, *rivals(record, record.choice)] if record.choice else shown[:1]
    blocks += [_facts_table(record, row) for row in leaders]
    return Section("options", heading, tuple(blocks))


def _shown(record: Record) -> tuple[Placed, ...]:
    """The leading offers, and the choice wherever it ranks."""
    rows = record.outcome.ranking
    return tuple(row for row in rows if row.rank <= SHOWN or row.id == record.chosen)[: SHOWN + 1]


def _label(row: Placed) -> str:
    return marked(row.label, row.simulated)


def _chart(record: Record, rows: tuple[Placed, ...]) -> Bars:
    labels = {driver.criterion: driver.label for driver in record.outcome.drivers}
    leader = rows[0]
    return Bars(
        caption="Score of each offer, split by criterion, with the range unknown facts leave open",
        description=(f"{_label(leader)} leads with {_score(leader)}; the table below has the same figures."),
        bars=tuple(
            Bar(
                label=_label(row),
                value=row.score.mid,
                low=row.score.low,
                high=row.score.high,
                text=points(row.score.mid),
                parts=tuple(
                    Part(labels.get(part.criterion, part.criterion), part.weight * part.value.mid)
                    for part in row.weighings
                ),
            )
            for row in rows
        ),
        maximum=1.0,
    )


def _score(row: Placed) -> str:
    if row.score.low == row.score.high:
        return points(row.score.mid)
    return f"{points(row.score.mid)} ({number(100 * row.score.low)} to {number(100 * row.score.high)})"


def _shortlist(record: Record, rows: tuple[Placed, ...]) -> Table:
    columns = (
        "Offer",
        "Rank",
        "Score of 100",
        "First with probability",
        "Cost per finished task",
        "Cost per month",
        "Tie group",
    )
    cells = tuple(
        (
            f"{_label(row)}, chosen" if row.id == record.chosen else _label(row),
            str(row.rank),
            _score(row),
            probability(row.p_first),
            cost_words(row.usd_per_task),
            cost_words(row.usd_per_month),
            str(row.tie_group),
        )
        for row in rows
    )
    caption = "Shortlist; offers of one tie group are too close to call"
    return Table(caption, columns, cells, frozenset({1, 3, 6}))


def _facts_table(record: Record, row: Placed) -> Table:
    drivers_by_key = {driver.criterion: driver for driver in record.outcome.drivers}
    cells = tuple(
        (
            driver.label if driver else part.criterion,
            figure_words(part.figure, driver.unit if driver else ""),
            _points_range(part.weight * part.value.low, part.weight * part.value.high),
            number(100 * part.weight),
        )
        for part in row.weighings
        for driver in (drivers_by_key.get(part.criterion),)
    )
    columns = ("Criterion", "Fact with source and date", "Points of 100", "Most possible")
    caption = f"What the score of {_label(row)} rests on; points are rounded"
    return Table(caption, columns, cells, frozenset({2, 3}))


def _points_range(low: float, high: float) -> str:
    text = number(100 * low)
    return text if number(100 * high) == text else f"{text} to {number(100 * high)}"


def excluded(record: Record) -> Section:
    """Section 5: every offer that is out, with rule, fact and margin."""
    rows = record.outcome.excluded
    heading = "5. Excluded models"
    if not rows:
        return Section("excluded", heading, (Paragraph("No offer was excluded."),))
    wanted = {need.criterion: need.words for need in record.outcome.needs}
    reasons: dict[str, list[str]] = {}
    for row in rows:
        reasons.setdefault(_missed(row, wanted), []).append(_with_facts(row))
    shown = list(reasons.items())[:SHOWN_REASONS]
    cells = tuple((why, _some(labels)) for why, labels in shown)
    caption = f"{count(len(rows), 'offer')} excluded, nearest misses first"
    columns = ("Hard needs missed, or not shown to be met", "Offers that are out, with the fact")
    blocks: list[Block] = [Table(caption, columns, cells), Paragraph(_WHY)]
    if len(reasons) > len(shown):
        rest = sum(map(len, reasons.values())) - sum(len(labels) for _, labels in shown)
        blocks.append(Paragraph(f"{count(rest, 'more offer')} in the JSON file of this record."))
    return Section("excluded", heading, tuple(blocks))


_WHY = "Offers that miss the same needs share a row; section 3 says why each need is one."


def _missed(row: OutOfRace, wanted: dict[str, str]) -> str:
    """The needs an offer fails, then those it is not known to meet."""
    failed = [
        wanted.get(need.criterion, need.words) if need.figure else need.words
        for need in row.needs
        if need.verdict == "fail"
    ]
    unknown = [criterion_name(need.criterion).label for need in row.needs if need.verdict == "unknown"]
    if not unknown:
        return "; ".join(failed) or row.words
    more = f"{count(len(unknown), 'need')} unknown: {joined(unknown)}"
    return f"{'; '.join(failed)}; and {more}" if failed else more


def _with_facts(row: OutOfRace) -> str:
    """The name, with the figures that miss a level; a yes or no follows from the need itself."""
    figures = [
        interval_in_unit(need.figure.value.interval, unit)
        for need in row.needs
        for unit in (criterion_name(need.criterion).unit,)
        if need.figure and unit != "yes/no"
    ]
    return f"{row.label} [{'; '.join(figures)}]" if figures else row.label


def _some(labels: list[str]) -> str:
    """The first names, and how many more."""
    rest = len(labels) - SHOWN_NAMES
    return joined([*labels[:SHOWN_NAMES], count(rest, "other")] if rest > 0 else labels)
