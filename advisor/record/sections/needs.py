"""Hard needs: the rule about unknown facts, and what each rests on for the chosen offer."""

from __future__ import annotations

from advisor.record.blocks import Table
from advisor.record.names import criterion_name
from advisor.record.outcome import HardNeed, Need, Placed
from advisor.record.record import Record
from advisor.record.sections.phrases import marked, source_words
from advisor.wording import UNKNOWN_WORD, interval_in_unit

SWITCH = "Exclude offers that cannot show that they meet a hard need"
"""The switch of the decision page, as it is called there."""
_VERDICTS = {"pass": "", "fail": ": not met", "unknown": ": not known to meet it"}


def rule(record: Record) -> str:
    """What happens to an offer that fails a need, and to one that may or may not meet it."""
    if record.case.preferences.exclude_unknown:
        unknown = f'So is one that is not known to meet one, because "{SWITCH}" is on.'
    else:
        unknown = f'One that is not known to meet one stays in, because "{SWITCH}" is off: verify it first.'
    return f"Hard needs: an offer that fails one is out. {unknown}"


def unknown_needs(choice: Placed) -> tuple[str, ...]:
    """Names of the hard needs this offer is not known to meet."""
    return tuple(criterion_name(need.criterion).label for need in choice.needs if need.verdict == "unknown")


def needs_of(record: Record, choice: Placed) -> Table | None:
    """Each hard need with the chosen offer's value, its source and day; None when none were kept."""
    if not choice.needs:
        return None
    wanted = {need.criterion: need for need in record.outcome.needs}
    rows = tuple(_row(need, wanted.get(need.criterion)) for need in choice.needs)
    name = marked(choice.label, choice.simulated)
    columns = ("Hard need", f"Value of {name}", "Source and day")
    return Table(f"What each hard need rests on for {name}", columns, rows)


def _row(need: Need, wanted: HardNeed | None) -> tuple[str, ...]:
    name = criterion_name(need.criterion)
    words, met = (wanted.words if wanted else name.label), _VERDICTS[need.verdict]
    figure = need.figure
    if figure is None:
        return words, UNKNOWN_WORD if need.verdict == "unknown" else need.words, UNKNOWN_WORD
    note = f"; {figure.note}" if figure.note else ""
    value = interval_in_unit(figure.value.interval, name.unit)
    return words, f"{value}{met}", f"{source_words(figure.source)}{note}"
